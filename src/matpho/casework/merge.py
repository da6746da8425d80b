"""When two hits are one incident: pure functions over what is known.

Several rules see one thing (a bag left in a no-dumping zone on a sidewalk is three hits), and one rule loses and finds
a thing again behind passers-by. Reviewing cost is what an alert system is judged by, so joining errs on the side of
one incident per thing and place, as review items do in network video recorders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matpho.domain.geometry import Box, beside
from matpho.domain.hit import RuleHit
from matpho.domain.incident import HistoryEntry, Incident, IncidentState
from matpho.domain.kinds import described
from matpho.domain.time import SECOND, Instant
from matpho.domain.words import Said

AGAIN_S = 600.0
"""A thing that comes back within ten minutes is the same incident."""
SAME_IOU = 0.3
LOST_S = 120.0
"""A hit that lasts is told again every half minute; one not told for this long ended with the run that told it."""
SAME_START = 2 * SECOND
"""A thing's set-down is known to about a second; the same one told anew says the same."""
MOSTLY = 0.6
"""Share of the smaller box inside the other from which one is *mostly contained*."""

ONE_ACT_S = 60.0
"""Things set down side by side within a minute were one act: a handcart is not emptied in one go."""

HEAP, GOODS, LEFT, IN_THE_WAY = "rubbish_heap", "sidewalk_encroachment", "illegal_dumping", "obstruction"
_PART_OF: dict[str, tuple[str, ...]] = {
    HEAP: (LEFT, GOODS, IN_THE_WAY, "unattended_object"),
    GOODS: (IN_THE_WAY, "unattended_object"),
}
"""Kinds that tell of several things at once, and the kinds that may tell of one of them."""

_SAME_AT_ONE_PLACE = ({IN_THE_WAY, "stopped_vehicle"}, {IN_THE_WAY, "illegal_parking"})
"""Kinds that say the same of one thing by two names: what blocks the road may be called a vehicle, or not."""

_VAGUENESS = ("unattended_object", "obstruction", "stopped_vehicle", "sidewalk_encroachment", "rubbish_heap")
"""Kinds that say less than any other about the same thing, vaguest first; all others are equally specific."""

_PASSING = frozenset({"red_light", "jump_start", "wrong_way"})
"""Kinds that somebody commits in passing: the next one at the same place is another road user, and what one does at
a time is one incident of each kind, because each is a rule of its own."""

_GUARDED = "intrusion"
"""The kind whose zone is guarded as a whole: who walks out and in again is one visit, wherever they enter."""
VISIT_S = 120.0
"""Who comes in within two minutes of the last who was seen there belongs to the same visit."""
_TIMES = frozenset({_GUARDED, "camera_tampering", "camera_outage"})
"""Kinds of which an incident may hold several times, one after the other."""


@dataclass(frozen=True, slots=True)
class Known:
    """An incident and its hits."""

    incident: Incident
    hits: tuple[RuleHit, ...]


def specificity(kind: str) -> int:
    """How much a kind says: ``illegal_dumping`` more than ``unattended_object``."""
    return _VAGUENESS.index(kind) if kind in _VAGUENESS else len(_VAGUENESS)


def _says(hit: RuleHit) -> int:
    """As :func:`specificity`, but goods, or a heap, of several pieces say more than that one of them was left there.

    Two bags that somebody was seen to leave are that act; from three pieces on it is a heap, whoever passed by.
    """
    pieces = max(hit.figures.get("objects", 0.0), hit.figures.get("pieces", 0.0))
    if hit.kind in _PART_OF and pieces >= 2:
        return len(_VAGUENESS) + (3 if hit.kind == GOODS or pieces >= 3 else 1)
    seen = not hit.figures.keys().isdisjoint(("owner_left_s", "vehicle_left_s"))
    return specificity(hit.kind) + (2 if hit.kind == LEFT and seen else 0)


def same_place(a: Box | None, b: Box | None) -> bool:
    """Whether two boxes cover the same place: IoU of at least 0.3, or one mostly inside the other.

    The whole picture is only ever the same place as the whole picture.
    """
    if a is None or b is None:
        return a is b
    smaller = min(a.area, b.area)
    return a.iou(b) >= SAME_IOU or (smaller > 0 and a.overlap(b) / smaller >= MOSTLY)


def _near(a: Box | None, b: Box | None) -> bool:
    return a is None or b is None or a.overlap(b) > 0


def _run(hit: RuleHit) -> str:
    """The run of the analysis that a hit's id names first: the numbers of things start again with each."""
    return hit.id.partition(f"-{hit.camera_id}-")[0]


def _same_thing(hit: RuleHit, other: RuleHit) -> bool:
    """Whether both name one thing. A still thing must not have moved, in case its number came to be used again."""
    if hit.thing != other.thing or hit.thing == "":
        return False
    if ":" not in hit.thing:
        return hit.kind == other.kind
    if _run(hit) != _run(other):
        return False
    return _near(hit.box, other.box) if hit.thing.startswith("static:") else True


def _soon(hit: RuleHit, other: RuleHit) -> bool:
    last = max(other.at, other.end or other.at)
    lasts = other.end is None and not other.thing.startswith("track:")
    return lasts or hit.start <= last + round(AGAIN_S * SECOND)


