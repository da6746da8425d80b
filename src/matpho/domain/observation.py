"""What vision sees: observations, tracks, static objects, signal lamps, and the state of the picture itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matpho.domain.geometry import WHOLE, Box, Point
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.time import Instant
from matpho.domain.words import Said


class Group(StrEnum):
    """Detector classes pooled by what rules care about. Nothing finer is ever asked of a person."""

    PERSON = "person"
    TWO_WHEELER = "two_wheeler"
    VEHICLE = "vehicle"
    BAG = "bag"
    FURNITURE = "furniture"
    ANIMAL = "animal"


@dataclass(frozen=True, slots=True)
class Observation:
    """One detection in one frame. ``label`` is the detector's own best class (COCO name)."""

    group: Group
    label: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where a track was at one instant; ``seen`` is false where the position is only predicted.

    ``seated``: a two-wheeler's rider was told apart at this look, with feet above the foot of the wheels.
    ``alone``: of a two-wheeler nothing but a person was seen at this look, no machine.
    """

    at: Instant
    box: Box
    seen: bool
    seated: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """One thing over time on one camera. ``path`` is strictly increasing in time, newest last, and bounded.

    ``misses`` are the detector's latest looks that should have seen it and did not.
    """

    id: int
    group: Group
    label: str
    score: float
    started: Instant
    path: tuple[TrackPoint, ...]
    misses: int = 0

    @property
    def now(self) -> TrackPoint:
        """The newest point."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where somebody, or a vehicle, was at one instant: what a recording shows of a moment that was missed live."""

    at: Instant
    group: Group
    box: Box


@dataclass(frozen=True, slots=True)
class StaticObject:
    """Something that was not in the empty scene and now stays, or (``removed``) belonged to it and has been taken away.

    ``appeared`` is when its pixels first stopped changing (back-dated); ``samples`` are up to 64 places
    evenly drawn from its mask, so that a rule can ask which share lies in a zone without a picture.
    ``group`` is the detector's word for it, None where the detector has none. ``owner`` is the track that
    was with it when it was set down, ``owner_left`` when that track went away (None: still there or unknown).
    ``attended`` says whether a person is at it now; ``gone`` that it has been taken away.
    ``left_by`` is who was nearest at the set-down by the recording, where nobody was seen live; None when the recording
    was not asked, has not answered yet, or shows nobody. Where nobody had looked at all, ``appeared`` is when its place
    changed by the recording, as soon as that is known.

    Of a ``removed`` one ``appeared`` is when its place became bare, box and samples are that place, ``group`` is what
    stood there, and ``owner`` is who was there when it went: always somebody who had come from elsewhere, so a parked
    car that drives off or a guest who gets up is none. Nobody attends it. ``gone`` says that it stands there again, or
    that ten minutes have passed and the bare place is the empty scene from now on.
    """

    id: int
    appeared: Instant
    last_seen: Instant
    box: Box
    area: float
    samples: tuple[Point, ...]
    group: Group | None
    label: str | None
    score: float
    owner: int | None
    owner_left: Instant | None
    attended: bool
    unattended_since: Instant | None
    gone: bool
    removed: bool = False
    left_by: Sighting | None = None


class Fault(StrEnum):
    """What is wrong with the picture as a picture."""

    COVERED = "covered"
    DEFOCUSED = "defocused"
    TURNED = "turned"


class Light(StrEnum):
    """By which light the camera sees, as the picture tells."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"
    INFRARED = "infrared"


LIGHT_NAMES: dict[Light, Said] = {
    Light.DAY: Said("ban ngày", "day"),
    Light.DUSK: Said("trời chập choạng", "dusk"),
    Light.NIGHT: Said("ban đêm", "night"),
    Light.INFRARED: Said("hồng ngoại", "infrared"),
}


@dataclass(frozen=True, slots=True)
class PictureState:
    """Health of the picture: the fault that holds now (None: fine), since when, and how sure, 0..1; and its light."""

    fault: Fault | None = None
    since: Instant | None = None
    score: float = 0.0
    light: Light | None = None


class LampColour(StrEnum):
    """What a signal shows. Dark, covered and unreadable are all unknown, never the colour seen last."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LampState:
    """What a signal shows now, and since when: back-dated to the first picture that showed it."""

    colour: LampColour
    since: Instant


@dataclass(frozen=True, slots=True)
class Turmoil:
    """How violently and how erratically people move at one place, whoever they are.

    ``level`` is smoothed in place over about 1.5 s, ``now`` what this picture shows alone: change of motion, beyond
    what two bodies do as wholes, in bodies² per second² over a body's area. Walking people reach some hundredths.
    ``people`` is how many were seen within reach of each other in the last seconds.
    """

    box: Box
    level: float
    now: float
    people: int


@dataclass(frozen=True, slots=True)
class Stirring:
    """How much of people moves at a place of the picture: ``bodies``, smoothed over some seconds.

    A detector that sees one in three of a dense crowd is helped by it; vehicles are left out.
    """

    place: Point
    bodies: float


class Burns(StrEnum):
    """What of a fire a picture can show."""

    FLAME = "flame"
    SMOKE = "smoke"


@dataclass(frozen=True, slots=True)
class Burning:
    """A place that looks as if something burns there, ``since`` when; ``level`` 0..1 says how much like it.

    ``opinion`` is how sure a fire model is, 0..1; None where none was asked.
    """

    what: Burns
    box: Box
    since: Instant
    level: float
    opinion: float | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What rules are given after each analysed frame: everything alive on one camera at one instant.

    ``static`` is what has come and stays, ``removed`` what belonged to the empty scene and has been taken away,
    ``from_start`` what lay there before the first picture, by the detector's word (``appeared``: not later than that).
    ``lamps`` has the signal of each zone with a lamp box; ``stirred`` are the tracks whose pixels have changed lately,
    which tells what moves from boxes that only flicker; ``aspect`` is width over height of the picture, which makes
    lengths in 0..1 comparable on both axes; ``lit`` is where black bars leave off: there the picture ends.
    ``turmoil`` (worst first) and ``stirring`` are only measured where a rule asks for them.
    """

    camera_id: CameraId
    at: Instant
    tracks: tuple[Track, ...]
    static: tuple[StaticObject, ...]
    picture: PictureState = PictureState()
    removed: tuple[StaticObject, ...] = ()
    lamps: Mapping[ZoneId, LampState] = field(default_factory=dict)
    stirred: frozenset[int] = frozenset()
    turmoil: tuple[Turmoil, ...] = ()
    stirring: tuple[Stirring, ...] = ()
    burning: tuple[Burning, ...] = ()
    from_start: tuple[StaticObject, ...] = ()
    aspect: float = 16 / 9
    lit: Box = WHOLE
