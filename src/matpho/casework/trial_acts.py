"""What can be acted out before a camera: for each kind that a rule finds one scene, and one in which all must be quiet.

Times are what a rule waits for when nothing is set (a test holds them against the rules), and a minute of grace.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matpho.casework.zone_advice import active
from matpho.domain.camera import Camera, Hours, Purpose, Zone
from matpho.domain.ids import CameraId
from matpho.domain.permit import DECIDED_KINDS, allows
from matpho.domain.time import Instant
from matpho.domain.trial import Scene
from matpho.domain.words import Said
from matpho.errors import BadInput

GRACE_S = 60.0
"""Past its dwell a scene may be found this much later: the notice has to travel, and rules tell in turns."""
QUIET_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that people can act out. ``also`` are kinds that say the same of it; ``care`` is a word of caution."""

    kind: str
    does: Said
    dwell_s: float
    also: tuple[str, ...] = ()
    care: Said | None = None


_TRAFFIC = Said("Chỉ diễn khi đã chặn đường.", "Only with the road closed.")
ACTS: dict[str, Act] = {
    act.kind: act
    for act in (
        Act(
            kind="illegal_dumping",
            does=Said(
                "Đặt một túi rác (cao khoảng 50 cm) xuống rồi đi hẳn khỏi hình.",
                "Put a rubbish bag (about 50 cm) down and leave the picture.",
            ),
            dwell_s=20.0,
            also=("unattended_object", "obstruction", "rubbish_heap"),
        ),
        Act(
            kind="unattended_object",
            does=Said("Để một chiếc túi lại rồi đi hẳn khỏi hình.", "Leave a bag behind and leave the picture."),
            dwell_s=30.0,
            also=("illegal_dumping", "obstruction"),
        ),
        Act(
            kind="sidewalk_encroachment",
            does=Said("Bày bàn ghế hoặc hàng ra vỉa hè và để yên.", "Set tables, chairs or goods out on the pavement."),
            dwell_s=120.0,
            also=("obstruction", "sidewalk_parking"),
        ),
        Act(
            kind="sidewalk_parking",
            does=Said("Dựng một xe máy trên vỉa hè rồi đi khỏi.", "Stand a motorbike on the pavement and walk off."),
            dwell_s=120.0,
            also=("sidewalk_encroachment", "obstruction"),
        ),
        Act(
            kind="riding_on_sidewalk",
            does=Said("Chạy xe máy chậm trên vỉa hè từ đầu đến cuối vùng.", "Ride slowly along the pavement."),
            dwell_s=3.0,
            care=_TRAFFIC,
        ),
        Act(
            kind="obstruction",
            does=Said(
                "Đặt một vật lớn chắn quá nửa lối đi và để yên.",
                "Put something large across more than half of the way and leave it.",
            ),
            dwell_s=120.0,
            also=("unattended_object", "illegal_dumping", "sidewalk_encroachment"),
        ),
        Act(
            kind="rubbish_heap",
            does=Said("Xếp năm túi rác thành đống và để yên.", "Pile up five rubbish bags and leave them."),
            dwell_s=300.0,
            also=("illegal_dumping", "obstruction"),
        ),
        Act(
            kind="intrusion",
            does=Said("Đi bộ vào giữa vùng và ở lại vài giây.", "Walk into the zone and stay for some seconds."),
            dwell_s=3.0,
        ),
        Act(
            kind="wrong_way",
            does=Said("Đi xe ngược chiều qua vùng.", "Ride through against the direction."),
            dwell_s=2.0,
            care=_TRAFFIC,
        ),
        Act(
            kind="stopped_vehicle",
            does=Said("Dừng xe giữa lòng đường.", "Stop a vehicle on the road."),
            dwell_s=120.0,
            also=("illegal_parking", "obstruction"),
            care=_TRAFFIC,
        ),
        Act(
            kind="illegal_parking",
            does=Said("Đỗ xe trong vùng và tắt máy.", "Park a vehicle in the zone."),
            dwell_s=120.0,
            also=("stopped_vehicle",),
        ),
        Act(
            kind="red_light",
            does=Said("Khi đèn đỏ, đi xe qua vạch dừng.", "At red, ride over the stop line."),
            dwell_s=2.0,
            also=("jump_start",),
            care=_TRAFFIC,
        ),
        Act(
            kind="jump_start",
            does=Said(
                "Một hai giây trước khi đèn xanh, đi xe hẳn qua vạch dừng.",
                "One or two seconds before green, ride right over the stop line.",
            ),
            dwell_s=6.0,
            also=("red_light",),
            care=_TRAFFIC,
        ),
        Act(
            kind="stopped_on_crosswalk",
            does=Said("Dừng xe trên vạch sang đường.", "Stop a vehicle on the crossing."),
            dwell_s=20.0,
            care=_TRAFFIC,
        ),
        Act(
            kind="crowd",
            does=Said("Đứng tụ lại ít nhất {people} người.", "Stand together, at least {people} people."),
            dwell_s=60.0,
        ),
        Act(
            kind="fight",
            does=Said(
                "Hai người giả vờ xô đẩy, vung tay vào nhau tại chỗ trong 10 giây.",
                "Two people pretend to push and hit at each other on the spot for 10 s.",
            ),
            dwell_s=10.0,
            also=("crowd",),
            care=Said("Báo trước cho người xung quanh.", "Tell bystanders first."),
        ),
        Act(
            kind="person_down",
            does=Said("Nằm xuống và nằm yên.", "Lie down and lie still."),
            dwell_s=30.0,
        ),
        Act(
            kind="camera_tampering",
            does=Said("Che kín ống kính bằng vải tối trong 30 giây.", "Cover the lens with dark cloth for 30 s."),
            dwell_s=10.0,
            also=("picture_quality",),
        ),
    )
}
PEOPLE = 12
"""How many make a crowd where the zone does not say (a test holds it against the rule)."""
GRACE_HOURS_S = 1800.0
"""So long after its permitted hours may a heap lie at a collection point, where the zone does not say."""
_AMONG_CARS = (Purpose.ROADWAY, Purpose.STOP_LINE, Purpose.CROSSWALK)
_ALWAYS = frozenset({"obstruction"})
"""What is told during a zone's permitted hours too."""
QUIET = Act(
    kind="",
    does=Said(
        "Đi bộ ngang qua, dừng một lát, không để lại gì: hệ thống phải im lặng.",
        "Walk past, stop for a moment, leave nothing: nothing may be reported.",
    ),
    dwell_s=0.0,
)
QUIET_ACT = "walk_past"
_OF_CAMERA = ("camera_tampering",)
_NOT_QUIET = (Purpose.RESTRICTED, Purpose.PRIVACY_MASK, Purpose.IGNORE, Purpose.STOP_LINE, Purpose.ROADWAY)


