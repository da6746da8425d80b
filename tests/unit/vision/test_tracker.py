"""The tracker as stories of frames."""

import itertools
import random
import time
from dataclasses import replace

import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation, Track
from matpho.domain.time import Instant, after
from matpho.vision.tracked import MEMORY
from matpho.vision.tracker import Tracker

pytestmark = pytest.mark.unit


def t(s: float) -> Instant:
    return after(Instant(0), s)


def seen(x: float, y: float = 0.5, *, w: float = 0.05, h: float = 0.2, score: float = 0.8, group: Group = Group.PERSON):
    return Observation(group, group.value, Box(x, y, w, h), score)


def run(
    frames: list[list[Observation] | None], *, fps: float = 5.0, tracker: Tracker | None = None
) -> list[tuple[Track, ...]]:
    tracker = tracker or Tracker()
    return [
        tracker.predict(t(i / fps)) if found is None else tracker.update(t(i / fps), found)
        for i, found in enumerate(frames)
    ]


def lowered(box: Box) -> Box:
    return Box(box.x, box.y + 0.125, box.w, box.h)


def test_one_walker_is_one_track_from_the_second_frame_on():
    out = run([[seen(0.1 + 0.01 * i)] for i in range(20)])
    assert [len(o) for o in out] == [0] + [1] * 19
    assert {track.id for o in out for track in o} == {1}
    path = out[-1][0].path
    assert all(a.at < b.at for a, b in itertools.pairwise(path))


def test_one_stray_detection_is_nothing():
    tracker = Tracker()
    out = run([[seen(0.1)], [], [], []], tracker=tracker)
    assert all(not o for o in out)
    assert tracker.ended == []


def test_a_track_says_how_many_looks_in_a_row_have_missed_it():
    out = run([[seen(0.3)], [seen(0.3)], [], None, [], [seen(0.3)]])
    assert [o[0].misses for o in out[1:]] == [0, 1, 1, 2, 0]


def test_a_weak_detection_continues_a_track_but_starts_none():
    out = run([[seen(0.3)], [seen(0.3)], [seen(0.3, score=0.2)], [seen(0.3)]])
    assert [p.seen for p in out[-1][0].path] == [True] * 4
    assert all(not o for o in run([[seen(0.3, score=0.4)]] * 5))


def test_a_track_survives_a_second_without_detections_and_keeps_its_id():
    frames = [[seen(0.1 + 0.01 * i)] for i in range(8)] + [[]] * 5 + [[seen(0.1 + 0.01 * i)] for i in range(13, 18)]
    out = run(frames)
    assert {track.id for o in out for track in o} == {1}
    assert not out[10][0].now.seen


def test_a_track_ends_after_a_second_and_a_half_and_is_told():
    tracker = Tracker()
    out = run([[seen(0.3)]] * 5 + [[]] * 10, tracker=tracker)
    assert len(out[11]) == 1
    assert len(out[-1]) == 0
    (ended,) = tracker.ended
    assert ended.id == 1


def test_frames_that_the_detector_did_not_look_at_cost_a_standing_person_nothing():
    frames: list[list[Observation] | None] = [[seen(0.3)], [seen(0.3)]]
    out = run([*frames, *[None] * 40, [seen(0.3)]])
    assert {track.id for o in out for track in o} == {1}
    assert all(len(o) == 1 for o in out[1:])
    assert abs(out[40][0].now.box.x - 0.3) < 0.02


def test_a_motorbike_that_moves_its_own_width_per_frame_is_held_at_five_frames_a_second():
    frames = [[seen(0.05 + 0.06 * i, w=0.06, h=0.12, group=Group.TWO_WHEELER)] for i in range(14)]
    out = run(frames)
    assert {track.id for o in out for track in o} == {1}


def test_two_motorbikes_that_cross_keep_their_ids():
    there = [seen(0.1 + 0.03 * i, 0.40, w=0.06, h=0.12, group=Group.TWO_WHEELER) for i in range(25)]
    back = [seen(0.85 - 0.03 * i, 0.46, w=0.06, h=0.12, group=Group.TWO_WHEELER) for i in range(25)]
    out = run([[a, b] for a, b in zip(there, back, strict=True)])
    right = [track for track in out[-1] if track.path[-1].box.x > 0.5]
    assert len(right) == 1
    assert right[0].path[0].box.x < 0.3
    assert {track.id for o in out for track in o} == {1, 2}


