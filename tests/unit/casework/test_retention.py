"""What goes and what stays, on anything: holds, the legal maximum, room, and what surrounds incidents."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.casework.records import Segment
from matpho.casework.retention import SETTLED_S, for_room, not_near, of_age
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.keeping import KeepRules, Protected
from matpho.domain.messages import RemovalWhy
from matpho.domain.time import Instant, Span, after, seconds
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

NOW = at(0)
DAY = 86_400.0


def file(camera: str, ended_s_ago: float, length_s: float = 60.0, size: int = 10) -> Segment:
    end = after(NOW, -ended_s_ago)
    start = after(end, -length_s)
    return Segment(
        camera_id=CameraId(camera),
        role=StreamRole.MAIN,
        path=f"{camera}/{start}.mp4",
        start=start,
        end=end,
        codec="h264",
        width=2,
        height=2,
        size_bytes=size,
        frames=1,
    )


cameras = st.sampled_from(["cho", "truong"])
files = st.lists(
    st.builds(file, cameras, st.floats(0, 200 * DAY), st.floats(0, 600), st.integers(0, 1000)), max_size=30
).map(lambda some: sorted({s.path: s for s in some}.values(), key=lambda s: (s.end, s.path)))
spans = st.tuples(st.floats(0, 200 * DAY), st.floats(0.1, 20 * DAY)).map(
    lambda two: Span(after(NOW, -two[0] - two[1]), after(NOW, -two[0]))
)
guards = st.dictionaries(cameras.map(CameraId), st.lists(spans, max_size=4).map(tuple), max_size=2).map(Protected)
rules = st.builds(
    lambda routine, more, less: KeepRules(routine_days=routine, most_days=routine + more, least_days=routine * less),
    st.floats(0.1, 120),
    st.floats(0, 60),
    st.floats(0, 1),
)


def held(segment: Segment, guard: Protected) -> bool:
    end = segment.end or segment.start
    return any(h.start < end and segment.start < h.end for h in guard.spans.get(segment.camera_id, ()))


@given(files, guards, rules, st.integers(0, 20_000), st.lists(spans, max_size=3))
def test_nothing_that_is_held_ever_goes(some, guard, kept, need, near):
    gone = [
        *of_age(some, guard, kept, NOW),
        *for_room(some, guard, kept, NOW, need).removals,
        *not_near(some, near, guard, kept, NOW),
    ]
    by_path = {s.path: s for s in some}
    assert not [r for r in gone if held(by_path[r.path], guard)]


@given(files, guards, rules)
def test_after_a_round_nothing_unheld_is_over_the_legal_maximum_and_nothing_young_has_gone(some, guard, kept):
    gone = {r.path for r in of_age(some, guard, kept, NOW)}
    for segment in some:
        age_days = seconds(NOW - (segment.end or NOW)) / DAY
        if age_days > kept.most_days:
            assert segment.path in gone or held(segment, guard)
        if age_days < kept.least_days:
            assert segment.path not in gone


@given(files, guards, rules, st.integers(1, 20_000))
def test_room_is_made_with_the_oldest_and_no_more_than_needed(some, guard, kept, need):
    plan = for_room(some, guard, kept, NOW, need)
    free = [s for s in some if not held(s, guard) and seconds(NOW - (s.end or NOW)) > SETTLED_S]
    assert [r.path for r in plan.removals] == [s.path for s in free[: len(plan.removals)]]
    freed = sum(r.size_bytes for r in plan.removals)
    assert freed + plan.missing_bytes >= need
    if plan.missing_bytes:
        assert len(plan.removals) == len(free)
    elif plan.removals:
        assert freed - plan.removals[-1].size_bytes < need
    assert all(r.why is RemovalWhy.SPACE for r in plan.removals)


def test_the_newest_recording_is_never_given_up_and_a_broken_minimum_is_said():
    kept = KeepRules(routine_days=30, least_days=10)
    some = [file("cho", 20 * DAY), file("cho", 5 * DAY), file("cho", 30)]
    plan = for_room(some, Protected(), kept, NOW, 25)
    assert [r.path for r in plan.removals] == [s.path for s in some[:2]]
    assert plan.below_least
    assert plan.missing_bytes == 5
    assert not for_room(some, Protected(), kept, NOW, 10).below_least


def test_only_what_surrounds_incidents_stays():
    kept = KeepRules(wait_s=600, pre_s=30, post_s=60)
    some = [file("cho", ago) for ago in (900, 840, 780, 720, 660, 300)]
    incident = Span(after(NOW, -810), after(NOW, -800))  # in the file that ended 780 s ago
    gone = not_near(some, [incident], Protected(), kept, NOW)
    assert [r.path for r in gone] == [some[0].path, some[4].path]
    assert {r.why for r in gone} == {RemovalWhy.NOT_KEPT}


def test_a_growing_file_never_goes():
    growing = file("cho", 100 * DAY)
    growing = Segment(**{f: getattr(growing, f) for f in growing.__slots__} | {"end": None})
    assert of_age([growing], Protected(), KeepRules(), NOW) == ()
    assert for_room([growing], Protected(), KeepRules(), NOW, 1).removals == ()
    assert not_near([growing], [], Protected(), KeepRules(), Instant(NOW)) == ()


@given(files, guards, rules, st.dictionaries(cameras.map(CameraId), st.integers(1, 120)))
def test_no_footage_stays_longer_than_its_sign_says_nor_goes_before_the_minimum(some, guard, kept, promised):
    kept = replace(kept, promised_days=promised)
    gone = {r.path for r in of_age(some, guard, kept, NOW)}
    for segment in some:
        age_days = seconds(NOW - (segment.end or NOW)) / DAY
        if segment.camera_id in promised and age_days > max(promised[segment.camera_id], kept.least_days):
            assert segment.path in gone or held(segment, guard)
        if age_days < kept.least_days:
            assert segment.path not in gone


def test_a_sign_that_promises_more_than_the_ward_keeps_lengthens_nothing():
    kept = KeepRules(routine_days=10, promised_days={CameraId("cho"): 30, CameraId("truong"): 3})
    assert kept.kept_s_of(CameraId("cho")) == kept.kept_s == kept.kept_s_of(CameraId("khac"))
    assert kept.shorter == (CameraId("truong"),)
