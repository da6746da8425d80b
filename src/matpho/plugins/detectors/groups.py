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
class Pools:
    """The groups that a model with certain classes can report.

    ``wanted`` are the columns of those classes among the model's, group by group; ``labels`` their names;
    ``groups`` which group begins at which place of ``wanted``.
    """

    wanted: npt.NDArray[np.intp]
    labels: tuple[str, ...]
    groups: tuple[Group, ...]
    starts: tuple[int, ...]

    def columns(self, number: int) -> slice:
        """Where the classes of the group of that number are in ``wanted``."""
        ends = (*self.starts[1:], len(self.labels))
        return slice(self.starts[number], ends[number])


def pools_of(classes: Sequence[str]) -> Pools:
    """The groups of a model with these classes; those none of whose classes it has are left out."""
    places: list[int] = []
    groups, starts = [], []
    for group, members in MEMBERS.items():
        known = [classes.index(m) for m in members if m in classes]
        if known:
            groups.append(group)
            starts.append(len(places))
            places += known
    return Pools(np.array(places, np.intp), tuple(classes[p] for p in places), tuple(groups), tuple(starts))


def pooled(scores: Floats) -> Floats:
    """(N, classes of one group) scores to (N,) scores of the group, 0..1."""
    return scores[:, 0] if scores.shape[1] == 1 else 1.0 - np.prod(1.0 - scores, axis=1)
