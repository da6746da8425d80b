"""Which detection is which track: the cost, the gate, and the part of a rider that a detector happened to see.

The cost is ``0.5 (1 − IoU) + 0.5 D + 0.3 |log height ratio|`` with D the distance of the points a quarter above
the lower edge, in √area: at 5 frames a second a motorbike moves up to its own width per frame, where IoU alone lets go.

A detector sees a motorbike now as a whole, now only its rider, now only the machine. A box that is lower than the
track is high may be such a part, so it is also compared as a rider (its upper edge is the track's) and as a machine
(its lower edge is), completed to the track's height; the ground under the track then stays where it is.

Only pairs that are near each other are looked at, as lists of pairs: in a junction one pair in twenty is.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

GATE_D = 0.8
HEIGHT_RATIO = 0.6  # in logarithms
SURE_IOU = 0.3  # overlap that is enough whatever the distance
WIDEST = 2.0  # times the gate, at most
PART = (0.35, 0.85)  # of the track's height: what may be the rider alone, or the machine alone
PART_PRICE = 0.1  # what taking a box for a part adds to the cost
OTHER_PRICE = 0.1  # what another group adds: a person who is the rider of a two-wheeler


class Part(IntEnum):
    """What of a track a box shows."""

    WHOLE = 0
    RIDER = 1  # the upper part
    MACHINE = 2  # the lower part


@dataclass(frozen=True, slots=True)
class Pairs:
    """Tracks and detections that may be one: their numbers, what it costs, and which part the detection shows."""

    tracks: Numbers
    boxes: Numbers
    costs: Floats
    parts: npt.NDArray[np.int8]

    def where(self, kept: Flags) -> "Pairs":
        """Those pairs only; ``kept`` has one flag per pair."""
        return Pairs(self.tracks[kept], self.boxes[kept], self.costs[kept], self.parts[kept])

    def joined(self, others: "Pairs") -> "Pairs":
        """These pairs and others."""
        return Pairs(
            np.concatenate([self.tracks, others.tracks]),
            np.concatenate([self.boxes, others.boxes]),
            np.concatenate([self.costs, others.costs]),
            np.concatenate([self.parts, others.parts]),
        )


def candidates(tracks: Floats, boxes: Floats, slack: Floats, allowed: Flags, parts: Flags) -> Pairs:
    """The pairs that may be.

    ``tracks`` (N, 4) and ``boxes`` (M, 4) are cx, cy, w, h in one unit on both axes; ``slack`` (N,) widens a track's
    distance gate (1: as is); ``allowed`` (N, M) says which may be paired at all, ``parts`` (N, M) for which the box may
    be a part of the track.
    """
    size_t = np.sqrt(tracks[:, 2] * tracks[:, 3])
    size_b = np.sqrt(boxes[:, 2] * boxes[:, 3])
    larger = np.maximum(size_t[:, None], size_b[None, :])
    reach = np.maximum(tracks[:, None, 3], boxes[None, :, 3]) + (0.5 + WIDEST * GATE_D) * larger
    off = np.maximum(np.abs(tracks[:, None, 0] - boxes[None, :, 0]), np.abs(tracks[:, None, 1] - boxes[None, :, 1]))
    rows, columns = np.nonzero((off < reach) & allowed)
    t, b, room = tracks[rows], boxes[columns], slack[rows]
    cost, ok = _cost(t, b, room)
    part = np.zeros(len(rows), np.int8)
    share = b[:, 3] / np.maximum(t[:, 3], 1e-9)
    partial = parts[rows, columns] & (share > PART[0]) & (share < PART[1])
    if partial.any():
        for which in (Part.RIDER, Part.MACHINE):
            whole = completed(b[partial], t[partial, 3], np.full(int(partial.sum()), which, np.int8))
            other, fits = _cost(t[partial], whole, room[partial])
            other = other + PART_PRICE
            better = fits & ((other < cost[partial]) | ~ok[partial])
            places = np.flatnonzero(partial)[better]
            cost[places], part[places], ok[places] = other[better], which, True
    return Pairs(rows[ok], columns[ok], cost[ok], part[ok])


def completed(boxes: Floats, heights: Floats, parts: npt.NDArray[np.int8]) -> Floats:
    """(M, 4) boxes that show a part, as the whole of that height."""
    whole = boxes.copy()
    missing = heights - boxes[:, 3]
    whole[:, 1] += np.where(parts == Part.RIDER, missing / 2, np.where(parts == Part.MACHINE, -missing / 2, 0.0))
    whole[:, 3] = np.where(parts == Part.WHOLE, boxes[:, 3], heights)
    return whole


def _cost(t: Floats, b: Floats, slack: Floats) -> tuple[Floats, Flags]:
    """The cost of each pair of rows, (K,), and whether it may be."""
    low = np.maximum(t[:, :2] - t[:, 2:] / 2, b[:, :2] - b[:, 2:] / 2)
    sides = np.maximum(np.minimum(t[:, :2] + t[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2) - low, 0)
    both = sides[:, 0] * sides[:, 1]
    area_t, area_b = t[:, 2] * t[:, 3], b[:, 2] * b[:, 3]
    iou = both / np.maximum(area_t + area_b - both, 1e-12)
    dx = t[:, 0] - b[:, 0]
    dy = (t[:, 1] + t[:, 3] / 4) - (b[:, 1] + b[:, 3] / 4)
    distance = np.hypot(dx, dy) / np.sqrt(np.maximum(np.sqrt(area_t * area_b), 1e-12))
    ratio = np.abs(np.log(np.maximum(t[:, 3], 1e-6) / np.maximum(b[:, 3], 1e-6)))
    cost = 0.5 * (1 - iou) + 0.5 * distance + 0.3 * ratio
    ok = ((distance < GATE_D * slack) & (ratio < HEIGHT_RATIO)) | (iou > SURE_IOU)
    return cost, ok
