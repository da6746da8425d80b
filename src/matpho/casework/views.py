"""Read models: what pages and the API show, put together from one consistent view of the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matpho.casework.decisions import permitted
from matpho.casework.overlay import TimedBox, overlay
from matpho.casework.plan import shown
from matpho.casework.ports import Store, Unit
from matpho.casework.recorded import recorded
from matpho.casework.records import IncidentFilter, RecordingTotals, Segment, Session
from matpho.casework.redact import redacted
from matpho.casework.site import quick_site
from matpho.casework.states import Process, States
from matpho.casework.work import name_of
from matpho.casework.zone_advice import ZoneAdvice, advise_zones
from matpho.domain.audit import AuditRow, first_break
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceState
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, EvidenceId, IncidentId, PersonId
from matpho.domain.incident import Incident, IncidentState
from matpho.domain.kinds import Kind, described
from matpho.domain.messages import GapSeen, StreamState
from matpho.domain.people import Action, Actor, Person, require
from matpho.domain.time import Instant, Span
from matpho.errors import BadInput, NotFound

_THUMB_SLOTS = ("still_during", "still_after", "still_before")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentBrief:
    """One line of the list. ``thumb`` is the ready still to show, ``has_clip`` whether a clip is ready."""

    incident: Incident
    kind: Kind
    camera_name: str
    thumb: EvidenceId | None
    has_clip: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """Newest noticed first. ``next`` is the cursor of the following page, None at the end.

    ``counts`` are per state, with every filter but the state's.
    """

    items: tuple[IncidentBrief, ...]
    next: str | None
    counts: dict[IncidentState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One file and, for a clip, the boxes to draw over it (times in seconds from its first frame).

    ``evidence.masks`` are those that held when it was made and those that hold now, together.
    """

    evidence: Evidence
    boxes: tuple[TimedBox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One entry of the history with the name of who did it; None where the program did, or the name was erased."""

    at: Instant
    who: PersonId | None
    name: str | None
    action: str
    reason: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """Everything about one incident; ``permitted`` are the moves open to the person who asks."""

    brief: IncidentBrief
    hits: tuple[RuleHit, ...]
    evidence: tuple[EvidenceView, ...]
    history: tuple[HistoryLine, ...]
    permitted: tuple[str, ...]
    zone_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamView:
    """One stream: its address without secrets, and its newest state (None: not heard of yet)."""

    address: str | None
    state: StreamState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraView:
    """One camera. ``camera`` carries no addresses; they are in ``main`` and ``sub``, redacted.

    ``names`` are of those who have permitted something in its zones.
    ``advice`` is what keeps its zones from working, as far as it is known without looking at recordings.
    """

    camera: Camera
    main: StreamView
    sub: StreamView
    masked: bool
    open_incidents: int
    names: Mapping[str, str]
    advice: tuple[ZoneAdvice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What was recorded of a stretch of time and what was not."""

    segments: tuple[Segment, ...]
    gaps: tuple[GapSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One row of the trail with the name of who did it, and of the person that it is about."""

    row: AuditRow
    name: str | None
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Newest first; ``next`` is the cursor of the following page."""

    items: tuple[AuditLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """Processes as heard of, and figures of the recordings."""

    processes: tuple[Process, ...]
    recordings: RecordingTotals


def _missing(what_en: str, what_vi: str) -> NotFound:
    return NotFound(f"there is no such {what_en}", f"không có {what_vi} này")


def read_cursor(cursor: str | None) -> tuple[Instant, str] | None:
    """The place in the incident list that a cursor names; raises BadInput when it names none."""
    if not cursor:
        return None
    at, _, rest = cursor.partition(".")
    if not at.lstrip("-").isdecimal() or not rest:
        raise BadInput(f"no place in the list: {cursor}", f"không có vị trí này trong danh sách: {cursor}")
    return Instant(int(at)), rest


class Views:
    """Reads for the web. Every method checks that the actor may see what it answers, on the objects as loaded."""

    def __init__(self, store: Store, states: States) -> None:
        self._store = store
        self._states = states

    def incidents(
        self, which: IncidentFilter, actor: Actor, *, cursor: str | None = None, limit: int = 50
    ) -> IncidentPage:
        """One page of the list; raises BadInput for a cursor that is none."""
        before = read_cursor(cursor)
        with self._store.read() as unit:
            found = unit.incidents.page(which, before, limit + 1)
            for incident in found:
                require(actor, Action.SEE, incident)
            items = found[:limit]
            names = unit.cameras.names()
            files = unit.evidence.of([i.id for i in items])
            counts = unit.incidents.counts(replace(which, states=frozenset()))
        last = items[-1] if len(found) > limit else None
        return IncidentPage(
            items=tuple(_brief(i, names, files.get(i.id, ())) for i in items),
            next=f"{last.at}.{last.id}" if last else None,
            counts={state: counts.get(state, 0) for state in IncidentState},
        )

    def incident(self, incident_id: IncidentId, actor: Actor) -> IncidentDetail:
        """Everything about one incident; raises NotFound."""
        with self._store.read() as unit:
            incident = unit.incidents.get(incident_id)
            if incident is None:
                raise _missing("incident", "vụ việc")
            require(actor, Action.SEE, incident)
            files = shown(unit.evidence.of([incident_id]).get(incident_id, ()))
            hits = unit.hits.of([incident_id]).get(incident_id, ())
            camera = unit.cameras.get(incident.camera_id)
            names = {p.id: p.name for p in unit.people.all()}
            return IncidentDetail(
                brief=_brief(incident, unit.cameras.names(), files),
                hits=hits,
                evidence=tuple(_evidence(unit, _masked_now(f, camera), hits) for f in files),
                history=tuple(
                    HistoryLine(
                        at=h.at,
                        who=h.who,
                        name=names.get(h.who) if h.who else None,
                        action=h.action,
                        reason=h.reason.value if h.reason else None,
                        note=h.note,
                    )
                    for h in incident.history
                ),
                permitted=permitted(actor, incident),
                zone_version=unit.cameras.zone_version(incident.camera_id, incident.at),
            )

    def evidence(self, incident_id: IncidentId, evidence_id: EvidenceId) -> Evidence:
        """One file that is ready, to be served; raises NotFound. The caller asks ``may`` on it and audits."""
        with self._store.read() as unit:
            found = unit.evidence.get(evidence_id)
            ready = (EvidenceState.READY, EvidenceState.REPLACED)
            if found is None or found.incident_id != incident_id or found.state not in ready:
                raise _missing("piece of evidence", "chứng cứ")
            return _masked_now(found, unit.cameras.get(found.camera_id))

    def cameras(self, actor: Actor) -> tuple[CameraView, ...]:
        """All cameras in service."""
        with self._store.read() as unit:
            cameras, waiting = unit.cameras.all(), unit.incidents.open_by_camera()
            names = _signatories(unit, cameras)
        for camera in cameras:
            require(actor, Action.SEE, camera)
        return tuple(self._camera_view(camera, waiting.get(camera.id, 0), names) for camera in cameras)

    def camera(self, camera_id: CameraId) -> Camera:
        """One camera as stored, addresses and all: not for people's eyes. Raises NotFound."""
        with self._store.read() as unit:
            camera = unit.cameras.get(camera_id)
        if camera is None:
            raise _missing("camera", "camera")
        return camera

    def camera_ever(self, camera_id: CameraId) -> Camera:
        """One that is or was in service: what it recorded is there as long as it is kept. Raises NotFound."""
        with self._store.read() as unit:
            camera = unit.cameras.ever(camera_id)
        if camera is None:
            raise _missing("camera", "camera")
        return camera

    def camera_view(self, camera_id: CameraId, actor: Actor) -> CameraView:
        """One camera for people's eyes; raises NotFound."""
        camera = self.camera(camera_id)
        require(actor, Action.SEE, camera)
        with self._store.read() as unit:
            waiting = unit.incidents.open_by_camera().get(camera_id, 0)
            return self._camera_view(camera, waiting, _signatories(unit, (camera,)))

    def _camera_view(self, camera: Camera, waiting: int, names: Mapping[str, str]) -> CameraView:
        return CameraView(
            camera=replace(camera, main=None, sub=None),
            main=StreamView(address=redacted(camera.main), state=self._states.stream(camera.id, StreamRole.MAIN)),
            sub=StreamView(address=redacted(camera.sub), state=self._states.stream(camera.id, StreamRole.SUB)),
            masked=bool(camera.masks),
            open_incidents=waiting,
            names=names,
            advice=advise_zones(quick_site(self._states, camera)),
        )

    def recordings(self, camera_id: CameraId, span: Span, actor: Actor) -> Timeline:
        """The timeline of a camera, whichever of its streams was recorded."""
        require(actor, Action.SEE, self.camera_ever(camera_id))
        with self._store.read() as unit:
            found = recorded(unit.recordings, camera_id, span)
        return Timeline(segments=found.segments, gaps=found.gaps)

    def session(self, token_hash: str, now: Instant) -> tuple[Session, Person] | None:
        """Who is behind a session that holds; None when it does not, or the account is closed."""
        with self._store.read() as unit:
            session = unit.people.session(token_hash)
            person = unit.people.get(session.person_id) if session else None
        if session is None or person is None or session.expires <= now or not person.active:
            return None
        return session, person

    def people(self) -> tuple[Person, ...]:
        """All accounts; the caller asks ``may`` on ``Part.PEOPLE``."""
        with self._store.read() as unit:
            return unit.people.all()

    def person_by_login(self, login: str) -> Person | None:
        """For signing in."""
        with self._store.read() as unit:
            return unit.people.by_login(login)

    def ward_name(self) -> str:
        """The ward's name, empty before set-up."""
        with self._store.read() as unit:
            return unit.notes.get("ward_name") or ""

    def audit(self, *, cursor: str | None = None, limit: int = 100) -> AuditPage:
        """One page of the trail; the caller asks ``may`` on ``Part.AUDIT``. Raises BadInput for a wrong cursor."""
        if cursor is not None and not cursor.isdecimal():
            raise BadInput(f"no place in the list: {cursor}", f"không có vị trí này trong danh sách: {cursor}")
        with self._store.read() as unit:
            rows = unit.audit.page(int(cursor) if cursor else None, limit + 1)
            people = unit.people.all()
        names = {p.id: p.name for p in people}
        about = {name_of(p): p.name for p in people}
        items = rows[:limit]
        return AuditPage(
            items=tuple(
                AuditLine(row=row, name=names.get(row.who) if row.who else None, about=about.get(row.thing))
                for row in items
            ),
            next=str(items[-1].number) if len(rows) > limit else None,
        )

    def audit_break(self) -> int | None:
        """The number of the first row of the trail that does not hold; None where all do."""
        with self._store.read() as unit:
            return first_break(unit.audit.rows())

    def system(self) -> SystemView:
        """Processes and recordings; the caller asks ``may`` on ``Part.SYSTEM``."""
        with self._store.read() as unit:
            return SystemView(processes=self._states.processes(), recordings=unit.recordings.totals())


def _signatories(unit: Unit, cameras: Sequence[Camera]) -> dict[str, str]:
    """The names of those who have permitted something, by their ids; empty where nothing is permitted."""
    ids = {p.by for c in cameras for z in c.zones for p in z.permitted if p.by}
    return {p.id: p.name for p in unit.people.all() if p.id in ids} if ids else {}


def _brief(incident: Incident, names: dict[CameraId, str], files: tuple[Evidence, ...]) -> IncidentBrief:
    ready = {f.slot: f for f in files if f.state is EvidenceState.READY}
    thumb = next((ready[slot].id for slot in _THUMB_SLOTS if slot in ready), None)
    return IncidentBrief(
        incident=incident,
        kind=described(incident.kind),
        camera_name=names.get(incident.camera_id, incident.camera_id),
        thumb=thumb,
        has_clip=any(f.kind is EvidenceKind.CLIP for f in ready.values()),
    )


def _masked_now(evidence: Evidence, camera: Camera | None) -> Evidence:
    """The row with the private areas of today added to those of its own day."""
    today = camera.masks if camera else ()
    return replace(evidence, masks=tuple(dict.fromkeys((*evidence.masks, *today))))


def _evidence(unit: Unit, evidence: Evidence, hits: tuple[RuleHit, ...]) -> EvidenceView:
    if evidence.kind is not EvidenceKind.CLIP or evidence.span is None:
        return EvidenceView(evidence=evidence)
    tracks = unit.recordings.tracks(evidence.camera_id, evidence.span)
    return EvidenceView(evidence=evidence, boxes=overlay(evidence.span, hits, tracks))
