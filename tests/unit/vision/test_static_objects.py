from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.domain.time import SECOND, seconds
from matpho.testing.street import Patch, Picture, Street, Walker, ground, ids, watch
from matpho.vision.static_objects import StaticObjectModel, StaticSettings
from matpho.vision.static_thing import Looks

pytestmark = pytest.mark.unit

BAG = Patch(150, 150, 18, 16, 45.0, start=8.0)


def in_front(t: float) -> tuple[float, float] | None:
    """Walks past the bag from 16 s on, in front of it, and again from 24 s."""
    for start in (16.0, 24.0):
        if start <= t < start + 6:
            return (t - start) * 60.0 - 20, 185.0
    return None


def bringer(t: float) -> tuple[float, float] | None:
    """Comes at 5 s, stands at the bag's place until 13 s, and leaves to the right."""
    if t < 5 or t > 18:
        return None
    if t < 8:
        return 40 + (t - 5) * 35.0, 172.0
    return (145.0, 172.0) if t < 13 else (145 + (t - 13) * 45.0, 172.0)


def test_a_bag_is_told_once_back_dated_and_in_its_place() -> None:
    told = watch(Street(patches=[BAG]), 20)
    assert len(ids(told)) == 1
    first = next(t for t, things in told if things)
    thing = told[-1][1][0]
    assert 13.5 <= first <= 15.5
    assert abs(seconds(thing.appeared) - 8.0) < 0.6
    assert thing.box.iou(Box(150 / 320, 150 / 240, 18 / 320, 16 / 240)) > 0.6
    assert not thing.attended
    assert thing.owner is None
    assert 1 <= len(thing.samples) <= 64
    assert all(thing.box.grown(0.01, 0.01).overlap(Box(p.x, p.y, 1e-9, 1e-9)) > 0 for p in thing.samples)


def test_an_empty_street_has_nothing() -> None:
    assert not ids(watch(Street(), 15))


def test_it_is_not_absorbed_and_survives_passers_by() -> None:
    told = watch(Street(patches=[BAG], walkers=[Walker(in_front)]), 40)
    assert len(ids(told)) == 1
    assert len(told[-1][1]) == 1
    assert told[-1][1][0].last_seen >= 38 * SECOND


def test_people_who_pass_before_it_all_the_time_do_not_make_it_restless() -> None:
    """Nor when no detector sees them: what stirs goes on beyond the thing."""

    def one(since: float) -> Walker:
        return Walker(lambda t: ((t - since) % 6.0 * 60 - 20, 180.0) if t > since else None, detected=False)

    told = watch(Street(patches=[BAG], walkers=[one(9.0), one(12.0)]), 30)
    assert any(things for t, things in told if t < 22)
    assert len(ids(told)) == 1


def test_when_it_is_taken_it_is_gone_once_and_leaves_no_ghost() -> None:
    bag = Patch(150, 150, 18, 16, 45.0, start=8.0, end=20.0)
    told = watch(Street(patches=[bag]), 36)
    assert len(ids(told)) == 1
    gone = [t for t, things in told if any(thing.gone for thing in things)]
    assert len(gone) == 1
    assert 20 < gone[0] < 24
    assert told[-1][1] == ()


def test_what_was_there_from_the_start_and_leaves_is_no_object() -> None:
    car = Patch(90, 130, 80, 40, 60.0, end=8.0)
    assert not ids(watch(Street(patches=[car]), 30))


def test_after_a_ghost_a_real_thing_in_the_same_place_is_still_found() -> None:
    car = Patch(90, 130, 80, 40, 60.0, end=7.0)
    told = watch(Street(patches=[car, Patch(120, 145, 20, 18, 200.0, start=20.0)]), 34)
    assert len(ids(told)) == 1
    assert abs(seconds(told[-1][1][0].appeared) - 20.0) < 0.8


def stood_from_the_start(t: float) -> tuple[float, float] | None:
    """Stands where the bag will be, and walks away to the left from 5 s on."""
    return None if t > 8 else (162.0 - 70.0 * max(0.0, t - 5.0), 172.0)


def test_what_is_set_down_on_the_ghost_of_somebody_is_found_and_the_ghost_is_not() -> None:
    bag = Patch(150, 150, 18, 16, 200.0, start=8.4)
    told = watch(Street(patches=[bag], walkers=[Walker(stood_from_the_start, detected=False)]), 30)
    (last,) = told[-1][1]
    assert last.box.iou(Box(150 / 320, 150 / 240, 18 / 320, 16 / 240)) > 0.4
    assert 8.0 < seconds(last.appeared) < 11.0, "the ghost's pixels are given up after as long as they had stood"
    assert len(ids(told)) == 1


