"""Sidewalk encroachment: area × time."""

from dataclasses import replace
from datetime import time as TimeOfDay  # noqa: N812

import pytest
from tests.unit.rules.scenes import every, place, play, scene, t, thing

from matpho.domain.camera import Hours, Purpose
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.observation import Group, Scene
from matpho.rules.sidewalk_encroachment import SidewalkEncroachment

pytestmark = pytest.mark.unit

STALL = Box(0.1, 0.5, 0.2, 0.2)  # 0.04 of the frame, 8 % of the zone, which is its left half
STOOL = Box(0.3, 0.8, 0.05, 0.05)  # 0.5 % of the zone


def stall(at: float, **kind: object) -> Scene:
    return scene(at, static=[thing(1, box=STALL, now=at, group=Group.FURNITURE, **kind)])  # type: ignore[arg-type]


def test_a_stall_is_told_after_two_minutes_with_its_share():
    (hit,) = play(SidewalkEncroachment(place(Purpose.SIDEWALK)), every(1, 0, 125), stall)
    assert hit.at == t(120)
    assert hit.start == t(0)
    assert hit.figures["area_share"] == pytest.approx(0.08)
    assert "8%" in hit.why.vi
    assert "8%" in hit.why.en


def test_small_things_add_up():
    def stools(at: float) -> Scene:
        boxes = [Box(0.05 * i, 0.8, 0.05, 0.05) for i in range(8)]
        return scene(at, static=[thing(i, box=b, now=at) for i, b in enumerate(boxes)])

    (hit,) = play(SidewalkEncroachment(place(Purpose.SIDEWALK)), every(1, 0, 125), stools)
    assert hit.figures["objects"] == 8


def test_one_stool_parked_vehicles_and_people_are_no_encroachment():
    rule = SidewalkEncroachment(place(Purpose.SIDEWALK))
    assert play(rule, every(1, 0, 200), lambda at: scene(at, static=[thing(1, box=STOOL, now=at)])) == []
    for group in (Group.VEHICLE, Group.TWO_WHEELER, Group.PERSON):
        rule = SidewalkEncroachment(place(Purpose.SIDEWALK))
        parked = [thing(1, box=STALL, group=group)]
        assert play(rule, every(1, 0, 200), lambda at, parked=parked: scene(at, static=parked)) == []


def test_time_counts_from_when_enough_was_set_down():
    def grows(at: float) -> Scene:
        things = [thing(1, box=STOOL, now=at)]
        return scene(at, static=things + ([thing(2, box=STALL, appeared=50.0, now=at)] if at >= 50 else []))

    (hit,) = play(SidewalkEncroachment(place(Purpose.SIDEWALK)), every(1, 0, 175), grows)
    assert hit.at == t(170)


def test_customers_in_front_of_it_do_not_restart_the_clock_but_clearing_it_does():
    def hidden(first: float, last: float):
        return lambda at: scene(at) if first <= at < last else stall(at, appeared=0.0 if at < first else last)

    short = play(SidewalkEncroachment(place(Purpose.SIDEWALK)), every(1, 0, 125), hidden(60, 66))
    assert [h.at for h in short] == [t(120)]
    assert play(SidewalkEncroachment(place(Purpose.SIDEWALK)), every(1, 0, 150), hidden(60, 90)) == []


def test_permitted_hours_do_not_count():
    hours = (Hours(TimeOfDay(0, 0), TimeOfDay(0, 2)),)
    (hit,) = play(SidewalkEncroachment(place(Purpose.SIDEWALK, permitted=hours)), every(1, 0, 245), stall)
    assert hit.start == t(119)
    assert hit.at == t(239)


def test_its_end_is_told():
    rule = SidewalkEncroachment(place(Purpose.SIDEWALK))
    hits = play(rule, every(1, 0, 150), lambda at: stall(at) if at < 130 else scene(at))
    assert [h.end for h in hits] == [None, t(129)]
    play(rule, every(1, 151, 290), lambda at: stall(at, appeared=151.0))
    (ended,) = rule.finish(t(291))
    assert ended.end == t(291)
    assert ended.id != hits[0].id


def test_on_a_calibrated_camera_it_speaks_of_square_metres_and_of_the_width_that_is_left():
    at = place(Purpose.SIDEWALK)
    corners = (Point(0, 1), Point(1, 1), Point(1, 0), Point(0, 0))  # ten metres by ten, seen from straight above
    at = replace(at, camera=replace(at.camera, ground=corners, ground_size_m=(10.0, 10.0)))
    (hit,) = play(SidewalkEncroachment(at), every(1, 0, 125), stall)
    assert hit.figures["area_m2"] == pytest.approx(4.0, rel=0.01)
    assert hit.figures["zone_m2"] == pytest.approx(50.0)
    assert hit.figures["area_share"] == pytest.approx(0.08, rel=0.01)
    assert hit.figures["free_width_m"] == pytest.approx(2.0, abs=0.05)
    assert "khoảng 4,0 m² trên 50 m² vỉa hè" in hit.why.vi
    assert "Lối đi còn 2,0 m." in hit.why.vi
    assert "about 4.0 m² of the 50 m² of the sidewalk" in hit.why.en
    little = replace(at, zone=replace(at.zone, rules={"sidewalk_encroachment": {"min_area_m2": 4.5}}))
    assert play(SidewalkEncroachment(little), every(1, 0, 200), stall) == []


def test_near_and_far_weigh_alike_on_a_calibrated_camera():
    below = Polygon((Point(0, 0.22), Point(0.5, 0.22), Point(0.5, 1), Point(0, 1)))  # of the horizon
    at = place(Purpose.SIDEWALK, polygon=below)
    corners = (Point(0, 1), Point(1, 1), Point(0.6, 0.2), Point(0.4, 0.2))  # far things are a fifth as wide
    at = replace(at, camera=replace(at.camera, ground=corners, ground_size_m=(10.0, 20.0)))
    near, far = Box(0.1, 0.9, 0.1, 0.1), Box(0.44, 0.26, 0.028, 0.03)

    def told(box: Box) -> float:
        rule = SidewalkEncroachment(replace(at, zone=replace(at.zone, rules=EVERYTHING)))
        return play(rule, every(1, 0, 2), lambda now: scene(now, static=[thing(1, box=box, now=now)]))[0].figures[
            "area_m2"
        ]

    assert 0.6 < told(near) / told(far) < 1.6, "on the picture the near one is twelve times as large"


EVERYTHING = {"sidewalk_encroachment": {"min_duration_s": 0, "min_area_share": 0, "min_area_m2": 0}}
