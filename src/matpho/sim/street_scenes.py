"""The demonstration on the drawn street, for machines where no sample clip can be had."""

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box, Point
from matpho.sim.background import View
from matpho.sim.scenes import camera, zone
from matpho.sim.script import Act, Action, Script
from matpho.sim.street import LENGTH_S

LOOP_S = 3 * LENGTH_S
_PAVEMENT = ((0.0, 0.32), (1.0, 0.32), (1.0, 0.65), (0.0, 0.59))


def _bag() -> Script:
    place = camera("nga-ba-cho", "Ngã ba chợ", zone("goc-duong", Purpose.NO_DUMPING, *_PAVEMENT))
    bag = Action(
        do=Act.LEAVE, start_s=12, end_s=218, thing="rubbish_bag", at=Point(0.40, 0.54), seed=1, taken=True,
        path=(Point(-0.06, 0.50), Point(1.06, 0.57)), event="abandoned_object", zone="goc-duong",
    )  # fmt: skip
    return Script(name="bag", duration_s=LOOP_S, camera=place, actions=(bag,))


def _lawn() -> Script:
    """Here a closed forecourt before the houses."""
    place = camera(
        "nha-van-hoa", "Nhà văn hoá khu phố 5",
        zone("san", Purpose.RESTRICTED, (0.2, 0.30), (0.8, 0.30), (0.8, 0.352), (0.2, 0.352), closed=True),
    )  # fmt: skip
    intruder = Action(
        do=Act.WAIT, start_s=25, end_s=33, path=(Point(-0.06, 0.45), Point(0.5, 0.328), Point(1.06, 0.45)), seed=4,
        event="intrusion_zone", zone="san",
    )  # fmt: skip
    view = View(mirror=True, gain=0.95, shift_s=20)
    return Script(name="lawn", duration_s=LOOP_S, camera=place, view=view, actions=(intruder,))


def _stall() -> Script:
    place = camera("via-he-cho", "Vỉa hè cổng chợ", zone("via-he", Purpose.SIDEWALK, *_PAVEMENT))
    ends = (Point(-0.06, 0.46), Point(1.06, 0.58))
    pieces = (("table", 14, 0.60, 0.50), ("stools", 18, 0.46, 0.52), ("umbrella", 22, 0.65, 0.48))
    actions = tuple(
        Action(
            do=Act.LEAVE, start_s=at_s, end_s=212 + 5 * i, thing=thing, at=Point(x, y), seed=i, taken=True,
            path=ends[::-1] if i % 2 else ends, event="sidewalk_occupied", zone="via-he",
        )
        for i, (thing, at_s, x, y) in enumerate(pieces)
    )  # fmt: skip
    seller = Action(do=Act.WAIT, start_s=26, end_s=216, path=(ends[0], Point(0.74, 0.51), ends[1]), seed=3)
    view = View(crop=Box(0.05, 0.0, 0.95, 0.95), warmth=0.4, shift_s=35)
    return Script(name="stall", duration_s=LOOP_S, camera=place, view=view, actions=(*actions, seller))


def _motorbike() -> Script:
    place = camera("cong-truong", "Cổng trường tiểu học", zone("via-he", Purpose.SIDEWALK, *_PAVEMENT))
    bike = Action(
        do=Act.LEAVE, start_s=16, end_s=214, thing="motorbike", at=Point(0.58, 0.52), seed=0, taken=True,
        path=(Point(1.12, 0.55), Point(1.12, 0.50)), event="parked_on_sidewalk", zone="via-he",
    )  # fmt: skip
    view = View(crop=Box(0.0, 0.05, 0.9, 0.9), mirror=True, shift_s=50)
    return Script(name="motorbike", duration_s=LOOP_S, camera=place, view=view, actions=(bike,))


def _covered() -> Script:
    place = camera("dau-hem-12", "Đầu hẻm 12", zone("loi-di", Purpose.WATCH, *_PAVEMENT))
    cover = Action(do=Act.COVER, start_s=45, end_s=65, event="camera_tampering")
    view = View(gain=0.85, warmth=-0.4, shift_s=60)
    return Script(name="covered", duration_s=LOOP_S, camera=place, view=view, actions=(cover,))


def _cut() -> Script:
    place = camera("tram-xe-buyt", "Trạm xe buýt", zone("san-cho", Purpose.WATCH, *_PAVEMENT))
    cut = Action(do=Act.CUT, start_s=75, end_s=105, event="stream_cut")
    view = View(mirror=True, warmth=0.2, shift_s=10)
    return Script(name="cut", duration_s=LOOP_S, camera=place, view=view, actions=(cut,))


def demo() -> tuple[Script, ...]:
    """The six places, the one found first in front."""
    return _bag(), _lawn(), _stall(), _motorbike(), _covered(), _cut()
