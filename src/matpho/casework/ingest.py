"""Facts from the journals become rows: segments, gaps, tracks, and hits that open or join incidents."""

import json
from dataclasses import replace

from matpho.casework.commands import TakeFacts
from matpho.casework.incidents import changed, opened
from matpho.casework.merge import AGAIN_S, Known, find, goes_on, joined
from matpho.casework.records import Figures, IncidentFilter, Segment
from matpho.casework.trials import trial_at
from matpho.casework.work import Work
from matpho.domain.camera import StreamRole
from matpho.domain.events import TrialChanged
from matpho.domain.gaps import is_import, without
from matpho.domain.hit import RuleHit
from matpho.domain.ids import IncidentId, new_id
from matpho.domain.incident import OPEN_STATES, HistoryEntry, Incident, IncidentState, Source
from matpho.domain.kinds import described
from matpho.domain.messages import (
    Fact,
    FootageImported,
    GapSeen,
    HitSeen,
    HouseKept,
    ImportUndone,
    SegmentClosed,
    SegmentOpened,
    SegmentRemoved,
    SegmentUndone,
    TrackEnded,
)
from matpho.domain.people import Action, Part, require
from matpho.domain.time import Instant, Span, after, seconds

_SAME_START_S, _MOST_DECIDED = 5.0, 50
_NEVER = Instant(2**63 - 1)


def take(work: Work, command: TakeFacts) -> None:
    """Store facts and the offset after them together, so that telling them twice changes nothing."""
    require(work.actor, Action.KEEP_HOUSE, Part.INCIDENTS)
    if work.unit.notes.offset(command.journal) != command.start:
        return
    for fact in command.facts:
        take_fact(work, fact)
    if command.skipped:
        work.audit("skip_facts", f"journal:{command.journal}"[:80], {"start": command.start, "end": command.end})
    work.unit.notes.set_offset(command.journal, command.end)


def take_fact(work: Work, fact: Fact) -> None:
    """Store one fact."""
    match fact:
        case SegmentOpened():
            _open_segment(work, fact)
        case SegmentClosed():
            _close_segment(work, fact)
        case GapSeen():
            _put_gap(work, fact)
        case FootageImported():
            _note_import(work, fact)
        case ImportUndone():
            _note_undone(work, fact)
        case SegmentUndone():
            _undo_segment(work, fact)
        case HouseKept():
            _note_house(work, fact)
        case SegmentRemoved():
            work.unit.keeping.note_removed(fact)
        case TrackEnded():
            work.unit.recordings.put_track(fact)
        case HitSeen():
            take_hit(work, fact.hit)


def _open_segment(work: Work, fact: SegmentOpened) -> None:
    if work.unit.recordings.segment(fact.path) is not None:
        return
    work.unit.recordings.put_segment(
        Segment(
            camera_id=fact.camera_id,
            role=fact.role,
            path=fact.path,
            start=fact.start,
            end=None,
            codec=fact.codec,
            width=fact.width,
            height=fact.height,
        )
    )


def _close_segment(work: Work, fact: SegmentClosed) -> None:
    """Close a file; one whose opening was lost is known by its closing alone, as a main recording."""
    known = work.unit.recordings.segment(fact.path)
    work.unit.recordings.put_segment(
        Segment(
            camera_id=fact.camera_id,
            role=known.role if known else StreamRole.MAIN,
            path=fact.path,
            start=fact.start,
            end=fact.end,
            codec=known.codec if known else "",
            width=known.width if known else 0,
            height=known.height if known else 0,
            size_bytes=fact.size_bytes,
            frames=fact.frames,
            repaired=fact.repaired,
            clock_ms=fact.clock_ms,
        )
    )
    if is_import(fact.path):
        _fill_gaps(work, fact)


def _fill_gaps(work: Work, fact: SegmentClosed) -> None:
    """Footage that was brought in later: shorten the gaps that it lies in, whichever stream was missing."""
    if fact.frames:
        for gap in [g for role in StreamRole for g in work.unit.recordings.gaps(fact.camera_id, role, fact.span)]:
            _put_gap(work, gap)


def _undo_segment(work: Work, fact: SegmentUndone) -> None:
    """Footage that was brought in is taken back: what it filled of gaps is missing again."""
    work.unit.recordings.drop_segment(fact.path)
    for gap in fact.gaps:
        _open_again(work, gap, fact)


def _open_again(work: Work, gap: GapSeen, fact: SegmentUndone) -> None:
    """Join the parts of a gap that stand before and behind a file that is gone.

    Where the gap ends, the part behind the file knows best: a gap that still lasted when the file was taken back may be
    over by now. Where no part is stored, the recorder's journal was not read so far yet, and will tell the gap.
    """
    rows = work.unit.recordings
    before = rows.gap_at(gap.camera_id, gap.role, fact.start)
    behind = rows.gap_at(gap.camera_id, gap.role, fact.end)
    if behind is None or behind.start < gap.start:
        return
    start = max(gap.start, before.start if before is not None else gap.start)
    ends = [end for end in (gap.end, behind.end) if end is not None]
    joined_up = replace(gap, start=start, end=Instant(max(start, min(ends))) if ends else None)
    last = fact.end if gap.end is None or gap.end > fact.end else Instant(gap.end - 1)  # another may begin at its end
    rows.drop_gaps(gap.camera_id, gap.role, Span(start, max(start, last)))
    for part in without(joined_up, _filled(work, joined_up)):
        if joined_up.end is None or part.start <= joined_up.end:  # not what another file leaves behind itself
            rows.put_gap(part)


