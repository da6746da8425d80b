"""Fight: turmoil among people close together is told; calm, a single person and a restless place are not."""

import pytest
from tests.unit.rules.scenes import every, place, play, t

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Scene, Turmoil
from matpho.rules.fight import Fight

pytestmark = pytest.mark.unit

HERE, THERE = Box(0.1, 0.3, 0.2, 0.4), Box(0.7, 0.3, 0.2, 0.4)


def moving(level: float, people: int = 3, box: Box = HERE):
    return lambda now: Scene(place().camera.id, t(now), (), (), turmoil=(Turmoil(box, level, level, people),))


def fight() -> Fight:
    return Fight(place(Purpose.GATHERING))


def test_a_brawl_is_told_once_dated_to_its_beginning_and_ends():
    rule = fight()
    calm = play(rule, every(0.2, 0, 10), moving(0.02))
    told = play(rule, every(0.2, 10.2, 20), moving(0.4))
    assert calm == []
    assert told[0].start == t(10.2)
    assert told[0].at <= t(11.4)
    assert told[0].advisory
    assert "hỗn loạn" in told[0].why.vi
    assert told[0].figures["persons"] == 3
    (ended,) = play(rule, every(0.2, 20.2, 30), moving(0.02))
    assert ended.end is not None
    assert abs(ended.end - t(20)) <= 3e8


def test_people_who_walk_talk_and_carry_are_silent():
    assert play(fight(), every(0.2, 0, 60), moving(0.06)) == []


def test_one_person_alone_however_wild_is_no_fight():
    assert play(fight(), every(0.2, 0, 30), moving(0.4, people=1)) == []


def test_turmoil_outside_the_zone_is_not_its_own():
    assert play(fight(), every(0.2, 0, 30), moving(0.4, box=THERE)) == []


def test_what_one_picture_shows_is_too_short():
    rule = fight()
    assert play(rule, every(0.2, 0, 10), moving(0.02)) == []
    assert play(rule, every(0.2, 10.2, 10.2), moving(0.4)) == []
    assert play(rule, every(0.2, 10.4, 20), moving(0.02)) == []


def test_a_place_that_is_always_restless_needs_more():
    rule = fight()
    assert play(rule, every(0.2, 0, 30), moving(0.07)) == []
    assert play(rule, every(0.2, 30.2, 40), moving(0.13)) == []
    assert play(rule, every(0.2, 40.2, 45), moving(0.4))
