"""Plain warnings: each for what it is about, none where all is well."""

from datetime import time as TimeOfDay  # noqa: N812

import pytest

from matpho.casework.advice import Weight
from matpho.casework.density import Dori, People, Stream, density, dori, heights_in, share_below, spots
from matpho.casework.zone_advice import LampSeen, Site, advise_zones
from matpho.domain.camera import Hours, Purpose, StreamRole, Zone
from matpho.domain.geometry import Box, Point, polygon
from matpho.domain.ground import GroundPlane
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

SUB = Stream(role=StreamRole.SUB, width=640, height=360, fps=10.0)
MAIN = Stream(role=StreamRole.MAIN, width=1920, height=1080, fps=25.0, gop_s=2.0)
NEAR = [(0.1, 0.6), (0.9, 0.6), (0.9, 0.95), (0.1, 0.95)]
NIGHT = (Hours(TimeOfDay(22), TimeOfDay(5)),)
# a rectangle 6 m wide and 10 m deep that fills the lower half of the picture
GROUND = GroundPlane((Point(0.0, 1.0), Point(1.0, 1.0), Point(0.65, 0.5), Point(0.35, 0.5)), (6.0, 10.0))


def zone(purpose=Purpose.RESTRICTED, corners=NEAR, **more):
    if purpose is Purpose.RESTRICTED:
        more.setdefault("closed_hours", NIGHT)
    return Zone(id=ZoneId("z"), purpose=purpose, polygon=polygon(corners), **more)


def stop_line(y=0.7, **more):
    values = {"direction": (0.0, -1.0), "lamp": Box(0.8, 0.1, 0.05, 0.15)} | more
    return Zone(id=ZoneId("z"), purpose=Purpose.STOP_LINE, line=(Point(0.2, y), Point(0.8, y)), **values)


def told(*zones, analysed=SUB, recorded=MAIN, ground=GROUND, people=None, undecided=None, lamps=None):
    site = Site(
        zones=zones,
        ground=ground,
        analysed=analysed,
        recorded=recorded,
        people=people or {},
        undecided=undecided or {},
        lamps=lamps or {},
    )
    return advise_zones(site)


def codes(*zones, **site):
    return [a.code for a in told(*zones, **site)]


def test_a_camera_that_is_well_set_up_is_left_alone():
    assert codes(zone(), stop_line()) == []


def test_zones_that_no_rule_watches_are_left_alone():
    assert codes(zone(Purpose.PRIVACY_MASK), zone(Purpose.IGNORE), analysed=None) == []


def test_people_too_small_are_told_in_pixels_and_with_what_it_costs():
    far = [(0.35, 0.505), (0.65, 0.505), (0.65, 0.64), (0.35, 0.64)]
    small = Stream(role=StreamRole.SUB, width=320, height=180, fps=10)
    far_off = GroundPlane(GROUND.corners, (30.0, 60.0))
    (advice,) = told(zone(corners=far), analysed=small, ground=far_off)
    assert (advice.code, advice.weight, advice.zone_id) == ("few_pixels", Weight.BAD, "z")
    pixels = 1.6 * density(zone(corners=far), small, far_off, None).least
    assert f"người chỉ cao {pixels:.0f} điểm ảnh" in advice.said.vi
    assert "entry to a closed area" in advice.said.en


def test_only_the_far_part_too_small_is_a_lesser_warning():
    deep = [(0.1, 0.5), (0.9, 0.5), (0.9, 0.99), (0.1, 0.99)]
    wide = GroundPlane(GROUND.corners, (22.0, 60.0))
    assert codes(zone(corners=deep), ground=wide) == ["few_pixels_far"]


def test_without_a_drawn_ground_the_people_who_walked_there_are_the_scale():
    tiny = {ZoneId("z"): People(30, 0.025)}  # 9 of 360 pixels
    (advice,) = told(zone(), ground=None, people=tiny)
    assert "chỉ cao 9 điểm ảnh" in advice.said.vi
    assert codes(zone(), ground=None, people={ZoneId("z"): People(30, 0.2)}) == []
    assert codes(zone(), ground=None) == []


def test_more_pixels_than_are_looked_at_are_no_help():
    tiny = {ZoneId("z"): People(30, 0.025)}
    large = Stream(role=StreamRole.SUB, width=2560, height=1440, fps=10)
    assert codes(zone(), ground=None, people=tiny, analysed=large) == ["few_pixels"]