def test_the_ghost_of_somebody_alone_leaves_nothing() -> None:
    assert not ids(watch(Street(walkers=[Walker(stood_from_the_start, detected=False)]), 30))


def test_who_set_it_down_is_remembered_and_when_they_left() -> None:
    told = watch(Street(patches=[BAG], walkers=[Walker(bringer, track=42)]), 26)
    assert len(ids(told)) == 1
    thing = told[-1][1][0]
    assert thing.owner == 42
    assert thing.owner_left is not None
    assert 13 <= seconds(thing.owner_left) <= 15.5
    assert thing.unattended_since is not None
    assert 13 <= seconds(thing.unattended_since) <= 15.5


def test_while_the_owner_stands_beside_it_it_is_attended() -> None:
    beside = Walker(lambda t: (192.0, 172.0) if t > 6 else None, track=9)
    told = watch(Street(patches=[BAG], walkers=[beside]), 22)
    things = [thing for _, found in told for thing in found]
    assert things
    assert all(thing.attended and thing.owner_left is None for thing in things)


def test_once_the_owner_has_gone_passers_by_do_not_attend_it_but_who_stays_does() -> None:
    def past(t: float) -> tuple[float, float] | None:
        """Again and again, behind the bag."""
        return ((t % 3.0) * 110.0, 150.0) if t > 19 else None

    def stays(t: float) -> tuple[float, float] | None:
        return (190.0, 172.0) if t > 19 else None

    owner = Walker(bringer, track=42)
    crowded = watch(Street(patches=[BAG], walkers=[owner, Walker(past, track=8)]), 30)[-1][1]
    looked_after = watch(Street(patches=[BAG], walkers=[owner, Walker(stays, track=9)]), 30)[-1][1]
    assert [thing.owner for thing in (*crowded, *looked_after)] == [42, 42]
    assert crowded[0].unattended_since is not None
    assert seconds(crowded[0].unattended_since) < 16
    assert looked_after[0].attended


@pytest.mark.parametrize("look_every", [5, 25])
def test_who_waits_beside_it_is_with_it_whenever_the_detector_looks(look_every: int) -> None:
    """The detector looks at pictures that the model passes over, and rarely where nothing moves."""
    waits = Walker(lambda t: None if t < 7 else (197.0, 172.0) if t < 45 else (197 + 40 * (t - 45), 172.0), sway=0.0)
    street, model = Street(patches=[BAG], walkers=[waits]), StaticObjectModel()
    with_it = {}
    for k in range(55 * 5):
        observations, tracks = street.seen(k / 5)
        looked = k % look_every == 1 or k / 5 > 45  # whoever walks off is seen to move
        unseen = tuple(replace(t, path=(replace(t.now, seen=False),)) for t in tracks)
        told = model.update(street.frame(k / 5), tracks if looked else unseen, observations if looked else None)
        with_it[k / 5] = [thing.attended for thing in told]
    assert all(all(attended) for t, attended in with_it.items() if t < 44)
    assert any(with_it[t] for t in with_it if t < 44)
    assert with_it[54.0] == [False]


@pytest.mark.parametrize("detected", [True, False])
def test_people_standing_are_no_objects(*, detected: bool) -> None:
    stands = Walker(lambda t: (160.0, 190.0) if t > 6 else None, detected=detected)
    assert not ids(watch(Street(walkers=[stands]), 30))


def test_a_false_person_on_the_bag_does_not_hide_it() -> None:
    model = StaticObjectModel()
    street = Street(patches=[BAG])
    tall = Observation(Group.PERSON, "person", Box(148 / 320, 120 / 240, 24 / 320, 70 / 240), 0.45)
    told = [(k / 5, model.update(street.frame(k / 5), (), [tall])) for k in range(100)]
    assert len(ids(told)) == 1


def test_a_bag_left_against_a_standing_car_is_found_when_the_car_has_gone() -> None:
    car = Patch(90, 120, 90, 44, 70.0, start=6.0, end=18.0)
    bag = Patch(178, 148, 18, 16, 40.0, start=10.0)
    told = watch(Street(patches=[car, bag]), 34)
    last = told[-1][1]
    assert len(last) == 1
    assert last[0].box.iou(Box(178 / 320, 148 / 240, 18 / 320, 16 / 240)) > 0.5
    assert abs(seconds(last[0].appeared) - 10.0) < 1.0


VAN = Patch(100, 110, 120, 70, 190.0, start=30.0, end=112.0)


