"""What has lain there from the start: how many looks it takes, what is no look, and what is never asked."""

import numpy as np
import pytest

from matpho.domain.geometry import Box, polygon
from matpho.domain.observation import Group, Observation
from matpho.domain.time import seconds
from matpho.testing.street import Patch, Street, Walker
from matpho.vision.from_start import ASK_S, MOST_ASKED, FromStart, Lying, View
from matpho.vision.static_objects import StaticObjectModel

pytestmark = pytest.mark.unit

EVERYWHERE = polygon(((0, 0), (1, 0), (1, 1), (0, 1)))
LEFT = polygon(((0, 0), (0.4, 0), (0.4, 1), (0, 1)))
PLACE = Box(0.5, 0.6, 0.05, 0.06)
BARE = np.zeros((60, 80), np.uint8)
BAG = Observation(Group.BAG, "suitcase", PLACE, 0.4)


def tall(_: Box) -> float | None:
    return 0.2


def looks(
    named: str,
    *,
    bag: Observation = BAG,
    others: tuple[Observation, ...] = (),
    foreground: np.ndarray = BARE,
    within: object = EVERYWHERE,
) -> tuple[FromStart, list[Lying]]:
    """One look every second; ``x`` where the detector names it. The first one is before the scene is known."""
    places = FromStart((within,))  # type: ignore[arg-type]
    places.hear(View(), [bag], 0.0, None, tall)
    places.begin(4.0)
    sure: list[Lying] = []
    for number, mark in enumerate(named):
        view = places.wants(5.0 + number) or View()
        seen = [*others, bag] if mark == "x" else list(others)
        for place in places.hear(view, seen, 5.0 + number, foreground, tall):
            place.number = len(sure) + 1
            sure.append(place)
    return places, sure


def test_what_is_named_in_most_of_the_looks_lies_there():
    _, (place,) = looks("xx.xxx.xxx.xxx")
    assert place.box == PLACE
    assert place.label == "suitcase"
    assert place.share > 0.7


@pytest.mark.parametrize("named", ["x" * 5, "x..x..x..x..x..x..x..x..", "x.x.x.x.x.x.x.x.x.", "..." + "x" * 4])
def test_a_few_names_and_one_in_three_are_a_chance(named: str):
    assert looks(named)[1] == []


@pytest.mark.parametrize("group", [Group.PERSON, Group.TWO_WHEELER])
def test_what_somebody_carries_or_what_hangs_on_a_motorbike_is_not_lying_there(group: Group):
    carrier = Observation(group, group.value, PLACE.grown(0.03, 0.1), 0.6)
    assert looks("x" * 20, others=(carrier,))[1] == []


def test_a_look_at_something_that_stands_before_it_says_nothing():
    before = BARE.copy()
    before[36:40, 40:44] = 255
    places, sure = looks("x" * 20, foreground=before)
    assert sure == []
    assert all(place.looks == 0 for place in places._places)
    assert places.wants(40.0) is None, "it is not asked about for ever"


def test_a_sign_as_tall_as_a_person_is_not_asked_about():
    sign = Observation(Group.BAG, "suitcase", Box(0.5, 0.4, 0.05, 0.19), 0.5)
    places, sure = looks("x" * 20, bag=sign)
    assert sure == []
    assert places.wants(40.0) is None


def test_nothing_is_asked_where_it_does_not_matter():
    places, sure = looks("x" * 20, within=LEFT)
    assert sure == []
    assert places.wants(40.0) is None


def test_the_looks_take_turns_are_few_and_end():
    places = FromStart((EVERYWHERE,))
    assert places.wants(1.0) is None, "nothing was named"
    places.hear(View(), [BAG], 0.0, None, tall)
    assert places.wants(1.0) is None, "the scene is not known yet"
    places.begin(4.0)
    views = []
    for number in range(3 * MOST_ASKED):
        view = places.wants(5.0 + number)
        if view is not None:
            views.append(view)
            places.hear(view, [BAG] if number % 2 else [], 5.0 + number, BARE, tall)
    assert 8 <= len(views) <= MOST_ASKED
    assert {(v.mirrored, v.part.w < 1) for v in views} == {(False, False), (True, False), (False, True), (True, True)}
    assert all(v.part.overlap(PLACE) == pytest.approx(PLACE.area) for v in views)
    assert places.wants(5.0 + ASK_S) is None


def test_a_view_that_nobody_had_the_time_for_is_still_wanted():
    places = FromStart((EVERYWHERE,))
    places.hear(View(), [BAG], 0.0, None, tall)
    places.begin(4.0)
    for number in range(2 * MOST_ASKED):
        assert places.wants(5.0 + number) is not None


def test_what_is_in_a_scene_known_from_an_earlier_run_is_not_new():
    places = FromStart((EVERYWHERE,))
    places.hear(View(), [BAG], 0.0, None, tall)
    places.close()
    assert places.wants(5.0) is None
    for number in range(20):
        assert places.hear(View(), [BAG], 5.0 + number, BARE, tall) == []


# The whole model

LAIN = Patch(150, 150, 18, 16, 45.0)
SEEN = Observation(Group.BAG, "backpack", Box(150 / 320, 150 / 240, 18 / 320, 16 / 240), 0.5)


def told(street: Street, until: float, model: StaticObjectModel | None = None) -> list:
    """What the model tells each fifth of a second; the detector sees the bag wherever it lies in plain sight."""
    model = model or StaticObjectModel()
    model.ask_within([EVERYWHERE])
    found = []
    for k in range(round(until * 5)):
        t = k / 5
        observations, tracks = street.seen(t)
        bags = [SEEN] if any(p.start <= t < p.end for p in street.patches) else []
        model.update(street.frame(t), tracks, [*observations, *bags] if k % 5 == 0 else None)
        view = model.wants_view
        if view is not None:
            model.hear_view(view, [*observations, *bags])
        found.append((t, model.from_start))
    return found


def test_a_bag_that_was_there_before_the_camera_is_told_since_its_first_picture():
    things = [thing for _, found in told(Street(patches=[LAIN]), 30) for thing in found]
    assert things
    assert {thing.id for thing in things} == {1}
    assert seconds(things[0].appeared) == 0
    assert things[-1].group is Group.BAG
    assert not things[-1].attended
    assert not any(thing.gone for thing in things)


def test_it_is_gone_once_when_it_is_taken():
    taken = Patch(150, 150, 18, 16, 45.0, end=24.0)
    found = told(Street(patches=[taken]), 45)
    gone = [t for t, things in found for thing in things if thing.gone]
    assert len(gone) == 1
    assert 24 < gone[0] < 40
    assert found[-1][1] == ()


def test_who_stands_at_it_attends_it_and_who_passes_does_not():
    beside = Walker(lambda t: (192.0, 172.0) if t > 20 else None, track=9)
    past = Walker(lambda t: ((t % 4.0) * 90.0, 190.0) if t > 20 else None, track=8)
    (stays,) = told(Street(patches=[LAIN], walkers=[beside]), 32)[-1][1]
    (passes,) = told(Street(patches=[LAIN], walkers=[past]), 32)[-1][1]
    assert stays.attended
    assert not passes.attended


def test_a_restarted_worker_does_not_ask_again():
    before = StaticObjectModel()
    assert any(things for _, things in told(Street(patches=[LAIN]), 25, before))
    known = before.learned()
    assert known is not None
    assert not any(things for _, things in told(Street(patches=[LAIN]), 25, StaticObjectModel(learned=known)))
