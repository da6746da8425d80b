"""What the detector said between two steps of the static-object model, and of which part of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation

_SPOKEN = 0.9  # of a thing inside the part that was looked at


@dataclass(frozen=True, slots=True)
class Heard:
    """One look of the detector, at the whole picture or at the part ``within`` it."""

    seen: Sequence[Observation]
    within: Box | None = None

    @property
    def whole(self) -> bool:
        """Whether it was at the whole picture."""
        return self.within is None

    def speaks_of(self, box: Box) -> bool:
        """Whether it was at this place."""
        return self.within is None or box.overlap(self.within) > _SPOKEN * box.area


def newest(before: Heard | None, seen: Sequence[Observation], within: Box | None) -> Heard:
    """Of two looks the later one, but never one at a part in place of one at the whole."""
    return before if before is not None and before.whole and within is not None else Heard(seen, within)