@pytest.mark.parametrize("level", [190.0, 60.0])
def test_a_van_that_stands_before_it_for_a_minute_and_more_changes_nothing(level: float) -> None:
    told = watch(Street(patches=[BAG, replace(VAN, level=level)]), 120)
    first = told[16 * 5][1][0]
    assert len(ids(told)) == 2
    assert all(first.id in {thing.id for thing in things} for t, things in told if t > 16)
    assert not any(thing.gone for _, things in told for thing in things if thing.id == first.id)
    (last,) = told[-1][1]
    assert (last.id, last.appeared) == (first.id, first.appeared)
    assert not last.attended


def test_a_van_that_comes_before_it_was_told_does_not_take_its_first_seconds_either() -> None:
    told = watch(Street(patches=[BAG, replace(VAN, start=12.0, end=72.0)]), 84)
    (last,) = told[-1][1]
    assert abs(seconds(last.appeared) - 8.0) < 1.0


def test_what_was_taken_away_behind_the_van_is_gone_when_the_van_is() -> None:
    told = watch(Street(patches=[replace(BAG, end=60.0), VAN]), 120)
    assert len(ids(told)) == 2
    assert sorted(t > 112 for t, things in told for thing in things if thing.gone) == [True, True]
    assert told[-1][1] == ()


def test_what_was_given_up_behind_a_lorry_is_the_same_thing_when_it_shows_again() -> None:
    model = StaticObjectModel(StaticSettings(hidden_at_most_s=40.0))
    told = watch(Street(patches=[BAG, VAN]), 125, model=model)
    gone = [(t, thing.id) for t, things in told for thing in things if thing.gone]
    (last,) = told[-1][1]
    assert [thing for t, thing in gone if t < 80] == [last.id]
    assert abs(seconds(last.appeared) - 8.0) < 0.6


def test_another_thing_in_its_very_place_is_another_thing() -> None:
    told = watch(Street(patches=[replace(BAG, end=30.0), Patch(150, 148, 18, 18, 200.0, start=30.0)]), 80)
    assert len(ids(told)) == 2


def test_a_second_bag_beside_the_first_is_another_thing() -> None:
    told = watch(Street(patches=[BAG, Patch(176, 150, 18, 16, 190.0, start=20.0)]), 32)
    assert len(told[-1][1]) == 2


def lamp(step: float, at: float = 9.5) -> Street:
    return Street(patches=[BAG], light=lambda t, p: p * step if t >= at else p)


@pytest.mark.parametrize("step", [0.6, 0.75, 1.25])
def test_a_step_of_the_light_right_after_the_set_down_loses_nothing(step: float) -> None:
    told = watch(lamp(step), 22)
    assert len(ids(told)) == 1
    assert abs(seconds(told[-1][1][0].appeared) - 8.0) < 1.0


def test_a_passing_cloud_is_no_object() -> None:
    columns = np.arange(320, dtype=np.float32)

    def cloud(t: float, picture: Picture) -> Picture:
        edge = 1 / (1 + np.exp((columns - (t - 8) * 40) / 12))
        return (picture * (1 - 0.4 * edge[None])).astype(np.float32)

    assert not ids(watch(Street(light=cloud), 30))


def test_infrared_switch_starts_anew_and_finds_what_comes_later() -> None:
    night = ground(5, level=70.0)
    late = Patch(60, 160, 20, 18, 190.0, start=18.0)

    def switch(t: float, picture: Picture) -> Picture:
        if t < 9:
            return picture
        out = night.copy()
        late.draw(out, t)
        return out

    told = watch(Street(light=switch), 32)
    assert len(ids(told)) == 1
    assert seconds(told[-1][1][0].appeared) > 17


def test_a_swaying_camera_sees_the_bag_only() -> None:
    def sway(t: float, picture: Picture) -> Picture:
        return np.roll(picture, (round(np.sin(3 * t)), round(1.6 * np.sin(2 * t))), (0, 1)) if t > 10 else picture

    assert len(ids(watch(Street(patches=[BAG], light=sway), 24))) == 1


@pytest.mark.parametrize("level", [18.0, 70.0])
def test_at_night_a_dark_and_a_bright_thing_are_found(level: float) -> None:
    scene = ground(3, level=42.0, rough=3.0)
    told = watch(Street(scene=scene, patches=[Patch(150, 150, 18, 16, level, start=8.0)], noise=2.5), 20)
    assert len(ids(told)) == 1


