"""The seals behind the writes of a recording."""

import numpy as np
import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import SegmentOpened
from matpho.testing.clock import NOON
from matpho.testing.footage import decoded, packets
from matpho.video.fragments import boxes, read_map
from matpho.video.recovery import close_on_behalf
from matpho.video.seal import seal, sound_bytes
from matpho.video.segment import SegmentWriter

pytestmark = pytest.mark.unit


def recorded(path, **kind):
    info, script = packets(**kind)
    writer = SegmentWriter(path, info, script[0].at)
    writer.create()
    for packet in script:
        writer.add(packet, 0.0)
    writer.close()
    return path


def kinds(path):
    with path.open("rb") as file:
        return [kind for kind, *_ in boxes(file, 0, path.stat().st_size)]


@pytest.mark.parametrize("kind", [{"pictures": 50}, {"codec": "libx265"}, {"gop": 300, "pictures": 120}])
def test_every_write_is_sealed_and_players_do_not_mind(tmp_path, kind):
    path = recorded(tmp_path / "s.mp4", **kind)
    found = kinds(path)
    assert found[:3] == [b"ftyp", b"moov", b"free"]
    assert found[3:] == [b"moof", b"mdat", b"free"] * (len(found[3:]) // 3)
    assert sound_bytes(path) == path.stat().st_size == read_map(path).whole_bytes
    assert len(decoded(path.read_bytes())) == read_map(path).frames


def test_fragments_of_many_megabytes_are_sealed_as_a_whole(tmp_path):
    """The library's buffer holds one megabyte: a fragment of several comes to us in parts."""
    info, script = packets(size=(640, 480), pictures=30, gop=10)
    writer = SegmentWriter(tmp_path / "s.mp4", info, script[0].at)
    writer.create()
    noise = np.random.default_rng(1)
    for packet in script:
        payload = type(packet.payload)(bytes(packet.payload) + noise.bytes(300_000))
        payload.is_keyframe = packet.key
        packet.payload = payload
        writer.add(packet, 0.0)
    writer.close()
    assert kinds(writer.path)[3:] == [b"moof", b"mdat", b"free"] * 3
    assert sound_bytes(writer.path) == writer.path.stat().st_size > 9_000_000


@pytest.mark.parametrize("damage", ["zeros", "one bit", "old block"])
def test_damage_inside_whole_boxes_is_cut_off_with_all_that_follows(tmp_path, damage):
    path = recorded(tmp_path / "nga-ba" / "s.mp4", size=(320, 240), pictures=60, gop=10)
    whole = read_map(path)
    bad = whole.fragments[3]
    data = bytearray(path.read_bytes())
    middle = bad.offset + bad.size - 40
    if damage == "zeros":
        data[middle : middle + 30] = bytes(30)
    elif damage == "one bit":
        data[middle] ^= 1
    else:
        data[middle : middle + 30] = data[:30]
    path.write_bytes(data)
    assert read_map(path).frames == 60, "boxes alone do not tell"
    closed = close_on_behalf(SegmentOpened(CameraId("x"), StreamRole.MAIN, "nga-ba/s.mp4", NOON, "", 0, 0), tmp_path)
    assert closed.frames == 30
    assert closed.repaired
    assert path.stat().st_size == closed.size_bytes
    assert len(decoded(path.read_bytes())) == 30


def test_a_file_of_an_earlier_version_has_no_seals_and_is_taken_by_its_boxes(tmp_path):
    path = recorded(tmp_path / "nga-ba" / "s.mp4", pictures=30)
    data = path.read_bytes()
    with path.open("rb") as file:
        kept = [data[at : at + length] for kind, at, length, _ in boxes(file, 0, len(data)) if kind != b"free"]
    path.write_bytes(b"".join(kept))
    assert sound_bytes(path) is None
    closed = close_on_behalf(SegmentOpened(CameraId("x"), StreamRole.MAIN, "nga-ba/s.mp4", NOON, "", 0, 0), tmp_path)
    assert closed.frames == 30


def test_a_seal_is_sixteen_bytes():
    assert len(seal(b"anything")) == 16
