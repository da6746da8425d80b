"""What a decision of the ward allows on one camera: which kinds, in which zones, from when until when (law 10)."""

from collections.abc import Iterable
from dataclasses import dataclass

from matpho.domain.ids import ZoneId
from matpho.domain.time import Instant

DECIDED_KINDS = ("crowd", "fight", "person_down")
"""Off until the ward has decided otherwise, for a time; no setting of a camera can switch them on live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """The part of a decision that concerns one camera. ``zones`` empty: all of them. In force in [start, end)."""

    decision: str
    kinds: tuple[str, ...]
    zones: tuple[ZoneId, ...] = ()
    start: Instant
    end: Instant

    def covers(self, kind: str, zone: ZoneId | None, at: Instant) -> bool:
        """Whether the kind may be watched in the zone at this moment."""
        return kind in self.kinds and (not self.zones or zone in self.zones) and self.start <= at < self.end


def allows(permits: Iterable[Permit], kind: str, zone: ZoneId | None, at: Instant) -> bool:
    """Whether any decision in force covers it."""
    return any(p.covers(kind, zone, at) for p in permits)
