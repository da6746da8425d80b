"""Intrusion: one hit per stay; flicker at the edge and passing outside say nothing."""

from datetime import time as TimeOfDay  # noqa: N812

import pytest
from tests.unit.rules.scenes import every, place, play, scene, standing, t, track, trail

from matpho.domain.camera import Hours, Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Scene, Track, TrackPoint
from matpho.rules.intrusion import Intrusion

pytestmark = pytest.mark.unit


def rule(**settings: object) -> Intrusion:
    return Intrusion(place(Purpose.RESTRICTED, **settings))  # type: ignore[arg-type]


def walk(number: int, speed: float, start: float, *, begin: float = 0.0, group: Group = Group.PERSON):
    """From ``start`` on the x axis with ``speed`` frames per second, at y = 0.8."""
    return lambda at: scene(at, tracks=[track(number, standing(start + speed * (at - begin), 0.8), at, group=group)])


def test_who_comes_in_and_stays_is_told_once():
    def comes(at: float) -> Scene:
        x = max(0.25, 0.7 - 0.05 * at)
        return scene(at, tracks=[track(1, standing(x, 0.8), at)])

    hits = play(rule(), every(0.2, 0, 20), comes)
    assert len(hits) == 1
    (hit,) = hits
    assert hit.start == pytest.approx(t(4.2), abs=3e8)
    assert hit.at - hit.start >= 3e9
    assert hit.thing == "track:1"
    assert "Có người" in hit.why.vi


def test_a_vehicle_is_an_intruder_too_but_an_animal_is_not():
    groups = [Group.VEHICLE, Group.TWO_WHEELER, Group.ANIMAL, Group.BAG]
    told = [bool(play(rule(), every(0.2, 0, 5), rolls_in(g, by=0.15))) for g in groups]
    assert told == [True, True, False, False]


def rolls_in(group: Group, by: float, score: float = 0.8):
    """Moves by ``by`` of the frame in the first second, then stands in the zone for good; its path is remembered."""

    def at_time(at: float) -> Scene:
        path = tuple(
            TrackPoint(t(s), standing(0.1 + by * min(s, 1.0), 0.8), seen=True) for s in every(0.2, 0, at + 0.1)
        )
        return scene(at, tracks=[Track(1, group, group.value, score, t(0), path)])

    return at_time


def test_what_stood_in_the_zone_all_along_is_no_intruder_unless_it_is_surely_a_person():
    parked = [Group.VEHICLE, Group.TWO_WHEELER]
    assert [play(rule(), every(0.2, 0, 8), rolls_in(g, by=0.02)) for g in parked] == [[], []]
    assert play(rule(), every(0.2, 0, 8), rolls_in(Group.PERSON, by=0.0, score=0.4)) == []
    assert len(play(rule(), every(0.2, 0, 8), rolls_in(Group.PERSON, by=0.0))) == 1


def test_passing_outside_and_flicker_at_the_edge_are_not_told():
    assert play(rule(), every(0.2, 0, 20), walk(1, 0.0, 0.7)) == []

    def flicker(at: float) -> Scene:
        inside = round(at * 5) % 2
        return scene(at, tracks=[track(1, standing(0.49 if inside else 0.51, 0.8), at)])

    assert play(rule(), every(0.2, 0, 20), flicker) == []


def test_walking_along_just_inside_the_border_is_not_well_inside():
    assert play(rule(), every(0.2, 0, 20), walk(1, 0.0, 0.495)) == []


def test_cutting_a_corner_is_not_a_stay():
    assert play(rule(), every(0.2, 0, 10), walk(1, 0.25, 0.0)) == []


def test_predicted_places_do_not_count():
    unseen = play(
        rule(), every(0.2, 0, 10), lambda at: scene(at, tracks=[track(1, standing(0.2, 0.8), at, seen=False)])
    )
    assert unseen == []


def test_two_people_are_two_hits():
    def couple(at: float) -> Scene:
        return scene(at, tracks=[track(1, standing(0.2, 0.8), at), track(2, standing(0.28, 0.8), at)])

    assert {h.thing for h in play(rule(), every(0.2, 0, 5), couple)} == {"track:1", "track:2"}


def test_rider_and_motorbike_are_one_intruder():
    def rides(at: float) -> Scene:
        bike = track(1, standing(0.2, 0.8, height=0.3), at, group=Group.TWO_WHEELER)
        return scene(at, tracks=[bike, track(2, standing(0.2, 0.78, height=0.27), at)])

    assert len(play(rule(), every(0.2, 0, 8), rides)) == 1


def test_a_track_that_breaks_inside_is_the_same_stay():
    intrusion = rule()
    first = play(intrusion, every(0.2, 0, 5), walk(1, 0.0, 0.2))
    gap = play(intrusion, every(0.2, 5.2, 7), scene)
    second = play(intrusion, every(0.2, 7.2, 60), walk(9, 0.0, 0.21, begin=7.2))
    assert gap == []
    assert {h.id for h in first + second} == {first[0].id}
    assert second[-1].track_ids == (1, 9)


