"""Riding on the sidewalk: ridden or driven along it, and not pushed, parked or only crossed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.rules.scenes import CAMERA, every, place, play, scene, standing, t, trail

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.observation import Group, Scene, Track
from matpho.rules.riding_on_sidewalk import RidingOnSidewalk
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit

PAVEMENT = Polygon((Point(0, 0.6), Point(1, 0.6), Point(1, 0.9), Point(0, 0.9)))
BIKE, CAR = Group.TWO_WHEELER, Group.VEHICLE
TALL = 0.2  # of a rider with the machine, in frame heights: about 1.7 m


def rule(**zone: tuple[float, float]) -> RidingOnSidewalk:
    at = place(Purpose.SIDEWALK, polygon=PAVEMENT)
    assert at.zone is not None
    return RidingOnSidewalk(replace(at, zone=replace(at.zone, **zone)))


def moving(at: float, *tracks: Track) -> Scene:
    """A scene in which the pixels of all tracks change."""
    return replace(scene(at, tracks=tracks), stirred=frozenset(track.id for track in tracks))


def ridden(s: float, pace: float = 2.5, *, start: float = 0.05) -> Box:
    """A rider at ``pace`` bodies a second along the pavement; the frame is 16:9."""
    return standing(min(start + pace * TALL * 9 / 16 * s, 1.2), 0.75, height=TALL, width=0.08)


def rolling(at: float, step: float, where: Callable[[float], Box], **kwargs: Group) -> list[Track]:
    """The track of something as long as it is in the picture, with an id of 1."""
    return [trail(1, where, at, step=step, **kwargs)] if where(at).ground.x < 0.97 else []


@pytest.mark.parametrize("step", [0.17, 0.45, 0.9])
def test_a_motorbike_driven_along_the_pavement_is_told_once(step: float):
    told = play(
        rule(), every(step, 0, 9), lambda at: moving(at, *rolling(at, step, lambda s: ridden(s, 1.6), group=BIKE))
    )
    assert len({h.id for h in told}) == 1
    assert told[0].at <= t(1.5 + 2 * step)
    assert told[0].why.vi.startswith("Xe hai bánh chạy trên vỉa hè từ giây")
    assert told[-1].end is not None
    assert told[-1].figures["pace_m_s"] == pytest.approx(2.7, abs=0.3)


def test_a_slow_cyclist_sits_above_the_wheels():
    def slowly(at: float) -> Scene:
        bike = trail(1, lambda s: standing(0.1 + 0.05 * s, 0.75, height=0.14, width=0.08), at, group=BIKE)
        rider = trail(2, lambda s: standing(0.1 + 0.05 * s, 0.72, height=0.18, width=0.06), at, group=Group.PERSON)
        return moving(at, bike, rider)

    told = play(rule(), every(0.2, 0, 12), slowly)
    assert {h.thing for h in told} == {"track:1"}


@pytest.mark.parametrize(("shown", "told"), [(2, True), (10, False)])
def test_a_slow_cyclist_who_is_one_with_the_machine_is_told_by_being_seen_to_sit(shown: int, told: bool):  # noqa: FBT001
    def slowly(at: float) -> Scene:
        bike = trail(1, lambda s: standing(0.1 + 0.05 * s, 0.75, height=0.24, width=0.08), at, group=BIKE)
        now = replace(bike.now, seated=round(at * 5) % shown == 0)
        return moving(at, replace(bike, path=(*bike.path[:-1], now)))

    assert bool(play(rule(), every(0.2, 0, 12), slowly)) is told


def test_who_pushes_a_bicycle_is_on_foot():
    def pushing(at: float) -> Scene:
        bike = trail(1, lambda s: standing(0.1 + 0.05 * s, 0.75, height=0.14, width=0.08), at, group=BIKE)
        walker = trail(2, lambda s: standing(0.08 + 0.05 * s, 0.75, height=0.19, width=0.06), at, group=Group.PERSON)
        return moving(at, bike, walker)

    assert play(rule(), every(0.2, 0, 15), pushing) == []


def test_a_machine_at_walking_pace_with_nobody_to_be_seen_is_not_told():
    assert play(rule(), every(0.2, 0, 15), lambda at: moving(at, *rolling(at, 0.2, lambda s: ridden(s, 0.8), group=BIKE))) == []  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("alone", [False, True])
def test_who_walks_past_a_parked_machine_and_takes_its_track_along_rides_nothing(alone: bool):  # noqa: FBT001
    """The box shows rider and machine while somebody stands behind it, and then only the one who walks on."""

    def past(s: float) -> Box:
        return standing(0.2 + 0.2 * max(0.0, s - 0.6), 0.75, height=TALL, width=0.08)

    def passes(at: float) -> Scene:
        where = trail(1, past, at, group=BIKE)
        points = [replace(p, seated=p.at < t(0.6), alone=alone and p.at > t(0.6)) for p in where.path]
        return moving(at, replace(where, path=tuple(points)))

    told = play(rule(), every(0.2, 0, 4), passes)
    assert bool(told) is not alone


def test_crossing_into_a_gate_is_no_riding_along_it():
    def crossing(at: float) -> Scene:
        return moving(at, trail(1, lambda s: standing(0.5, min(0.95, 0.58 + 0.12 * s), height=TALL), at, group=BIKE))

    assert play(rule(), every(0.2, 0, 6), crossing) == []
    assert play(rule(direction=(1.0, 0.0)), every(0.2, 0, 6), crossing) == []
    assert play(rule(direction=(0.0, 1.0)), every(0.2, 0, 6), crossing) == []  # too short


def test_a_car_that_drives_along_it_is_told_and_one_on_the_road_is_not():
    def driving(y: float) -> Callable[[float], Scene]:
        return lambda at: moving(
            at, *rolling(at, 0.2, lambda s: standing(0.1 + 0.1 * s, y, height=0.2, width=0.2), group=CAR)
        )

    told = play(rule(), every(0.2, 0, 8), driving(0.75))
    assert {h.thing for h in told} == {"track:1"}
    assert "A vehicle drove" in told[0].why.en
    assert play(rule(), every(0.2, 0, 8), driving(0.97)) == []


def test_people_what_is_parked_and_boxes_that_jump_along_a_row_are_silent():
    def row(at: float) -> Scene:
        parked = trail(1, lambda _: standing(0.2, 0.75, height=TALL), at, group=BIKE)
        walker = trail(2, lambda s: standing(0.1 + 0.05 * s, 0.8), at, group=Group.PERSON)
        jumps = trail(3, lambda s: standing(0.5 + 0.08 * (round(s * 5) % 4), 0.7, height=TALL), at, group=BIKE)
        return moving(at, parked, walker, jumps)

    assert play(rule(), every(0.2, 0, 12), row) == []


def test_boxes_that_drift_where_nothing_changes_are_silent():
    still = [scene(at, tracks=rolling(at, 0.2, ridden, group=BIKE)) for at in every(0.2, 0, 8)]
    watch = rule()
    assert [h for one in still for h in watch.update(one)] == []


def test_a_broken_track_is_one_ride_and_predicted_points_are_none():
    def broken(at: float) -> Scene:
        number = 1 if at < 2.4 else 2
        where = ridden(at, 1.6)
        if 2.4 <= at < 3.0 or where.ground.x > 0.97:
            return moving(at)
        since = 0.0 if number == 1 else 3.0
        return moving(at, trail(number, lambda s: ridden(s, 1.6), at, since=since, group=BIKE))

    assert len({h.id for h in play(rule(), every(0.2, 0, 9), broken)}) == 1

    def predicted(at: float) -> Scene:
        return moving(at, trail(1, ridden, at, group=BIKE, unseen=lambda s: s > 0.5))

    assert play(rule(), every(0.2, 0, 6), predicted) == []


def test_a_calibrated_camera_counts_metres():
    """Twenty metres of pavement look as wide as the frame: what crawls on the picture is fast."""
    at = place(Purpose.SIDEWALK, polygon=PAVEMENT)
    corners = (Point(0.0, 0.9), Point(1.0, 0.9), Point(1.0, 0.6), Point(0.0, 0.6))
    camera = Camera(id=CAMERA, name="c", ground=corners, ground_size_m=(60.0, 6.0))
    told = play(
        RidingOnSidewalk(Place(camera, at.zone, None, "run")),
        every(0.2, 0, 6),
        lambda s: moving(s, *rolling(s, 0.2, lambda x: ridden(x, 0.8), group=BIKE)),
    )
    assert told[0].figures["pace_m_s"] == pytest.approx(0.8 * TALL * 9 / 16 * 60, abs=0.5)
