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
    motorbike of the next.
    """
    if not len(seen):
        return seen
    seen = seen.where((seen.groups != VEHICLE) | (seen.boxes[:, 2] * seen.boxes[:, 3] <= LARGEST))
    beats = np.triu(_same_thing(seen), k=1)  # the row is the stronger one
    stays = np.ones(len(seen), np.bool_)
    while True:
        again: Flags = np.logical_not((beats & stays[:, None]).any(axis=0))
        if np.array_equal(again, stays):
            return _fused(seen.where(stays))
        stays = again


def _same_thing(seen: Sightings) -> Flags:
    """(M, M) whether the column, the weaker one, is the same thing as the row."""
    both, areas = overlaps(seen.boxes, seen.boxes), seen.boxes[:, 2] * seen.boxes[:, 3]
    small, large = np.minimum(areas[:, None], areas), np.maximum(areas[:, None], areas)
    iou = both / np.maximum(small + large - both, 1e-12)
    stronger, weaker = seen.groups[:, None], seen.groups[None, :]
    wheels = ((stronger == TWO_WHEELER) & (weaker == VEHICLE)) | ((stronger == VEHICLE) & (weaker == TWO_WHEELER))
    as_car = (stronger == PERSON) & (weaker == VEHICLE)
    alike = (iou > 0.45) | ((both > 0.8 * small) & (small > 0.3 * large))
    return np.asarray((wheels & alike) | (as_car & (iou > 0.6)))


def _fused(seen: Sightings) -> Sightings:
    """Rider and machine as one, where that is certain."""
    bikes, people = np.flatnonzero(seen.groups == TWO_WHEELER), np.flatnonzero(seen.groups == PERSON)
    if not len(bikes) or not len(people):
        return seen
    sits, rides = _rides(seen.boxes[people], seen.boxes[bikes])
    only = rides & (rides.sum(axis=0) == 1)[None, :] & (rides.sum(axis=1) == 1)[:, None]
    rider, bike = people[np.nonzero(only)[0]], bikes[np.nonzero(only)[1]]
    boxes, scores, ridden, seated = seen.boxes.copy(), seen.scores.copy(), seen.ridden.copy(), seen.seated.copy()
    corner = np.minimum(boxes[rider, :2], boxes[bike, :2])
    end = np.maximum(boxes[rider, :2] + boxes[rider, 2:], boxes[bike, :2] + boxes[bike, 2:])
    boxes[bike] = np.concatenate([corner, end - corner], axis=1)
    scores[bike] = np.maximum(scores[rider], scores[bike])
    ridden[bike], seated[bike] = True, sits[np.nonzero(only)]
    alone = np.ones(len(seen), np.bool_)
    alone[rider] = False
    return Sightings(boxes, scores, seen.groups, seen.labels, ridden, seated).where(alone)


def _rides(person: Floats, bike: Floats) -> tuple[Flags, Flags]:
    """(P, B) whether the person sits on it: above its middle in the picture, feet no lower than the wheels.

    Second, (P, B), whether they belong together: so, or the person's box holds the machine as well, from behind: in its
    middle, down to its lower edge.
    """
    px, py, pw, ph = (person[:, None, i] for i in range(4))
    bx, by, bw, bh = (bike[None, :, i] for i in range(4))
    feet, wheels = py + ph, by + bh
    centred = np.abs(px + pw / 2 - bx - bw / 2) < 0.3 * np.maximum(bw, pw)
    together = feet - by > 0.25 * np.minimum(ph, bh)  # legs beside the machine, not a rider above the next one's
    sits = together & (feet < wheels - 0.08 * bh) & (0.6 * bh < ph) & (ph < 2.2 * bh) & (wheels - py < 1.6 * ph)
    inside = (bw < 1.1 * pw) & (np.abs(feet - wheels) < 0.12 * ph) & (0.25 * ph < bh) & (bh < 0.8 * ph)
    above = centred & (py < by)
    return np.asarray(above & sits), np.asarray(above & (sits | inside))


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