@pytest.mark.parametrize(("height", "odd"), [(0.3, False), (0.05, True), (0.9, True)])
def test_people_of_an_impossible_height_show_a_wrong_rectangle(height, odd):
    found = codes(zone(), people={ZoneId("z"): People(20, height)})
    assert ("calibration_odd" in found) == odd


def test_a_stop_line_needs_direction_and_lamp():
    assert codes(stop_line(direction=None, lamp=None)) == ["no_direction", "no_lamp"]
    assert {a.weight for a in told(stop_line(direction=None, lamp=None))} == {Weight.BAD}


def test_a_lamp_of_two_pixels_is_no_lamp():
    (advice,) = told(stop_line(lamp=Box(0.8, 0.1, 0.0035, 0.02)))
    assert (advice.code, "2,2 điểm ảnh" in advice.said.vi) == ("lamp_small", True)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (LampSeen(40, 0, 0), "đèn đỏ hay xanh nào"),
        (LampSeen(40, 0, 12), "đèn đỏ nào"),
        (LampSeen(40, 9, 0), "đèn xanh nào"),
        (LampSeen(40, 12, 3), "đèn xanh nào"),  # a box over the traffic: tail lights, now and then something green
        (LampSeen(40, 9, 12), None),
        (LampSeen(15, 0, 0), None),
    ],
)
def test_a_lamp_box_beside_the_signal_is_told_once_there_are_pictures_enough(seen, said):
    found = [a for a in told(stop_line(), lamps={ZoneId("z"): seen}) if a.code == "lamp_unseen"]
    assert [said in a.said.vi for a in found] == ([] if said is None else [True])


def test_a_stop_line_at_the_edge_sees_nobody_beyond_it():
    assert codes(stop_line(y=0.05), ground=None) == ["line_at_edge"]
    assert codes(stop_line(y=0.97, direction=(0.0, 1.0)), ground=None) == ["line_at_edge"]


def test_traffic_needs_five_pictures_a_second_and_others_two():
    slow = Stream(role=StreamRole.SUB, width=640, height=360, fps=3.0)
    assert codes(stop_line(), analysed=slow) == ["fps_low"]
    assert codes(zone(), analysed=slow) == []
    assert codes(stop_line(), analysed=Stream(role=StreamRole.SUB, width=640, height=360, fps=0.0)) == []


def test_a_zone_smaller_than_what_it_looks_for():
    speck = [(0.5, 0.7), (0.51, 0.7), (0.51, 0.71), (0.5, 0.71)]
    (advice,) = (a for a in told(zone(corners=speck)) if a.code == "zone_small")
    assert advice.weight is Weight.BAD
    assert "6×4" in advice.said.vi


def test_hours_that_nobody_wrote_down_are_noted():
    assert codes(zone(Purpose.SIDEWALK)) == ["no_hours"]
    assert codes(zone(closed_hours=())) == ["no_hours"]
    assert codes(zone(Purpose.SIDEWALK, permitted_hours=NIGHT)) == []


def test_a_place_where_people_gather_is_judged_before_a_decision_wakes_its_rules():
    tiny = {ZoneId("z"): People(30, 0.08)}  # 29 of 360 pixels: enough to count people, too few to tell a fight
    (advice,) = told(zone(Purpose.GATHERING), ground=None, people=tiny)
    assert (advice.code, advice.weight) == ("few_pixels", Weight.BAD)
    assert "possible fight" in advice.said.en
    assert "crowd" not in advice.said.en
    off = {"fight": {"enabled": False}, "person_down": {"enabled": False}}
    assert codes(zone(Purpose.GATHERING, rules=off), ground=None, people=tiny) == []
    slow = Stream(role=StreamRole.SUB, width=640, height=360, fps=3.0)
    (advice,) = told(zone(Purpose.GATHERING), analysed=slow)
    assert (advice.code, "fight" in advice.said.en, "crowd" in advice.said.en) == ("fps_low", True, False)


def test_what_no_decision_allows_now_is_said_and_is_no_warning():
    asleep = {ZoneId("z"): ("crowd", "fight")}
    (advice,) = told(zone(Purpose.GATHERING, rules={"fight": {"enabled": False}}), undecided=asleep)
    assert (advice.code, advice.weight, advice.zone_id) == ("undecided", Weight.NOTE, "z")
    assert "đông người bất thường" in advice.said.vi
    assert "đánh nhau" not in advice.said.vi, "switched off there all the same"


