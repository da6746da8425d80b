"""The camera registry: what is in service, and what its zones are for."""

from dataclasses import replace

from matpho.casework.commands import AddCamera, ChangeCamera, RemoveCamera, SetGround, SetZones
from matpho.casework.permitted import signed
from matpho.casework.redact import is_redacted
from matpho.casework.rule_changes import rule_changes
from matpho.casework.work import Work, name_of
from matpho.domain.camera import Camera, RecordMode
from matpho.domain.events import CamerasChanged
from matpho.domain.people import Action, require
from matpho.errors import BadInput, Conflict


def _unique_zones(camera: Camera) -> None:
    ids = [zone.id for zone in camera.zones]
    twice = next((i for i in ids if ids.count(i) > 1), None)
    if twice is not None:
        raise BadInput(f"two zones are called {twice}", f"có hai vùng cùng tên {twice}")


def _recordable(camera: Camera) -> None:
    if camera.record is RecordMode.SUB and camera.main and not camera.sub:
        raise BadInput(
            "the sub stream is to be recorded, but it has no address",
            "chọn ghi luồng phụ nhưng chưa có địa chỉ luồng phụ",
        )


def _store(work: Work, camera: Camera, act: str, old: Camera | None = None) -> None:
    camera = signed(work, camera, old)
    _unique_zones(camera)
    _recordable(camera)
    work.unit.cameras.put(camera, work.at)
    version = work.unit.cameras.zone_version(camera.id, work.at)
    work.audit(
        act,
        name_of(camera),
        {
            "zones": len(camera.zones),
            "zone_version": version,
            "permitted": sum(len(z.permitted) for z in camera.zones),
            "record": camera.record.value,
            **({"rules": told} if (told := rule_changes(old.zones if old else (), camera.zones)) else {}),
        },
    )
    work.tell(CamerasChanged(camera.id))


def add(work: Work, command: AddCamera) -> None:
    """Put a camera in service. Ids are never used twice: recordings and incidents keep meaning what they meant."""
    camera = command.camera
    require(work.actor, Action.ADD, camera)
    if work.unit.cameras.known(camera.id):
        raise Conflict(f"the id {camera.id} is or was in use", f"mã {camera.id} đang hoặc đã được dùng")
    if is_redacted(camera.main) or is_redacted(camera.sub):
        raise BadInput("the stream address is incomplete", "địa chỉ luồng chưa đầy đủ")
    _store(work, camera, "add_camera")


def change(work: Work, command: ChangeCamera) -> None:
    """Replace a camera's description; a None or hidden address keeps the stored one, "" removes it."""
    old = work.camera(command.camera.id)
    require(work.actor, Action.CHANGE, old)
    new = command.camera
    main = old.main if new.main is None or is_redacted(new.main) else new.main or None
    sub = old.sub if new.sub is None or is_redacted(new.sub) else new.sub or None
    _store(work, replace(new, main=main, sub=sub), "change_camera", old)


def set_zones(work: Work, command: SetZones) -> None:
    """Replace a camera's zones; the old ones stay as a version of their own."""
    old = work.camera(command.camera_id)
    require(work.actor, Action.CHANGE_ZONES, old)
    _store(work, replace(old, zones=command.zones), "set_zones", old)


def set_ground(work: Work, command: SetGround) -> None:
    """Store where the ground rectangle lies; whoever draws zones may draw it."""
    old = work.camera(command.camera_id)
    require(work.actor, Action.CHANGE_ZONES, old)
    _store(work, replace(old, ground=command.ground, ground_size_m=command.ground_size_m), "set_ground", old)


def remove(work: Work, command: RemoveCamera) -> None:
    """Take a camera out of service; what it recorded stays."""
    camera = work.camera(command.camera_id)
    require(work.actor, Action.REMOVE, camera)
    work.unit.cameras.remove(camera.id, work.at)
    work.audit("remove_camera", name_of(camera))
    work.tell(CamerasChanged(camera.id))
