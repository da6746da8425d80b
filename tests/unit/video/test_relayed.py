import threading
import time
from dataclasses import replace
from fractions import Fraction

import pytest

from matpho.domain.address import parse
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause
from matpho.domain.time import Instant, SystemClock
from matpho.errors import BadVideo, Corrupt, SourceLost
from matpho.testing.builders import NO_ROUTE
from matpho.testing.footage import decoded, packets
from matpho.video import shared_stream
from matpho.video.live import LiveForm, LiveHub, LiveServer
from matpho.video.live_mux import LiveMuxer
from matpho.video.relayed import PacketForm, RelayedHeader, packet_of
from matpho.video.relayed_source import open_relayed
from matpho.video.shared_stream import SharedStream

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")
SUB = StreamRole.SUB
ADDRESS = parse("rtsp://camera/sub")


@pytest.fixture
def recorder(tmp_path):
    """A server as the recorder has it, and where it listens."""
    with LiveServer(tmp_path / "recorder.sock", clock=SystemClock()) as server:
        yield server, tmp_path / "recorder.sock"


def read_by(server, info):
    hub = LiveHub(CAMERA, SUB, PacketForm)
    server.serve(hub, LiveForm.PACKETS)
    hub.began(info)
    return hub


def take(source, count):
    found = []
    for packet in source:
        found.append(packet)
        if len(found) == count:
            return found
    return found


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_packets_arrive_as_the_camera_sent_them(recorder, codec):
    server, path = recorder
    info, script = packets(pictures=30, gop=10, codec=codec)
    script[20].camera_at = Instant(1_700_000_000_123_000_000)
    hub = read_by(server, info)
    hub.packet(script[0])
    source = open_relayed(path, CAMERA, SUB)
    assert source is not None
    for packet in script[1:]:
        hub.packet(packet)
    found = take(source, 30)
    source.close()
    assert source.live
    assert (source.info.codec, source.info.width, source.info.height) == (info.codec, 160, 120)
    assert source.info.time_base == info.time_base
    same = [(bytes(p.payload), p.pts, p.dts, p.duration, p.key, p.size, p.camera_at) for p in script]
    assert [(bytes(p.payload), p.pts, p.dts, p.duration, p.key, p.size, p.camera_at) for p in found] == same
    raw = b"".join(bytes(p.payload) for p in found)
    assert len(decoded(raw, info.codec)) == 30
    assert LiveMuxer(source.info).fragment(found[0]), "what the source says of itself makes a live picture"


def test_a_newcomer_begins_with_the_newest_key_picture(recorder):
    server, path = recorder
    info, script = packets(pictures=30, gop=10)
    hub = read_by(server, info)
    for packet in script[:25]:
        hub.packet(packet)
    source = open_relayed(path, CAMERA, SUB)
    found = take(source, 5)
    source.close()
    assert [p.dts for p in found] == [p.dts for p in script[20:25]]
    assert found[0].key


def test_nobody_reads_it(recorder, tmp_path):
    _, path = recorder
    assert open_relayed(path, CAMERA, SUB, wait_s=0.3) is None
    assert open_relayed(tmp_path / "none.sock", CAMERA, SUB, wait_s=0.1) is None


def test_what_keeps_the_recorder_from_the_camera_is_passed_on(recorder):
    server, path = recorder
    hub = LiveHub(CAMERA, SUB, PacketForm)
    server.serve(hub, LiveForm.PACKETS)
    hub.lost(GapCause.NETWORK, NO_ROUTE)
    with pytest.raises(SourceLost) as told:
        open_relayed(path, CAMERA, SUB, wait_s=0.3)
    assert told.value.vi == "Không kết nối được camera"


def test_a_camera_that_is_lost_ends_the_packets_and_is_waited_for(recorder):
    server, path = recorder
    info, script = packets(pictures=20, gop=10)
    hub = read_by(server, info)
    hub.packet(script[0])
    source = open_relayed(path, CAMERA, SUB)
    hub.lost(GapCause.CAMERA, NO_ROUTE)
    with pytest.raises(SourceLost):
        take(source, 20)
    source.close()

    def come_back():
        hub.began(info)
        hub.packet(script[10])

    threading.Timer(0.5, come_back).start()
    again = open_relayed(path, CAMERA, SUB, wait_s=5.0)
    assert take(again, 1)[0].dts == script[10].dts
    again.close()


def test_a_recorder_that_dies_is_told(tmp_path):
    path = tmp_path / "s"
    with LiveServer(path, clock=SystemClock()) as server:
        info, script = packets(pictures=10)
        read_by(server, info).packet(script[0])
        source = open_relayed(path, CAMERA, SUB)
    with pytest.raises(SourceLost):
        take(source, 10)
    source.close()


def test_what_cannot_be_passed_on_is_said(recorder):
    server, path = recorder
    info, script = packets(pictures=10)
    read_by(server, replace(info, codec="mjpeg")).packet(script[0])
    with pytest.raises(BadVideo):
        open_relayed(path, CAMERA, SUB)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"time_base": [1, 0]}', b"\xff", b"[]"])
def test_a_damaged_header_or_packet_is_corrupt(data):
    with pytest.raises(Corrupt):
        RelayedHeader.decode(data)
    with pytest.raises(Corrupt):
        packet_of(data, Fraction(1, 90_000), key=True)


class Direct:
    """A connection of one's own, which ends after its packets."""

    live = True

    def __init__(self, info, script):
        self.info, self.script, self.closed, self.opened = info, script, 0, 0

    def __call__(self, address):
        assert address == ADDRESS
        self.opened += 1
        return self

    def __iter__(self):
        return iter(self.script)

    def close(self):
        self.closed += 1


def test_without_a_recorder_the_camera_is_read_directly_until_there_is_one(recorder, monkeypatch):
    server, path = recorder
    monkeypatch.setattr("matpho.video.relayed_source.WAIT_S", 0.2)
    monkeypatch.setattr(shared_stream, "LOOK_S", 0.0)
    info, script = packets(pictures=30, gop=10)
    direct = Direct(info, script)
    opener = SharedStream(path, CAMERA, SUB, direct)
    began_s = time.monotonic()
    source = opener(ADDRESS)
    assert source.info is info
    seen = iter(source)
    assert [next(seen).dts for _ in range(3)] == [p.dts for p in script[:3]]
    hub = read_by(server, info)
    hub.packet(script[0])
    with pytest.raises(SourceLost):
        list(seen)
    source.close()
    assert (direct.opened, direct.closed) == (1, 1)
    relayed = opener(ADDRESS)
    assert direct.opened == 1
    assert relayed is not source
    assert bytes(take(relayed, 1)[0].payload) == bytes(script[0].payload)
    relayed.close()
    assert time.monotonic() - began_s < 20
