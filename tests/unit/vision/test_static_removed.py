"""What is carried off is told; what goes by itself is not."""

import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, StaticObject, Track, TrackPoint
from matpho.domain.time import Instant, after, seconds
from matpho.testing.street import Patch, Street, Walker
from matpho.vision.static_objects import StaticObjectModel
from matpho.vision.static_settings import StaticSettings

pytestmark = pytest.mark.unit

POT = Patch(150, 146, 18, 24, 45.0, end=30.0)
BACK = Patch(150, 146, 18, 24, 45.0, start=50.0)
SETTINGS = StaticSettings(belonged_s=20.0)


def carrier(t: float) -> tuple[float, float] | None:
    """Comes from the left, stoops over the pot at 28 to 31 s and leaves to the right."""
    if t < 24 or t > 38:
        return None
    if t < 28:
        return 10 + (t - 24) * 34.0, 172.0
    return (146.0, 172.0) if t < 31 else (146 + (t - 31) * 40.0, 172.0)


def run(street: Street, until: float, *, settings: StaticSettings = SETTINGS) -> list[tuple[float, StaticObject]]:
    """Everything told as removed, at five frames a second; nothing is ever told as having come."""
    model, told = StaticObjectModel(settings), []
    for k in range(round(until * 5)):
        t = k / 5
        observations, tracks = street.seen(t)
        came = model.update(street.frame(t), tracks, observations)
        assert came == (), t
        told += [(t, thing) for thing in model.removed]
    return told


def test_a_pot_that_is_carried_off_is_told_with_its_place_its_time_and_who_was_there() -> None:
    told = run(Street(patches=[POT], walkers=[Walker(carrier)]), 48)
    assert told
    assert {thing.id for _, thing in told} == {told[0][1].id}
    at, thing = told[-1]
    assert thing.removed
    assert not thing.gone
    assert thing.owner == 7
    assert abs(seconds(thing.appeared) - 30.0) < 3.0
    assert thing.box.iou(Box(150 / 320, 146 / 240, 18 / 320, 24 / 240)) > 0.5
    assert not thing.attended
    assert told[0][0] < 42 < at


def test_when_it_stands_there_again_it_is_gone_once_and_no_new_thing() -> None:
    told = run(Street(patches=[POT, BACK], walkers=[Walker(carrier)]), 70)
    gone = [t for t, thing in told if thing.gone]
    assert len(gone) == 1
    assert 51 < gone[0] < 55
    assert told[-1][0] == gone[0]


def test_after_some_minutes_it_is_old_news() -> None:
    settings = StaticSettings(belonged_s=20.0, removed_told_s=25.0)
    told = run(Street(patches=[POT], walkers=[Walker(carrier)]), 65, settings=settings)
    assert told[-1][1].gone
    assert 54 < told[-1][0] < 58


def test_what_had_just_come_into_the_scene_is_none() -> None:
    assert not run(Street(patches=[POT], walkers=[Walker(carrier)]), 48, settings=StaticSettings(belonged_s=60.0))


def test_what_vanishes_with_nobody_there_is_none() -> None:
    assert not run(Street(patches=[POT]), 48)


def guest(t: float) -> tuple[float, float] | None:
    """Has sat there from the start, gets up at 30 s and leaves."""
    return (146.0, 172.0) if t < 30 else (146 + (t - 30) * 40.0, 172.0) if t < 36 else None


@pytest.mark.parametrize("seen_before", [True, False])
def test_a_guest_who_gets_up_and_leaves_is_none(*, seen_before: bool) -> None:
    street = Street(walkers=[Walker(guest, sway=0.0)])
    model, told = StaticObjectModel(SETTINGS), []
    for k in range(240):
        t = k / 5
        observations, tracks = street.seen(t)
        if not seen_before and t < 30:
            observations, tracks = [], ()
        model.update(street.frame(t), tracks, observations)
        told += model.removed
    assert not told


def test_a_parked_car_that_drives_off_is_none() -> None:
    street, model, told = Street(patches=[Patch(90, 130, 80, 40, 60.0, end=30.0)]), StaticObjectModel(SETTINGS), []
    box = Box(90 / 320, 130 / 240, 80 / 320, 40 / 240)
    for k in range(240):
        t = k / 5
        seen, tracks = [], ()
        if t < 34:
            now = Box(min(1 - box.w, box.x + max(0.0, t - 30) * 0.2), box.y, box.w, box.h)
            seen = [Observation(Group.VEHICLE, "car", now, 0.7)]
            point = TrackPoint(after(Instant(0), t), now, seen=True)
            tracks = (Track(3, Group.VEHICLE, "car", 0.7, Instant(0), (point,)),)
        model.update(street.frame(t), tracks, seen)
        told += model.removed
    assert not told
