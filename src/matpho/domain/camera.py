"""A camera, its streams, and its zones: what a place is *for*."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time as TimeOfDay  # noqa: N812 - a type of ours in all but name
from enum import StrEnum
from types import MappingProxyType

from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.permit import Permit
from matpho.domain.permitted import Permitted


class Purpose(StrEnum):
    """What a zone is for; each purpose switches on its own rules (design §4)."""

    SIDEWALK = "sidewalk"
    ROADWAY = "roadway"
    NO_PARKING = "no_parking"
    NO_DUMPING = "no_dumping"
    COLLECTION_POINT = "collection_point"
    STOP_LINE = "stop_line"
    CROSSWALK = "crosswalk"
    RESTRICTED = "restricted"
    GATHERING = "gathering"
    WATCH = "watch"
    PRIVACY_MASK = "privacy_mask"
    IGNORE = "ignore"


PURPOSE_RULES: Mapping[Purpose, tuple[str, ...]] = MappingProxyType(
    {
        Purpose.SIDEWALK: (
            "sidewalk_encroachment",
            "sidewalk_parking",
            "riding_on_sidewalk",
            "illegal_dumping",
            "obstruction",
        ),
        Purpose.ROADWAY: ("wrong_way", "stopped_vehicle", "obstruction"),
        Purpose.NO_PARKING: ("illegal_parking",),
        Purpose.NO_DUMPING: ("illegal_dumping", "rubbish_heap"),
        Purpose.COLLECTION_POINT: ("rubbish_heap", "illegal_dumping"),
        Purpose.STOP_LINE: ("red_light", "jump_start"),
        Purpose.CROSSWALK: ("stopped_on_crosswalk",),
        Purpose.RESTRICTED: ("intrusion",),
        Purpose.GATHERING: ("crowd", "fight", "person_down"),
        Purpose.WATCH: ("unattended_object",),
        Purpose.PRIVACY_MASK: (),
        Purpose.IGNORE: (),
    }
)
"""The kinds of incident that each purpose switches on (design §4), whether or not a rule for them exists yet."""

RULE_SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "illegal_dumping": ("min_duration_s", "min_unattended_s", "min_share"),
        "unattended_object": ("min_duration_s", "min_unattended_s", "min_share", "max_area_share"),
        "sidewalk_encroachment": ("min_duration_s", "min_area_share", "min_area_m2"),
        "rubbish_heap": (
            "min_duration_s",
            "min_unattended_s",
            "min_share",
            "min_area_share",
            "min_area_m2",
            "min_pieces",
            "grace_s",
        ),
        "obstruction": ("min_duration_s", "min_unattended_s", "min_share", "min_width_share", "min_free_m"),
        "sidewalk_parking": ("min_duration_s", "min_share"),
        "illegal_parking": ("min_duration_s", "min_share"),
        "stopped_vehicle": ("min_duration_s", "min_share"),
        "riding_on_sidewalk": ("min_duration_s", "min_advance"),
        "stopped_on_crosswalk": ("min_duration_s", "min_share"),
        "intrusion": ("min_duration_s",),
        "red_light": ("min_duration_s",),
        "jump_start": ("min_duration_s", "max_before_green_s"),
        "wrong_way": ("min_duration_s", "min_advance"),
        "crowd": ("min_duration_s", "min_people", "times_usual"),
        "person_down": ("min_duration_s",),
        "fight": ("min_duration_s", "min_turmoil", "min_people"),
    }
)
"""The numbers that a zone may set for each kind that has a rule, beside ``enabled``; a test keeps both equal."""

CAMERA_RULES = ("camera_tampering", "camera_outage", "picture_quality", "clock_drift", "fire_smoke")
"""The kinds that belong to the camera as a whole, not to a zone."""


class StreamRole(StrEnum):
    """Main is recorded unless the camera says otherwise, sub is analysed and shown on the wall."""

    MAIN = "main"
    SUB = "sub"


class RecordMode(StrEnum):
    """What of a camera is kept.

    ``on_incident`` records the main stream as ``main`` does, and keeps only what surrounds incidents
    (docs/design/retention.md).
    """

    MAIN = "main"
    SUB = "sub"
    ON_INCIDENT = "on_incident"


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the local day [start, end); ``end`` may be before ``start`` (over midnight).

    ``00:00-24:00`` is the whole day: both fields are midnight then.
    """

    start: TimeOfDay
    end: TimeOfDay

    def holds(self, at: TimeOfDay) -> bool:
        """Whether the local time is inside."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A shape on the picture and what it is for.

    Exactly one of ``polygon`` and ``line`` is set. ``direction`` is the travel direction on the picture (x right,
    y down). ``lamp`` is the box of the signal lamps. ``rules`` holds overrides by rule kind: ``min_duration_s``,
    ``enabled`` and whatever that rule's settings name. ``permitted`` is what may stand there all the same.
    """

    id: ZoneId
    purpose: Purpose
    polygon: Polygon | None = None
    line: tuple[Point, Point] | None = None
    direction: tuple[float, float] | None = None
    lamp: Box | None = None
    permitted_hours: tuple[Hours, ...] = ()
    closed_hours: tuple[Hours, ...] = ()
    rules: Mapping[str, Mapping[str, float | bool | str]] = field(default_factory=dict)
    permitted: tuple[Permitted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera as people describe it: in files, in the API and in the database alike (design §4).

    ``main`` and ``sub`` are addresses (rtsp, rtsps, or a file path) and secret: they may carry a password.
    ``ground`` are the image points of a rectangle on the ground, ``ground_size_m`` its width and depth in metres.
    ``staged`` marks a camera whose footage is composed for a demonstration. ``permits`` are the decisions of the ward
    that concern it: the desk adds them for the workers, no file and no form ever holds them.
    """

    id: CameraId
    name: str
    main: str | None = None
    sub: str | None = None
    ground: tuple[Point, Point, Point, Point] | None = None
    ground_size_m: tuple[float, float] | None = None
    zones: tuple[Zone, ...] = ()
    staged: bool = False
    record: RecordMode = RecordMode.MAIN
    permits: tuple[Permit, ...] = ()

    @property
    def recorded_role(self) -> StreamRole:
        """Which of its streams is recorded."""
        return StreamRole.SUB if self.record is RecordMode.SUB else StreamRole.MAIN

    @property
    def recorded_address(self) -> str | None:
        """Where the recorded stream comes from (secret); None: nothing can be recorded."""
        return self.sub if self.record is RecordMode.SUB else self.main

    @property
    def analysed_address(self) -> str | None:
        """Where the analysed stream comes from (secret)."""
        return self.sub or self.main

    @property
    def one_stream(self) -> bool:
        """Whether the same stream of a camera is recorded and analysed: one connection must do."""
        return self.recorded_address is not None and self.recorded_address == self.analysed_address

    @property
    def masks(self) -> tuple[Polygon, ...]:
        """What must be covered in the pixels below supervisor."""
        return tuple(z.polygon for z in self.zones if z.purpose is Purpose.PRIVACY_MASK and z.polygon)