def test_groups_are_not_mixed():
    out = run([[seen(0.3)]] * 4 + [[seen(0.3, group=Group.BAG)]] * 4)
    assert {(track.id, track.group) for o in out for track in o} == {(1, Group.PERSON), (2, Group.BAG)}


RIDER = {"w": 0.06, "h": 0.14}
MACHINE = {"w": 0.06, "h": 0.11, "group": Group.TWO_WHEELER}


def ridden(x: float, y: float) -> list[Observation]:
    """Rider and machine, together 0.2 high from ``y`` down; both boxes."""
    return [seen(x, y, **RIDER), seen(x, y + 0.09, **MACHINE)]


def test_rider_and_machine_seen_in_turns_are_one_two_wheeler_whose_ground_point_stays():
    frames = [ridden(0.1 + 0.02 * i, 0.5) for i in range(6)]
    for i in range(6, 24):
        x = 0.1 + 0.02 * i
        frames.append([ridden(x, 0.5), [seen(x, 0.5, **RIDER)], [seen(x, 0.59, **MACHINE)]][i % 3])
    out = run(frames)
    assert {(track.id, track.group) for o in out for track in o} == {(1, Group.TWO_WHEELER)}
    assert all(p.seen for p in out[-1][0].path)
    assert max(abs(p.box.bottom - 0.7) for p in out[-1][0].path[3:]) < 0.03


@pytest.mark.parametrize("bars", [False, True])
def test_a_rider_who_comes_in_over_the_lower_edge_keeps_one_track_and_its_height(bars: bool):  # noqa: FBT001
    """The box grows while the edge cuts it; riders taken for parts of something higher were lost at the line."""
    frames, tracker = [], Tracker()
    for i in range(24):
        top, whole = 0.93 - 0.025 * i, [seen(0.4, 0.93 - 0.025 * i, **RIDER), seen(0.4, 1.02 - 0.025 * i, **MACHINE)]
        if top + 0.2 > 1:
            whole = [seen(0.4, top, w=0.06, h=1 - top)]
        elif i % 3:
            whole = whole[:1] if i % 3 == 1 else whole[1:]
        frames.append(whole)
    if bars:  # the same picture, an eighth higher, above a black bar
        tracker.lit = Box(0.0, 0.125, 1.0, 0.75)
        frames = [[replace(o, box=Box(o.box.x, o.box.y - 0.125, o.box.w, o.box.h)) for o in f] for f in frames]
    out = run(frames, tracker=tracker)
    if bars:
        out = [tuple(replace(k, path=tuple(replace(p, box=lowered(p.box)) for p in k.path)) for k in o) for o in out]
    assert {track.id for o in out for track in o} == {1}
    inside = [p.box for p in out[-1][0].path if p.box.bottom < 0.98]
    assert len(inside) >= 14
    assert max(box.h for box in inside[2:]) < 0.23
    assert min(box.h for box in inside[8:]) > 0.15


def test_who_is_a_person_at_first_becomes_the_rider_once_the_machine_is_seen():
    person = [[seen(0.3 + 0.02 * i, 0.5, w=0.06, h=0.2)] for i in range(5)]
    out = run([*person, *(ridden(0.4 + 0.02 * i, 0.5) for i in range(5))])
    assert {track.id for o in out for track in o} == {1}
    assert out[4][0].group is Group.PERSON
    assert out[-1][0].group is Group.TWO_WHEELER


def test_a_machine_that_stands_alone_takes_no_passer_by_for_its_rider():
    parked = seen(0.5, 0.55, w=0.1, h=0.15, group=Group.TWO_WHEELER)
    frames = [[parked, seen(0.3 + 0.01 * i, 0.5, w=0.06, h=0.22)] for i in range(40)]
    frames = [f[1:] if 18 <= i < 22 else f for i, f in enumerate(frames)]  # hidden behind the passer-by
    out = run(frames)
    assert {(track.id, track.group) for track in out[-1]} == {(1, Group.TWO_WHEELER), (2, Group.PERSON)}


def test_two_tracks_that_lie_on_each_other_become_one():
    tall = seen(0.3, 0.4, w=0.08, h=0.2, group=Group.TWO_WHEELER)
    frames = [[tall], [tall], [tall]] + [[seen(0.305, 0.40, w=0.07, h=0.13)], [tall]] * 6
    assert len({track.id for o in run(frames)[-3:] for track in o}) == 1


