import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Track, TrackPoint
from matpho.domain.time import Instant
from matpho.vision.bystanders import Bystander, Crowd
from matpho.vision.imprint import Imprint
from matpho.vision.owners import Owner, Witnesses

pytestmark = pytest.mark.unit

SHAPE = (100, 100)
BLANK = np.zeros(SHAPE, np.float32)


def imprint() -> Imprint:
    mask = np.zeros(SHAPE, np.uint8)
    mask[70:80, 50:60] = 255
    return Imprint.take(mask, BLANK, BLANK, mask)


THING = Box(0.5, 0.7, 0.1, 0.1)


def who(track: int, x: float, group: Group = Group.PERSON, *, real: bool = True) -> Bystander:
    box = Box(x, 0.5, 0.1, 0.3)
    foreground = np.zeros(SHAPE, np.uint8)
    if real:
        foreground[50:80, int(x * 100) : int(x * 100) + 10] = 255
    point = TrackPoint(Instant(0), box, seen=True)
    return Crowd(foreground).of_tracks([Track(track, group, group, 0.5, Instant(0), (point,))])[0]


def test_the_nearest_person_at_the_set_down_owns_it() -> None:
    witnesses = Witnesses()
    for t in (8.0, 9.0, 10.0):
        witnesses.note(t, [who(1, 0.38), who(2, 0.1)])
    witnesses.note(14.0, [who(3, 0.45)])
    owner = witnesses.owner(imprint(), THING, 10.0, SHAPE)
    assert owner is not None
    assert owner.track == 1


def test_people_come_before_vehicles_and_nobody_is_nobody() -> None:
    witnesses = Witnesses()
    witnesses.note(9.5, [who(5, 0.4, Group.VEHICLE), who(6, 0.35)])
    owner = witnesses.owner(imprint(), THING, 10.0, SHAPE)
    assert owner is not None
    assert owner.track == 6
    assert Witnesses().owner(imprint(), THING, 10.0, SHAPE) is None


def test_a_person_who_is_only_the_bag_itself_owns_nothing() -> None:
    witnesses = Witnesses()
    witnesses.note(9.5, [who(1, 0.5, real=False)])
    assert witnesses.owner(imprint(), THING, 10.0, SHAPE) is None


def test_the_owner_is_followed_through_a_new_number_and_leaves() -> None:
    owner = Owner(1, 1, 10.0)
    owner.update(11.0, [who(1, 0.4)], [who(1, 0.4)], elsewhere=True)
    owner.update(12.5, [who(2, 0.42)], [who(2, 0.42)], elsewhere=False)
    assert (owner.follows, owner.away, owner.track) == (2, False, 1)
    owner.update(14.0, [], [], elsewhere=True)
    assert owner.away
    assert owner.near_s == 12.5
    owner.update(15.0, [who(3, 0.42)], [who(2, 0.0), who(3, 0.42)], elsewhere=True)
    assert owner.follows == 2  # a passer-by is not the owner while the owner is in sight


def test_who_was_in_the_picture_beside_the_owner_is_somebody_else() -> None:
    """On a frequented square somebody is always near when the owner is lost."""
    owner = Owner(1, 1, 10.0)
    owner.update(11.0, [who(1, 0.4)], [who(1, 0.4), who(2, 0.1)], elsewhere=True)
    owner.update(12.5, [who(2, 0.42)], [who(2, 0.42)], elsewhere=False)
    assert owner.away
    assert owner.follows == 1
    owner.update(13.0, [who(3, 0.42)], [who(3, 0.42)], elsewhere=False)
    assert owner.follows == 3


def test_what_is_remembered_later_is_followed_to_the_present() -> None:
    witnesses = Witnesses()
    for t in np.arange(8.0, 20.0, 0.5):
        witnesses.note(float(t), [who(1, 0.4 if t < 13 else 0.0)])
    owner = witnesses.owner(imprint(), THING, 10.0, SHAPE)
    assert owner is not None
    assert owner.away
    assert owner.near_s == 12.5
    assert witnesses.last_near(imprint(), THING, 10.0) == 12.5


def test_who_stays_lingers_where_the_detector_looks_every_few_seconds_only() -> None:
    witnesses = Witnesses()
    for at_s in (2.0, 6.0, 10.0):
        witnesses.note(at_s, [who(1, 0.1)])
    assert witnesses.lingers(who(1, 0.1), 14.0, SHAPE)
    assert not witnesses.lingers(who(2, 0.1), 14.0, SHAPE)  # somebody else, for all one knows
    assert not witnesses.lingers(who(1, 0.1), 17.0, SHAPE)


@pytest.mark.parametrize(("step", "lingers"), [(0.0, True), (0.02, True), (0.1, False)])
def test_who_stays_lingers_and_who_walks_past_does_not(step: float, lingers: bool) -> None:  # noqa: FBT001
    witnesses = Witnesses()
    for k in range(11):
        witnesses.note(10 + 0.5 * k, [who(1, 0.1 + 0.5 * k * step)])
    assert witnesses.lingers(who(1, 0.1 + 5 * step), 15.0, SHAPE) is lingers
    assert witnesses.lingers(who(2, 0.1 + 5 * step), 15.0, SHAPE) is lingers  # lost and found under another number
    assert not witnesses.lingers(who(3, 0.8), 15.0, SHAPE)  # nobody was there
