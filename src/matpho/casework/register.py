"""Keeping the register of cameras, and saying what of it is missing or about to end."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta

from matpho.casework.cameras import add
from matpho.casework.commands import AddCamera
from matpho.casework.ports import Store, Unit
from matpho.casework.register_records import AddCameras, NoteLook, SetRegister
from matpho.casework.work import Work, name_of
from matpho.domain.camera import Camera
from matpho.domain.events import CamerasChanged
from matpho.domain.ids import CameraId
from matpho.domain.people import Action, Actor, require
from matpho.domain.register import EXPIRING, GRACE_DAYS, LONGEST_DAYS, LONGEST_TEXT, NOTHING, TEXTS, RegisterEntry
from matpho.domain.time import Instant
from matpho.errors import BadInput, Conflict

SOON_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Something of a camera ends, or has ended: ``what`` is ``certificate_until`` or ``warranty_until``."""

    camera_id: CameraId
    name: str
    what: str
    day: date
    days_left: int


DRAFT = Camera(id=CameraId("new"), name="")
"""Stands for a camera that somebody is about to add, when asking who may look at it."""


def set_register(work: Work, command: SetRegister) -> None:
    """Replace an entry. Raises BadInput, and Conflict when a camera in service would lose what lets it run."""
    camera = work.camera(command.camera_id)
    require(work.actor, Action.CHANGE, camera)
    _put(work, camera, command.entry)
    work.tell(CamerasChanged(camera.id))


def _put(work: Work, camera: Camera, entry: RegisterEntry) -> None:
    for name in TEXTS:
        if len(getattr(entry, name)) > LONGEST_TEXT:
            raise BadInput(f"{name}: longer than {LONGEST_TEXT}", f"{name}: dài quá {LONGEST_TEXT} ký tự")
    if entry.retention_days is not None and not 1 <= entry.retention_days <= LONGEST_DAYS:
        raise BadInput(f"retention: 1 to {LONGEST_DAYS} days", f"thời hạn lưu: từ 1 đến {LONGEST_DAYS} ngày")
    before = work.unit.register.get(camera.id)
    entry = replace(entry, complete_by=before.complete_by if entry.missing else None)
    if entry == before:
        return
    if is_active(camera, before) and not is_active(camera, entry):
        raise Conflict(
            "The sign, the purpose and the retention of a camera in service can be changed, not taken away.",
            "Biển báo, mục đích và thời hạn lưu của camera đang hoạt động chỉ sửa được, không bỏ trống được.",
        )
    work.unit.register.put(camera.id, entry)
    changed = [f.name for f in fields(entry) if getattr(entry, f.name) != getattr(before, f.name)]
    work.audit("set_register", name_of(camera), {"changed": ",".join(changed), "missing": ",".join(entry.missing)})


def add_cameras(work: Work, command: AddCameras) -> None:
    """Put cameras in service; one that cannot be added undoes them all."""
    for camera, entry in command.cameras:
        add(work, AddCamera(camera=camera))
        _put(work, camera, entry)


def note_look(work: Work, command: NoteLook) -> None:
    """Write down that an address was looked at, before anything of it is shown."""
    require(work.actor, Action.ADD, DRAFT)
    work.audit(command.act, "camera:new", {"place": command.place[:200]})


def entry_of(store: Store, camera_id: CameraId) -> RegisterEntry:
    """One entry; the caller asks ``may`` on the camera."""
    with store.read() as unit:
        return unit.register.get(camera_id)


def register_of(store: Store, actor: Actor) -> tuple[tuple[Camera, RegisterEntry], ...]:
    """Every camera in service with its entry, by name; no stream's address is in it."""
    with store.read() as unit:
        entries, cameras = unit.register.all(), unit.cameras.all()
    for camera in cameras:
        require(actor, Action.SEE, camera)
    listed = [(replace(c, main=None, sub=None), entries.get(c.id, NOTHING)) for c in cameras]
    return tuple(sorted(listed, key=lambda one: one[0].name))


def is_active(camera: Camera, entry: RegisterEntry) -> bool:
    """Whether a camera may record, be analysed and be shown (design §3, law 9); staged ones show nobody."""
    return camera.staged or entry.admits


def active(unit: Unit, cameras: Iterable[Camera]) -> tuple[Camera, ...]:
    """Those of the cameras that may run."""
    entries = unit.register.all()
    return tuple(c for c in cameras if is_active(c, entries.get(c.id, NOTHING)))


def admit(unit: Unit, cameras: Iterable[Camera], now: Instant) -> None:
    """Let cameras that ran before go on although nobody has said all of them: until :data:`GRACE_DAYS` from now."""
    by = _day(now) + timedelta(days=GRACE_DAYS)
    for camera in cameras:
        entry = unit.register.get(camera.id)
        if not camera.staged and not entry.admits:
            unit.register.put(camera.id, replace(entry, complete_by=by))


def _day(now: Instant) -> date:
    return datetime.fromtimestamp(now / 1e9, tz=UTC).date()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a camera stands in the register: what is ``missing``, whether it may run, by when the rest must be said."""

    missing: tuple[str, ...]
    active: bool
    complete_by: date | None


UNKNOWN = Standing((), active=False, complete_by=None)


def standings(store: Store) -> dict[CameraId, Standing]:
    """Of each camera in service; staged ones show nobody and lack nothing."""
    with store.read() as unit:
        entries = unit.register.all()
        cameras = unit.cameras.all()
    found = {}
    for camera in cameras:
        entry = entries.get(camera.id, NOTHING)
        missing = () if camera.staged else entry.missing
        found[camera.id] = Standing(missing, is_active(camera, entry), entry.complete_by if missing else None)
    return found


def endings(store: Store, actor: Actor, now: Instant, within_days: int = SOON_DAYS) -> tuple[Ending, ...]:
    """What ends within so many days or has ended, of the cameras this person may see, the earliest first."""
    today = _day(now)
    found = []
    with store.read() as unit:
        entries = unit.register.all()
        for camera in unit.cameras.all():
            require(actor, Action.SEE, camera)
            entry = entries.get(camera.id, NOTHING)
            for what in EXPIRING:
                day = getattr(entry, what)
                if day is not None and (day - today).days <= within_days:
                    left = (day - today).days
                    found.append(Ending(camera_id=camera.id, name=camera.name, what=what, day=day, days_left=left))
    return tuple(sorted(found, key=lambda e: (e.day, e.camera_id)))