def test_coming_back_later_is_a_new_stay():
    intrusion = rule()
    first = play(intrusion, every(0.2, 0, 5), walk(1, 0.0, 0.2))
    away = play(intrusion, every(0.2, 5.2, 8), walk(1, 0.0, 0.8))
    again = play(intrusion, every(0.2, 8.2, 14), walk(1, 0.0, 0.2))
    assert [h.end for h in away] == [t(5)]
    assert len({h.id for h in first + again}) == 2


def test_only_closed_hours_count():
    shut = (Hours(TimeOfDay(0), TimeOfDay(5)),)
    other = (Hours(TimeOfDay(20), TimeOfDay(23)),)
    assert play(rule(closed=shut), every(0.2, 0, 5), walk(1, 0.0, 0.2))
    assert play(rule(closed=other), every(0.2, 0, 5), walk(1, 0.0, 0.2)) == []


def test_the_hour_of_opening_ends_the_stay():
    shut = (Hours(TimeOfDay(23), TimeOfDay(0, 1)),)
    hits = play(rule(closed=shut), every(0.2, 50, 65), walk(1, 0.0, 0.2))
    assert hits[0].end is None
    assert hits[-1].end == pytest.approx(t(60), abs=3e8)


def test_feet_below_the_frame_are_inside_a_zone_that_reaches_its_edge():
    cut = play(rule(), every(0.2, 0, 5), lambda at: scene(at, tracks=[track(1, standing(0.2, 1.0), at)]))
    assert len(cut) == 1


def test_the_end_of_the_stream_ends_the_stay():
    intrusion = rule()
    play(intrusion, every(0.2, 0, 5), walk(1, 0.0, 0.2))
    (ended,) = intrusion.finish(t(5.2))
    assert ended.end == t(5.2)


def walking(at: float, *, pace: float = 0.08) -> Box:
    return standing(0.05 + pace * at, 0.8)


def test_a_track_that_is_still_coasting_when_the_next_one_begins_is_the_same_stay():
    """At 6 frames a second: seen until 3.2 s, followed unseen until 4.8 s, and from 3.5 s on under a new number."""

    def broken(at: float) -> Scene:
        tracks = []
        if at < 4.8:
            tracks.append(trail(1, walking, at, step=1 / 6, group=Group.PERSON, unseen=lambda s: s > 3.2))
        if at >= 3.5:
            tracks.append(trail(2, walking, at, step=1 / 6, since=3.5, group=Group.PERSON))
        return scene(at, tracks=tracks)

    told = play(Intrusion(place(Purpose.RESTRICTED)), every(1 / 6, 0, 6), broken)
    assert len({h.id for h in told}) == 1


def test_a_runner_whose_track_breaks_is_resumed_where_the_run_leads():
    def broken(at: float) -> Scene:
        number, since = (1, 0.0) if at < 3.3 else (2, 4.4)
        if 3.3 <= at < 4.4:
            return scene(at)
        track = trail(
            number, lambda s: standing(0.02 + 0.075 * s, 0.8, height=0.1, width=0.03), at,
            step=0.2, since=since, group=Group.PERSON,
        )  # fmt: skip
        return scene(at, tracks=[track])

    told = play(Intrusion(place(Purpose.RESTRICTED)), every(0.2, 0, 6), broken)
    assert len({h.id for h in told}) == 1


def test_who_walks_in_under_two_numbers_is_told_although_neither_stayed_for_long_enough():
    def broken(at: float) -> Scene:
        number, since = (1, 0.0) if at < 2.0 else (2, 2.2)
        track = trail(number, lambda s: walking(s, pace=0.1), at, since=since, group=Group.PERSON)
        return scene(at, tracks=[] if 2.0 <= at < 2.2 else [track])

    told = play(Intrusion(place(Purpose.RESTRICTED)), every(0.2, 0, 4.2), broken)
    assert len({h.id for h in told}) == 1
    assert told[0].start == t(0)


def test_a_post_that_flickers_does_not_add_up():
    def flickering(at: float) -> Scene:
        number, since = int(at) // 2, float(2 * (int(at) // 2))
        post = trail(number, lambda _: standing(0.2, 0.8), at, since=since, group=Group.PERSON)
        return scene(at, tracks=[post] if at % 2 < 1.5 else [])

    assert play(Intrusion(place(Purpose.RESTRICTED)), every(0.2, 0, 20), flickering) == []


def test_somebody_else_beside_one_who_is_hidden_for_a_moment_is_another():
    def pair(at: float) -> Scene:
        first = trail(1, walking, at, group=Group.PERSON, unseen=lambda s: 3.2 < s < 4.6)
        second = trail(2, lambda s: standing(0.15 + 0.08 * s, 0.8), at, group=Group.PERSON)
        return scene(at, tracks=[first, second])

    assert len({h.id for h in play(Intrusion(place(Purpose.RESTRICTED)), every(0.2, 0, 5.4), pair)}) == 2
