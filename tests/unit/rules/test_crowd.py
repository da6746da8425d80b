"""Crowd: many who stand together for a while; a few, passers-by far apart and the usual are silent."""

from dataclasses import replace
from datetime import UTC

import pytest
from tests.unit.rules.scenes import every, place, play, standing, t, track

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Point
from matpho.domain.observation import Scene, Stirring
from matpho.rules.crowd import Crowd
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit


def people(count: int, *, apart: float = 0.03, stirring: float = 0.0):
    """So many in one or more rows, ``apart`` of the frame's width from each other."""

    def at(now: float) -> Scene:
        tracks = [
            track(n, standing(0.03 + apart * (n % 15), 0.5 + 0.05 * (n // 15), height=0.1, width=0.03), now)
            for n in range(count)
        ]
        moving = (Stirring(Point(0.2, 0.45), stirring),) if stirring else ()
        return Scene(place().camera.id, t(now), tuple(tracks), (), stirring=moving)

    return at


def crowd(at: Place | None = None) -> Crowd:
    return Crowd(at or place(Purpose.GATHERING))


def test_fifteen_together_for_a_while_are_told_with_their_number():
    told = play(crowd(), every(0.5, 0, 40), people(15))
    assert told[0].at >= t(20)
    assert told[0].start <= t(1)
    assert told[0].advisory
    assert round(told[0].figures["persons"]) == 15
    assert "ước lượng" in told[0].why.vi


def test_what_the_detector_misses_of_a_dense_crowd_stirs_all_the_same():
    assert play(crowd(), every(0.5, 0, 40), people(6)) == []
    told = play(crowd(), every(0.5, 0, 40), people(6, stirring=7.0))
    assert 12 < told[0].figures["persons"] <= 18


def test_stirring_without_people_is_a_lorry_or_leaves():
    assert play(crowd(), every(0.5, 0, 60), people(2, stirring=30.0)) == []


def test_a_few_and_passers_by_far_apart_are_silent():
    assert play(crowd(), every(0.5, 0, 60), people(9)) == []
    spread = play(crowd(), every(0.5, 0, 60), people(5, apart=0.1))
    assert spread == []


def test_a_short_gathering_is_silent_and_a_crowd_that_left_ends():
    rule = crowd()
    assert play(rule, every(0.5, 0, 15), people(15)) == []
    assert play(rule, every(0.5, 15.5, 60), people(1)) == []
    assert play(rule, every(0.5, 60.5, 90), people(15))
    (ended,) = play(rule, every(0.5, 90.5, 140), people(1))
    assert ended.end is not None


def test_what_is_usual_at_this_hour_is_learned_and_is_no_crowd():
    live = replace(place(Purpose.GATHERING), local=UTC)
    rule = crowd(live)
    assert play(rule, every(10, 0, 2400), people(10)) == []
    assert play(rule, every(0.5, 2400.5, 2460), people(16)) == []
    told = play(rule, every(0.5, 2460.5, 2530), people(30))
    assert "thường ngày" in told[0].why.vi
    assert told[0].figures["usual_persons"] == pytest.approx(10, abs=1)
