"""Illegal dumping: what is told, and what is not."""

from dataclasses import replace
from datetime import time as TimeOfDay  # noqa: N812

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, thing, track, trail

from matpho.domain.camera import Hours, Purpose
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.observation import Group, Scene, Sighting, StaticObject, Track
from matpho.rules.illegal_dumping import IllegalDumping

pytestmark = pytest.mark.unit


def over(rule: IllegalDumping, last: float, **kind: object) -> list:
    return play(rule, every(0.2, 0, last), lambda at: scene(at, static=[thing(now=at, **kind)]))  # type: ignore[arg-type]


def test_a_bag_left_alone_is_told_once_it_has_lain_for_the_duration():
    rule = IllegalDumping(place())
    hits = over(rule, 25, group=Group.BAG)
    assert len(hits) == 1
    (hit,) = hits
    assert hit.at == t(20)
    assert hit.start == t(0)
    assert hit.end is None
    assert hit.thing == "static:1"
    assert hit.figures["dwell_s"] == 20
    assert "20 giây" in hit.why.vi
    assert "20 s" in hit.why.en


def test_the_owner_who_left_is_in_the_reason_and_the_figures():
    rule = IllegalDumping(place())
    rule.update(scene(0, tracks=[track(7, standing(0.3, 0.8), 0)]))
    (hit,) = over(rule, 21, owner=7, owner_left=12.0, alone_since=12.0)
    assert hit.track_ids == (7,)
    assert hit.figures["owner_left_s"] == 8
    assert "người để lại đã rời đi được 8 giây" in hit.why.vi
    assert "the person that left it has been gone for 8 s" in hit.why.en


def test_a_vehicle_that_left_it_is_called_a_vehicle():
    rule = IllegalDumping(place())
    rule.update(scene(0, tracks=[track(7, standing(0.3, 0.8), 0, group=Group.VEHICLE)]))
    (hit,) = over(rule, 21, owner=7, owner_left=12.0)
    assert "xe để lại" in hit.why.vi
    assert hit.figures["vehicle_left_s"] == 8
    assert "owner_left_s" not in hit.figures


@pytest.mark.parametrize(
    "other",
    [
        {"alone_since": None},  # somebody stands at it
        {"alone_since": 23.0},  # … stood at it until just now
        {"group": Group.PERSON},
        {"group": Group.VEHICLE},
        {"group": Group.TWO_WHEELER},
        {"box": Box(0.7, 0.7, 0.06, 0.08)},  # outside
        {"box": Box(0.48, 0.7, 0.06, 0.08)},  # mostly outside
        {"box": Box(0.2, 0.7, 0.02, 0.02)},  # a speck that nobody left
        {"appeared": 10.0},  # not for long enough
    ],
)
def test_what_is_attended_elsewhere_something_else_or_new_is_not_told(other: dict):
    assert over(IllegalDumping(place()), 25, **other) == []


def test_a_small_thing_that_somebody_left_is_told():
    assert over(IllegalDumping(place()), 25, box=Box(0.2, 0.7, 0.02, 0.02), owner=3, owner_left=5.0)


def test_a_passer_by_does_not_take_it_back_and_its_end_is_told_once():
    rule = IllegalDumping(place(rules={"illegal_dumping": {"min_duration_s": 8}}))

    def at_it(at: float) -> StaticObject:
        return thing(now=at, alone_since=None if 10 < at < 15 else 0.0, gone=at >= 20)

    hits = play(rule, every(0.2, 0, 20), lambda at: scene(at, static=[at_it(at)]))
    assert [h.end for h in hits] == [None, t(20)]
    assert hits[0].id == hits[1].id
    assert play(rule, every(0.2, 20.2, 25), scene) == []


