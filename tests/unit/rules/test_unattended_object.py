"""Unattended object: both ways."""

import pytest
from tests.unit.rules.scenes import every, place, play, scene, t, thing

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, StaticObject
from matpho.rules.unattended_object import UnattendedObject

pytestmark = pytest.mark.unit


def over(last: float, rules: dict | None = None, **kind: object) -> list:
    rule = UnattendedObject(place(Purpose.WATCH, rules=rules))
    return play(rule, every(0.5, 0, last), lambda at: scene(at, static=[thing(now=at, **kind)]))  # type: ignore[arg-type]


def test_a_bag_alone_for_half_a_minute_is_told():
    (hit,) = over(35, group=Group.BAG)
    assert hit.at == t(30)
    assert "30 giây" in hit.why.vi


def test_the_owner_who_left_is_said():
    (hit,) = over(35, owner=4, owner_left=10.0)
    assert "chủ của nó đã rời đi được 20 giây" in hit.why.vi
    assert hit.figures["owner_left_s"] == 20


@pytest.mark.parametrize(
    "other",
    [
        {"alone_since": None},
        {"group": Group.FURNITURE},
        {"group": Group.VEHICLE},
        {"box": Box(0.0, 0.3, 0.4, 0.4)},  # too large to be forgotten
        {"box": Box(0.8, 0.7, 0.06, 0.08)},
        {"appeared": 10.0},
    ],
)
def test_what_is_attended_large_elsewhere_or_new_is_not(other: dict):
    assert over(35, **other) == []


def test_the_duration_can_be_set():
    assert over(12, {"unattended_object": {"min_duration_s": 10}})


def test_a_speck_that_nobody_left_is_not():
    speck = Box(0.2, 0.7, 0.02, 0.02)
    rule = UnattendedObject(place(Purpose.WATCH))
    assert play(rule, every(1, 0, 60), lambda at: scene(at, static=[thing(now=at, box=speck)])) == []
    owned = UnattendedObject(place(Purpose.WATCH))

    def left(at: float) -> StaticObject:
        return thing(box=speck, owner=3, owner_left=5.0, now=at)

    assert play(owned, every(1, 0, 60), lambda at: scene(at, static=[left(at)])), "one that somebody left is"
