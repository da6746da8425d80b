import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.observation import Group, Track, TrackPoint
from matpho.domain.time import Instant
from matpho.pipeline.watched import LONGEST_PATH, _summary

pytestmark = pytest.mark.unit


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_a_track_becomes_a_row_of_bounded_length_that_begins_and_ends_where_it_did(seen):
    path = tuple(TrackPoint(Instant(n), Box(n / 1000, 0, 0.1, 0.1), s) for n, s in enumerate(seen))
    told = _summary(CameraId("a"), Track(3, Group.PERSON, "person", 0.7, Instant(0), path))
    observed = [p for p in path if p.seen] or [path[-1]]
    assert 1 <= len(told.boxes) <= LONGEST_PATH
    assert told.boxes[0] == (observed[0].at, observed[0].box)
    assert told.boxes[-1] == (observed[-1].at, observed[-1].box)
    assert [at for at, _ in told.boxes] == sorted({at for at, _ in told.boxes})
