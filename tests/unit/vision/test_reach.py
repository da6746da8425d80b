"""Who is within reach of whom: two side by side, who is glimpsed twice, who rides; and who gets on, by both edges."""

from collections.abc import Sequence

import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track, TrackPoint
from matpho.domain.time import Instant, after
from matpho.vision.reach import People, Reach
from matpho.vision.stature import Stature

pytestmark = pytest.mark.unit

WHOLE = Box(0, 0, 1, 1)
ASPECT = 1.0
STANDS = Box(0.4, 0.4, 0.08, 0.2)
BESIDE = Box(0.5, 0.4, 0.08, 0.2)


def track(number: int, boxes: Sequence[Box], group: Group = Group.PERSON, *, seen: bool = True) -> Track:
    """One box every 0.2 s; ``seen``: the last one is."""
    points = [TrackPoint(after(Instant(0), 0.2 * n), box, seen=True) for n, box in enumerate(boxes)]
    points[-1] = TrackPoint(points[-1].at, points[-1].box, seen=seen)
    return Track(number, group, group.value, 0.7, points[0].at, tuple(points))


def glimpse(box: Box, score: float = 0.35) -> Observation:
    return Observation(Group.PERSON, "person", box, score)


def reaches(
    tracks: Sequence[Track], glimpses: Sequence[Sequence[Observation]] = ((),), people: People | None = None
) -> list[Reach]:
    """Of the last picture; the tracks' newest points are of that one, glimpses come one picture after another."""
    people, stature = people or People(WHOLE), Stature(ASPECT)
    stature.note([STANDS] * 3)
    last = max((t.now.at for t in tracks), default=Instant(0))
    known = people.update(tracks, (), Instant(0), ASPECT) if not tracks else ()
    for number, observations in enumerate(glimpses, 1):
        known = people.update(tracks, observations, after(last, 0.2 * (number - len(glimpses))), ASPECT)
    return people.reaches(known, stature)


def moved(box: Box, across: float, looks: int = 5) -> list[Box]:
    """The box as it goes ``across`` in all."""
    return [Box(box.x + across * n / (looks - 1), box.y, box.w, box.h) for n in range(looks)]


def test_two_side_by_side_are_within_reach_and_one_alone_is_not():
    two = reaches([track(1, [STANDS] * 5), track(2, [BESIDE] * 5)])
    assert [r.people for r in two] == [2, 2]
    assert [r.people for r in reaches([track(1, [STANDS] * 5)])] == [1]


def test_who_was_glimpsed_twice_counts_and_once_does_not():
    follows = [track(1, [STANDS] * 5)]
    assert [r.people for r in reaches(follows, [[glimpse(BESIDE)], [glimpse(BESIDE)]])] == [2, 2]
    assert [r.people for r in reaches(follows, [[], [glimpse(BESIDE)]])] == [1]


def test_a_part_of_somebody_is_nobody_else():
    head = Box(STANDS.x, STANDS.y, STANDS.w, 0.07)
    assert [r.people for r in reaches([track(1, [STANDS] * 5)], [[glimpse(head)], [glimpse(head)]])] == [1]


def test_who_is_glimpsed_on_a_parked_motorbike_does_not_count():
    parked = track(7, [Box(0.48, 0.48, 0.12, 0.14)] * 5, Group.TWO_WHEELER)
    assert [r.people for r in reaches([track(1, [STANDS] * 5), parked], [[glimpse(BESIDE)], [glimpse(BESIDE)]])] == [1]


def test_who_walks_on_does_not_stay_and_who_stands_does():
    walking = reaches([track(1, moved(STANDS, 0.16)), track(2, moved(BESIDE, 0.16))])
    assert all(r.stays == 0 for r in walking)
    assert all(r.stays == 1 for r in reaches([track(1, [STANDS] * 5), track(2, [BESIDE] * 5)]))


def test_a_box_that_loses_its_legs_or_grows_an_arm_has_not_got_on():
    shrinking = [Box(0.4, 0.4, 0.08, 0.2 - 0.02 * n) for n in range(5)]
    growing = [Box(0.5, 0.4, 0.08 + 0.02 * n, 0.2) for n in range(5)]
    assert all(r.stays == 1 for r in reaches([track(1, shrinking), track(2, growing)]))


def test_where_somebody_is_only_guessed_to_be_now_says_nothing():
    guessed = [STANDS] * 4 + [Box(0.9, 0.4, 0.0, 0.0)]
    both = reaches([track(1, guessed, seen=False), track(2, [BESIDE] * 5)])
    assert [r.people for r in both] == [2, 2]
    assert all(r.stays == 1 for r in both)


def test_a_box_as_wide_as_high_holds_two_unless_the_picture_cuts_it():
    wide = Box(0.3, 0.4, 0.2, 0.2)
    cut = Box(0.3, 0.8, 0.2, 0.2)
    assert [r.people for r in reaches([track(1, [wide] * 5)])] == [2]
    assert [r.people for r in reaches([track(1, [cut] * 5)])] == [1]
