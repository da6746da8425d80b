import socket
import threading
import time

import pytest

from matpho.domain.address import parse
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, Link
from matpho.domain.time import SystemClock
from matpho.errors import SourceLost, SourceRefused, SourceStalled
from matpho.plugins.sources.prompt import PromptSource
from matpho.plugins.sources.rtsp import RtspSource
from matpho.testing.footage import draw
from matpho.video.reader import StreamReader

pytestmark = pytest.mark.integration
FPS = 20
both = pytest.mark.parametrize("opened", [RtspSource, PromptSource])


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    draw(folder / "h264.mp4", pictures=60, gop=20, fps=FPS)
    draw(folder / "h265.mp4", pictures=60, gop=20, fps=FPS, codec="libx265", size=(320, 192))
    return folder


def some(source, count):
    found = []
    for packet in source:
        found.append(packet)
        if len(found) >= count:
            break
    source.close()
    return found


@pytest.mark.parametrize(
    ("name", "codec", "size"), [("h264.mp4", "h264", (160, 120)), ("h265.mp4", "hevc", (320, 192))]
)
@both
def test_packets_have_time_stamps_from_the_first_key_frame_on(rtsp_server, media, name, codec, size, opened):
    source = opened(parse(rtsp_server(media).url(name)))
    assert (source.info.codec, source.info.width, source.info.height) == (codec, *size)
    assert source.info.extradata
    found = some(source, 75)  # over the loop of the file
    assert found[0].key
    assert [p.dts - found[0].dts for p in found] == [90_000 // FPS * n for n in range(75)]
    clocks = [p.camera_at for p in found if p.camera_at is not None]
    assert abs(clocks[-1] - time.time_ns()) < 2e9


@both
def test_a_wrong_password_is_refused_without_repeating_it(rtsp_server, media, caplog, opened):
    server = rtsp_server(media, user="admin", password="rìght/1")
    some(opened(parse(server.url("h264.mp4", "admin:r%C3%ACght%2F1"))), 5)
    with pytest.raises(SourceRefused) as refused:
        opened(parse(server.url("h264.mp4", "admin:hunter2")))
    error = refused.value
    assert error.__cause__ is None
    assert "hunter2" not in f"{error!r} {error.en} {error.vi} {caplog.text}"


@both
def test_what_cannot_be_reached_is_lost(rtsp_server, media, opened):
    server = rtsp_server(media)
    with pytest.raises(SourceLost, match="no stream of this name"):
        opened(parse(server.url("nothing.mp4", "u:hunter2")))
    address = parse(server.url("h264.mp4", "u:hunter2"))
    server.kill()
    with pytest.raises(SourceLost, match="nothing answers") as lost:
        opened(address)
    assert "hunter2" not in repr(lost.value)


@both
def test_a_camera_that_never_answers_is_given_up(opened):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        with pytest.raises(SourceLost):
            opened(parse(f"rtsp://127.0.0.1:{mute.getsockname()[1]}/1"))
    assert time.monotonic() - began < 12


@both
def test_a_silent_camera_is_noticed_within_ten_seconds(rtsp_server, media, opened):
    server = rtsp_server(media)
    source = opened(parse(server.url("h264.mp4")))
    began = 0.0
    with pytest.raises(SourceStalled):  # noqa: PT012 - the stall is in the middle of the iteration
        for number, _ in enumerate(source):
            if number == 20:
                server.stall()
                began = time.monotonic()
    assert time.monotonic() - began < 10
    source.close()
    server.resume()


class Notes:
    def __init__(self):
        self.packets, self.losses, self.began_with = [], [], []

    def began(self, info):
        self.began_with.append(info)

    def packet(self, packet):
        self.packets.append((packet.at, packet.key, time.time_ns()))

    def lost(self, cause, detail):
        self.losses.append((cause, detail))


def wait_for(what, timeout_s=25.0):
    end = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


@both
def test_a_reader_comes_back_after_the_camera_restarts(rtsp_server, media, opened):
    server = rtsp_server(media)
    notes, states = Notes(), []
    reader = StreamReader(
        CameraId("c"),
        StreamRole.MAIN,
        parse(server.url("h264.mp4")),
        open_source=opened,
        listeners=(notes,),
        tell=states.append,
        clock=SystemClock(),
    )
    reader.start()
    wait_for(lambda: len(notes.packets) > 30)
    at, _, came = notes.packets[-1]
    assert abs(came - at) < 0.3e9  # the wall clock, not the backlog of the connection
    server.kill()
    wait_for(lambda: notes.losses)
    assert notes.losses[0][0] is GapCause.CAMERA
    server.start()
    count = len(notes.packets)
    wait_for(lambda: len(notes.packets) > count + 20)
    assert notes.packets[count][1]
    wait_for(lambda: states[-1].link is Link.LIVE and states[-1].fps == pytest.approx(FPS, abs=2))
    assert reader.stop(5)
    links = [s.link for s in states]
    assert Link.LOST in links
    assert links[-1] is Link.OFF
    live = [s for s in states if s.link is Link.LIVE][-1]
    assert abs(live.clock_offset_ms) < 1000
    assert not [t for t in threading.enumerate() if t.name.startswith("read-")]
