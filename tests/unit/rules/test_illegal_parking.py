"""Illegal parking: what stands and stays, and not what waits in a queue."""

from dataclasses import replace
from datetime import time

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, thing, track, trail

from matpho.domain.camera import Camera, Hours, Purpose, Zone
from matpho.domain.geometry import Box, Point
from matpho.domain.ids import ZoneId
from matpho.domain.observation import Group, LampColour, LampState, Scene, Track
from matpho.rules.illegal_parking import IllegalParking
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit

CAR = Group.VEHICLE
"""A street seen from behind the traffic: cars come from below and drive up the picture."""


def driving(at: float, *, stops: float, x: float = 0.25, y: float = 0.6, leaves: float = 1e9) -> Box:
    """A car that drives up the picture, stands at (x, y) from ``stops`` to ``leaves``, and drives on."""
    if at < stops:
        return standing(x, min(0.99, y + 0.15 * (stops - at)), height=0.12, width=0.1)
    gone = max(0.0, at - leaves)
    return standing(x, max(0.13, y - 0.15 * gone), height=0.12, width=0.1)


def queue(at: float, *, stays: bool) -> list[Track]:
    """Three cars stop behind one another at 10, 12 and 14 s and drive on at 70; the last one stays if it ``stays``."""
    places = ((1, 10, 0.45, 70.0), (2, 12, 0.6, 71.5), (3, 14, 0.75, 1e9 if stays else 73.0))
    boxes = [(n, driving(at, stops=stops, y=y, leaves=leaves)) for n, stops, y, leaves in places]
    return [track(n, box, at, group=CAR) for n, box in boxes if 0.14 < box.bottom < 0.98]


def rule(minimum: float = 120, **kwargs: tuple[Hours, ...]) -> IllegalParking:
    return IllegalParking(place(Purpose.NO_PARKING, rules={"illegal_parking": {"min_duration_s": minimum}}, **kwargs))


def came(at: float) -> Scene:
    """A car comes and stands from 6 s on."""
    return scene(at, tracks=[trail(1, lambda s: driving(s, stops=6), at, step=0.5)])


def test_a_car_that_stays_is_told_once_after_two_minutes():
    told = play(rule(), every(0.5, 0, 200), came)
    assert len({h.id for h in told}) == 1
    assert abs(told[0].at - t(126)) <= t(1)
    assert told[0].why.vi.startswith("Ô tô đỗ ở nơi cấm đỗ từ giây")
    assert told[0].thing == "track:1"


@pytest.mark.parametrize("step", [0.2, 1.0])
def test_its_dwell_survives_passing_lorries_and_broken_tracks(step: float):
    """Every half minute it is hidden for eight seconds, and its track has a new number afterwards."""

    def hidden(at: float) -> Scene:
        number = 1 + int(at) // 30
        return scene(at, tracks=[] if at % 30 > 22 else [track(number, driving(at, stops=6), at, group=CAR)])

    told = play(rule(), every(step, 0, 150), hidden)
    assert len({h.id for h in told}) == 1
    assert told[0].at <= t(132)
    assert abs(told[0].start - t(6)) <= t(1)


def test_who_stood_there_from_the_start_is_dated_at_least():
    (hit,) = play(rule(), every(1, 0, 130), lambda at: scene(at, tracks=[track(1, standing(0.3, 0.8), at, group=CAR)]))
    assert "ít nhất từ" in hit.why.vi
    assert "since at least" in hit.why.en


def test_a_queue_is_not_told_and_who_stays_behind_is():
    moved_on = play(rule(20), every(0.5, 0, 120), lambda at: scene(at, tracks=queue(at, stays=False)))
    assert moved_on == []
    told = play(rule(20), every(0.5, 0, 120), lambda at: scene(at, tracks=queue(at, stays=True)))
    assert {h.thing for h in told} == {"track:3"}
    assert t(88) <= told[0].at <= t(98)  # twenty seconds after the others had gone
    assert "không kể lúc chờ" in told[0].why.vi


def test_the_first_at_a_stop_line_waits():
    zone = place(Purpose.NO_PARKING, rules={"illegal_parking": {"min_duration_s": 30}}).zone
    line = Zone(
        id=ZoneId("vach"), purpose=Purpose.STOP_LINE, line=(Point(0.1, 0.58), Point(0.4, 0.58)), direction=(0, -1)
    )
    assert zone is not None
    waiting = IllegalParking(Place(Camera(id=place().camera.id, name="c", zones=(zone, line)), zone, None, "r"))
    alone = [came(at) for at in every(0.5, 0, 100)]
    assert [h for one in alone for h in waiting.update(one)] == []
    green = {line.id: LampState(LampColour.GREEN, t(20))}
    broken_down = IllegalParking(Place(Camera(id=place().camera.id, name="c", zones=(zone, line)), zone, None, "r"))
    told = [h for one in alone for h in broken_down.update(replace(one, lamps=green if one.at >= t(20) else {}))]
    assert t(58) <= told[0].at <= t(62)  # thirty seconds of a green lamp, after the ten that starting may take
    elsewhere = IllegalParking(Place(Camera(id=place().camera.id, name="c", zones=(zone,)), zone, None, "r"))
    assert [h for one in alone for h in elsewhere.update(one)] != []


def test_two_parked_side_by_side_are_told_once_traffic_has_passed_them_for_long():
    def parked(at: float) -> Scene:
        row = [track(1, standing(0.2, 0.8), at, group=CAR), track(2, standing(0.33, 0.8), at, group=CAR)]
        begun = 10 * (int(at) // 10)
        passing = trail(10 + begun, lambda s: standing(0.05 + 0.08 * (s - begun), 0.93), at, step=0.5, since=begun)
        return scene(at, tracks=[*row, passing])

    told = play(rule(), every(0.5, 0, 170), parked)
    assert {h.thing for h in told} == {"track:1", "track:2"}
    assert all(t(145) <= h.at <= t(155) for h in told[:2])


def test_a_short_stop_people_and_what_stands_beside_the_zone_are_silent():
    def short(at: float) -> Scene:
        stops = track(1, driving(at, stops=6, leaves=100), at, group=CAR)
        beside = track(2, standing(0.8, 0.8), at, group=CAR)
        person = track(3, standing(0.1, 0.8), at)
        return scene(at, tracks=[stops, beside, person] if stops.now.box.bottom > 0.14 else [beside, person])

    assert play(rule(), every(0.5, 0, 250), short) == []


def test_permitted_hours_do_not_count():
    """Parking is free for the day's first five minutes."""
    free = (Hours(time(0, 0), time(0, 5)),)
    told = play(
        rule(permitted=free),
        every(1, 0, 430),
        lambda at: scene(at, static=[thing(box=standing(0.3, 0.8), now=at, group=CAR)]),
    )
    assert told[0].at == t(419)
    assert told[0].start == t(299)
