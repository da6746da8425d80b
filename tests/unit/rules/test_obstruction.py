"""Obstruction: what is in the way, and what stands aside."""

from dataclasses import replace

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, thing, track

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.observation import Group, Scene, Track, TrackPoint
from matpho.rules.obstruction import Obstruction
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit

PAVEMENT = Polygon((Point(0, 0.6), Point(1, 0.6), Point(1, 0.9), Point(0, 0.9)))
BRANCH = Box(0.40, 0.30, 0.25, 0.15)


def lying(box: Box, **kind: object):
    return lambda now: scene(now, static=[thing(1, box=box, now=now, **kind)])  # type: ignore[arg-type]


def roadway() -> Place:
    return place(Purpose.ROADWAY, polygon=Polygon((Point(0, 0), Point(1, 0), Point(1, 0.6), Point(0, 0.6))))


def from_above(at: Place) -> Place:
    """Ten metres by ten, seen from straight above: the pavement is three metres wide."""
    corners = (Point(0, 1), Point(1, 1), Point(1, 0), Point(0, 0))
    return replace(at, camera=replace(at.camera, ground=corners, ground_size_m=(10.0, 10.0)))


def test_a_branch_on_the_roadway_is_told_after_a_minute():
    (hit,) = play(Obstruction(roadway()), every(1, 0, 65), lying(BRANCH))
    assert hit.at == t(60)
    assert hit.start == t(0)
    assert "lòng đường" in hit.why.vi
    assert "roadway" in hit.why.en


def test_what_takes_half_of_a_pavements_width_is_told_with_the_share():
    (hit,) = play(
        Obstruction(place(Purpose.SIDEWALK, polygon=PAVEMENT)), every(1, 0, 65), lying(Box(0.4, 0.25, 0.2, 0.57))
    )
    assert hit.figures["blocked_share"] >= 0.5
    assert "bề ngang vỉa hè" in hit.why.vi


def test_on_a_calibrated_camera_less_than_a_metre_and_a_half_left_is_in_the_way():
    planks = Box(0.4, 0.7, 0.12, 0.12)  # 1.2 by 1.2 m on a pavement of 3 m, 1.0 m from its far edge
    (hit,) = play(Obstruction(from_above(place(Purpose.SIDEWALK, polygon=PAVEMENT))), every(1, 0, 65), lying(planks))
    assert hit.figures["free_width_m"] == pytest.approx(1.0, abs=0.05)
    assert hit.figures["width_m"] == pytest.approx(1.2, abs=0.01)
    assert "lối đi còn 1,0 m" in hit.why.vi
    assert "1.0 m are left to walk" in hit.why.en
    aside = Box(0.4, 0.6, 0.12, 0.12)  # at the wall: 1.8 m are left
    rule = Obstruction(from_above(place(Purpose.SIDEWALK, polygon=PAVEMENT)))
    assert play(rule, every(1, 0, 100), lying(aside)) == []


@pytest.mark.parametrize("group", [Group.VEHICLE, Group.TWO_WHEELER, Group.PERSON, Group.ANIMAL])
def test_what_drives_walks_or_breathes_is_no_obstruction(group: Group):
    assert play(Obstruction(roadway()), every(1, 0, 100), lying(BRANCH, group=group)) == []


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        (BRANCH, {"appeared": 50.0}),  # not for long enough
        (BRANCH, {"alone_since": None}),  # somebody is clearing it away
        (Box(0.4, 0.75, 0.2, 0.1), {}),  # not on the roadway
        (Box(0.4, 0.3, 0.02, 0.02), {}),  # a speck
        (Box(0.1, 0.05, 0.7, 0.5), {}),  # half the picture
    ],
)
def test_what_is_new_attended_elsewhere_tiny_or_everything_is_not_told(box: Box, kind: dict):
    assert play(Obstruction(roadway()), every(1, 0, 100), lying(box, **kind)) == []


def test_a_pot_along_the_wall_is_not_in_the_way():
    pot = Box(0.4, 0.56, 0.06, 0.09)
    assert play(Obstruction(place(Purpose.SIDEWALK, polygon=PAVEMENT)), every(1, 0, 100), lying(pot)) == []


def test_what_a_waiting_vehicle_covers_is_part_of_it_until_it_has_gone():
    def waiting(now: float) -> Scene:
        car = track(5, standing(0.5, 0.48, height=0.3, width=0.4), now, group=Group.VEHICLE)
        return scene(now, static=[thing(1, box=BRANCH, now=now)], tracks=[car] if now < 100 else [])

    hits = play(Obstruction(roadway()), every(1, 0, 115), waiting)
    assert [h.at for h in hits] == [t(109)]


