"""Which detector classes are looked at, and how the scores of one group's classes become one score.

A van is a bit of a car, a bit of a truck and a bit of a bus to a small detector: each alone stays below the
threshold. So the scores of a group are pooled *before* thresholding, as the chance that at least one of them is
right: 1 − ∏(1 − sᵢ). Classes outside the list (kites, ties, cell phones) are never reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.domain.observation import Group

Floats = npt.NDArray[np.float32]

MEMBERS: dict[Group, tuple[str, ...]] = {
    Group.PERSON: ("person",),
    Group.TWO_WHEELER: ("bicycle", "motorcycle"),
    Group.VEHICLE: ("car", "bus", "truck", "train"),
    Group.BAG: ("backpack", "handbag", "suitcase"),
    Group.FURNITURE: ("chair", "couch", "dining table", "bench", "umbrella", "potted plant"),
    Group.ANIMAL: ("cat", "dog", "horse", "sheep", "cow"),
}


@dataclass(frozen=True, slots=True)
class Pooled:
    """One group of a model: its columns among the model's classes and their names."""

    group: Group
    columns: tuple[int, ...]
    labels: tuple[str, ...]


def pools_of(classes: Sequence[str]) -> tuple[Pooled, ...]:
    """The groups that a model with these classes can report; groups none of whose classes it has are left out."""
    found = []
    for group, members in MEMBERS.items():
        labels = tuple(m for m in members if m in classes)
        if labels:
            found.append(Pooled(group, tuple(classes.index(m) for m in labels), labels))
    return tuple(found)


def pooled_score(scores: Floats, pool: Pooled) -> Floats:
    """(N, classes) scores to (N,) scores of one group, 0..1."""
    if len(pool.columns) == 1:
        return scores[:, pool.columns[0]]
    return 1.0 - np.prod(1.0 - scores[:, pool.columns], axis=1)  # type: ignore[no-any-return]
