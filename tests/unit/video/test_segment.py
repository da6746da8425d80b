import os
from dataclasses import replace

import pytest

from matpho.domain.time import SECOND
from matpho.errors import Corrupt, StorageProblem
from matpho.testing.clock import NOON
from matpho.testing.footage import decoded, packets
from matpho.video.fragments import read_map
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit


def write(path, info, script):
    writer = SegmentWriter(path, info, script[0].at)
    writer.create()
    for packet in script:
        writer.add(packet, 0.0)
    return writer


@pytest.mark.parametrize("kind", [{}, {"codec": "libx265"}, {"bframes": 2}, {"fps": 25, "gop": 50, "pictures": 120}])
def test_what_goes_in_comes_out(tmp_path, kind):
    info, script = packets(first_pts=987_654, **kind)
    writer = write(tmp_path / "d" / "s.mp4", info, script)
    writer.close()
    data = writer.path.read_bytes()
    frames = decoded(data)
    assert len(frames) == writer.frames == len(script)
    found = read_map(writer.path)
    assert found.frames == len(script)
    assert found.whole_bytes == found.file_bytes == writer.size == len(data)
    seconds = len(script) / kind.get("fps", 10)
    assert found.duration_ns == pytest.approx(seconds * SECOND, abs=2e6)
    assert writer.end - NOON == pytest.approx(seconds * SECOND, abs=2e6)
    assert all(f.key for f in found.fragments)
    assert [f.shown_start for f in found.fragments] == sorted(f.shown_start for f in found.fragments)


def test_a_killed_writer_loses_at_most_the_last_fragment(tmp_path):
    info, script = packets(pictures=95, gop=10)
    writer = write(tmp_path / "s.mp4", info, script)
    os.close(writer._file)  # what kill -9 leaves: whatever was written, nothing of what the muxer still holds
    found = read_map(writer.path)
    assert not found.torn
    assert found.frames == 90
    assert len(decoded(writer.path.read_bytes())) == 90


def test_every_cut_leaves_whole_fragments_only(tmp_path):
    info, script = packets(pictures=40)
    writer = write(tmp_path / "s.mp4", info, script)
    writer.close()
    data = writer.path.read_bytes()
    ends = [f.offset + f.size for f in read_map(writer.path).fragments]
    torn = tmp_path / "torn.mp4"
    for size in range(0, len(data), 97):
        torn.write_bytes(data[:size])
        if size < read_map(writer.path).fragments[0].offset - 8:
            with pytest.raises(Corrupt):
                read_map(torn)
            continue
        found = read_map(torn)
        assert found.whole_bytes <= size
        assert found.frames == 10 * sum(end <= size for end in ends)
        if found.frames:
            assert len(decoded(data[: found.whole_bytes])) == found.frames


def test_zeros_after_a_power_cut_are_torn_bytes(tmp_path):
    info, script = packets(pictures=30)
    writer = write(tmp_path / "s.mp4", info, script)
    writer.close()
    with writer.path.open("ab") as file:
        file.write(bytes(5000))
    assert read_map(writer.path).torn
    assert read_map(writer.path).frames == 30


def test_a_stutter_of_time_stamps_does_not_end_the_recording(tmp_path):
    info, script = packets(pictures=30)
    script[14] = replace(script[14], dts=script[13].dts, pts=script[13].pts)
    writer = write(tmp_path / "s.mp4", info, script)
    writer.close()
    assert len(decoded(writer.path.read_bytes())) == 30


def test_a_write_that_fails_is_undone(tmp_path, monkeypatch):
    info, script = packets(pictures=40)
    writer = SegmentWriter(tmp_path / "s.mp4", info, script[0].at)
    writer.create()
    for packet in script[:25]:
        writer.add(packet, 0.0)
    real, before = os.write, writer.size

    def full(handle, data):
        if len(data) > 100:
            return real(handle, data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    for packet in script[25:30]:
        writer.add(packet, 0.0)
    with pytest.raises(StorageProblem, match="No space left"):
        writer.add(script[30], 0.0)
    monkeypatch.undo()
    writer.abandon()
    assert writer.path.stat().st_size == before
    assert not read_map(writer.path).torn
    assert read_map(writer.path).frames == 20


def test_a_file_that_exists_is_never_written_over(tmp_path):
    info, script = packets(pictures=2)
    (tmp_path / "s.mp4").write_bytes(b"evidence")
    with pytest.raises(StorageProblem):
        SegmentWriter(tmp_path / "s.mp4", info, script[0].at).create()
    assert (tmp_path / "s.mp4").read_bytes() == b"evidence"
