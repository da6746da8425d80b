import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.plugins.sources.sdp import kinds, offered

pytestmark = pytest.mark.unit

SPS, PPS = b"\x67\x42\xc0\x0a\xda", b"\x68\xce\x0f"


def text(unit):
    return base64.b64encode(unit).decode()


H264 = f"""v=0
o=- 1 1 IN IP4 0.0.0.0
s=Media
a=control:rtsp://cam/live/
m=video 0 RTP/AVP 96
a=framerate:10
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1;profile-level-id=42C00A; sprop-parameter-sets={text(SPS)},{text(PPS)}
a=control:trackID=0
m=audio 0 RTP/AVP 8
a=control:trackID=1
m=application 0 RTP/AVP 107
a=rtpmap:107 vnd.onvif.metadata/90000
""".replace("\n", "\r\n")


def test_a_camera_s_usual_words():
    found = offered(H264)
    assert (found.codec, found.payload_type, found.clock_rate, found.plain) == ("h264", 96, 90_000, True)
    assert (found.control, found.session) == ("trackID=0", "rtsp://cam/live/")
    assert found.sets == b"\x00\x00\x00\x01" + SPS + b"\x00\x00\x00\x01" + PPS
    assert kinds(H264) == ["video", "audio", "application"]


def test_h265_and_its_three_sets():
    form = f"a=fmtp:97 sprop-sps={text(SPS)}; sprop-vps={text(b'vps')};sprop-pps=AA"
    found = offered(f"m=video 0 RTP/AVP 97\na=rtpmap:97 H265/90000\n{form}")
    assert (found.codec, found.plain) == ("hevc", True)
    assert found.sets.split(b"\x00\x00\x00\x01")[1:] == [b"vps", SPS, b"\x00"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("packetization-mode=1", "packetization-mode=2"),
        ("RTP/AVP 96", "RTP/SAVP 96"),
        ("packetization-mode=1", "sprop-max-don-diff=2"),
        ("packetization-mode=1", "tx-mode=MRST"),
    ],
)
def test_forms_that_are_not_plain(old, new):
    assert not offered(H264.replace(old, new)).plain


def test_other_codecs_have_no_name_here():
    assert offered(H264.replace("H264", "JPEG")).codec == ""
    assert offered("m=video 0 RTP/AVP 26\r\n").codec == ""


@pytest.mark.parametrize("said", ["", "m=audio 0 RTP/AVP 8", H264 + H264, "m=video", "m=video 0 RTP/AVP x"])
def test_no_one_video_to_choose(said):
    assert offered(said) is None


@given(st.text(alphabet="mav=:;, /0129\r\nrtpmap fmtp H264 sprop-sps=é", max_size=300))
def test_no_words_raise(said):
    offered(said)
    kinds(said)
