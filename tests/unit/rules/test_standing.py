"""Standing vehicles: found by track and by static object, and followed through what hides them."""

from collections.abc import Iterable

import pytest
from tests.unit.rules.scenes import every, scene, standing, t, thing, track, trail

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Scene, Track
from matpho.rules.standing import Stand, StandingVehicles

pytestmark = pytest.mark.unit

PLACE = standing(0.3, 0.8)
CAR = Group.VEHICLE


def stands(scenes: Iterable[Scene]) -> list[tuple[Stand, ...]]:
    """What stands at each of the scenes."""
    vehicles = StandingVehicles()
    return [vehicles.update(one) for one in scenes]


def car(number: int, at: float, box: Box = PLACE, *, seen: bool = True) -> Track:
    return track(number, box, at, group=CAR, seen=seen)


def driving(at: float, *, stops: float = 6.0, leaves: float = 1e9) -> Box:
    """A car that comes from the right, stops at PLACE and drives on to the left."""
    if at < stops:
        return standing(min(0.95, 0.3 + 0.1 * (stops - at)), 0.8)
    return PLACE if at < leaves else standing(max(0.05, 0.3 - 0.1 * (at - leaves)), 0.8)


@pytest.mark.parametrize("step", [0.2, 1.0])
def test_what_comes_and_stays_stands_since_it_came_to_rest(step: float):
    now = stands(scene(at, tracks=[trail(1, driving, at, step=step)]) for at in every(step, 0, 20))[-1]
    (stand,) = now
    assert stand.arrived
    assert abs(stand.since - t(6)) <= t(max(1.0, step))
    assert stand.thing == "track:1"


def test_what_stood_there_when_it_was_first_seen_has_stood_at_least_since():
    (stand,) = stands(scene(at, tracks=[car(1, at)]) for at in every(1, 0, 10))[-1]
    assert not stand.arrived
    assert stand.since == t(0)


def test_a_lorry_passes_before_it_and_its_track_is_lost():
    def seen(at: float) -> Scene:
        number = 1 if at < 20 else 7
        return scene(at, tracks=[] if 15 <= at < 25 else [car(number, at)])

    told = stands(seen(at) for at in every(0.2, 0, 60))
    assert {s.id for now in told for s in now} == {told[-1][0].id}
    (stand,) = told[-1]
    assert (stand.since, stand.seen_at) == (t(0), t(60))


def test_a_bus_stands_before_what_has_just_stopped_for_longer_than_it_had_stood():
    bus = Box(0.1, 0.35, 0.5, 0.6)

    def seen(at: float, *, bus_there: bool) -> Scene:
        hidden = 12 <= at < 52
        tracks = [] if hidden else [car(1 if at < 52 else 7, at)]
        return scene(at, tracks=[*tracks, *([car(3, at, bus)] if hidden and bus_there else [])])

    told = stands(seen(at, bus_there=True) for at in every(0.2, 0, 60))
    assert [s.since for s in told[-1] if s.box.iou(PLACE) > 0.5] == [t(0)]
    bare = stands(seen(at, bus_there=False) for at in every(0.2, 0, 60))
    assert [s.since for s in bare[-1] if s.box.iou(PLACE) > 0.5] != [t(0)], "an empty place for so long was empty"


def test_two_tracks_that_change_places_leave_the_stand_where_it_is():
    """At 20 s the lorry's track takes the car over, and the car's track drives on."""

    def seen(at: float) -> Scene:
        passes = standing(min(0.95, 0.3 + 0.06 * (at - 20)), 0.82)
        if at < 20:
            lorry = standing(max(0.05, 0.3 - 0.06 * (20 - at)), 0.82)
            return scene(at, tracks=[car(1, at), car(2, at, lorry)])
        return scene(at, tracks=[car(1, at, passes), car(2, at)])

    told = stands(seen(at) for at in every(0.2, 10, 45))
    oldest = told[-1][0]
    assert (oldest.since, oldest.track) == (t(10), 2)


