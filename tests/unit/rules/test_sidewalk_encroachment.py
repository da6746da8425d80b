"""Sidewalk encroachment: area × time."""

from datetime import time as TimeOfDay  # noqa: N812

import pytest
from tests.unit.rules.scenes import every, place, play, scene, t, thing

from matpho.domain.camera import Hours, Purpose
from matpho.domain.geometry import Box
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