def _is_part(part: RuleHit, whole: RuleHit) -> bool:
    """Whether one tells of a thing that the other counts among several."""
    if part.kind not in _PART_OF.get(whole.kind, ()) or part.box is None or whole.box is None:
        return False
    return part.box.area > 0 and part.box.overlap(whole.box) >= MOSTLY * part.box.area


def _one_act(hit: RuleHit, other: RuleHit) -> bool:
    """Whether both tell of things that were left side by side within a minute."""
    if (
        hit.kind != other.kind
        or hit.kind not in (LEFT, IN_THE_WAY)
        or hit.zone_id != other.zone_id
        or hit.box is None
        or other.box is None
    ):
        return False
    return abs(hit.start - other.start) <= round(ONE_ACT_S * SECOND) and beside(hit.box, other.box)


def are_one(hit: RuleHit, other: RuleHit) -> bool:
    """Whether two hits of one camera tell of one thing."""
    if hit.camera_id != other.camera_id or not _soon(hit, other):
        return False
    if hit.kind in _PASSING or other.kind in _PASSING:
        return hit.kind == other.kind and _same_thing(hit, other)
    if _same_thing(hit, other) or _is_part(hit, other) or _is_part(other, hit) or _one_act(hit, other):
        return True
    if {hit.kind, other.kind} in _SAME_AT_ONE_PLACE:
        return same_place(hit.box, other.box)
    return hit.kind == other.kind and hit.zone_id == other.zone_id and same_place(hit.box, other.box)


def goes_on(hit: RuleHit, other: RuleHit) -> bool:
    """Whether a hit is the same thing at the same place since the same moment, told by another run of its rule."""
    same = hit.kind == other.kind and hit.zone_id == other.zone_id and same_place(hit.box, other.box)
    return same and abs(hit.start - other.start) <= SAME_START


def _same_visit(hit: RuleHit, known: Known) -> bool:
    """Whether somebody enters a guarded zone during a visit that nobody has looked at yet.

    An incident takes in ten minutes of comings and goings at most, and none while a commissioning test counts scenes.
    The analysis of a file does not ask this: there each stay is told by itself.
    """
    incident = known.incident
    if hit.kind != _GUARDED or incident.state is not IncidentState.SUSPECTED or incident.trial is not None:
        return False
    if hit.start > incident.start + round(AGAIN_S * SECOND):
        return False
    stays = [h for h in known.hits if h.kind == hit.kind and h.zone_id == hit.zone_id]
    return any(hit.start <= max(h.at, h.end or h.at) + round(VISIT_S * SECOND) for h in stays)


def find(hit: RuleHit, known: Sequence[Known]) -> Known | None:
    """The open incident that a new hit belongs to: one of the same thing first, then the one noticed last."""
    fitting = [k for k in known if k.incident.open and (any(are_one(hit, o) for o in k.hits) or _same_visit(hit, k))]
    return max(
        fitting,
        key=lambda k: (any(_same_thing(hit, other) for other in k.hits), k.incident.at, k.incident.id),
        default=None,
    )


def lead(hits: Sequence[RuleHit]) -> RuleHit:
    """The hit that names the incident: what says most, then the surest, then the first.

    ``hits`` holds at least one.
    """
    return max(hits, key=lambda h: (_says(h), h.score, -h.at, h.id))


def _why(first: RuleHit, hits: Sequence[RuleHit]) -> Said:
    """What is said of the incident; of what happened several times the first, which the clip shows, and how often."""
    times = [h for h in hits if h.kind == first.kind]
    if first.kind not in _TIMES or len(times) < 2:
        return first.why
    said = min(times, key=lambda h: (h.start, h.id)).why
    return Said(f"{said.vi} Tổng cộng {len(times)} lần.", f"{said.en} {len(times)} times in all.")


def joined(incident: Incident, hits: Sequence[RuleHit], at: Instant, *, newcomer: bool) -> Incident:
    """The incident as its hits now tell it; ``hits`` are all of them, the newest telling of each.

    ``newcomer`` says that one of them is a hit not told before, which the history then shows. What people have decided
    is left alone: a decided incident keeps its kind. The box of something that moves stays where it was at ``at``,
    because the picture beside it is of that moment.
    """
    first = lead(hits)
    newest = max(h.at for h in hits)
    lasting = any(h.end is None and h.at >= newest - round(LOST_S * SECOND) for h in hits)
    kind = first.kind if incident.open else incident.kind
    grown = replace(
        incident,
        kind=kind,
        zone_id=first.zone_id if incident.open else incident.zone_id,
        start=min(h.start for h in hits),
        at=min(incident.at, *(h.at for h in hits)),
        end=None if lasting else max(h.at if h.end is None else h.end for h in hits),
        last_seen=max(incident.last_seen, *(max(h.at, h.end or h.at) for h in hits)),
        score=max(h.score for h in hits),
        advisory=described(kind).advisory or all(h.advisory for h in hits),
        staged=incident.staged or any(h.staged for h in hits),
        box=first.box if incident.box is None or first.thing.startswith("static:") else incident.box,
        why=_why(first, hits) if incident.open else incident.why,
    )
    if newcomer:
        grown = grown.noted(HistoryEntry(at=at, who=None, action="joined"))
    if kind != incident.kind:
        entry = HistoryEntry(at=at, who=None, action="kind_changed", note=f"{incident.kind} → {kind}")
        grown = replace(grown.noted(entry), version=incident.version + 1)
    return grown
