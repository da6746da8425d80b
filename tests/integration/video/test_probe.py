import io
import socket
import threading
import time

import av
import pytest

from matpho.domain.address import parse
from matpho.domain.camera import StreamRole
from matpho.domain.network import policy
from matpho.errors import BadAddress, SourceLost, SourceRefused, SourceStalled, SourceUnreachable
from matpho.plugins.sources import open_source
from matpho.plugins.sources.describe import describe
from matpho.plugins.sources.probe import look
from matpho.testing.footage import draw

pytestmark = pytest.mark.integration
HERE = policy("loopback")


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    draw(folder / "main.mp4", pictures=60, gop=10, size=(320, 192))
    draw(folder / "smart.mp4", pictures=600, gop=600)
    draw(folder / "h265.mp4", pictures=60, gop=20, codec="libx265", size=(320, 192))
    return folder


class Scripted:
    """An RTSP server that answers every question with the same words, and remembers who asked."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
                with client:
                    client.settimeout(5)
                    self.asked.append(client.recv(4096))
                    for part in self.answer:
                        client.sendall(part)
                        time.sleep(0.01)
            except OSError:
                if self.socket.fileno() < 0:
                    return

    def close(self):
        self.socket.close()


@pytest.fixture
def scripted():
    made = []

    def serve(*answer):
        made.append(Scripted(answer))
        return made[-1]

    yield serve
    for one in made:
        one.close()


def test_a_stream_is_measured_and_shown(rtsp_server, media):
    server = rtsp_server(media, user="admin", password="bí/mật")
    looked = look(parse(server.url("main.mp4", "admin:b%C3%AD%2Fm%E1%BA%ADt")), StreamRole.MAIN, HERE, watch_s=2.5)
    facts = looked.facts
    assert (facts.codec, facts.width, facts.height, facts.audio) == ("h264", 320, 192, False)
    assert facts.fps == pytest.approx(10, abs=0.5)
    assert facts.gop_s == pytest.approx(1.0, abs=0.05)
    assert facts.kbit_s > 1
    assert abs(facts.clock_offset_s) < 2
    assert facts.profile
    assert "m%E1%BA%ADt" not in repr(looked)
    assert "mật" not in repr(looked)
    with av.open(io.BytesIO(looked.still)) as picture:
        assert picture.streams.video[0].width == 320


def test_a_long_way_between_key_pictures_shows(rtsp_server, media):
    url = rtsp_server(media).url("smart.mp4")
    facts = look(parse(url), StreamRole.MAIN, HERE, watch_s=1, longest_s=4).facts
    assert facts.gop_s is None
    assert facts.gop_longest_s > 2.5


def test_h265_is_told_apart(rtsp_server, media):
    facts = look(parse(rtsp_server(media).url("h265.mp4")), StreamRole.SUB, HERE, watch_s=1).facts
    assert (facts.codec, facts.profile) == ("hevc", "Main")


def test_a_wrong_password_is_refused_and_not_repeated(rtsp_server, media):
    server = rtsp_server(media, user="admin", password="đúng")
    with pytest.raises(SourceRefused) as refused:
        look(parse(server.url("main.mp4", "admin:hunter2")), StreamRole.MAIN, HERE)
    assert "hunter2" not in f"{refused.value!r}{refused.value.__cause__}"


def test_a_place_outside_the_networks_is_never_connected_to(scripted):
    server = scripted(b"RTSP/1.0 200 OK\r\n\r\n")
    for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433"):
        for act in (lambda a: look(a, StreamRole.MAIN, policy("private")), lambda a: open_source(a, policy("private"))):
            with pytest.raises(BadAddress):
                act(parse(f"rtsp://{host}:{server.port}/1"))
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "vi"),
    [
        ("401 Unauthorized", "từ chối tên hoặc mật khẩu"),
        ("404 Not Found", "không có luồng tên này"),
        ("453 Not Enough Bandwidth", "không nhận thêm kết nối"),
        ("503 Service Unavailable", "không nhận thêm kết nối"),
        ("461 Unsupported Transport", "không gửi hình qua TCP"),
        ("418 I'm a teapot", "trả lời lỗi 418"),
    ],
)
def test_what_a_camera_answers_instead_is_said_in_words(scripted, status, vi):
    server = scripted(f"RTSP/1.0 {status}\r\nCSeq: 1\r\n\r\n".encode())
    with pytest.raises(SourceLost) as told:
        look(parse(f"rtsp://127.0.0.1:{server.port}/1"), StreamRole.MAIN, HERE)
    assert vi in told.value.vi
    assert told.value.vi != told.value.en


@pytest.mark.parametrize("status", ["453 Not Enough Bandwidth", "503 Service Unavailable"])
def test_a_camera_that_is_full_is_not_out_of_reach(scripted, status):
    server = scripted(f"RTSP/1.0 {status}\r\nCSeq: 1\r\n\r\n".encode())
    with pytest.raises(SourceLost, match="too many") as told:
        open_source(parse(f"rtsp://127.0.0.1:{server.port}/1"), HERE)
    assert not isinstance(told.value, SourceUnreachable)
    assert "quá nhiều nơi xem" in told.value.vi


def test_a_redirect_is_told_and_not_followed(scripted):
    other = scripted(b"RTSP/1.0 200 OK\r\n\r\n")
    away = f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{other.port}/x\r\n\r\n".encode()
    server = scripted(away)
    with pytest.raises(BadAddress) as told:
        look(parse(f"rtsp://127.0.0.1:{server.port}/1"), StreamRole.MAIN, HERE)
    assert "chuyển hướng" in told.value.vi
    assert other.asked == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "305 Use Proxy"])
def test_the_recorder_s_own_connection_is_not_led_elsewhere(scripted, status):
    """A camera that redirects after it was added, over and over, to a place that must not hear of us."""
    other = scripted(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")
    away = f"RTSP/1.0 {status}\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{other.port}/x\r\n\r\n".encode()
    server = scripted(away)
    for _ in range(3):
        with pytest.raises(BadAddress) as told:
            open_source(parse(f"rtsp://u:hunter2@127.0.0.1:{server.port}/1"), HERE)
    assert "chuyển hướng" in told.value.vi
    assert "hunter2" not in f"{told.value!r}{told.value.__cause__}"
    assert len(server.asked) == 3
    assert other.asked == []


def test_a_redirect_to_a_camera_that_plays_is_not_followed_either(rtsp_server, media, scripted):
    """And this process can connect as before: only the thread that was led astray cannot."""
    url = rtsp_server(media).url("main.mp4")
    server = scripted(f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {url}\r\n\r\n".encode())
    with pytest.raises(BadAddress):
        open_source(parse(f"rtsp://127.0.0.1:{server.port}/1"), HERE)
    source = open_source(parse(url), HERE)
    assert source.info.codec == "h264"
    source.close()


def test_sound_is_noticed_in_the_description(scripted):
    body = b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio 0 RTP/AVP 8\r\n"
    server = scripted(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: %d\r\n\r\n" % len(body), body)
    described = describe(parse(f"rtsp://127.0.0.1:{server.port}/1"), HERE)
    assert (described.video, described.audio) == (True, True)


def test_what_is_no_camera_is_told_soon(scripted):
    for answer in ([b"HTTP/1.1 200 OK\r\n\r\n"], [b"x" * 4096] * 100, [b""]):
        server = scripted(*answer)
        with pytest.raises(SourceLost):
            describe(parse(f"rtsp://127.0.0.1:{server.port}/1"), HERE)


def test_a_camera_that_drips_is_left(scripted, monkeypatch):
    monkeypatch.setattr("matpho.plugins.sources.describe.LONGEST_S", 0.5)
    server = scripted(*([b"R"] * 500))
    began = time.monotonic()
    with pytest.raises(SourceStalled):
        describe(parse(f"rtsp://127.0.0.1:{server.port}/1"), HERE)
    assert time.monotonic() - began < 2
