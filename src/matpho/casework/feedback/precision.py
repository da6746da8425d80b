"""How often each kind is right, by camera and light, with the uncertainty that so few examples leave.

Of incidents that a rule found and people decided. What nobody reviewed is counted beside, never as right or wrong; what
no rule told is not known here, so this is precision and says nothing about recall. Intervals are Wilson's (1927).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matpho.casework.feedback.examples import SET_ASIDE, reason_of
from matpho.domain.ids import CameraId
from matpho.domain.incident import OPEN_STATES, Incident, IncidentState, Source
from matpho.domain.observation import Light
from matpho.domain.time import SECOND, Instant

LEAST_DECIDED = 10
"""With fewer the share is not told: an interval from nearly nothing to nearly all would read like a figure."""
WEEK_NS = 7 * 86_400 * SECOND
_MONDAY_NS = 4 * 86_400 * SECOND  # 1970-01-05, the first Monday
_Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of incidents; ``set_aside`` were duplicates or tests."""

    confirmed: int = 0
    rejected: int = 0
    not_reviewed: int = 0
    waiting: int = 0
    set_aside: int = 0

    @property
    def decided(self) -> int:
        """How many the share is of."""
        return self.confirmed + self.rejected

    @property
    def share(self) -> float | None:
        """The precision; None where too few are decided to say."""
        return self.confirmed / self.decided if self.decided >= LEAST_DECIDED else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the precision lies with 95 % confidence; None where too few are decided."""
        return wilson(self.confirmed, self.decided) if self.decided >= LEAST_DECIDED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind on one camera by one light (None: unknown)."""

    kind: str
    camera_id: CameraId
    light: Light | None
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One kind in one week, which began at ``start`` (Monday, UTC)."""

    kind: str
    start: Instant
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Rows by kind, camera and light; each kind in all; each kind by week, oldest first."""

    rows: tuple[Row, ...]
    kinds: tuple[tuple[str, Tally], ...]
    weeks: tuple[Week, ...]


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share; ``of`` is at least 1."""
    share, z2 = right / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def precision(incidents: Iterable[Incident]) -> Precision:
    """The figures of incidents that rules found; those that people reported say nothing about rules."""
    found = [i for i in incidents if i.source is Source.RULE]
    parts: dict[tuple[str, CameraId, Light | None], list[Incident]] = {}
    for incident in found:
        parts.setdefault((incident.kind, incident.camera_id, incident.light), []).append(incident)
    ordered = sorted(parts, key=lambda key: (key[0], key[1], key[2] or ""))
    rows = [Row(kind=key[0], camera_id=key[1], light=key[2], tally=tally(parts[key])) for key in ordered]
    kinds = sorted({i.kind for i in found})
    weeks = sorted({(i.kind, _week(i.at)) for i in found})
    return Precision(
        rows=tuple(rows),
        kinds=tuple((kind, tally([i for i in found if i.kind == kind])) for kind in kinds),
        weeks=tuple(
            Week(kind=k, start=w, tally=tally([i for i in found if (i.kind, _week(i.at)) == (k, w)])) for k, w in weeks
        ),
    )


def _week(at: Instant) -> Instant:
    return Instant((at - _MONDAY_NS) // WEEK_NS * WEEK_NS + _MONDAY_NS)


def tally(incidents: Sequence[Incident]) -> Tally:
    """Counts by what people said."""
    reasons = [reason_of(i) for i in incidents]
    aside = sum(reason in SET_ASIDE for reason in reasons)
    states = [i.state for i in incidents]
    return Tally(
        confirmed=states.count(IncidentState.CONFIRMED),
        rejected=states.count(IncidentState.REJECTED) - aside,
        not_reviewed=states.count(IncidentState.NOT_REVIEWED),
        waiting=sum(state in OPEN_STATES for state in states),
        set_aside=aside,
    )
