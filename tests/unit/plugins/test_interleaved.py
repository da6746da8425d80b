import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.errors import SourceLost
from matpho.plugins.sources.interleaved import MOST_HEAD, Answer, Pieces
from matpho.testing.rtp_packets import framed, rtp

pytestmark = pytest.mark.unit

FRAME = framed(0, rtp(b"\x65abc", sequence=1, stamp=9000))
OK = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nPublic: A\r\npublic: B\r\nContent-Length: 3\r\n\r\nv=0"


def all_of(data, size=10**9):
    pieces = Pieces()
    return [p for at in range(0, len(data), size) for p in pieces.feed(data[at : at + size])]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10**9])
def test_frames_and_answers_are_told_apart_however_they_are_cut(size):
    answer = Answer(200, {"cseq": ["3"], "public": ["A", "B"], "content-length": ["3"]}, "v=0")
    asked = b"OPTIONS rtsp://x RTSP/1.0\r\nCSeq: 9\r\n\r\n"
    found = all_of(FRAME + OK + FRAME + asked + framed(1, b""), size)
    assert found == [(0, FRAME[4:]), answer, (0, FRAME[4:]), Answer(0, {"cseq": ["9"]}), (1, b"")]
    assert answer.first("public") == "A"
    assert answer.first("session") == ""


@pytest.mark.parametrize(
    "wrong", [b"\x00", b"Zz", b"RTSP", b"$\x63", bytes(999), b"RTSP/1.0 abc\r\n\r\n", b"\x80\x60$"]
)
def test_wrong_bytes_are_passed_over_up_to_the_next_frame(wrong):
    tail = b"".join(framed(0, rtp(b"\x41" + bytes(200), sequence=n, stamp=n)) for n in range(300))
    found = [p[1] for p in all_of(wrong + tail) if not isinstance(p, Answer)]
    assert rtp(b"\x41" + bytes(200), sequence=299, stamp=299) in found


@pytest.mark.parametrize("size", [1, 3, 10**9])
def test_an_empty_line_between_answers_and_frames_hides_neither(size):
    found = all_of(b"\r\n" + OK + b"\r\n" + FRAME + b"\r\n\r\n" + FRAME + b"\r\n" + OK, size)
    assert [isinstance(p, Answer) for p in found] == [True, False, False, True]


def test_what_never_looks_like_rtsp_is_lost():
    with pytest.raises(SourceLost):
        all_of(b"<html>" * 200_000, 600)


def test_a_body_that_would_never_end_is_refused():
    with pytest.raises(SourceLost):
        all_of(b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n")


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "999999999999"])
def test_a_length_that_is_none_counts_as_none(length):
    (answer,) = all_of(f"RTSP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())
    assert (answer.status, answer.body) == (200, "")


@given(st.lists(st.one_of(st.binary(max_size=200), st.just(FRAME), st.just(OK), st.just(b"RTSP/1.0 "))))
def test_nothing_hangs_it_or_makes_it_keep_more_than_a_frame(parts):
    pieces = Pieces()
    for part in parts:
        pieces.feed(part)
        assert len(pieces._rest) <= 65_540 + MOST_HEAD