def test_portrait_and_large_pictures() -> None:
    scene = np.kron(ground(4, w=180, h=320), np.ones((3, 3), np.float32))
    told = watch(Street(scene=scene, patches=[Patch(240, 600, 60, 54, 45.0, start=8.0)]), 18, fps=3.0)
    assert len(ids(told)) == 1
    assert told[-1][1][0].box.iou(Box(240 / 540, 600 / 960, 60 / 540, 54 / 960)) > 0.5


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(fps=st.sampled_from([1.0, 2.0, 3.0, 6.0, 12.5, 30.0]), x=st.integers(20, 280), y=st.integers(60, 215))
def test_any_frame_rate_and_place(fps: float, x: int, y: int) -> None:
    told = watch(Street(patches=[Patch(x, y, 16, 16, 40.0, start=6.0)]), 16, fps=fps)
    assert len(ids(told)) == 1
    assert abs(seconds(told[-1][1][0].appeared) - 6.0) <= 1.0 + 1.1 / fps


def test_a_name_comes_from_the_detector() -> None:
    model = StaticObjectModel()
    street = Street(patches=[Patch(120, 140, 40, 30, 50.0, start=8.0)])
    bike = Observation(Group.TWO_WHEELER, "motorcycle", Box(118 / 320, 138 / 240, 44 / 320, 34 / 240), 0.7)
    things: tuple = ()
    for k in range(90):
        t = k / 5
        things = model.update(street.frame(t), (), [bike] if t > 8 else [])
    assert [(thing.group, thing.label) for thing in things] == [(Group.TWO_WHEELER, "motorcycle")]


def test_it_asks_for_a_closer_look_a_few_times_only() -> None:
    model = StaticObjectModel()
    watch(Street(patches=[BAG]), 12, model=model)
    wanted = model.wants_look
    assert wanted is not None
    assert wanted.overlap(Box(150 / 320, 150 / 240, 18 / 320, 16 / 240)) > 0
    assert model.wants_look is None


def test_a_restarted_worker_remembers_the_empty_scene() -> None:
    first = StaticObjectModel()
    watch(Street(patches=[BAG]), 7, model=first)
    learned = first.learned()
    assert learned is not None
    told = watch(Street(patches=[Patch(150, 150, 18, 16, 45.0)]), 12, model=StaticObjectModel(learned=learned))
    assert len(ids(told)) == 1


def test_another_frame_size_begins_anew() -> None:
    model = StaticObjectModel()
    watch(Street(patches=[BAG]), 16, model=model)
    small = Street(scene=ground(2, w=160, h=120))
    assert not ids(watch(small, 26, model=model, start=16.2))


def named(group: Group, score: float, count: int, *, shows: str = "x") -> list[Observation]:
    return [Observation(group, shows, Box(150 / 320, 150 / 240, 18 / 320, 16 / 240), score)] * count


@pytest.mark.parametrize(
    ("group", "score", "word"),
    [
        (Group.ANIMAL, 0.7, None),
        (Group.VEHICLE, 0.2, None),
        (Group.VEHICLE, 0.6, Group.VEHICLE),
        (Group.BAG, 0.25, Group.BAG),
    ],
)
def test_a_word_is_taken_only_for_what_can_lie_there(group: Group, score: float, word: Group | None) -> None:
    looks = Looks(total=10, seen=10)
    for seen in named(group, score, 10):
        looks.votes[seen.group, seen.label] = looks.votes.get((seen.group, seen.label), 0.0) + seen.score
        looks.best[seen.group, seen.label] = seen.score
    assert (looks.word and looks.word[0]) == word


def test_a_few_looks_that_take_it_for_a_person_do_not_make_it_one() -> None:
    assert not Looks(seen=30, shaped=3, total=60).is_person
    assert Looks(seen=30, shaped=9, total=60).is_person


def test_looks_that_name_a_bag_speak_against_those_that_take_it_for_a_person() -> None:
    assert Looks(seen=8, shaped=1.9, total=20).is_person
    assert not Looks(seen=8, shaped=1.9, bagged=7, total=20).is_person
    assert Looks(seen=8, shaped=7, bagged=7, total=20).is_person


def test_looks_at_another_part_do_not_say_that_the_owner_has_gone() -> None:
    """Who stands beside a bag does not move, and is not seen while the detector looks where others walk."""

    def stays(t: float) -> tuple[float, float] | None:
        return bringer(t) if t < 9 else (max(145 - (t - 9) * 35.0, 120.0), 172.0)

    street, model = Street(patches=[BAG], walkers=[Walker(stays)]), StaticObjectModel()
    elsewhere, things = Box(0.7, 0.0, 0.3, 0.4), ()
    for k in range(150):
        seen, tracks = street.seen(k / 5)
        if k < 60 or k % 20 == 0:
            things = model.update(street.frame(k / 5), tracks, seen)
        else:
            things = model.update(street.frame(k / 5), (), [], elsewhere)
    assert things
    assert all(thing.attended for thing in things)
    assert all(thing.owner_left is None for thing in things)
