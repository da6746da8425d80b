"""What people do with incidents, and how those nobody looked at end."""

from matpho.casework.commands import AddNote, Decide, ExpireIncidents, ReportIncident
from matpho.casework.work import Work, name_of
from matpho.domain.events import IncidentChanged, IncidentOpened
from matpho.domain.ids import IncidentId, new_id
from matpho.domain.incident import HistoryEntry, Incident, IncidentState, Move, Source
from matpho.domain.kinds import kind_of
from matpho.domain.people import Action, Part, require
from matpho.domain.time import SECOND
from matpho.domain.words import Said
from matpho.errors import BadInput, Conflict

LONGEST_NOTE = 2000
_EXPIRE_AT_ONCE = 200


def changed(incident: Incident) -> IncidentChanged:
    """The event that tells of an incident's newest form."""
    return IncidentChanged(incident.id, incident.kind, incident.camera_id, incident.state, incident.version)


def opened(incident: Incident) -> IncidentOpened:
    """The event that tells of a new incident."""
    return IncidentOpened(incident.id, incident.kind, incident.camera_id, incident.state, incident.version)


def checked_note(note: str) -> str:
    """A note without space around it; raises BadInput when it is too long."""
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"a note has at most {LONGEST_NOTE} characters", f"ghi chú dài tối đa {LONGEST_NOTE} ký tự")
    return note


def checked_version(incident: Incident, version: int) -> None:
    """Raise Conflict when the incident is not the one that the person read."""
    if incident.version != version:
        raise Conflict(
            "somebody has changed this incident in the meantime; look at it again",
            "vụ việc vừa được người khác cập nhật, hãy xem lại",
        )


def decide(work: Work, command: Decide) -> None:
    """Move an incident, after checking that it is still the one the person read."""
    incident = work.incident(command.incident_id)
    action = Action.REOPEN if command.move is Move.REOPEN else Action.REVIEW
    if command.move is Move.EXPIRE:
        action = Action.KEEP_HOUSE
    require(work.actor, action, incident)
    checked_version(incident, command.version)
    who, at = work.actor.id, work.at
    if command.move in (Move.CONFIRM, Move.REJECT) and incident.state is IncidentState.SUSPECTED:
        incident = incident.moved(Move.START_REVIEW, at=at, who=who)
    incident = incident.moved(command.move, at=at, who=who, reason=command.reason, note=checked_note(command.note))
    work.unit.incidents.save(incident)
    reason = command.reason.value if command.reason else None
    work.audit(command.move.value, name_of(incident), {"state": incident.state.value, "reason": reason})
    work.tell(changed(incident))


def add_note(work: Work, command: AddNote) -> None:
    """Write a note into an incident's history."""
    incident = work.incident(command.incident_id)
    require(work.actor, Action.CHANGE, incident)
    note = checked_note(command.note)
    if not note:
        raise BadInput("the note is empty", "ghi chú còn trống")
    incident = incident.noted(HistoryEntry(at=work.at, who=work.actor.id, action="note", note=note))
    work.unit.incidents.save(incident)
    work.audit("note", name_of(incident))
    work.tell(changed(incident))


def report(work: Work, command: ReportIncident) -> None:
    """Open an incident that a person saw; its evidence is made by the same path as a rule's."""
    camera = work.camera(command.camera_id)
    require(work.actor, Action.REPORT, camera)
    kind = kind_of(command.kind)
    if command.at > work.at + 5 * SECOND:
        raise BadInput("this time has not come yet", "thời điểm này chưa tới")
    at = min(command.at, work.at)
    note = checked_note(command.note)
    incident = Incident(
        id=IncidentId(new_id(work.at)),
        kind=kind.code,
        camera_id=camera.id,
        zone_id=None,
        source=Source.PERSON,
        start=at,
        at=at,
        end=at,
        last_seen=at,
        score=1.0,
        advisory=False,
        staged=camera.staged,
        box=command.box,
        why=Said(f"Người trực ghi nhận: {kind.name.vi}.", f"Reported by a person: {kind.name.en}."),
        history=(HistoryEntry(at=work.at, who=work.actor.id, action="reported", note=note),),
    )
    work.unit.incidents.add(incident)
    work.audit("report", name_of(incident), {"camera": camera.id, "kind": kind.code})
    work.tell(opened(incident))
    work.ask_for_evidence(incident)


def expire(work: Work, command: ExpireIncidents) -> None:
    """End what nobody looked at as not reviewed, never as confirmed."""
    require(work.actor, Action.KEEP_HOUSE, Part.INCIDENTS)
    for incident in work.unit.incidents.expiring(command.before, _EXPIRE_AT_ONCE):
        over = incident.moved(Move.EXPIRE, at=work.at, who=None)
        work.unit.incidents.save(over)
        work.audit("expire", name_of(over))
        work.tell(changed(over))