def test_the_next_to_stop_there_is_another_stand():
    def seen(at: float) -> Scene:
        second = car(2, at, driving(at, stops=34))
        return scene(at, tracks=[car(1, at, driving(at, leaves=20)), second] if at < 23 else [second])

    told = stands(seen(at) for at in every(0.2, 0, 60))
    first, last = told[90][0], told[-1][0]
    assert first.id != last.id
    assert last.since >= t(33)


def test_a_stream_that_rides_through_the_place_does_not_keep_it_taken():
    """One motorbike stops for ten seconds and leaves; then others ride over the very place, one after another."""

    def seen(at: float) -> Scene:
        tracks = [track(1, driving(at, leaves=16), at, group=Group.TWO_WHEELER)] if at < 18 else []
        for number in range(2, 30):
            over = 15.0 + 1.4 * number  # when it is right at the place
            if abs(at - over) < 3:
                tracks.append(track(number, standing(0.3 + 0.15 * (at - over), 0.8), at, group=Group.TWO_WHEELER))
        return scene(at, tracks=tracks)

    told = stands(seen(at) for at in every(0.2, 0, 50))
    assert all(s.gone or s.seen_at <= t(18) for now in told for s in now)
    assert told[-1] == ()


def test_one_box_of_something_else_and_half_a_box_do_not_end_it():
    def seen(at: float) -> Scene:
        odd = {10.0: standing(0.6, 0.9), 14.0: Box(PLACE.x, PLACE.y, PLACE.w, 0.4 * PLACE.h)}
        return scene(at, tracks=[car(1, at, odd.get(at, PLACE))])

    (stand,) = stands(seen(at) for at in every(1, 0, 20))[-1]
    assert stand.since == t(0)


def test_predicted_points_prove_nothing():
    def seen(at: float) -> Scene:
        return scene(at, tracks=[car(1, at, seen=at <= 10)])

    (stand,) = stands(seen(at) for at in every(1, 0, 40))[-1]
    assert stand.seen_at == t(10)


def test_the_static_model_holds_it_while_the_detector_sees_nothing():
    def seen(at: float) -> Scene:
        tracks = [car(1, at, driving(at))] if at < 20 else []
        return scene(at, tracks=tracks, static=[thing(5, box=PLACE, appeared=6, now=at)] if at > 12 else [])

    told = stands(seen(at) for at in every(1, 0, 300))
    (stand,) = told[-1]
    assert stand.seen_at == t(300)
    assert abs(stand.since - t(6)) <= t(1)


def test_it_ends_when_it_drives_off_or_is_taken_away():
    told = stands(scene(at, tracks=[car(1, at, driving(at, leaves=30))]) for at in every(0.2, 0, 60))
    (gone,) = [s for now in told for s in now if s.gone]
    assert abs(gone.seen_at - t(30)) <= t(0.8)  # a box may overlap the place for a moment longer
    taken = stands(
        scene(at, static=[thing(5, box=PLACE, now=min(at, 20), group=CAR, gone=at > 20)] if at < 22 else [])
        for at in every(1, 0, 40)
    )
    (gone,) = [s for now in taken for s in now if s.gone]
    assert gone.seen_at == t(20)


def test_a_doubtful_thing_that_never_came_is_a_bench():
    def bench(at: float) -> Track:
        seen = car(1, at)
        return Track(seen.id, CAR, "car", 0.42, seen.started, seen.path)

    assert not any(stands(scene(at, tracks=[bench(at)]) for at in every(1, 0, 100)))


def test_two_tracks_of_one_car_are_one_stand_and_a_motorbike_before_it_is_another():
    twin, bike = Box(PLACE.x + 0.01, PLACE.y, PLACE.w, PLACE.h), standing(0.3, 0.82, height=0.1, width=0.03)
    told = stands(
        scene(at, tracks=[car(1, at), car(2, at, twin), track(3, bike, at, group=Group.TWO_WHEELER)])
        for at in every(1, 0, 10)
    )
    assert sorted(s.group for s in told[-1]) == [Group.TWO_WHEELER, CAR]