def scenes_for(camera: Camera) -> tuple[Scene, ...]:
    """What can be acted before this camera, zone by zone, with ids of their own; those that a rule looks for."""
    zones = [scene for zone in camera.zones for scene in _of_zone(camera, zone)]
    whole = [_scene(camera.id, None, ACTS[kind]) for kind in _OF_CAMERA]
    return (*zones, *whole)


def chosen(camera: Camera, scene_id: str) -> Scene:
    """One of :func:`scenes_for` by its id; raises BadInput where there is none."""
    for scene in scenes_for(camera):
        if scene.id == scene_id:
            return scene
    raise BadInput(f"no such scene at {camera.id}: {scene_id}", f"camera {camera.id} không có tình huống {scene_id}")


def undecided(scene: Scene, camera: Camera, at: Instant) -> bool:
    """Whether nothing can be found because no decision of the ward allows it then; the camera with its permits."""
    return scene.act in DECIDED_KINDS and not allows(camera.permits, scene.act, scene.zone_id, at)


def _of_zone(camera: Camera, zone: Zone) -> Iterator[Scene]:
    watched = active(zone)
    for kind in watched:
        if kind in ACTS:
            yield _scene(camera.id, zone, ACTS[kind])
    if watched and zone.purpose not in _NOT_QUIET:
        yield Scene(
            id=f"{camera.id}.{zone.id}.{QUIET_ACT}",
            camera_id=camera.id,
            zone_id=zone.id,
            act=QUIET_ACT,
            says=QUIET.does,
            kinds=(),
            wait_s=QUIET_S,
        )


def _scene(camera_id: CameraId, zone: Zone | None, act: Act) -> Scene:
    among_cars = zone is not None and zone.purpose in _AMONG_CARS
    care = act.care or (_TRAFFIC if among_cars else None)
    parts = [_filled(act.does, zone), care, _when(zone, act.kind) if zone else None]
    said = [part for part in parts if part is not None]
    return Scene(
        id=f"{camera_id}.{zone.id if zone else '-'}.{act.kind}",
        camera_id=camera_id,
        zone_id=zone.id if zone else None,
        act=act.kind,
        says=Said(" ".join(part.vi for part in said), " ".join(part.en for part in said)),
        kinds=(act.kind, *act.also),
        wait_s=_dwell_s(zone, act) + GRACE_S,
    )


def _told(zone: Zone | None, kind: str, setting: str) -> float | None:
    """A number that the zone sets for a rule."""
    value = zone.rules.get(kind, {}).get(setting) if zone else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _dwell_s(zone: Zone | None, act: Act) -> float:
    """How long the rule waits there: for the dwell, and for nobody to be at it."""
    dwell_s, alone_s = (_told(zone, act.kind, name) for name in ("min_duration_s", "min_unattended_s"))
    return max(act.dwell_s if dwell_s is None else dwell_s, alone_s or 0.0)


def _filled(does: Said, zone: Zone | None) -> Said:
    """The act with the number of people that this zone asks for."""
    people = _told(zone, "crowd", "min_people")
    n = str(PEOPLE if people is None else math.ceil(people))
    return Said(does.vi.replace("{people}", n), does.en.replace("{people}", n))


def _when(zone: Zone, kind: str) -> Said | None:
    """At which hours it can be found at all: nobody is to act in vain."""
    if zone.closed_hours and zone.purpose is Purpose.RESTRICTED:
        hours = _hours(zone.closed_hours)
        return Said(f"Chỉ diễn trong giờ đóng cửa ({hours}).", f"Only within the closed hours ({hours}).")
    if not zone.permitted_hours or kind in _ALWAYS:
        return None
    hours = _hours(zone.permitted_hours)
    if kind == "rubbish_heap":
        grace_s = _told(zone, kind, "grace_s")
        late = round((GRACE_HOURS_S if grace_s is None else grace_s) / 60)
        return Said(
            f"Chỉ tìm thấy khi đã hết giờ được phép ({hours}) từ {late} phút.",
            f"Only found from {late} min after the permitted hours ({hours}) on.",
        )
    return Said(f"Chỉ diễn ngoài giờ được phép ({hours}).", f"Only outside the permitted hours ({hours}).")


def _hours(stretches: Sequence[Hours]) -> str:
    return ", ".join(f"{h.start:%H:%M}–{h.end:%H:%M}" for h in stretches)
