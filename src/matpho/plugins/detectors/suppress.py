"""Which of many overlapping boxes stay: within a group, and across groups where one thing gave several."""

from collections.abc import Sequence

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
    left, top, right, bottom = boxes.T
    wide = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    high = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    both = np.maximum(wide, 0) * np.maximum(high, 0)
    area = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    return both / np.maximum(area[:, None] + area - both, 1e-12)  # type: ignore[no-any-return]


def _limit(a: Group, b: Group) -> float:
    if a == b:
        return SAME_GROUP_IOU
    return TWIN_IOU if {a, b} in BELONG_TOGETHER else ACROSS_IOU


GROUPS = tuple(Group)
LIMITS: Floats = np.array([[_limit(a, b) for b in GROUPS] for a in GROUPS], np.float32)
"""From which overlap on the weaker of two boxes goes, by their groups' places in ``GROUPS``."""


def survivors(boxes: Floats, scores: Floats, groups: Sequence[Group]) -> list[int]:
    """Row numbers that stay, best score first; boxes are (N, 4) corners.

    Greedy non-maximum suppression, but whole-matrix: a box stays when no *staying* stronger box overlaps it
    beyond their limit. Repeated until nothing changes, this gives exactly the greedy result, in as many rounds as
    the longest chain of boxes that cover each other (usually two or three).
    """
    order = np.argsort(-scores, kind="stable")
    codes = np.array([GROUPS.index(g) for g in groups], np.intp)[order]
    beats = np.triu(overlaps(boxes[order]) > LIMITS[codes[:, None], codes], k=1)
    stays: Mask = np.ones(len(order), np.bool_)
    while True:
        again: Mask = np.logical_not((beats & stays[:, None]).any(axis=0))
        if np.array_equal(again, stays):
            return [int(i) for i in order[stays]]
        stays = again
