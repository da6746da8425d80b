"""The demonstration's six places and what is staged on them, laid out on views of the sample clip.

Zones keep the default durations: nothing is loosened so that the analysis may find what is staged.
"""

from datetime import time

from matpho.domain.camera import Camera, Hours, Purpose, Zone
from matpho.domain.geometry import Box, Point, polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.sim.background import View
from matpho.sim.script import Act, Action, Expected, Script

_CLIP_S = 79.5  # of the sample clip
LOOP_S = 3 * _CLIP_S  # where a rule needs two minutes
SHORT_S = 2 * _CLIP_S
_ALL_DAY = (Hours(time(0), time(0)),)


def zone(name: str, purpose: Purpose, *points: tuple[float, float], closed: bool = False) -> Zone:
    """A polygon zone with default rules; ``closed`` all day."""
    return Zone(id=ZoneId(name), purpose=purpose, polygon=polygon(points), closed_hours=_ALL_DAY if closed else ())


def camera(name: str, title: str, *zones: Zone) -> Camera:
    """A camera marked as staged; its addresses come with the server."""
    return Camera(id=CameraId(name), name=title, zones=zones, staged=True)


def market_corner() -> Script:
    """A bag is left by a passer-by at a corner where dumping is forbidden."""
    place = camera(
        "nga-ba-cho",
        "Ngã ba chợ",
        zone(
            "goc-duong", Purpose.NO_DUMPING,
            (0.0, 0.40), (0.13, 0.37), (1.0, 0.37), (1.0, 0.45), (0.6, 0.62), (0.3, 0.84), (0.0, 0.97),
        ),
    )  # fmt: skip
    bag = Action(
        do=Act.LEAVE, start_s=12, end_s=138, thing="rubbish_bag", at=Point(0.37, 0.66), seed=1, taken=True,
        path=(Point(-0.06, 0.78), Point(1.08, 0.42)), event="abandoned_object", zone="goc-duong",
    )  # fmt: skip
    view = View(crop=Box(0.22, 0.10, 0.78, 0.78), mirror=True, warmth=0.3)
    return Script(name="bag", duration_s=SHORT_S, camera=place, view=view, actions=(bag,))


def market_pavement() -> Script:
    """Table, stools and umbrella of a stall are brought one after another and stay."""
    place = camera(
        "via-he-cho",
        "Vỉa hè cổng chợ",
        zone(
            "via-he", Purpose.SIDEWALK,
            (0.0, 0.30), (1.0, 0.36), (1.0, 0.80), (0.62, 0.60), (0.30, 0.49), (0.0, 0.43),
        ),
    )  # fmt: skip
    left, right = Point(-0.06, 0.38), Point(1.08, 0.62)
    pieces = (("table", 13, 0.300, 0.410), ("stools", 17, 0.185, 0.415), ("umbrella", 21, 0.335, 0.385))
    actions = tuple(
        Action(
            do=Act.LEAVE, start_s=at_s, end_s=216 + 5 * i, thing=thing, at=Point(x, y), seed=i, taken=True,
            path=(right, left) if i % 2 else (left, right),
            event="sidewalk_occupied", zone="via-he",
        )
        for i, (thing, at_s, x, y) in enumerate(pieces)
    )  # fmt: skip
    seller = Action(do=Act.WAIT, start_s=22, end_s=212, path=(right, Point(0.405, 0.415), right), seed=3)
    view = View(crop=Box(0.0, 0.15, 0.62, 0.62), shift_s=20)
    return Script(name="stall", duration_s=LOOP_S, camera=place, view=view, actions=(*actions, seller))


def school_gate() -> Script:
    """A motorbike is pushed onto the pavement in front of a school and left."""
    place = camera(
        "cong-truong",
        "Cổng trường tiểu học",
        zone(
            "via-he", Purpose.SIDEWALK,
            (0.0, 0.44), (0.84, 0.36), (1.0, 0.66), (1.0, 0.99), (0.80, 0.99), (0.30, 0.72), (0.0, 0.60),
        ),
    )  # fmt: skip
    bike = Action(
        do=Act.LEAVE, start_s=16, end_s=216, thing="motorbike", at=Point(0.54, 0.74), seed=0, taken=True,
        path=(Point(1.12, 0.92), Point(1.12, 0.86)), event="parked_on_sidewalk", zone="via-he",
    )  # fmt: skip
    view = View(crop=Box(0.38, 0.12, 0.62, 0.62), gain=0.95, shift_s=10)
    return Script(name="motorbike", duration_s=LOOP_S, camera=place, view=view, actions=(bike,))


def culture_house() -> Script:
    """People walk over a closed lawn: real ones, as they are in the sample clip."""
    place = camera(
        "nha-van-hoa",
        "Nhà văn hoá khu phố 5",
        zone(
            "bai-co", Purpose.RESTRICTED,
            (0.0, 0.46), (0.24, 0.47), (0.50, 0.68), (0.76, 0.80), (1.0, 0.88), (1.0, 1.0), (0.0, 1.0), closed=True,
        ),
    )  # fmt: skip
    shift = 36.0
    known = tuple(
        Expected(type="intrusion_zone", start_s=50.7 - shift, end_s=end - shift, box=box, zone="bai-co", note="real")
        for end, box in ((73.0, Box(0.49, 0.73, 0.07, 0.26)), (59.3, Box(0.31, 0.60, 0.06, 0.18)))
    )
    return Script(name="lawn", duration_s=_CLIP_S, camera=place, view=View(shift_s=shift), known=known)


def alley() -> Script:
    """Somebody holds a cloth over the lens for twenty seconds; a resident's windows are masked."""
    place = camera(
        "dau-hem-12",
        "Đầu hẻm 12",
        zone("loi-di", Purpose.WATCH, (0.0, 0.46), (1.0, 0.46), (1.0, 0.56), (0.6, 0.66), (0.2, 0.93), (0.0, 0.99)),
        zone("cua-so-nha-dan", Purpose.PRIVACY_MASK, (0.03, 0.0), (0.60, 0.0), (0.60, 0.14), (0.03, 0.14)),
    )
    cover = Action(do=Act.COVER, start_s=45, end_s=65, event="camera_tampering")
    view = View(crop=Box(0.10, 0.05, 0.70, 0.70), mirror=True, gain=0.88, warmth=-0.3, shift_s=55)
    return Script(name="covered", duration_s=SHORT_S, camera=place, view=view, actions=(cover,))


def bus_stop() -> Script:
    """The stream stops for half a minute and comes back."""
    place = camera(
        "tram-xe-buyt",
        "Trạm xe buýt",
        zone("san-cho", Purpose.WATCH, (0.0, 0.20), (0.6, 0.10), (1.0, 0.12), (1.0, 0.24), (0.4, 0.58), (0.0, 0.78)),
    )
    cut = Action(do=Act.CUT, start_s=75, end_s=105, event="stream_cut")
    view = View(crop=Box(0.30, 0.30, 0.70, 0.70), mirror=True, shift_s=30)
    return Script(name="cut", duration_s=SHORT_S, camera=place, view=view, actions=(cut,))


def demo() -> tuple[Script, ...]:
    """The six places of the demonstration, the one found first in front."""
    return market_corner(), culture_house(), market_pavement(), school_gate(), alley(), bus_stop()
