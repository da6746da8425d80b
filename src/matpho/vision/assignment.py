"""The pairs of least total cost, where most pairs are forbidden.

Gating leaves a tracker with many small groups of tracks and boxes that have nothing to do with each other; each is
solved by itself, with shortest augmenting paths (Kuhn 1955, Munkres 1957; the form with potentials of Jonker and
Volgenant 1987). A general solver would bring a library into every worker that takes 30 MB for this one function.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def least_cost(cost: Floats, forbidden: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """As many pairs as can be, and of those the cheapest: row and column numbers of ``cost`` (N, M), rows ascending.

    Values of ``forbidden`` and above are not paired; it must be above the sum of all costs below it.
    """
    allowed = cost < forbidden
    of_rows, of_columns = allowed.sum(axis=1), allowed.sum(axis=0)
    r, c = np.nonzero(allowed)
    alone = (of_rows[r] == 1) & (of_columns[c] == 1)
    pairs = list(zip(r[alone].tolist(), c[alone].tolist(), strict=True))
    for rows, columns in _groups(r[~alone].tolist(), c[~alone].tolist()):
        values = cost[rows][:, columns]
        if len(rows) == 1:
            pairs.append((rows[0], columns[int(values[0].argmin())]))
        elif len(columns) == 1:
            pairs.append((rows[int(values[:, 0].argmin())], columns[0]))
        elif len(rows) <= len(columns):
            pairs += [(rows[r], columns[c]) for r, c in enumerate(_matched(values.tolist()))]
        else:
            pairs += [(rows[r], columns[c]) for c, r in enumerate(_matched(values.T.tolist()))]
    pairs = sorted((r, c) for r, c in pairs if cost[r, c] < forbidden)
    found = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _groups(rows: Sequence[int], columns: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Rows and columns that the allowed pairs connect, group by group."""
    of_row: dict[int, list[int]] = {}
    of_column: dict[int, list[int]] = {}
    for r, c in zip(rows, columns, strict=True):
        of_row.setdefault(r, []).append(c)
        of_column.setdefault(c, []).append(r)
    seen: set[int] = set()
    groups = []
    for start in of_row:
        if start in seen:
            continue
        mine, theirs, fresh = {start}, set[int](), [start]
        while fresh:
            new = {c for r in fresh for c in of_row[r]} - theirs
            theirs |= new
            fresh = list({r for c in new for r in of_column[c]} - mine)
            mine.update(fresh)
        seen |= mine
        groups.append((sorted(mine), sorted(theirs)))
    return groups


def _matched(cost: Sequence[Sequence[float]]) -> list[int]:
    """The column of each row; there are at least as many columns as rows. Column 0 below is the path's begin."""
    n, m = len(cost), len(cost[0])
    row_price, column_price = [0.0] * (n + 1), [0.0] * (m + 1)
    row_of, came_from = [0] * (m + 1), [0] * (m + 1)
    for row in range(1, n + 1):
        row_of[0], at = row, 0
        least, used = [np.inf] * (m + 1), [False] * (m + 1)
        while row_of[at] or at == 0:
            used[at] = True
            here, step, following = row_of[at], np.inf, 0
            values, price = cost[here - 1], row_price[here]
            for j in range(1, m + 1):
                if used[j]:
                    continue
                reduced = values[j - 1] - price - column_price[j]
                if reduced < least[j]:
                    least[j], came_from[j] = reduced, at
                if least[j] < step:
                    step, following = least[j], j
            for j in range(m + 1):
                if used[j]:
                    row_price[row_of[j]] += step
                    column_price[j] -= step
                else:
                    least[j] -= step
            at = following
        while at:
            row_of[at] = row_of[came_from[at]]
            at = came_from[at]
    column_of = [0] * n
    for j in range(1, m + 1):
        if row_of[j]:
            column_of[row_of[j] - 1] = j - 1
    return column_of
