import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.errors import Corrupt, StorageProblem
from matpho.video.journal import Journal, decode, encode, read

pytestmark = pytest.mark.unit


def gap(number: int) -> GapSeen:
    return GapSeen(
        CameraId("c"),
        StreamRole.MAIN,
        Instant(number),
        Instant(number + 1),
        GapCause.DISK,
        Said("đầy ổ đĩa\n", "disk full\n"),
    )


def test_facts_come_back_with_offsets_to_go_on_from(tmp_path):
    path = tmp_path / "c" / "recorder.jsonl"
    journal = Journal(path)
    ends = [journal.append(gap(n)) for n in range(5)]
    journal.close()
    assert list(read(path)) == [(gap(n), ends[n]) for n in range(5)]
    assert list(read(path, ends[2])) == [(gap(3), ends[3]), (gap(4), ends[4])]
    assert list(read(path, ends[4])) == []
    assert list(read(tmp_path / "none.jsonl")) == []


def test_a_torn_last_line_is_left_until_it_is_whole(tmp_path):
    path = tmp_path / "j.jsonl"
    line = encode(gap(1))
    path.write_bytes(encode(gap(0)) + line[:-3])
    assert [fact for fact, _ in read(path)] == [gap(0)]
    with path.open("ab") as file:
        file.write(line[-3:])
    assert [fact for fact, _ in read(path)] == [gap(0), gap(1)]


def test_the_writer_cuts_off_a_torn_last_line_of_a_dead_one(tmp_path):
    path = tmp_path / "j.jsonl"
    path.write_bytes(encode(gap(0)) + encode(gap(1))[:20])
    journal = Journal(path)
    journal.append(gap(2))
    journal.close()
    assert [fact for fact, _ in read(path)] == [gap(0), gap(2)]


def test_a_damaged_middle_line_is_told_and_skipped(tmp_path, caplog):
    path = tmp_path / "j.jsonl"
    bad = bytearray(encode(gap(1)))
    bad[30] ^= 1
    path.write_bytes(encode(gap(0)) + bytes(bad) + encode(gap(2)))
    assert [fact for fact, _ in read(path)] == [gap(0), gap(2)]
    assert "damaged" in caplog.text


def test_there_is_one_writer(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    with pytest.raises(StorageProblem, match="another process"):
        Journal(tmp_path / "j.jsonl")
    journal.close()
    Journal(tmp_path / "j.jsonl").close()


def test_a_write_that_fails_leaves_no_part_of_a_line(tmp_path, monkeypatch):
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.append(gap(0))
    real = os.write

    def short_then_full(handle, data):
        if len(data) > 10:
            return real(handle, data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", short_then_full)
        with pytest.raises(StorageProblem, match="No space left"):
            journal.append(gap(1))
    journal.append(gap(2))
    journal.close()
    assert [fact for fact, _ in read(path)] == [gap(0), gap(2)]


@settings(max_examples=200)
@given(st.data())
def test_no_damage_makes_a_wrong_fact(data):
    line = encode(gap(7))[:-1]
    at = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda b: b != line[at]))
    damaged = line[:at] + bytes([other]) + line[at + 1 :]
    try:
        assert decode(damaged) == gap(7)  # upper or lower case of the mark is all that may pass
    except Corrupt:
        return
    assert damaged.lower() == line.lower()
