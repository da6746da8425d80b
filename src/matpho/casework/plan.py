"""Which files an incident should have: a clip with its lead-in and run-out, and stills before, during and after."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceRole, EvidenceState, Wanted
from matpho.domain.geometry import Polygon
from matpho.domain.ids import EvidenceId, new_id
from matpho.domain.incident import Incident
from matpho.domain.time import Instant, Span, after, seconds

SETTLE_S = 2.0
"""How long after its last instant a span is first asked for: the recorder writes fragments of about a second."""
WORTH_S = 2.0
"""A new plan that adds less than this to what is made already changes nothing."""
MOST_AGAIN = 5
"""How often one slot is filled anew: a thing that comes and goes all day does not fill the disk with stills."""
_BESIDE_S = 2.0
STAYS = frozenset(
    {
        "illegal_dumping",
        "unattended_object",
        "rubbish_heap",
        "obstruction",
        "sidewalk_encroachment",
        "sidewalk_parking",
        "illegal_parking",
        "object_removed",
    }
)
"""Kinds about a place that stays as it is for a while: of its pictures before and after the best is chosen."""
_CHOICE_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTimes:
    """How much is cut around an incident."""

    pre_roll_s: float = 10.0
    post_roll_s: float = 10.0
    longest_clip_s: float = 90.0


def _clips(incident: Incident, times: EvidenceTimes) -> list[Wanted]:
    begin = after(incident.start, -times.pre_roll_s)
    noticed = after(incident.at, times.post_roll_s)
    finish = max(noticed, after(incident.end or incident.at, times.post_roll_s))
    longest = times.longest_clip_s
    if seconds(noticed - begin) <= longest:
        span = Span(begin, min(finish, max(noticed, after(begin, longest))))
        return [Wanted(slot="clip", kind=EvidenceKind.CLIP, role=None, span=span)]
    half = longest / 2
    opening = Span(begin, after(begin, half))
    noticing = Span(after(noticed, -half), noticed)
    return [
        Wanted(slot="clip", kind=EvidenceKind.CLIP, role=None, span=noticing),
        Wanted(slot="clip_start", kind=EvidenceKind.CLIP, role=EvidenceRole.BEFORE, span=opening),
    ]


def _still(role: EvidenceRole, start: Instant, end: Instant | None = None) -> Wanted:
    span = Span(start, start if end is None else end)
    return Wanted(slot=f"still_{role.value}", kind=EvidenceKind.STILL, role=role, span=span)


def plan(incident: Incident, times: EvidenceTimes) -> tuple[Wanted, ...]:
    """The files an incident should have, as it is known now.

    One clip from ``pre_roll_s`` before the thing began to ``post_roll_s`` after it was noticed, or after it ended where
    that fits into ``longest_clip_s``. Where beginning and noticing lie too far apart, one clip of half that length for
    each. The last still shows the place after the thing has ended, or after the run-out while it lasts. Of a thing that
    stays, the first and the last still may be taken from any of eight seconds: the best picture of them is chosen.
    """
    gone = after(incident.end, _BESIDE_S) if incident.end is not None else None
    last = gone if gone is not None and gone > incident.at else after(incident.at, times.post_roll_s)
    before, choice_s = after(incident.start, -_BESIDE_S), _CHOICE_S if incident.kind in STAYS else 0.0
    stills = [
        _still(EvidenceRole.BEFORE, after(before, -choice_s), before),
        _still(EvidenceRole.DURING, incident.at),
        _still(
            EvidenceRole.AFTER, *((last, after(last, choice_s)) if last == gone else (after(last, -choice_s), last))
        ),
    ]
    files = [*_clips(incident, times), *stills]
    whole = Span(min(w.span.start for w in files), max(w.span.end for w in files))
    return (*files, Wanted(slot="manifest", kind=EvidenceKind.MANIFEST, role=None, span=whole))


def current(rows: Sequence[Evidence]) -> dict[str, Evidence]:
    """The newest row of each slot; ``rows`` oldest first."""
    return {row.slot: row for row in rows}


def shown(rows: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """What a page lists: for each slot the newest ready file, beside it one that is being made or has failed."""
    return tuple(row for row in rows if row.state is not EvidenceState.REPLACED)


def _adds(new: Wanted, old: Span) -> bool:
    """Whether a plan reaches worthwhile beyond what is made: earlier, later, or for a still in its own direction.

    What is already kept is never made smaller, nor the last still taken back to an earlier moment.
    """
    earlier, later = seconds(old.start - new.span.start), seconds(new.span.end - old.end)
    if new.kind is EvidenceKind.STILL:
        return (later if new.role is EvidenceRole.AFTER else earlier) >= WORTH_S
    return max(earlier, later) >= WORTH_S


def replan(
    incident: Incident,
    rows: Sequence[Evidence],
    times: EvidenceTimes,
    now: Instant,
    masks: tuple[Polygon, ...],
) -> tuple[Evidence, ...]:
    """The rows to store so that everything planned is made or being made.

    A row still in the making is aimed anew; beside a finished one that no longer fits a new row is put. The manifest
    is made anew whenever any other file is.
    """
    newest = current(rows)
    changed: list[Evidence] = []
    for wanted in plan(incident, times):
        old = newest.get(wanted.slot)
        again = sum(row.slot == wanted.slot for row in rows) < MOST_AGAIN
        stale = old is None or (again and _adds(wanted, old.wanted))
        if wanted.kind is EvidenceKind.MANIFEST:
            stale = bool(changed)
        if not stale:
            continue
        ready = max(now, after(wanted.span.end, SETTLE_S))
        if old is not None and old.state is EvidenceState.MAKING:
            changed.append(replace(old, wanted=wanted.span, next_try=ready, tries=0, masks=masks))
            continue
        changed.append(
            Evidence(
                id=EvidenceId(new_id(now)),
                incident_id=incident.id,
                camera_id=incident.camera_id,
                slot=wanted.slot,
                kind=wanted.kind,
                role=wanted.role,
                wanted=wanted.span,
                masks=masks,
                next_try=ready,
            )
        )
    return tuple(changed)
