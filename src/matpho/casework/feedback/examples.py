"""Decided incidents as examples to learn a setting from: plain rules, no model, every number a person can check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matpho.domain.geometry import Box, Point
from matpho.domain.hit import RuleHit
from matpho.domain.ids import IncidentId
from matpho.domain.incident import Incident, IncidentState, Move, RejectReason, Source
from matpho.domain.time import seconds

_R = RejectReason
SET_ASIDE = frozenset({_R.DUPLICATE, _R.TEST})
"""Reasons that say nothing about whether the rule was right."""
THRESHOLD_REASONS = frozenset({_R.NOTHING_THERE, _R.WRONG_KIND, _R.NOT_A_VIOLATION, _R.BAD_PICTURE})
"""Reasons that a stricter threshold may answer; what was permitted is a matter of hours, not of thresholds."""
SPOT_REASONS = frozenset({_R.NOTHING_THERE, _R.WRONG_KIND, _R.BAD_PICTURE, _R.RESIDENT_OWN_PROPERTY})
"""Reasons that a spot may be left out for: nothing of the ward's business happens there."""


def reason_of(incident: Incident) -> RejectReason | None:
    """Why it was rejected; None unless that is its state."""
    if incident.state is not IncidentState.REJECTED:
        return None
    moves = [entry for entry in incident.history if entry.action == Move.REJECT.value]
    return moves[-1].reason if moves else None


@dataclass(frozen=True, slots=True)
class Example:
    """A decided incident of a rule. ``figures`` are those of its hits, the largest of each name; ``length_s`` how long
    it lasted.
    """

    incident: Incident
    reason: RejectReason | None
    figures: Mapping[str, float]
    length_s: float

    @property
    def confirmed(self) -> bool:
        """Whether people said that it was so."""
        return self.incident.state is IncidentState.CONFIRMED


def examples(incidents: Iterable[Incident], hits: Mapping[IncidentId, Sequence[RuleHit]]) -> list[Example]:
    """Those of the incidents that a rule found and people decided, without duplicates and tests."""
    found = []
    for incident in incidents:
        reason = reason_of(incident)
        decided = incident.state in (IncidentState.CONFIRMED, IncidentState.REJECTED)
        if incident.source is not Source.RULE or not decided or reason in SET_ASIDE:
            continue
        figures: dict[str, float] = {}
        for hit in hits.get(incident.id, ()):
            for name, value in hit.figures.items():
                figures[name] = max(value, figures.get(name, value))
        last = incident.end if incident.end is not None else incident.last_seen
        found.append(Example(incident, reason, figures, max(0.0, seconds(last - incident.start))))
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """What a threshold is compared with: at least ``low``, at most ``high``. What grew after it was told last may have
    reached anything between.
    """

    low: float
    high: float


RED_FIRST = frozenset({"red_light", "jump_start"})
"""Their ``min_duration_s`` is how long the lamp had been red, not how long the crossing took."""
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "min_unattended_s": "unattended_s",
        "min_area_share": "area_share",
        "min_area_m2": "area_m2",
        "min_pieces": "pieces",
    }
)
"""The settings that a figure of the hits bounds. Not among them: what a hit says of the moment when it was told only
(the turmoil of a fight, how far somebody had ridden), which a higher threshold would have passed a moment later; and
``min_free_m``, which tells more the higher it is.
"""


def reach_of(setting: str, example: Example) -> Reach | None:
    """What a threshold would have been compared with; None where this incident does not tell.

    A thing that lasted less than a longer ``min_duration_s`` would not have been told. What waits in a queue does not
    count, and what counted is known as it was told last.
    """
    kind, figures, length_s = example.incident.kind, example.figures, example.length_s
    if setting == "min_duration_s" and kind in RED_FIRST:
        red_s = figures.get("red_s")
        return None if red_s is None else Reach(red_s, red_s)
    if setting == "min_duration_s":
        return Reach(min(length_s, figures.get("stopped_s", length_s)), length_s)
    value = figures.get(FIGURES.get(setting, ""))
    if value is None:
        return None
    return Reach(value, max(value, length_s)) if setting.endswith("_s") else Reach(value, value)


def standing(box: Box) -> tuple[Point, Point]:
    """The two places that must both lie in a zone that is not analysed for a thing to be left out."""
    x, y = box.ground
    return box.centre, Point(x, min(y, 0.999))
