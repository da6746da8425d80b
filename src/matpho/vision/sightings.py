"""What the detector saw in one picture as arrays, with one box per thing: a motorbike is not a person and a car too."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

GROUPS = tuple(Group)
CODES = {group: np.int8(code) for code, group in enumerate(GROUPS)}
PERSON, TWO_WHEELER, VEHICLE = (CODES[g] for g in (Group.PERSON, Group.TWO_WHEELER, Group.VEHICLE))
TWICE = 0.6  # of the smaller of two boxes of one group: one rider, or one machine, that was seen twice
WHOLE = 0.6  # IoU of a person and a machine that are both the rider with the machine: no one beside it covers so much
SURE = 0.45  # score from which a vehicle box around another one is believed
MACHINE = (0.35, 0.75)  # of the height of a two-wheeler with its rider: what may be its machine
LARGEST = 0.25  # share of the frame: a vehicle box above it is always false on a street camera


@dataclass(frozen=True, slots=True)
class Sightings:
    """``boxes`` (M, 4) are left, top, width and height, 0..1; ``scores`` (M,); ``groups`` (M,) places in ``GROUPS``.

    ``ridden`` (M,) marks the two-wheelers that were seen with their rider, ``seated`` (M,) those whose rider's feet
    were seen above the foot of the wheels: nobody who pushes is. ``labels`` are the detector's words.
    """

    boxes: Floats
    scores: Floats
    groups: npt.NDArray[np.int8]
    labels: tuple[str, ...]
    ridden: Flags
    seated: Flags

    def __len__(self) -> int:
        """How many things."""
        return len(self.scores)

    def where(self, kept: Flags) -> "Sightings":
        """Those things only."""
        labels = tuple(label for label, stays in zip(self.labels, kept.tolist(), strict=True) if stays)
        flags = self.ridden[kept], self.seated[kept]
        return Sightings(self.boxes[kept], self.scores[kept], self.groups[kept], labels, *flags)


def sightings(observations: Sequence[Observation]) -> Sightings:
    """The observations, best score first, as arrays; nothing is left out."""
    ranked = sorted(observations, key=lambda o: -o.score)
    return Sightings(
        boxes=np.array([(o.box.x, o.box.y, o.box.w, o.box.h) for o in ranked], np.float64).reshape(-1, 4),
        scores=np.array([o.score for o in ranked], np.float64),
        groups=np.array([CODES[o.group] for o in ranked], np.int8),
        labels=tuple(o.label for o in ranked),
        ridden=np.zeros(len(ranked), np.bool_),
        seated=np.zeros(len(ranked), np.bool_),
    )


def cleaned(seen: Sightings) -> Sightings:
    """One box per thing, best first as they were given.

    A weaker box of another road-user group that covers the same place (IoU > 0.45, or contained > 0.8 in a vehicle
    of like size) is dropped, and so is a vehicle box above ``LARGEST``. Rider and motorbike become one
    two-wheeler only where each is the other's only partner: in a dense crowd fusing mixes the rider of one with the
    motorbike of the next. The machine of a two-wheeler that was seen whole is that two-wheeler.
    """
    if not len(seen):
        return seen
    seen = seen.where((seen.groups != VEHICLE) | (seen.boxes[:, 2] * seen.boxes[:, 3] <= LARGEST))
    seen = _without_inner_machines(seen)
    beats = np.triu(_same_thing(seen), k=1)  # the row is the stronger one
    stays = np.ones(len(seen), np.bool_)
    while True:
        again: Flags = np.logical_not((beats & stays[:, None]).any(axis=0))
        if np.array_equal(again, stays):
            return _fused(seen.where(stays))
        stays = again


def _without_inner_machines(seen: Sightings) -> Sightings:
    """A detector gives a ridden motorbike often twice: as a whole, and its machine alone. The whole one stays.

    The machine is the lower part of the other box: in its middle, down to its lower edge. A motorbike that is before
    or behind another has its lower edge elsewhere.
    """
    if (seen.groups == TWO_WHEELER).sum() < 2:
        return seen
    x, y, w, h = seen.boxes.T
    both, areas = overlaps(seen.boxes, seen.boxes), w * h
    share = h[None, :] / np.maximum(h[:, None], 1e-12)  # rows hold columns
    lower = (share > MACHINE[0]) & (share < MACHINE[1]) & (np.abs((y + h)[:, None] - (y + h)) < 0.1 * h[:, None])
    middle = np.abs((x + w / 2)[:, None] - (x + w / 2)) < 0.25 * w[:, None]
    wheels = (seen.groups == TWO_WHEELER)[:, None] & (seen.groups == TWO_WHEELER)
    believed = seen.scores[:, None] >= 0.6 * seen.scores
    inner = wheels & lower & middle & (both > 0.75 * areas) & believed
    dropped = inner.any(axis=0)
    if not dropped.any():
        return seen
    best = np.maximum(seen.scores, np.where(inner, seen.scores, 0.0).max(axis=1))
    ranked = np.argsort(-best, kind="stable")
    labels = tuple(seen.labels[i] for i in ranked.tolist())
    boxes, groups, flags = seen.boxes[ranked], seen.groups[ranked], (seen.ridden[ranked], seen.seated[ranked])
    return Sightings(boxes, best[ranked], groups, labels, *flags).where(~dropped[ranked])


def _same_thing(seen: Sightings) -> Flags:
    """(M, M) whether the column, the weaker one, is the same thing as the row."""
    both, areas = overlaps(seen.boxes, seen.boxes), seen.boxes[:, 2] * seen.boxes[:, 3]
    small, large = np.minimum(areas[:, None], areas), np.maximum(areas[:, None], areas)
    iou = both / np.maximum(small + large - both, 1e-12)
    stronger, weaker = seen.groups[:, None], seen.groups[None, :]
    inside = (stronger == VEHICLE) & (weaker == VEHICLE) & (seen.scores < SURE)[None, :]
    loose = inside & (both > 0.9 * areas[:, None]) & (areas[None, :] > 1.5 * areas[:, None])  # a car and the road by it
    wheels = ((stronger == TWO_WHEELER) & (weaker == VEHICLE)) | ((stronger == VEHICLE) & (weaker == TWO_WHEELER))
    as_car = (stronger == PERSON) & (weaker == VEHICLE)
    alike = (iou > 0.45) | ((both > 0.8 * small) & (small > 0.3 * large))
    return np.asarray((wheels & alike) | (as_car & (iou > 0.6)) | loose)


def _fused(seen: Sightings) -> Sightings:
    """Rider and machine as one, where that is certain."""
    bikes, people = np.flatnonzero(seen.groups == TWO_WHEELER), np.flatnonzero(seen.groups == PERSON)
    if not len(bikes) or not len(people):
        return seen
    sits, rides = _rides(seen.boxes[people], seen.boxes[bikes])
    rides &= _of_one(rides.T, seen.boxes[people])[None, :] & _of_one(rides, seen.boxes[bikes])[:, None]
    rows, columns = np.nonzero(rides)
    ranked = np.argsort(-(seen.scores[people[rows]] + seen.scores[bikes[columns]]), kind="stable")
    boxes, scores, ridden, seated = seen.boxes.copy(), seen.scores.copy(), seen.ridden.copy(), seen.seated.copy()
    alone = np.ones(len(seen), np.bool_)
    for row, column in zip(rows[ranked].tolist(), columns[ranked].tolist(), strict=True):
        rider, bike = people[row], bikes[column]
        if not alone[rider] or not alone[bike] or ridden[bike]:
            continue
        corner = np.minimum(boxes[rider, :2], boxes[bike, :2])
        end = np.maximum(boxes[rider, :2] + boxes[rider, 2:], boxes[bike, :2] + boxes[bike, 2:])
        boxes[bike] = np.concatenate([corner, end - corner])
        scores[bike] = max(scores[rider], scores[bike])
        ridden[bike], seated[bike] = True, sits[row, column]
        alone[people[rides[:, column]]] = False
        alone[bikes[rides[row] & (np.arange(len(bikes)) != column)]] = False
    return Sightings(boxes, scores, seen.groups, seen.labels, ridden, seated).where(alone)


def _of_one(chosen: Flags, boxes: Floats) -> Flags:
    """(N,) for each row of (N, M) flags whether the boxes (M, 4) that it marks are one thing that was seen twice."""
    both, areas = overlaps(boxes, boxes), boxes[:, 2] * boxes[:, 3]
    same = both > TWICE * np.minimum(areas[:, None], areas)
    one = np.ones(len(chosen), np.bool_)
    for number in np.flatnonzero(chosen.sum(axis=1) > 1).tolist():
        one[number] = same[np.ix_(chosen[number], chosen[number])].all()
    return one


def _rides(person: Floats, bike: Floats) -> tuple[Flags, Flags]:
    """(P, B) whether the person sits on it: above its middle in the picture, feet no lower than the wheels.

    Second, (P, B), whether they belong together: so, or the person's box holds the machine as well, from behind: in its
    middle, down to its lower edge; or both boxes hold the whole.
    """
    px, py, pw, ph = (person[:, None, i] for i in range(4))
    bx, by, bw, bh = (bike[None, :, i] for i in range(4))
    feet, wheels = py + ph, by + bh
    centred = np.abs(px + pw / 2 - bx - bw / 2) < 0.3 * np.maximum(bw, pw)
    together = feet - by > 0.25 * np.minimum(ph, bh)  # legs beside the machine, not a rider above the next one's
    sits = together & (feet < wheels - 0.08 * bh) & (0.6 * bh < ph) & (ph < 2.2 * bh) & (wheels - py < 1.6 * ph)
    inside = (bw < 1.1 * pw) & (np.abs(feet - wheels) < 0.12 * ph) & (0.25 * ph < bh) & (bh < 0.8 * ph)
    above = centred & (py < by)
    sides = np.minimum(px + pw, bx + bw) - np.maximum(px, bx), np.minimum(feet, wheels) - np.maximum(py, by)
    both = np.maximum(sides[0], 0) * np.maximum(sides[1], 0)
    same = both > WHOLE * (pw * ph + bw * bh - both)
    return np.asarray(above & sits), np.asarray((above & (sits | inside)) | same)


def overlaps(a: Floats, b: Floats) -> Floats:
    """(A, B) areas that boxes of left, top, width and height share."""
    sides = []
    for axis in (0, 1):
        end_a, end_b = a[:, axis] + a[:, axis + 2], b[:, axis] + b[:, axis + 2]
        sides.append(np.minimum(end_a[:, None], end_b) - np.maximum(a[:, None, axis], b[:, axis]))
    return np.asarray(np.maximum(sides[0], 0) * np.maximum(sides[1], 0))


def box(row: Floats) -> Box:
    """One row of ``boxes`` as a box."""
    x, y, w, h = row.tolist()
    return Box(x, y, max(0.0, w), max(0.0, h))
