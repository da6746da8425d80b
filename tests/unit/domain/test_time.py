import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.ids import new_id
from matpho.domain.time import Instant, Span, SystemClock, after, from_iso, seconds, to_iso

pytestmark = pytest.mark.unit

instants = st.integers(0, 4_000_000_000_000_000_000).map(Instant)


@given(instants)
def test_iso_keeps_milliseconds(at):
    assert from_iso(to_iso(at)) == at - at % 1_000_000


def test_offsets_are_understood_and_a_time_without_one_is_refused():
    assert from_iso("2026-11-23T12:00:00+07:00") == from_iso("2026-11-23T05:00:00Z")
    with pytest.raises(ValueError, match="offset"):
        from_iso("2026-11-23T12:00:00")


@given(instants, st.floats(-1e6, 1e6))
def test_after_moves_by_seconds(at, s):
    assert seconds(after(at, s) - at) == pytest.approx(s, abs=1e-6)


@given(instants, instants, instants, instants)
def test_joined_spans_hold_both_and_touching_is_mutual(a, b, c, d):
    one, two = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    joint = one.join(two)
    assert joint.start == min(a, b, c, d)
    assert joint.end == max(a, b, c, d)
    assert one.touches(two) == two.touches(one)


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="ends before"):
        Span(Instant(2), Instant(1))


def test_ids_sort_by_time_and_never_repeat():
    clock = SystemClock()
    ids = [new_id(Instant(clock.now() + n * 1_000_000)) for n in range(500)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 500
    assert all(len(i) == 16 for i in ids)
