"""Which detection is which track: the cost, the gate, the best assignment, and one motorbike from its many boxes.

The cost is ``0.5 (1 − IoU) + 0.5 D + 0.3 |log height ratio|`` with D the distance of the points a quarter above
the lower edge, in √area: at 5 frames a second a motorbike moves up to its own width per frame, where IoU alone lets go.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.assignment import least_cost

Floats = npt.NDArray[np.float64]

FAR = 1e6  # the cost of what may not be matched
GATE_D = 0.8
HEIGHT_RATIO = 0.6  # in logarithms
SURE_IOU = 0.3  # overlap that is enough whatever the distance


def costs(tracks: Floats, boxes: Floats, slack: Floats) -> Floats:
    """The cost of each pair, (N, M); FAR where the pair may not be.

    ``tracks`` (N, 4) and ``boxes`` (M, 4) are cx, cy, w, h in one unit on both axes; ``slack`` (N,) widens a track's
    distance gate (1: as is).
    """
    t, b = tracks[:, None, :], boxes[None, :, :]
    half_t, half_b = t[..., 2:] / 2, b[..., 2:] / 2
    low = np.maximum(t[..., :2] - half_t, b[..., :2] - half_b)
    high = np.minimum(t[..., :2] + half_t, b[..., :2] + half_b)
    both = np.prod(np.clip(high - low, 0, None), axis=-1)
    area_t, area_b = np.prod(t[..., 2:], axis=-1), np.prod(b[..., 2:], axis=-1)
    iou = both / np.maximum(area_t + area_b - both, 1e-12)
    dx = t[..., 0] - b[..., 0]
    dy = (t[..., 1] + t[..., 3] / 4) - (b[..., 1] + b[..., 3] / 4)
    distance = np.hypot(dx, dy) / np.sqrt(np.maximum(np.sqrt(area_t * area_b), 1e-12))
    ratio = np.abs(np.log(np.maximum(t[..., 3], 1e-6) / np.maximum(b[..., 3], 1e-6)))
    cost = 0.5 * (1 - iou) + 0.5 * distance + 0.3 * ratio
    near = (distance < GATE_D * slack[:, None]) & (ratio < HEIGHT_RATIO)
    return np.where(near | (iou > SURE_IOU), cost, FAR)


def assign(cost: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The pairs of least total cost, without the forbidden ones: row and column numbers."""
    if not cost.size:
        empty = np.zeros(0, dtype=np.intp)
        return empty, empty
    return least_cost(cost, FAR)


def cleaned(observations: Sequence[Observation], *, largest: float = 0.25) -> list[Observation]:
    """One box per thing: the detector gives a motorbike as a person, a bicycle and a "car" at once.

    A weaker box of another road-user group that covers the same place (IoU > 0.45, or contained > 0.8 in a vehicle
    of like size) is dropped, and so is a vehicle box above ``largest`` of the frame, which is always false on a street
    camera. Rider and motorbike become one two-wheeler only where each is the other's only partner: in a dense crowd
    fusing mixes the rider of one with the motorbike of the next.
    """
    kept: list[Observation] = []
    for o in sorted(observations, key=lambda o: -o.score):
        if o.group is Group.VEHICLE and o.box.area > largest:
            continue
        if any(_same_thing(o, k) for k in kept):
            continue
        kept.append(o)
    return _ridden(kept)


def _same_thing(weaker: Observation, stronger: Observation) -> bool:
    groups = {weaker.group, stronger.group}
    if groups == {Group.TWO_WHEELER, Group.VEHICLE}:
        both = weaker.box.overlap(stronger.box)
        small, large = sorted((weaker.box.area, stronger.box.area))
        return weaker.box.iou(stronger.box) > 0.45 or (both > 0.8 * small and small > 0.3 * large)
    if groups == {Group.PERSON, Group.VEHICLE}:
        return weaker.group is Group.VEHICLE and weaker.box.iou(stronger.box) > 0.6
    return False


def _ridden(observations: list[Observation]) -> list[Observation]:
    bikes = [o for o in observations if o.group is Group.TWO_WHEELER]
    if not bikes:
        return observations
    people = [o for o in observations if o.group is Group.PERSON]
    riders = {id(b): [p for p in people if _rides(p.box, b.box)] for b in bikes}
    fused: dict[int, Observation] = {}
    gone: set[int] = set()
    for bike in bikes:
        partners = riders[id(bike)]
        if len(partners) != 1 or sum(partners[0] in others for others in riders.values()) != 1:
            continue
        rider = partners[0]
        gone.add(id(rider))
        fused[id(bike)] = Observation(
            Group.TWO_WHEELER, bike.label, bike.box.join(rider.box), max(bike.score, rider.score)
        )
    return [fused.get(id(o), o) for o in observations if id(o) not in gone]


def _rides(person: Box, bike: Box) -> bool:
    """Whether the person sits on it: above its middle in the picture, feet no lower than the wheels."""
    across = abs(person.centre.x - bike.centre.x)
    return (
        across < 0.3 * max(bike.w, person.w)
        and bike.y < person.bottom < bike.bottom + 0.05 * bike.h
        and person.y < bike.y
        and person.bottom < bike.bottom - 0.08 * bike.h
        and 0.6 * bike.h < person.h < 2.2 * bike.h
    )