def test_a_track_that_was_lost_takes_none_that_rides_past_its_place_for_its_twin():
    tall = {"w": 0.08, "h": 0.2, "group": Group.TWO_WHEELER}
    lost = [[seen(0.3, 0.4, **tall)]] * 4 + [[]] * 8
    past = [[seen(0.3 + 0.012 * (i - 9), 0.4, **tall)] for i in range(12)]
    out = run([[*a, *b] for a, b in zip(lost, past, strict=True)])
    assert [track.id for track in out[-1] if track.now.seen] == [2]


def test_riders_side_by_side_stay_apart():
    pair = [[*ridden(0.2 + 0.02 * i, 0.5), *ridden(0.25 + 0.02 * i, 0.52)] for i in range(25)]
    out = run(pair)
    assert {track.id for o in out for track in o} == {1, 2}
    assert len(out[-1]) == 2


def test_who_leaves_the_picture_is_not_the_one_who_comes_in_there():
    leaves = [[seen(0.2 - 0.04 * i, 0.5, w=0.06, h=0.2, group=Group.TWO_WHEELER)] for i in range(6)]
    comes = [[seen(-0.0 + 0.03 * i, 0.52, w=0.06, h=0.2, group=Group.TWO_WHEELER)] for i in range(8)]
    out = run([*leaves, [], [], [], *comes])
    assert {track.id for track in out[-1]} == {2}


def test_time_must_increase():
    tracker = Tracker()
    tracker.update(t(1), [])
    with pytest.raises(ValueError, match="time does not increase"):
        tracker.predict(t(1))


def test_paths_are_bounded_and_inside_the_frame():
    out = run([[seen(0.97, 0.9)]] * (MEMORY + 50))
    (track,) = out[-1]
    assert len(track.path) == MEMORY
    assert all(p.box.right <= 1 and p.box.bottom <= 1 for p in track.path)


def test_finish_ends_everything():
    tracker = Tracker()
    run([[seen(0.3)]] * 3, tracker=tracker)
    tracker.finish()
    assert [track.id for track in tracker.ended] == [1]
    assert not tracker.busy


def test_twenty_objects_cost_little():
    dice = random.Random(1)
    frames = [
        [seen(0.02 + 0.045 * k + dice.gauss(0, 0.003), 0.2 + 0.02 * (k % 7), w=0.03, h=0.1) for k in range(20)]
        for _ in range(100)
    ]
    tracker, begun = Tracker(), time.process_time()
    out = run(frames, tracker=tracker)
    spent_ms = 1000 * (time.process_time() - begun) / len(frames)
    assert len(out[-1]) == 20
    assert spent_ms < 6  # about 1 ms alone on a quiet machine


def test_at_one_look_a_second_a_walker_keeps_one_number():
    """Two looks in quick succession, then one a second: a brisk walk of 0.4 heights of the picture in five seconds."""
    looked = {0, 2, 7, 12, 17, 22}
    out = run([[seen(0.1 + 0.016 * i)] if i in looked else None for i in range(25)])
    assert {track.id for o in out for track in o} == {1}
    assert len(out[-1]) == 1
    assert sum(p.seen for p in out[-1][0].path) == 6


def test_at_one_look_a_second_who_has_gone_is_given_up_after_a_few_looks():
    tracker = Tracker()
    frames = [[seen(0.3)] if i < 12 else [] if i % 5 == 0 else None for i in range(60)]
    out = run(frames, tracker=tracker)
    assert len(out[20]) == 1
    assert out[-1] == ()
    assert [track.id for track in tracker.ended] == [1]


def test_what_only_one_look_has_seen_and_what_the_newest_missed_is_doubted():
    tracker = Tracker()
    there = Observation(Group.PERSON, "person", Box(0.4, 0.4, 0.05, 0.2), 0.8)
    tracker.update(after(Instant(0), 0.0), [there])
    assert [box.iou(there.box) > 0.9 for box in tracker.doubted] == [True]
    for number in (1, 2, 3):
        tracker.update(after(Instant(0), float(number)), [there])
        assert tracker.doubted == []
    tracker.update(after(Instant(0), 4.0), [], within=Box(0.6, 0.0, 0.4, 1.0))
    assert tracker.doubted == []  # it was not looked for
    tracker.update(after(Instant(0), 5.0), [])
    assert [box.iou(there.box) > 0.9 for box in tracker.doubted] == [True]
    assert [box.iou(there.box) > 0.9 for box in tracker.boxes] == [True]
