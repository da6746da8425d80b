import socket
import threading

import pytest

from matpho.domain.address import parse
from matpho.errors import BadAddress, BadVideo
from matpho.plugins.sources import open_source
from matpho.plugins.sources.file import FileSource
from matpho.plugins.sources.rtsp import RtspSource
from matpho.testing.footage import draw, picture
from matpho.video.container import open_image, open_video

pytestmark = pytest.mark.unit


@pytest.fixture
def listener():
    """Counts who connects."""
    seen = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    ended = threading.Event()

    def serve():
        while not ended.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            seen.append(1)
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], seen
    ended.set()
    thread.join()
    server.close()


def test_a_playlist_cannot_make_us_open_anything_else(tmp_path, listener):
    port, seen = listener
    draw(tmp_path / "real.ts", pictures=10)
    lists = {
        "hls.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n",
        "hls.mp4": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{tmp_path}/real.ts\n#EXT-X-ENDLIST\n",
        "concat.txt": f"ffconcat version 1.0\nfile {tmp_path}/real.ts\n",
        "concat.mkv": f"ffconcat version 1.0\nfile 'http://127.0.0.1:{port}/a.ts'\n",
        "dash.mpd": f'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>',
        "sdp.sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(BadVideo):
            open_video(tmp_path / name)
    assert seen == []


@pytest.mark.parametrize("name", ["missing.mp4", "empty.mp4", "text.mp4", "folder"])
def test_what_is_no_video_is_refused_in_both_languages(tmp_path, name):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("không phải video" * 100)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadVideo) as refused:
        open_video(tmp_path / name)
    assert name in refused.value.vi
    assert name in refused.value.en


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.ts", "a.mov", "a.flv"])
def test_common_files_are_sources(tmp_path, name):
    source = open_source(parse(str(draw(tmp_path / name, pictures=20))))
    assert isinstance(source, FileSource)
    found = list(source)
    source.close()
    assert len(found) == 20
    assert found[0].key
    assert (source.info.codec, source.info.width, source.info.height) == ("h264", 160, 120)
    assert [p.dts for p in found] == sorted(p.dts for p in found)


def test_a_truncated_file_gives_what_it_has(tmp_path):
    path = draw(tmp_path / "a.ts", pictures=60)
    path.write_bytes(path.read_bytes()[:-3000])
    source = FileSource(parse(str(path)))
    assert 20 < len(list(source)) <= 60
    source.close()


def test_a_source_takes_only_its_own_kind_of_address():
    with pytest.raises(BadAddress):
        RtspSource(parse("/etc/passwd"))
    with pytest.raises(BadAddress):
        FileSource(parse("rtsp://cam/1"))


@pytest.mark.parametrize("name", ["one.jpg", "one001.png", "picture"])
def test_a_picture_is_opened_as_one_picture(tmp_path, name):
    from matpho.video.still import jpeg

    path = tmp_path / name
    path.write_bytes(jpeg(picture(1, 64, 48)))
    with open_image(path) as container:
        assert len(list(container.decode(video=0))) == 1
    with pytest.raises(BadVideo):
        open_video(path)
