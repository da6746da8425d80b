from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.audit import AuditRow, chained, digest, first_break
from matpho.domain.ids import PersonId
from matpho.testing.builders import at

pytestmark = pytest.mark.unit


def _chain(length):
    rows, last = [], None
    for n in range(length):
        last = chained(
            AuditRow(number=0, at=at(n), who=PersonId("p"), action="view_live", thing=f"camera:{n}", detail={"s": n}),
            last,
        )
        rows.append(last)
    return rows


CHANGES = [
    lambda row: replace(row, at=at(999)),
    lambda row: replace(row, who=PersonId("q")),
    lambda row: replace(row, who=None),
    lambda row: replace(row, action="view_still"),
    lambda row: replace(row, thing="camera:other"),
    lambda row: replace(row, detail={"s": 999}),
    lambda row: replace(row, number=row.number + 1),
]


def test_a_whole_chain_holds():
    assert first_break(_chain(5)) is None
    assert first_break([]) is None


@given(length=st.integers(1, 8), data=st.data())
def test_any_change_of_any_row_shows_there(length, data):
    rows = _chain(length)
    n = data.draw(st.integers(0, length - 1))
    rows[n] = data.draw(st.sampled_from(CHANGES))(rows[n])
    assert first_break(rows) == n + 1


@given(length=st.integers(2, 8), data=st.data())
def test_a_row_rehashed_after_a_change_breaks_the_next_one(length, data):
    rows = _chain(length)
    n = data.draw(st.integers(0, length - 2))
    altered = replace(rows[n], thing="camera:other")
    rows[n] = replace(altered, hash=digest(altered))
    assert first_break(rows) == n + 2


@given(length=st.integers(2, 8), data=st.data())
def test_a_missing_or_swapped_row_shows(length, data):
    rows = _chain(length)
    n = data.draw(st.integers(0, length - 2))
    assert first_break(rows[:n] + rows[n + 1 :]) == n + 1
    rows[n], rows[n + 1] = rows[n + 1], rows[n]
    assert first_break(rows) == n + 1
