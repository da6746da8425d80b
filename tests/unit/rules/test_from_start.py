"""What lay there before the camera began to look: told once, as a place to look at, where a zone asks for it."""

from dataclasses import replace
from datetime import time

import pytest
from tests.unit.rules.scenes import every, place, play, scene, t, thing

from matpho.domain.camera import Hours, Purpose
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.domain.permitted import Permitted, outline_of
from matpho.rules.illegal_dumping import IllegalDumping
from matpho.rules.obstruction import Obstruction
from matpho.rules.rubbish_heap import RubbishHeap
from matpho.rules.rule import Rule
from matpho.rules.sidewalk_encroachment import SidewalkEncroachment
from matpho.rules.unattended_object import UnattendedObject

pytestmark = pytest.mark.unit


def lying(at: float, **kind: object) -> Scene:
    return from_start(at, [thing(now=at, group=Group.BAG, **kind)])  # type: ignore[arg-type]


def from_start(at: float, things: list[StaticObject]) -> Scene:
    return replace(scene(at), from_start=tuple(things))


@pytest.mark.parametrize(
    ("rule", "wait"),
    [(UnattendedObject(place(Purpose.WATCH)), 30), (IllegalDumping(place(Purpose.NO_DUMPING)), 20)],
)
def test_it_is_told_once_as_a_place_to_look_at(rule: Rule, wait: float):
    (hit,) = play(rule, every(0.5, 0, 45), lying)
    assert hit.at == t(wait)
    assert hit.start == t(0)
    assert hit.advisory
    assert "nằm sẵn ở đây khi camera bắt đầu xem" in hit.why.vi
    assert "hãy cho phép" in hit.why.vi
    assert "already when the camera began to look" in hit.why.en
    assert hit.figures["named_share"] == 0.7
    (again, *_) = play(rule, every(0.5, 45.5, 70), lying)
    assert again.id == hit.id
    (over,) = rule.update(from_start(71, [thing(now=71, group=Group.BAG, gone=True)]))
    assert over.id == hit.id
    assert over.end == t(71)
    assert over.advisory


@pytest.mark.parametrize(
    "rule",
    [
        IllegalDumping(place(Purpose.SIDEWALK)),
        IllegalDumping(place(Purpose.COLLECTION_POINT)),
        SidewalkEncroachment(place(Purpose.SIDEWALK)),
        RubbishHeap(place(Purpose.NO_DUMPING)),
        Obstruction(place(Purpose.ROADWAY)),
    ],
)
def test_where_bins_and_boxes_always_stand_nobody_is_told(rule: Rule):
    assert play(rule, every(1, 0, 200), lying) == []


def test_with_somebody_at_it_nobody_is_told():
    rule = UnattendedObject(place(Purpose.WATCH))
    assert play(rule, every(1, 0, 60), lambda at: lying(at, alone_since=None)) == []


def test_what_was_allowed_is_not_told():
    here = place(Purpose.WATCH)
    assert here.zone is not None
    allowed = (Permitted(id="bin", outline=outline_of(thing().box)),)
    rule = UnattendedObject(replace(here, zone=replace(here.zone, permitted=allowed)))
    assert play(rule, every(1, 0, 60), lying) == []


def test_during_permitted_hours_it_lies_there_by_right():
    whole_day = IllegalDumping(place(permitted=(Hours(time(), time()),)))
    assert play(whole_day, every(1, 0, 60), lying) == []
