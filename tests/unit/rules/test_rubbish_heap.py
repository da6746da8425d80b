"""Rubbish heaps: what grows, what is left after the collection hours, and what is none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time as TimeOfDay  # noqa: N812

import pytest
from tests.unit.rules.scenes import CAMERA, every, place, play, scene, standing, t, thing, track

from matpho.domain.camera import Hours, Purpose
from matpho.domain.geometry import Box, Point
from matpho.domain.observation import Group, Scene, StaticObject
from matpho.rules.rubbish_heap import RubbishHeap
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit

BAGS = (Box(0.10, 0.7, 0.08, 0.10), Box(0.18, 0.71, 0.08, 0.10), Box(0.14, 0.64, 0.08, 0.08))
"""Three bags side by side: 0.8 % of the frame each, 1.6 % of the zone."""


def from_above(at: Place) -> Place:
    """Ten metres by ten, seen from straight above."""
    corners = (Point(0, 1), Point(1, 1), Point(1, 0), Point(0, 0))
    return replace(at, camera=replace(at.camera, ground=corners, ground_size_m=(10.0, 10.0)))


def bags(times: tuple[float, ...], *, gone_at: float = 1e9, **kind: object) -> Callable[[float], Scene]:
    """Bags set down at these seconds, and all taken at ``gone_at``."""

    def at(now: float) -> Scene:
        if now > gone_at + 1:
            return scene(now)
        here = [
            thing(i, box=BAGS[i], appeared=s, now=now, alone_since=s + 5, gone=now >= gone_at, **kind)  # type: ignore[arg-type]
            for i, s in enumerate(times)
            if now >= s
        ]
        return scene(now, static=here)

    return at


def test_bags_laid_side_by_side_one_after_another_are_one_heap():
    (hit,) = play(RubbishHeap(place()), every(1, 0, 185), bags((0, 60, 400)))
    assert hit.start == t(60), "from when it was large enough"
    assert hit.at == t(180)
    assert hit.figures["pieces"] == 2
    assert hit.figures["area_share"] == pytest.approx(0.032)
    assert hit.box == BAGS[0].join(BAGS[1])
    assert "3%" in hit.why.vi
    assert "2 in all" in hit.why.en


def test_it_is_told_again_as_it_grows_under_the_same_id():
    hits = play(RubbishHeap(place()), every(1, 0, 260), bags((0, 60, 200)))
    assert [h.at for h in hits] == [t(180), t(210), t(240)]
    assert len({h.id for h in hits}) == 1
    assert [h.figures["pieces"] for h in hits] == [2, 3, 3]


def test_a_thing_onto_which_more_is_laid_grows_too():
    def grows(now: float) -> Scene:
        box = Box(0.1, 0.7, 0.1, 0.12) if now < 50 else Box(0.1, 0.65, 0.16, 0.17)
        return scene(now, static=[thing(1, box=box, now=now)])

    assert [h.at for h in play(RubbishHeap(place()), every(1, 0, 125), grows)] == [t(120)]


def test_a_lorry_load_is_a_heap_at_once_in_one_piece():
    load = Box(0.1, 0.5, 0.2, 0.2)  # 8 % of the zone
    hits = play(RubbishHeap(place()), every(1, 0, 125), lambda now: scene(now, static=[thing(1, box=load, now=now)]))
    assert [h.figures["pieces"] for h in hits] == [1]


@pytest.mark.parametrize(
    "make",
    [
        bags((0,)),  # a single bag is dumping, not a heap
        bags((0, 60), gone_at=150),  # collected before it counts
        bags((0, 60), group=Group.VEHICLE),
        bags((0, 60), group=Group.PERSON),
        lambda now: scene(now, static=[thing(1, now=now), thing(2, box=Box(0.4, 0.2, 0.06, 0.08), now=now)]),  # apart
        lambda now: scene(now, static=[thing(i, box=b, now=now, alone_since=None) for i, b in enumerate(BAGS)]),
        lambda now: scene(now, static=[thing(i, box=replace(b, x=b.x + 0.5), now=now) for i, b in enumerate(BAGS)]),
        lambda now: scene(  # two people who stand and talk, seen as things
            now,
            static=[thing(i, box=b, now=now) for i, b in enumerate(BAGS[:2])],
            tracks=[track(9, standing(0.18, 0.82, height=0.3, width=0.2), now)],
        ),
    ],
    ids=["one bag", "collected", "vehicles", "people", "apart", "attended", "outside", "people before it"],
)
def test_what_is_no_heap_is_not_told(make: Callable[[float], Scene]):
    assert play(RubbishHeap(place()), every(1, 0, 200), make) == []


def test_its_collection_ends_it_and_says_how_long_it_stayed():
    hits = play(RubbishHeap(place()), every(1, 0, 300), bags((0, 60), gone_at=200))
    last = hits[-1]
    assert last.end == t(199)
    assert last.figures["stayed_s"] == 139
    assert "Đã được dọn sau 2 phút 19 giây" in last.why.vi
    assert "It was cleared after 2 min 19 s" in last.why.en


def test_somebody_who_stands_before_it_does_not_end_it():
    hidden = bags((0, 60))
    hits = play(RubbishHeap(place()), every(1, 0, 215), lambda now: scene(now) if 190 <= now < 198 else hidden(now))
    assert [h.end for h in hits] == [None, None]


def test_two_heaps_that_grow_together_go_on_as_the_older_one():
    apart = [
        Box(0.05, 0.7, 0.12, 0.14),
        Box(0.15, 0.72, 0.12, 0.12),
        Box(0.33, 0.7, 0.08, 0.12),
        Box(0.4, 0.7, 0.08, 0.12),
    ]

    def grows(now: float) -> Scene:
        things = [thing(i, box=b, now=now) for i, b in enumerate(apart)]
        bridge = [thing(9, box=Box(0.27, 0.7, 0.07, 0.1), appeared=140, now=now)] if now >= 140 else []
        return scene(now, static=things + bridge)

    hits = play(RubbishHeap(place()), every(1, 0, 155), grows)
    assert len({h.id for h in hits[:2]}) == 2
    ended = [h for h in hits if h.end is not None]
    assert [h.id for h in ended] == [hits[1].id]
    assert "cleared" not in ended[0].why.en


HOURS = (Hours(TimeOfDay(0, 0), TimeOfDay(0, 2)),)  # the recording begins at midnight


def point(**settings: float) -> Place:
    told = {"grace_s": 60.0, "min_duration_s": 30.0, **settings}
    return place(Purpose.COLLECTION_POINT, permitted=HOURS, rules={"rubbish_heap": told})


def test_what_is_left_after_the_collection_hours_and_the_grace_is_a_heap():
    (hit,) = play(RubbishHeap(point()), every(1, 0, 200), bags((10, 20)))
    assert hit.at == t(180), "two minutes of hours, one of grace"
    assert hit.start == t(120), "since the hours ended"
    assert "sau giờ thu gom" in hit.why.vi
    assert "after the collection hours" in hit.why.en


def test_what_lies_there_in_its_hours_or_is_collected_in_the_grace_is_none():
    assert play(RubbishHeap(point()), every(1, 0, 119), bags((10, 20))) == []
    assert play(RubbishHeap(point()), every(1, 0, 400), bags((10, 20), gone_at=170)) == []
    assert play(RubbishHeap(point(grace_s=1800)), every(1, 0, 400), bags((10, 20))) == []


def test_it_is_measured_on_the_ground_where_the_camera_is_calibrated():
    (hit,) = play(RubbishHeap(from_above(place())), every(1, 0, 185), bags((0, 60)))
    assert hit.figures["area_m2"] == pytest.approx(2 * 0.8 * 0.8, rel=0.01), "no deeper than wide"
    assert "khoảng 1,3 m²" in hit.why.vi
    assert "about 1.3 m²" in hit.why.en
    small = {"rubbish_heap": {"min_area_m2": 1.5}}
    assert play(RubbishHeap(from_above(place(rules=small))), every(1, 0, 300), bags((0, 60))) == []


def test_the_end_of_the_stream_ends_it():
    rule = RubbishHeap(place())
    play(rule, every(1, 0, 185), bags((0, 60)))
    (ended,) = rule.finish(t(186))
    assert ended.end == t(186)
    assert ended.camera_id == CAMERA
    assert rule.finish(t(187)) == []


def test_who_left_its_pieces_is_named():
    def owned(now: float) -> Scene:
        pieces: list[StaticObject] = [
            thing(i, box=b, now=now, owner=7 + i, owner_left=5.0) for i, b in enumerate(BAGS[:2])
        ]
        return scene(now, static=pieces)

    (hit,) = play(RubbishHeap(place()), every(1, 0, 125), owned)
    assert hit.track_ids == (7, 8)
