"""Stopped vehicle: what blocks a lane, and not what waits in one."""

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, track, trail

from matpho.domain.camera import Purpose
from matpho.domain.observation import Group, Scene
from matpho.rules.stopped_vehicle import StoppedVehicle

pytestmark = pytest.mark.unit


def rule() -> StoppedVehicle:
    return StoppedVehicle(place(Purpose.ROADWAY))


def test_a_breakdown_is_told_after_a_minute_while_others_drive_past():
    def blocked(at: float) -> Scene:
        begun = 5 * (int(at) // 5)
        passing = trail(10 + begun, lambda s: standing(0.4, 0.95 - 0.15 * (s - begun), width=0.06), at, since=begun)
        return scene(at, tracks=[track(1, standing(0.2, 0.7), at, group=Group.VEHICLE), passing])

    told = play(rule(), every(0.2, 0, 80), blocked)
    assert [h.thing for h in told] == ["track:1"]
    assert told[0].at == t(60)
    assert "trên lòng đường" in told[0].why.vi


def test_a_jam_that_stands_for_two_minutes_and_creeps_on_is_silent():
    def jam(at: float) -> Scene:
        moved = 0.0 if at < 130 else 0.02 * (at - 130)
        rows = [(n, 0.95 - 0.15 * n - moved) for n in range(5)]
        return scene(
            at, tracks=[track(n, standing(0.25, y, height=0.13), at, group=Group.VEHICLE) for n, y in rows if y > 0.15]
        )

    assert play(rule(), every(0.5, 0, 180), jam) == []


def test_motorbikes_that_filter_past_a_queue_do_not_make_it_parked():
    def red(at: float) -> Scene:
        cars = [track(n, standing(0.2, 0.95 - 0.2 * n, height=0.18), at, group=Group.VEHICLE) for n in range(3)]
        begun = 3 * (int(at) // 3)
        bike = trail(
            50 + begun, lambda s: standing(0.3, 0.95 - 0.2 * (s - begun), height=0.1, width=0.03), at,
            since=begun, group=Group.TWO_WHEELER,
        )  # fmt: skip
        return scene(at, tracks=[*cars, bike])

    assert play(rule(), every(0.2, 0, 200), red) == []


def test_walkers_and_what_crosses_the_road_are_silent():
    def crossing(at: float) -> Scene:
        return scene(at, tracks=[track(1, standing(0.3, 0.8), at), track(2, standing(0.05 + 0.004 * at, 0.6), at)])

    assert play(rule(), every(1, 0, 100), crossing) == []
