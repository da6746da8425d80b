"""What the program reports about footage: that somebody viewed it, and how making a file of evidence went."""

from dataclasses import replace

from matpho.casework.commands import KeepEvidence, NoteSearch, NoteViewing
from matpho.casework.work import Work, name_of
from matpho.domain.events import EvidenceChanged
from matpho.domain.evidence import EvidenceState
from matpho.domain.people import Action, Part, require


def note_viewing(work: Work, command: NoteViewing) -> None:
    """Audit a viewing. Whoever may not watch leaves no row, because nothing was shown."""
    require(work.actor, Action.WATCH if command.masked else Action.WATCH_UNMASKED, command.thing)
    work.audit(f"view_{command.act}", name_of(command.thing), {**command.detail, "masked": command.masked})


def note_search(work: Work, command: NoteSearch) -> None:
    """Audit a search: the camera where it was one, all by name otherwise. Whoever may not watch one asks nothing."""
    for camera in command.cameras:
        require(work.actor, Action.WATCH, camera)
    one = len(command.cameras) == 1
    names = {} if one else {"cameras": " ".join(camera.id for camera in command.cameras)}
    work.audit("search", name_of(command.cameras[0]) if one else "tracks", {**command.detail, **names})


def keep_evidence(work: Work, command: KeepEvidence) -> None:
    """Store how an attempt went, unless the file has been aimed anew in the meantime.

    A ready file takes the place of an older one in its slot; the old one stays sealed.
    """
    require(work.actor, Action.KEEP_HOUSE, Part.INCIDENTS)
    after = command.after
    stored = work.unit.evidence.get(after.id)
    if stored is None or stored.wanted != command.before.wanted or stored.state is not EvidenceState.MAKING:
        return
    work.unit.evidence.put(after)
    if after.state is EvidenceState.MAKING:
        return
    for row in work.unit.evidence.of([after.incident_id]).get(after.incident_id, ()):
        older = row.slot == after.slot and row.id != after.id
        if after.state is EvidenceState.READY and older and row.state is not EvidenceState.MAKING:
            work.unit.evidence.put(replace(row, state=EvidenceState.REPLACED))
            work.tell(EvidenceChanged(row.incident_id, row.id, EvidenceState.REPLACED))
    detail = {"evidence": after.id, "state": after.state.value, "sha256": after.sha256}
    work.audit("keep_evidence", f"incident:{after.incident_id}", detail)
    work.tell(EvidenceChanged(after.incident_id, after.id, after.state))
