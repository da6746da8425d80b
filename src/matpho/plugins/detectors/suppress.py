"""Which of many overlapping boxes stay: within a group, and across groups where one thing gave several."""

import numpy as np
import numpy.typing as npt

from matpho.domain.observation import Group

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

SAME_GROUP_IOU = 0.5
ACROSS_IOU = 0.45
TWIN_IOU = 0.8
BELONG_TOGETHER = ({Group.PERSON, Group.TWO_WHEELER}, {Group.PERSON, Group.FURNITURE})
"""A rider and the motorbike, a customer and the stool: two things whose boxes overlap a lot."""


def overlaps(boxes: Floats) -> Floats:
    """(N, N) intersection over union of (N, 4) corner boxes."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    both = np.prod(np.clip(high - low, 0, None), axis=2)
    area = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    return both / np.maximum(area[:, None] + area[None, :] - both, 1e-9)  # type: ignore[no-any-return]


def limits(groups: list[Group]) -> Floats:
    """(N, N) the overlap from which the weaker of two boxes of these groups goes."""
    table = {(a, b): _limit(a, b) for a in Group for b in Group}
    return np.array([[table[a, b] for b in groups] for a in groups], np.float32).reshape(len(groups), len(groups))


def _limit(a: Group, b: Group) -> float:
    if a == b:
        return SAME_GROUP_IOU
    return TWIN_IOU if {a, b} in BELONG_TOGETHER else ACROSS_IOU


def survivors(boxes: Floats, scores: Floats, groups: list[Group]) -> list[int]:
    """Row numbers that stay, best score first.

    Greedy non-maximum suppression, but whole-matrix: a box stays when no *staying* stronger box overlaps it
    beyond their limit. Repeated until nothing changes, this gives exactly the greedy result, in as many rounds as
    the longest chain of boxes that cover each other (usually two or three).
    """
    order = np.argsort(-scores, kind="stable")
    ranked = [groups[i] for i in order]
    beats = np.triu(overlaps(boxes[order]) > limits(ranked), k=1)
    stays: Mask = np.ones(len(order), np.bool_)
    while True:
        again: Mask = np.logical_not((beats & stays[:, None]).any(axis=0))
        if np.array_equal(again, stays):
            return [int(i) for i in order[stays]]
        stays = again