def _put_gap(work: Work, gap: GapSeen) -> None:
    """Store what of a gap nothing brought in later fills: in whatever order the journals are read, it ends the same."""
    for part in without(gap, _filled(work, gap)):
        work.unit.recordings.put_gap(part)


def _filled(work: Work, gap: GapSeen) -> list[Span]:
    """What was brought in for a gap."""
    end = _NEVER if gap.end is None else gap.end
    span = Span(gap.start, max(gap.start, end))
    near = [s for role in StreamRole for s in work.unit.recordings.segments(gap.camera_id, role, span)]
    return [Span(s.start, s.end) for s in near if s.end is not None and s.frames and is_import(s.path)]


def _note_import(work: Work, fact: FootageImported) -> None:
    detail: Figures = {
        "sha256": fact.sha256,
        "clock": fact.clock,
        "taken_s": fact.taken_s,
        "uid": fact.uid,
        "start": fact.start,
        "length_s": round(seconds(fact.end - fact.start), 3),
        "import": fact.import_id,
        "offset_s": fact.offset_s,
    }
    work.audit("import_footage", f"camera:{fact.camera_id}", detail)


def _note_undone(work: Work, fact: ImportUndone) -> None:
    detail: Figures = {"import": fact.import_id, "files": fact.files, "length_s": fact.length_s, "uid": fact.uid}
    work.audit("undo_import", f"camera:{fact.camera_id}", detail)


def _note_house(work: Work, fact: HouseKept) -> None:
    """Into the trail, and as the newest note of its kind for whoever asks when the last drill was."""
    detail: Figures = {
        "well": fact.well,
        "archive": fact.archive,
        "files": fact.files,
        "bytes": fact.bytes,
        "took_s": fact.took_s,
        "uid": fact.uid,
        "detail": fact.detail.en,
        "detail_vi": fact.detail.vi,
    }
    work.audit(fact.act, "system", detail)
    work.unit.notes.put(f"last_{fact.act}", json.dumps({"at": fact.at, **detail}, ensure_ascii=False))


def take_hit(work: Work, hit: RuleHit) -> None:
    """A hit told again updates its incident; a new one joins an open incident of the same thing, or opens one."""
    incident_id = work.unit.hits.incident_of(hit.id)
    if incident_id is not None:
        _tell_again(work, incident_id, hit)
        return
    near = work.unit.incidents.open_of(hit.camera_id, after(hit.start, -AGAIN_S))
    hits = work.unit.hits.of([i.id for i in near])
    known = find(hit, [Known(i, hits.get(i.id, ())) for i in near]) or _decided(work, hit)
    if known is None:
        _open(work, hit)
        return
    work.unit.hits.put(known.incident.id, hit)
    _store(work, joined(known.incident, (*known.hits, hit), work.at, newcomer=True))


def _decided(work: Work, hit: RuleHit) -> Known | None:
    """The decided incident of a thing that still lies there, told under a new id since the zones were changed."""
    if not hit.thing.startswith("static:"):
        return None
    which = IncidentFilter(
        states=frozenset(IncidentState) - OPEN_STATES,
        camera_id=hit.camera_id,
        start=after(hit.start, -_SAME_START_S),
        end=after(hit.at, 1.0),
    )
    decided = work.unit.incidents.page(which, None, _MOST_DECIDED)
    hits = work.unit.hits.of([i.id for i in decided])
    return next((Known(i, hits[i.id]) for i in decided if any(goes_on(hit, h) for h in hits.get(i.id, ()))), None)


def _tell_again(work: Work, incident_id: IncidentId, hit: RuleHit) -> None:
    incident = work.incident(incident_id)
    others = [h for h in work.unit.hits.of([incident_id]).get(incident_id, ()) if h.id != hit.id]
    work.unit.hits.put(incident_id, hit)
    _store(work, joined(incident, (*others, hit), work.at, newcomer=False))


def _store(work: Work, incident: Incident) -> None:
    work.unit.incidents.save(incident)
    work.tell(changed(incident))
    _tell_trial(work, incident)
    work.ask_for_evidence(incident)


def _tell_trial(work: Work, incident: Incident) -> None:
    if incident.trial is not None:
        work.tell(TrialChanged(incident.trial, "running"))


def _open(work: Work, hit: RuleHit) -> None:
    incident = Incident(
        id=IncidentId(new_id(hit.at)),
        kind=hit.kind,
        camera_id=hit.camera_id,
        zone_id=hit.zone_id,
        source=Source.RULE,
        start=hit.start,
        at=hit.at,
        end=hit.end,
        last_seen=max(hit.at, hit.end or hit.at),
        score=hit.score,
        advisory=hit.advisory or described(hit.kind).advisory,
        staged=hit.staged,
        box=hit.box,
        why=hit.why,
        history=(HistoryEntry(at=work.at, who=None, action="opened"),),
        trial=trial_at(work.unit, hit.camera_id, hit.at),
        light=hit.light,
    )
    work.unit.incidents.add(incident)
    work.unit.hits.put(incident.id, hit)
    work.tell(opened(incident))
    _tell_trial(work, incident)
    work.ask_for_evidence(incident)