@pytest.mark.parametrize(("back", "told"), [(False, False), (True, True)])
def test_what_was_just_lost_sight_of_is_told_only_when_it_is_still_there(back: bool, told: bool) -> None:  # noqa: FBT001
    """The reflection of somebody who has just gone is no thing that was left."""
    rule = IllegalDumping(place(rules={"illegal_dumping": {"min_duration_s": 8}}))

    def seen(at: float) -> StaticObject:
        return thing(now=at if at < 6.8 or (back and at >= 9) else 6.8, gone=not back and at >= 8.8)

    hits = play(rule, every(0.2, 0, 12), lambda at: scene(at, static=[seen(at)]))
    assert bool(hits) is told
    assert all(h.at >= t(9) for h in hits)


def test_two_people_who_talk_for_a_while_are_no_thing_even_where_nobody_says_attended():
    rule = IllegalDumping(place())

    def group(at: float) -> StaticObject:
        return thing(box=Box(0.1, 0.4, 0.2, 0.4), now=at)

    def talk(at: float) -> list[Track]:
        both = [track(1, standing(0.15, 0.8, height=0.4), at), track(2, standing(0.25, 0.8, height=0.4), at)]
        return both if round(at * 5) % 4 else []  # a detector misses them now and then

    assert play(rule, every(0.2, 0, 60), lambda at: scene(at, tracks=talk(at), static=[group(at)])) == []
    assert play(rule, every(0.2, 60.2, 65), lambda at: scene(at, static=[group(at)]))


def test_a_passers_by_track_that_comes_to_rest_on_a_bag_does_not_hide_it():
    """Lost while they walk past, it lives on from what the detector takes for a person there now and then."""
    bag = Box(0.2, 0.6, 0.06, 0.12)

    def past(at: float) -> Track:
        return trail(9, lambda s: standing(0.02 + 0.02 * min(s, 10), 0.74, height=0.14), at, group=Group.PERSON)

    def told(group: Group | None) -> list:
        return play(
            IllegalDumping(place()),
            every(0.2, 0, 30),
            lambda at: scene(at, tracks=[past(at)], static=[thing(box=bag, now=at, group=group)]),
        )

    assert [h.at for h in told(Group.BAG)] == [t(20)]
    assert told(None) == [], "what has no name may be the people themselves"


@pytest.mark.parametrize(("group", "at"), [(None, 120), (Group.BAG, 20)])
def test_what_is_large_and_has_no_name_may_be_a_lorry_and_is_told_after_two_minutes(group: Group | None, at: float):
    hit = over(IllegalDumping(place()), 122, box=Box(0.05, 0.4, 0.4, 0.3), group=group)[0]
    assert hit.at == t(at)


@pytest.mark.parametrize(("misses", "told"), [(2, False), (3, True)])
def test_whom_three_looks_in_a_row_have_missed_hides_nothing_any_more(misses: int, told: bool) -> None:  # noqa: FBT001
    """Their track waits at the thing to be found again, for as long as the thing is watched."""
    rule = IllegalDumping(place(rules={"illegal_dumping": {"min_duration_s": 8}}))
    gone = replace(track(3, standing(0.23, 0.79), 0, seen=False), misses=misses)
    hits = play(rule, every(0.2, 0, 15), lambda at: scene(at, tracks=[gone], static=[thing(now=at)]))
    assert bool(hits) is told


@pytest.mark.parametrize(("top", "wide", "told"), [(0.37, 0.05, True), (0.31, 0.05, False), (0.37, 0.3, False)])
def test_a_tall_thing_that_stands_at_the_far_edge_lies_in_the_zone(top: float, wide: float, told: bool) -> None:  # noqa: FBT001
    """Most of a suitcase shows above the zone's edge when its foot is inside; a wide thing may be part of a van."""
    near_half = Polygon((Point(0, 0.5), Point(1, 0.5), Point(1, 1), Point(0, 1)))
    rule = IllegalDumping(place(polygon=near_half))
    assert bool(over(rule, 25, box=Box(0.4, top, wide, 0.2), group=Group.BAG)) is told


