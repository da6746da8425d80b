import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain import codec
from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.messages import Fact, GapCause, GapSeen, HitSeen, SegmentClosed, SegmentOpened, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.errors import Corrupt

pytestmark = pytest.mark.unit

instants = st.integers(0, 2**62).map(Instant)
words = st.text(max_size=30)
unit = st.floats(0, 1)
boxes = st.builds(Box, unit, unit, unit, unit)
cameras = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True).map(CameraId)
hits = st.builds(
    RuleHit, id=words, kind=words, camera_id=cameras, zone_id=st.none() | words.map(ZoneId), thing=words,
    start=instants, at=instants, end=st.none() | instants, box=st.none() | boxes, score=unit, advisory=st.booleans(),
    why=st.builds(Said, words, words), figures=st.dictionaries(words, st.floats(allow_nan=False)),
    track_ids=st.lists(st.integers(0), max_size=3).map(tuple), staged=st.booleans(),
)  # fmt: skip
facts = st.one_of(
    st.builds(
        SegmentOpened, cameras, st.sampled_from(StreamRole), words, instants, words, st.integers(), st.integers()
    ),
    st.builds(SegmentClosed, cameras, words, instants, instants, st.integers(), st.integers(), st.booleans()),
    st.builds(
        GapSeen, cameras, st.sampled_from(StreamRole), instants, st.none() | instants, st.sampled_from(GapCause),
        st.builds(Said, words, words),
    ),
    st.builds(HitSeen, hits),
    st.builds(
        TrackEnded, cameras, st.integers(), st.sampled_from(Group), instants, instants,
        st.lists(st.tuples(instants, boxes), max_size=4).map(tuple),
    ),
)  # fmt: skip


@given(facts)
def test_what_is_told_is_understood(fact):
    line = codec.dumps(fact)
    assert b"\n" not in line
    assert codec.loads(Fact, line) == fact


@given(st.binary(max_size=60))
def test_rubbish_is_named_as_such(line):
    with pytest.raises(Corrupt):
        codec.loads(Fact, line)


def test_a_newer_process_may_say_more_and_an_older_one_less():
    said = codec.loads(
        Fact,
        b'{"is":"SegmentClosed","camera_id":"a","path":"p","start":1,"end":2,"size_bytes":3,"frames":4,"colour":5}',
    )
    assert said == SegmentClosed(CameraId("a"), "p", Instant(1), Instant(2), 3, 4, repaired=False)


@pytest.mark.parametrize("wrong", [b'"1"', b"true", b"1.5", b"null", b"[]"])
def test_a_value_of_the_wrong_type_is_refused(wrong):
    line = b'{"is":"SegmentClosed","camera_id":"a","path":"p","start":%s,"end":2,"size_bytes":3,"frames":4}' % wrong
    with pytest.raises(Corrupt):
        codec.loads(Fact, line)


OLD_GAP = b'{"is":"GapSeen","camera_id":"a","role":"main","start":1,"end":null,"cause":"network","detail":"%s"}'


def test_a_reason_of_an_earlier_version_is_read_in_both_languages():
    said = codec.loads(Fact, OLD_GAP % b"the camera cannot be reached")
    assert said.detail == Said("không kết nối được camera", "the camera cannot be reached")


@pytest.mark.parametrize("wrong", ['{"vi":"a"}', "7", "null", "[]"])
def test_a_reason_that_is_no_sentence_is_refused(wrong):
    line = OLD_GAP.replace(b'"%s"', wrong.encode())
    with pytest.raises(Corrupt):
        codec.loads(Fact, line)
