"""Small true examples of the domain's nouns, every field open to change; they happen around :data:`NOON`."""

from datetime import date
from typing import Any

from matpho.domain.camera import Camera, Purpose, StreamRole, Zone
from matpho.domain.geometry import Box, polygon
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.incident import HistoryEntry, Incident, Source
from matpho.domain.messages import SegmentClosed, SegmentOpened
from matpho.domain.people import Person, Role
from matpho.domain.permitted import Permitted
from matpho.domain.register import RegisterEntry
from matpho.domain.time import SECOND, Instant
from matpho.domain.words import Said
from matpho.testing.clock import NOON

NO_ROUTE = Said("không có đường tới camera", "no route to the camera")


def at(s: float) -> Instant:
    """``s`` seconds after noon."""
    return Instant(NOON + round(s * SECOND))


def zone(purpose: Purpose = Purpose.NO_DUMPING, name: str = "goc-pho", **changes: Any) -> Zone:
    """A zone over most of the picture."""
    corners = polygon([(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)])
    return Zone(id=ZoneId(name), purpose=purpose, polygon=corners, **changes)


def camera(**changes: Any) -> Camera:
    """A camera over a no-dumping zone."""
    values: dict[str, Any] = {
        "id": CameraId("nga-ba-cho"),
        "name": "Ngã ba chợ",
        "main": "rtsp://admin:bi-mat@10.0.0.7:554/main",
        "sub": "rtsp://admin:bi-mat@10.0.0.7:554/sub",
        "zones": (zone(),),
    }
    return Camera(**(values | changes))


def permitted(**changes: Any) -> Permitted:
    """A plant pot that may stand in a zone."""
    values: dict[str, Any] = {
        "id": "chau-cay",
        "outline": polygon([(0.2, 0.7), (0.3, 0.7), (0.3, 0.8)]),
        "note": "Chậu cây của hộ 12",
        "until": date(2027, 1, 31),
        "by": PersonId("person0000000001"),
        "since": at(0),
    }
    return Permitted(**(values | changes))


def in_order(**changes: Any) -> RegisterEntry:
    """What lets a camera run."""
    values: dict[str, Any] = {"purpose": "Giữ vệ sinh", "sign_at": date(2026, 1, 2), "retention_days": 30}
    return RegisterEntry(**(values | changes))


def masked_camera(**changes: Any) -> Camera:
    """A camera with a window that must stay private."""
    window = polygon([(0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2)])
    mask = Zone(id=ZoneId("cua-so"), purpose=Purpose.PRIVACY_MASK, polygon=window)
    return camera(**({"zones": (*camera().zones, mask)} | changes))


def hit(**changes: Any) -> RuleHit:
    """A bag left at noon and told 20 s later."""
    values: dict[str, Any] = {
        "id": "run1-nga-ba-cho-goc-pho-illegal_dumping-1",
        "kind": "illegal_dumping",
        "camera_id": CameraId("nga-ba-cho"),
        "zone_id": ZoneId("goc-pho"),
        "thing": "static:17",
        "start": at(0),
        "at": at(20),
        "end": None,
        "box": Box(0.4, 0.5, 0.1, 0.1),
        "score": 0.8,
        "advisory": False,
        "why": Said("Túi rác bị bỏ lại 20 giây.", "A bag was left for 20 s."),
        "figures": {"dwell_s": 20.0},
        "track_ids": (5,),
    }
    return RuleHit(**(values | changes))


def incident(**changes: Any) -> Incident:
    """The incident of that bag."""
    values: dict[str, Any] = {
        "id": IncidentId("incident00000001"),
        "kind": "illegal_dumping",
        "camera_id": CameraId("nga-ba-cho"),
        "zone_id": ZoneId("goc-pho"),
        "source": Source.RULE,
        "start": at(0),
        "at": at(20),
        "end": None,
        "last_seen": at(20),
        "score": 0.8,
        "advisory": False,
        "staged": False,
        "box": Box(0.4, 0.5, 0.1, 0.1),
        "why": Said("Túi rác bị bỏ lại 20 giây.", "A bag was left for 20 s."),
        "history": (HistoryEntry(at=at(21), who=None, action="opened"),),
    }
    return Incident(**(values | changes))


def person(role: Role = Role.OFFICER, **changes: Any) -> Person:
    """Somebody of a role."""
    values: dict[str, Any] = {
        "id": PersonId(f"person-{role.value}"),
        "login": role.value,
        "name": f"Nguyễn Văn {role.value.title()}",
        "role": role,
        "password_hash": "$argon2id$not-a-real-one",
        "created": NOON,
    }
    return Person(**(values | changes))


def segment(number: int, *, length_s: float = 60.0) -> tuple[SegmentOpened, SegmentClosed]:
    """The two facts of the recording file number ``number``; files follow each other from two minutes before noon."""
    start, end = at(-120 + number * length_s), at(-120 + (number + 1) * length_s)
    path = f"nga-ba-cho/2026-09-21/{start}.mp4"
    name = CameraId("nga-ba-cho")
    return (
        SegmentOpened(name, StreamRole.MAIN, path, start, "h264", 1280, 720),
        SegmentClosed(name, path, start, end, 1_000_000, 900),
    )