def test_it_is_told_again_while_it_lasts_with_the_same_id():
    hits = over(IllegalDumping(place()), 85)
    assert [round(h.at / 1e9) for h in hits] == [20, 50, 80]
    assert len({h.id for h in hits}) == 1


def test_a_thing_found_again_at_its_place_is_the_same_hit():
    rule = IllegalDumping(place(rules={"illegal_dumping": {"min_duration_s": 5}}))
    first = over(rule, 6)[0]
    play(rule, every(0.2, 6.2, 12), scene)  # lost behind something
    again = play(rule, every(0.2, 12.2, 20), lambda at: scene(at, static=[thing(9, appeared=12.0, now=at)]))
    assert {h.id for h in again} == {first.id}
    assert again[0].start == first.start


def test_the_same_thing_in_sight_again_after_minutes_is_the_same_hit_and_its_dwell_goes_on():
    rule = IllegalDumping(place())
    first = over(rule, 25)[0]
    ended = rule.update(scene(26, static=[thing(now=26, gone=True)]))
    assert [h.end for h in ended] == [t(26)]
    again = play(rule, every(0.2, 900, 905), lambda at: scene(at, static=[thing(now=at)]))
    assert {h.id for h in again} == {first.id}
    assert again[0].figures["dwell_s"] == 900
    assert again[0].end is None


def test_a_collection_point_is_for_rubbish_in_its_hours_only():
    hours = (Hours(TimeOfDay(0), TimeOfDay(1)),)  # the recording begins at midnight
    assert over(IllegalDumping(place(Purpose.COLLECTION_POINT, permitted=hours)), 25) == []
    later = (Hours(TimeOfDay(18), TimeOfDay(20)),)
    assert over(IllegalDumping(place(Purpose.COLLECTION_POINT, permitted=later)), 25)


def test_furniture_is_dumped_in_a_dumping_zone_but_a_shops_on_a_sidewalk():
    assert over(IllegalDumping(place()), 25, group=Group.FURNITURE)
    assert over(IllegalDumping(place(Purpose.SIDEWALK)), 25, group=Group.FURNITURE) == []


def test_the_end_of_the_stream_ends_what_is_open():
    rule = IllegalDumping(place())
    over(rule, 25)
    (ended,) = rule.finish(t(26))
    assert ended.end == t(26)
    assert rule.finish(t(27)) == []


def test_a_bag_that_the_detector_calls_a_person_is_told_all_the_same():
    box = Box(0.2, 0.7, 0.06, 0.1)

    def mistaken(at: float) -> Scene:
        person = replace(track(3, box, at), score=0.5, started=t(2))
        return scene(at, tracks=[person], static=[thing(box=box, now=at)])

    assert len(play(IllegalDumping(place()), every(0.2, 0, 30), mistaken)) == 1


def test_what_is_out_of_sight_is_told_when_it_is_seen_again_and_never_if_it_is_not():
    """A van parks before it at 15 s, and drives off at 40 s."""

    def behind_a_van(at: float) -> Scene:
        return scene(at, static=[thing(now=at if at < 15 or at >= 40 else 15.0)])

    (hit,) = play(IllegalDumping(place()), every(0.2, 0, 45), behind_a_van)
    assert hit.at == t(40)
    assert hit.start == t(0)
    assert play(IllegalDumping(place()), every(0.2, 0, 39), behind_a_van) == []


def test_who_was_nearest_by_the_recording_is_said_where_nobody_was_seen_live():
    van = Sighting(t(1), Group.VEHICLE, Box(0.1, 0.5, 0.3, 0.3))
    left = replace(thing(now=25), left_by=van)
    (hit,) = play(IllegalDumping(place()), every(0.2, 0, 21), lambda at: scene(at, static=[left]))
    assert "theo bản ghi, lúc đó (giây 1,0) gần nhất là một chiếc xe" in hit.why.vi
    assert "by the recording a vehicle was nearest then (1.0 s)" in hit.why.en
    assert hit.figures["recorded_s"] == 19
