"""Stopped on a crosswalk: one hit per group, and none for what only crosses."""

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, track, trail

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.observation import Group, Scene
from matpho.rules.stopped_on_crosswalk import StoppedOnCrosswalk

pytestmark = pytest.mark.unit

ZEBRA = Polygon((Point(0.1, 0.6), Point(0.9, 0.6), Point(0.9, 0.68), Point(0.1, 0.68)))
BIKE = Group.TWO_WHEELER


def rule() -> StoppedOnCrosswalk:
    return StoppedOnCrosswalk(place(Purpose.CROSSWALK, polygon=ZEBRA))


def motorbike(at: float, x: float, *, stops: float, leaves: float = 1e9, y: float = 0.66) -> Box:
    """A motorbike that comes up the picture, stands at (x, y) from ``stops`` to ``leaves``, and rides on."""
    away = 0.25 * (max(0.0, at - leaves) - max(0.0, stops - at))
    return standing(x, y - away, height=0.15, width=0.05)


def waiting(at: float, step: float, *riders: tuple[float, float, float]) -> Scene:
    """Riders (x, stops, leaves) as far as they are in the picture."""

    def where(one: tuple[float, float, float], s: float) -> Box:
        return motorbike(s, one[0], stops=one[1], leaves=one[2])

    here = [(n, one) for n, one in enumerate(riders) if one[1] - 1.3 <= at <= one[2] + 1.8]
    return scene(
        at,
        tracks=[
            trail(n, lambda s, one=one: where(one, s), at, step=step, since=max(0.0, one[1] - 1.3), group=BIKE)
            for n, one in here
        ],
    )


@pytest.mark.parametrize("step", [0.17, 1.0])
def test_a_motorbike_that_stands_on_it_is_told_after_five_seconds(step: float):
    told = play(rule(), every(step, 0, 40), lambda at: waiting(at, step, (0.4, 6, 26)))
    assert len({h.id for h in told}) == 1
    assert t(10.5) <= told[0].at <= t(13)
    assert told[0].why.vi.startswith("Xe hai bánh dừng trên vạch qua đường từ giây")
    assert told[-1].end is not None
    assert abs(told[-1].end - t(26)) <= t(max(0.6, step))


def test_a_group_at_a_red_light_is_one_hit_although_its_members_change():
    riders = [(0.15 + 0.08 * n, 5 + n, 30 + n % 3) for n in range(9)] + [(0.15, 31.0, 45.0)]
    told = play(rule(), every(0.2, 0, 70), lambda at: waiting(at, 0.2, *riders))
    assert len({h.id for h in told}) == 1
    assert max(h.figures["vehicles"] for h in told) == 9
    assert told[-1].why.vi.startswith("9 xe dừng trên vạch qua đường")
    assert told[-1].box is not None
    assert told[-1].box.w > 0.6
    assert len(told) < 15  # a group that grows is not told with every newcomer


def test_the_next_red_light_is_another_hit():
    told = play(rule(), every(0.2, 0, 90), lambda at: waiting(at, 0.2, (0.4, 6, 26), (0.5, 60, 80)))
    assert len({h.id for h in told}) == 2


def test_riding_and_creeping_across_is_silent():
    def crossing(at: float) -> Scene:
        fast = trail(1, lambda s: standing(0.3, 0.9 - 0.1 * (s % 6), height=0.15, width=0.05), at, group=BIKE)
        slow = trail(
            2, lambda s: standing(0.6, max(0.4, 0.9 - 0.02 * s), height=0.15, width=0.12), at, group=Group.VEHICLE
        )
        return scene(at, tracks=[fast, slow])

    assert play(rule(), every(0.2, 0, 24), crossing) == []


def test_waiting_before_it_with_a_wheel_on_it_and_beyond_it_is_silent():
    def beside(at: float) -> Scene:
        places = ((1, 0.2, 0.8), (2, 0.4, 0.705), (3, 0.6, 0.585))  # behind the line; front wheel on it; past it
        bikes = [track(n, standing(x, y, height=0.15, width=0.05), at, group=BIKE) for n, x, y in places]
        nose = track(4, standing(0.8, 0.76, height=0.3, width=0.2), at, group=Group.VEHICLE)
        return scene(at, tracks=[*bikes, nose])

    assert play(rule(), every(0.2, 0, 60), beside) == []


def test_people_and_a_short_stop_for_them_are_silent():
    def yields(at: float) -> Scene:
        walkers = [track(10 + n, standing(0.2 + 0.1 * n, 0.65), at) for n in range(5)]
        return scene(at, tracks=[*walkers, *waiting(at, 0.2, (0.4, 6, 9.5)).tracks])

    assert play(rule(), every(0.2, 0, 40), yields) == []


def test_what_stands_there_at_the_end_of_the_recording_is_ended():
    watch = rule()
    told = play(watch, every(0.2, 0, 20), lambda at: waiting(at, 0.2, (0.4, 6, 26)))
    (last,) = watch.finish(t(20))
    assert (last.id, last.end) == (told[0].id, t(20))