def test_its_end_is_told():
    hits = play(
        Obstruction(roadway()),
        every(1, 0, 80),
        lambda now: scene(now, static=[thing(1, box=BRANCH, now=now, gone=now >= 75)] if now <= 75 else []),
    )
    assert [h.end for h in hits] == [None, t(75)]


def bare(now: float, **kind: object) -> Scene:
    cover = thing(4, box=Box(0.4, 0.4, 0.06, 0.05), now=now, owner=3, **kind)  # type: ignore[arg-type]
    return replace(scene(now), removed=(replace(cover, removed=True),))


def test_a_cover_that_is_gone_is_a_place_to_look_at():
    hits = play(
        Obstruction(roadway()), every(1, 0, 70), lambda now: bare(now, gone=now >= 66) if now <= 66 else scene(now)
    )
    assert [(h.at, h.end) for h in hits] == [(t(60), None), (t(66), t(66))]
    assert all(h.advisory for h in hits)
    assert "cần xem lại chỗ này" in hits[0].why.vi
    assert hits[0].thing == "static:4"


@pytest.mark.parametrize("group", [Group.VEHICLE, Group.PERSON, Group.TWO_WHEELER])
def test_a_car_that_drove_off_is_nothing_gone(group: Group):
    assert play(Obstruction(roadway()), every(1, 0, 100), lambda now: bare(now, group=group)) == []


def test_what_went_elsewhere_or_is_soon_back_is_not_told():
    pavement = place(Purpose.SIDEWALK, polygon=PAVEMENT)
    assert play(Obstruction(pavement), every(1, 0, 100), bare) == []
    assert play(Obstruction(roadway()), every(1, 0, 59), bare) == []


def test_the_end_of_the_stream_ends_both_sorts():
    rule = Obstruction(roadway())
    play(rule, every(1, 0, 65), lambda now: replace(lying(BRANCH)(now), removed=bare(now).removed))
    assert sorted((h.end, h.advisory) for h in rule.finish(t(66))) == [(t(66), False), (t(66), True)]


def test_a_wide_picture_does_not_turn_a_pavement_around():
    """It runs upwards, 0.4 of the frame's width across: on a wide picture that is more than its length here."""
    upwards = Polygon((Point(0.3, 0.3), Point(0.7, 0.3), Point(0.7, 0.9), Point(0.3, 0.9)))
    bench = Box(0.4, 0.5, 0.25, 0.15)
    rule = Obstruction(place(Purpose.SIDEWALK, polygon=upwards))
    (hit,) = play(rule, every(1, 0, 65), lambda now: replace(lying(bench)(now), aspect=1.0))
    assert hit.figures["blocked_share"] == pytest.approx(0.25 / 0.4, abs=0.01)
    wide = Obstruction(place(Purpose.SIDEWALK, polygon=upwards))
    assert play(wide, every(1, 0, 65), lambda now: replace(lying(bench)(now), aspect=2.0)) == []


def misnamed(now: float, *, owner: int | None = 9, drives: bool = False, group: Group | None = Group.VEHICLE) -> Scene:
    """A heap that the detector calls a car, look after look; or, with ``drives``, a car that came and stopped."""
    begun = BRANCH if not drives else Box(BRANCH.x, 0.0, BRANCH.w, BRANCH.h)
    path = (TrackPoint(t(0), begun, seen=True), TrackPoint(t(now + 0.1), BRANCH, seen=True))
    car = Track(5, Group.VEHICLE, "car", 0.6, t(0), path)
    return scene(now, static=[thing(1, box=BRANCH, now=now, group=group, owner=owner)], tracks=[car])


@pytest.mark.parametrize("group", [Group.VEHICLE, None])
def test_a_heap_that_is_called_a_car_and_was_brought_on_foot_is_told_as_something(group: Group | None):
    (hit,) = play(Obstruction(roadway()), every(1, 0, 65), lambda now: misnamed(now, group=group))
    assert hit.at == t(60)
    assert "Một vật nằm trên lòng đường" in hit.why.vi


@pytest.mark.parametrize("group", [Group.VEHICLE, None])
def test_a_car_that_drove_there_is_none_although_its_driver_walked_away(group: Group | None):
    rule = Obstruction(roadway())
    assert play(rule, every(1, 0, 30), lambda now: misnamed(now, group=group, drives=True)) == []
    lost_and_found_again = play(rule, every(1, 31, 120), lambda now: misnamed(now, group=group))
    assert lost_and_found_again == []


def test_what_is_called_a_car_and_nobody_brought_is_left_to_the_rules_of_traffic():
    assert play(Obstruction(roadway()), every(1, 0, 100), lambda now: misnamed(now, owner=None)) == []
