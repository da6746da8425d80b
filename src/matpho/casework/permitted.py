"""The permitted baseline: somebody says of a thing "this may stand here", and the rules of that zone leave it out.

Who, when and why are in the zone itself, in the trail, and, where it was said of an incident, in its history. Nobody
can write another's name there: whatever a description says, the desk signs what is new with who sends it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from matpho.casework.commands import AllowIncident, AllowPlace, TakeBackPermit
from matpho.casework.incidents import changed, checked_version
from matpho.casework.work import Work, name_of
from matpho.domain.camera import PURPOSE_RULES, Camera, Zone
from matpho.domain.events import CamerasChanged
from matpho.domain.geometry import Box, Polygon
from matpho.domain.ids import ZoneId, new_id
from matpho.domain.incident import HistoryEntry, Incident, IncidentState, Move, RejectReason
from matpho.domain.people import Action, may, require
from matpho.domain.permitted import MOST_PERMITTED, Permitted, outline_of
from matpho.domain.time import SECOND
from matpho.errors import BadInput, NotFound

KINDS = ("sidewalk_encroachment", "illegal_dumping", "obstruction", "unattended_object", "rubbish_heap")
"""Kinds that tell of things that stay at a place, so that the place can be allowed."""
LONGEST_NOTE = 500
_ROOM = 0.15  # of the box on each side: a thing's outline is not the same pixels every day


def can_be_allowed(incident: Incident) -> bool:
    """Whether the incident is about a thing that stays somewhere."""
    return incident.kind in KINDS and incident.zone_id is not None and incident.box is not None


def allow_place(work: Work, command: AllowPlace) -> None:
    """Let things stand at a place in a zone."""
    camera = work.camera(command.camera_id)
    require(work.actor, Action.PERMIT, camera)
    permitted = _permitted(work, command.outline, command)
    _store(work, camera, {command.zone_id: permitted})
    _audit(work, camera, "allow_place", command.zone_id, permitted)


def allow_incident(work: Work, command: AllowIncident) -> None:
    """Let what an incident is about stand where it is, in every zone that told of it, and close the incident so."""
    incident = work.incident(command.incident_id)
    camera = work.camera(incident.camera_id)
    require(work.actor, Action.PERMIT, camera)
    checked_version(incident, command.version)
    known = {z.id for z in camera.zones}
    hits = work.unit.hits.of([incident.id]).get(incident.id, ())
    boxes = {h.zone_id: h.box for h in hits if h.kind in KINDS and h.box and h.zone_id in known}
    if not boxes:
        raise BadInput(
            "this incident is about nothing that stays in a zone of today",
            "vụ việc này không có vật nào nằm yên trong vùng hiện tại",
        )
    places = {zone: _permitted(work, _outline(box), command) for zone, box in boxes.items() if zone}
    _store(work, camera, places)
    for zone_id, permitted in places.items():
        _audit(work, camera, "allow_place", zone_id, permitted)
    entry = HistoryEntry(at=work.at, who=work.actor.id, action="allowed", note=command.note.strip())
    incident = _closed(work, incident.noted(entry), command.note.strip())
    work.unit.incidents.save(incident)
    work.audit("allow_incident", name_of(incident), {"zones": len(places), "state": incident.state.value})
    work.tell(changed(incident))


def take_back(work: Work, command: TakeBackPermit) -> None:
    """End a permission; what stands there is counted again."""
    camera = work.camera(command.camera_id)
    require(work.actor, Action.PERMIT, camera)
    zone = _zone(camera, command.zone_id)
    left = tuple(p for p in zone.permitted if p.id != command.permitted_id)
    if len(left) == len(zone.permitted):
        raise NotFound(
            f"nothing is permitted as {command.permitted_id}", f"không có chỗ được phép mã {command.permitted_id}"
        )
    _put(work, camera, {zone.id: left})
    work.audit("take_back_permit", name_of(camera), {"zone": zone.id, "permitted": command.permitted_id})


def signed(work: Work, camera: Camera, old: Camera | None) -> Camera:
    """A description with what is permitted as it was signed before, and what is new signed by who sends it."""
    known = {(p.id, p.outline, p.note, p.until): p for z in (old.zones if old else ()) for p in z.permitted}

    def sign(permitted: Permitted) -> Permitted:
        before = known.get((permitted.id, permitted.outline, permitted.note, permitted.until))
        return before or replace(permitted, by=work.actor.id, since=work.at)

    zones = tuple(replace(z, permitted=tuple(map(sign, z.permitted))) if z.permitted else z for z in camera.zones)
    return replace(camera, zones=zones)


def _permitted(work: Work, outline: Polygon, command: AllowPlace | AllowIncident) -> Permitted:
    note = command.note.strip()
    if not note:
        raise BadInput("say why it is allowed", "hãy ghi lý do được phép")
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"a note has at most {LONGEST_NOTE} characters", f"ghi chú dài tối đa {LONGEST_NOTE} ký tự")
    yesterday = datetime.fromtimestamp(work.at / SECOND, tz=UTC).date() - timedelta(days=1)  # no ward is further off
    if command.until is not None and command.until < yesterday:
        raise BadInput("this day is over", "ngày này đã qua")
    return Permitted(
        id=new_id(work.at), outline=outline, note=note, until=command.until, by=work.actor.id, since=work.at
    )


def _outline(box: Box) -> Polygon:
    return outline_of(box.grown(_ROOM * box.w, _ROOM * box.h))


def _zone(camera: Camera, zone_id: ZoneId) -> Zone:
    zone = next((z for z in camera.zones if z.id == zone_id), None)
    if zone is None:
        raise NotFound(f"there is no zone {zone_id}", f"không có vùng {zone_id}")
    return zone


def _store(work: Work, camera: Camera, places: dict[ZoneId, Permitted]) -> None:
    for zone in (_zone(camera, zone_id) for zone_id in places):
        if zone.polygon is None or not PURPOSE_RULES[zone.purpose]:
            raise BadInput(
                f"zone {zone.id} counts nothing that stands there", f"vùng {zone.id} không tính vật nào nằm ở đó"
            )
        if len(zone.permitted) >= MOST_PERMITTED:
            raise BadInput(
                f"zone {zone.id} has {MOST_PERMITTED} permitted places already; draw it anew",
                f"vùng {zone.id} đã có {MOST_PERMITTED} chỗ được phép; hãy vẽ lại vùng",
            )
    _put(work, camera, {i: (*_zone(camera, i).permitted, permitted) for i, permitted in places.items()})


def _put(work: Work, camera: Camera, permitted: dict[ZoneId, tuple[Permitted, ...]]) -> None:
    zones = tuple(replace(z, permitted=permitted.get(z.id, z.permitted)) for z in camera.zones)
    work.unit.cameras.put(replace(camera, zones=zones), work.at)
    work.tell(CamerasChanged(camera.id))


def _audit(work: Work, camera: Camera, act: str, zone_id: ZoneId, permitted: Permitted) -> None:
    until = None if permitted.until is None else permitted.until.isoformat()
    work.audit(act, name_of(camera), {"zone": zone_id, "permitted": permitted.id, "until": until})


def _closed(work: Work, incident: Incident, note: str) -> Incident:
    """Rejected as permitted, where it is open and this person may decide it; a decision that was taken stands."""
    if not incident.open or not may(work.actor, Action.REVIEW, incident):
        return incident
    who, at = work.actor.id, work.at
    if incident.state is IncidentState.SUSPECTED:
        incident = incident.moved(Move.START_REVIEW, at=at, who=who)
    return incident.moved(Move.REJECT, at=at, who=who, reason=RejectReason.PERMITTED, note=note)
