import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.background import Look
from matpho.vision.imprint import Imprint
from matpho.vision.static_census import Census
from matpho.vision.static_settings import StaticSettings
from matpho.vision.static_thing import Thing
from matpho.vision.stillness import Stillness

pytestmark = pytest.mark.unit

SHAPE = (60, 80)


def test_what_people_always_stand_at_is_watched_after_some_seconds_all_the_same() -> None:
    mask = np.zeros(SHAPE, np.uint8)
    mask[20:40, 30:50] = 255
    empty = np.random.default_rng(1).normal(120, 6, SHAPE).astype(np.uint8)
    level = np.where(mask > 0, np.uint8(40), empty)
    census = Census(StaticSettings())
    stall = Thing(1, Imprint.take(mask, level, empty, mask), Box(0.375, 0.33, 0.25, 0.33), 0.0, 0.0)
    census.things = [stall]
    look = Look(level, level, mask, np.full(SHAPE, 8, np.uint8), 0.08)
    stillness, watched = Stillness(SHAPE), []
    for step in range(50):
        at_s = step / 5
        stall.crowded_s = at_s
        stillness.update(look, at_s, 0.2)
        assert census.review(look, stillness, at_s, 0.2) == []
        watched.append(stall.watched_s)
    assert watched[25] == 0
    assert watched[-1] > 2


@pytest.mark.parametrize(("grown", "appeared_s"), [(58, 0.0), (80, 3.0)])
def test_an_outline_that_is_drawn_anew_of_the_same_thing_makes_it_no_new_one(grown: int, appeared_s: float) -> None:
    """A part of it comes to rest later, as in rain; what is twice as large is another thing, since it is complete."""
    empty = np.random.default_rng(1).normal(120, 6, SHAPE).astype(np.uint8)
    census, stillness = Census(StaticSettings()), Stillness(SHAPE)
    for step in range(40):
        at_s, mask = step / 5, np.zeros(SHAPE, np.uint8)
        mask[20:40, 30 : grown if at_s >= 3 else 50] = 255
        level = np.where(mask > 0, np.uint8(40), empty)
        look = Look(level, level, mask, np.full(SHAPE, 8, np.uint8), 0.08)
        stillness.update(look, at_s, 0.2)
        census.review(look, stillness, at_s, 0.2)
        census.find(look, empty, stillness, at_s, lambda bounds: Box(*(v / 80 for v in bounds)))
    (thing,) = census.things
    assert thing.box.w == pytest.approx((grown - 30) / 80, abs=0.03), "the outline was drawn anew"
    assert thing.appeared_s == pytest.approx(appeared_s, abs=0.3)


def test_what_comes_to_rest_around_a_known_thing_takes_it_in_no_more() -> None:
    """A lamp lights the place around a bag: the bag stays a thing of its own, since when it stood."""
    empty = np.random.default_rng(1).normal(110, 8, SHAPE).astype(np.uint8)
    census, stillness = Census(StaticSettings()), Stillness(SHAPE)
    for step in range(60):
        at_s, mask, level = step / 5, np.zeros(SHAPE, np.uint8), empty.copy()
        if at_s >= 6:
            mask[14:46, 20:60] = 255
            level[14:46, 20:60] = np.clip(1.4 * level[14:46, 20:60], 0, 255).astype(np.uint8)
        mask[24:36, 34:46], level[24:36, 34:46] = 255, 30
        look = Look(level, level, mask, np.full(SHAPE, 8, np.uint8), 0.08)
        stillness.update(look, at_s, 0.2)
        census.review(look, stillness, at_s, 0.2)
        census.find(look, empty, stillness, at_s, lambda b: Box(b[0] / 80, b[1] / 60, b[2] / 80, b[3] / 60))
    bag, patch = sorted(census.things, key=lambda thing: thing.imprint.area_px)
    assert bag.box.iou(Box(34 / 80, 24 / 60, 12 / 80, 12 / 60)) > 0.9
    assert bag.appeared_s < 1.0
    assert patch.box.w == pytest.approx(0.5, abs=0.05)
    assert not patch.imprint.place(SHAPE)[30, 40], "the bag's place is no part of the patch"


@pytest.mark.parametrize("named", [True, False])
def test_whoever_comes_to_rest_beside_a_bag_that_is_named_is_no_part_of_it(named: bool) -> None:  # noqa: FBT001
    """Together they are less than three times as large; when that person goes, an outline of both would be stuck."""
    empty = np.random.default_rng(1).normal(110, 8, SHAPE).astype(np.uint8)
    census, stillness, bag = Census(StaticSettings()), Stillness(SHAPE), Box(34 / 80, 30 / 60, 12 / 80, 12 / 60)
    for step in range(60):
        at_s, mask, level = step / 5, np.zeros(SHAPE, np.uint8), empty.copy()
        if at_s >= 6:
            mask[20:31, 36:44], level[20:31, 36:44] = 255, 60
        mask[30:42, 34:46], level[30:42, 34:46] = 255, 30
        look = Look(level, level, mask, np.full(SHAPE, 8, np.uint8), 0.08)
        stillness.update(look, at_s, 0.2)
        census.review(look, stillness, at_s, 0.2)
        census.find(look, empty, stillness, at_s, lambda b: Box(b[0] / 80, b[1] / 60, b[2] / 80, b[3] / 60))
        for thing in census.things if named and step % 5 == 0 else ():
            thing.looks.total += 1
            thing.vote(Observation(Group.BAG, "backpack", bag, 0.6))
    first = min(census.things, key=lambda thing: thing.appeared_s)
    assert (first.box.iou(bag) > 0.9) is named
    assert first.appeared_s < 1.0
    assert len(census.things) == (2 if named else 1)
