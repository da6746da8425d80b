"""Person down: a fall and then stillness is told; resting, sitting down, bags and getting up again are not."""

import pytest
from tests.unit.rules.scenes import every, place, play, t, thing, track

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Scene
from matpho.rules.person_down import PersonDown

pytestmark = pytest.mark.unit

STANDS = Box(0.2, 0.4, 0.06, 0.3)
LIES = Box(0.16, 0.6, 0.14, 0.1)  # at 16:9 as wide as 0.25 of the frame's height
HALF = Box(0.19, 0.52, 0.08, 0.18)


def shown(now: float, box: Box | None, static: tuple[object, ...] = ()) -> Scene:
    tracks = () if box is None else (track(1, box, now),)
    return Scene(place().camera.id, t(now), tracks, static)  # type: ignore[arg-type]


def rule() -> PersonDown:
    return PersonDown(place(Purpose.GATHERING))


def test_who_falls_and_stays_down_is_told_after_the_wait():
    told = play(rule(), every(0.5, 0, 40), lambda now: shown(now, STANDS if now < 5 else LIES))
    assert told[0].start == t(5)
    assert told[0].at == t(30)
    assert told[0].advisory
    assert "trợ giúp" in told[0].why.vi


def test_where_the_detector_loses_who_lies_the_still_body_is_enough():
    def make(now: float) -> Scene:
        if now < 5:
            return shown(now, STANDS)
        return shown(now, None, (thing(1, box=LIES, appeared=5.5, now=now),) if now > 8 else ())

    told = play(rule(), every(0.5, 0, 45), make)
    assert len(told) >= 1
    assert told[0].at >= t(30)


def test_who_sits_or_lies_down_slowly_rests_and_is_silent():
    def make(now: float) -> Scene:
        return shown(now, STANDS if now < 5 else HALF if now < 9 else LIES)

    assert play(rule(), every(0.5, 0, 90), make) == []


def test_who_lay_there_from_the_start_is_silent():
    assert play(rule(), every(0.5, 0, 90), lambda now: shown(now, LIES)) == []


def test_on_a_bench_above_the_ground_is_silent():
    bench = Box(0.16, 0.42, 0.14, 0.1)
    assert play(rule(), every(0.5, 0, 90), lambda now: shown(now, STANDS if now < 5 else bench)) == []


def test_who_gets_up_again_is_silent():
    def make(now: float) -> Scene:
        return shown(now, LIES if 5 <= now < 15 else STANDS)

    assert play(rule(), every(0.5, 0, 90), make) == []


def test_a_bag_that_stays_where_somebody_was_is_no_body():
    def make(now: float) -> Scene:
        if now < 5:
            return shown(now, STANDS)
        return shown(now, None, (thing(1, box=LIES, appeared=5.5, now=now, group=Group.BAG),))

    assert play(rule(), every(0.5, 0, 90), make) == []