def test_a_rider_must_be_as_high_as_the_rules_of_traffic_say():
    # as docs/kinds/red_light.md and wrong_way.md: 40 pixels at the line, 30 in the lane
    def lacking(one, px):
        found = told(one, ground=None, people={ZoneId("z"): People(30, px / 360)})
        return [a.said.en for a in found if a.code == "few_pixels"]

    lane = zone(Purpose.ROADWAY, direction=(0.0, 1.0))
    assert lacking(stop_line(), 41) == []
    (line,) = lacking(stop_line(), 35)
    assert "red light violation, jumping the green" in line
    assert lacking(lane, 31) == []
    (said,) = lacking(lane, 28)
    assert "wrong way" in said
    assert "stopped" not in said, "a car that stands is seen at that size"


def test_a_roadway_without_a_direction_finds_nobody_who_goes_against_it():
    assert codes(zone(Purpose.ROADWAY)) == ["no_direction"]
    assert codes(zone(Purpose.ROADWAY, direction=(0.0, 1.0))) == []


def test_a_zone_under_an_area_that_is_not_analysed():
    cover = Zone(id=ZoneId("i"), purpose=Purpose.IGNORE, polygon=polygon([(0, 0.5), (0.5, 0.5), (0.5, 1), (0, 1)]))
    (advice,) = told(zone(), cover)
    assert (advice.code, advice.zone_id) == ("ignored", "z")


def test_key_pictures_far_apart_and_a_missing_sub_stream():
    smart = Stream(role=StreamRole.MAIN, width=1920, height=1080, fps=25, gop_s=12.5)
    (advice,) = told(zone(), recorded=smart)
    assert (advice.code, advice.zone_id, "12,5 giây" in advice.said.vi) == ("gop_long", None, True)
    assert codes(zone(), analysed=MAIN) == ["no_sub"]
    assert codes(zone(), analysed=None) == ["unseen"]


def test_every_sentence_is_in_both_languages_and_the_gravest_come_first():
    found = told(stop_line(direction=None, lamp=None, y=0.05), zone(Purpose.SIDEWALK), analysed=MAIN)
    order = list(Weight)
    assert [order.index(a.weight) for a in found] == sorted((order.index(a.weight) for a in found), reverse=True)
    assert all(a.said.vi and a.said.en and a.said.vi != a.said.en for a in found)


@pytest.mark.parametrize(
    ("scale", "level"),
    [(24.9, Dori.BELOW), (25, Dori.DETECT), (62.5, Dori.OBSERVE), (125, Dori.RECOGNISE), (250, Dori.IDENTIFY)],
)
def test_the_levels_of_the_standard(scale, level):
    assert dori(scale) is level


def test_the_density_of_a_zone_is_least_where_it_is_far():
    near = density(zone(), SUB, GROUND, None)
    main = density(zone(), MAIN, GROUND, None)
    assert near.least < near.most
    assert main.least == pytest.approx(3 * near.least)
    assert near.most < 640 / 6 * 1.01, "the near edge is 6 m across"
    assert density(zone(), SUB, None, None) is None
    people = density(zone(), SUB, None, People(9, 0.2))
    assert (people.basis, people.n, people.least) == ("people", 9, pytest.approx(45.0))


def test_above_the_horizon_is_too_far():
    sky = zone(corners=[(0.1, 0.0), (0.9, 0.0), (0.9, 0.05), (0.1, 0.05)])
    assert share_below(sky, SUB, GROUND, 1.0) == 1.0
    assert density(sky, SUB, GROUND, None) is None


def track(number, height, x=0.5, group=Group.PERSON, foot=0.8):
    box = Box(x, foot - height, 0.05, height)
    return TrackEnded(CameraId("c"), number, group, at(number), at(number + 5), ((at(number), box),))


def test_people_are_measured_where_they_stand_and_few_say_nothing():
    area = zone().polygon
    crowd = [track(n, 0.2) for n in range(8)]
    assert heights_in(area, crowd) == People(8, 0.2)
    assert heights_in(area, crowd[:7]) is None
    assert heights_in(area, [*crowd[:7], track(9, 0.2, x=0.02)]) is None, "beside the zone"
    assert heights_in(area, [*crowd[:7], track(9, 0.2, group=Group.VEHICLE)]) is None
    assert heights_in(area, [*crowd[:7], track(9, 0.2, foot=1.0)]) is None, "cut by the frame"


def test_a_zone_has_places_inside_it():
    assert all(zone().polygon.contains(p) for p in spots(zone()))
    assert len(spots(stop_line())) == 9
    sliver = zone(corners=[(0.1, 0.1), (0.9, 0.1005), (0.9, 0.1)])
    assert spots(sliver), "even the thinnest has its corners"
