"""Keeping the register of cameras, and saying what of it is missing or about to end."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from matpho.casework.cameras import add
from matpho.casework.commands import AddCamera
from matpho.casework.ports import Store
from matpho.casework.register_records import AddCameras, NoteLook, SetRegister
from matpho.casework.work import Work, name_of
from matpho.domain.camera import Camera
from matpho.domain.events import CamerasChanged
from matpho.domain.ids import CameraId
from matpho.domain.people import Action, Actor, require
from matpho.domain.register import EXPIRING, LONGEST_TEXT, NOTHING, TEXTS, RegisterEntry
from matpho.domain.time import Instant
from matpho.errors import BadInput

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
    """Replace an entry; raises BadInput when a text is too long."""
    camera = work.camera(command.camera_id)
    require(work.actor, Action.CHANGE, camera)
    _put(work, camera, command.entry)
    work.tell(CamerasChanged(camera.id))


def _put(work: Work, camera: Camera, entry: RegisterEntry) -> None:
    for name in TEXTS:
        if len(getattr(entry, name)) > LONGEST_TEXT:
            raise BadInput(f"{name}: longer than {LONGEST_TEXT}", f"{name}: dài quá {LONGEST_TEXT} ký tự")
    before = work.unit.register.get(camera.id)
    if entry == before:
        return
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


def missing_of(store: Store) -> dict[CameraId, tuple[str, ...]]:
    """What each camera in service still lacks to be in order; staged ones show nobody and lack nothing."""
    with store.read() as unit:
        entries = unit.register.all()
        return {c.id: () if c.staged else entries.get(c.id, NOTHING).missing for c in unit.cameras.all()}


def endings(store: Store, actor: Actor, now: Instant, within_days: int = SOON_DAYS) -> tuple[Ending, ...]:
    """What ends within so many days or has ended, of the cameras this person may see, the earliest first."""
    today = datetime.fromtimestamp(now / 1e9, tz=UTC).date()
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
