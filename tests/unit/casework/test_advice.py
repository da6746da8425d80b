from dataclasses import replace

import pytest

from matpho.casework.advice import Weight, advise, clock_advice, gb_per_day
from matpho.domain.camera import StreamRole
from matpho.domain.probe import StreamFacts

pytestmark = pytest.mark.unit

MAIN = StreamFacts(
    role=StreamRole.MAIN, address="rtsp://10.0.0.5/1", codec="h264", profile="High", width=1920, height=1080, fps=25.0,
    gop_s=2.0, gop_longest_s=2.0, kbit_s=4000.0, watched_s=6.0, audio=False, clock_offset_s=0.1, sets="a",
)  # fmt: skip
SUB = replace(
    MAIN, role=StreamRole.SUB, address="rtsp://10.0.0.5/2", width=640, height=360, fps=10.0, kbit_s=400.0, sets="b"
)


def codes(*given, **more):
    return {a.code for a in advise(*given, **more)}


def test_a_well_set_camera_is_told_so_and_what_it_takes():
    first, *rest = advise(MAIN, SUB)
    assert (first.code, first.weight) == ("fine", Weight.GOOD)
    assert [a.code for a in rest] == ["disk"]
    assert "43,2 GB" in rest[0].said.vi
    assert "43.2 GB" in rest[0].said.en
    assert gb_per_day(4000) == pytest.approx(43.2)


@pytest.mark.parametrize(
    ("main", "sub", "code"),
    [
        ({}, {"codec": "hevc"}, "sub_h265"),
        ({"codec": "hevc"}, {}, "main_h265"),
        ({"codec": "mjpeg"}, {}, "codec_unsuited"),
        ({"gop_s": None, "gop_longest_s": 10.0}, {}, "gop_long"),
        ({}, {"gop_longest_s": 2.5}, "gop_long"),
        ({"fps": 8.0}, {}, "fps_low"),
        ({}, {"fps": 3.0}, "fps_low"),
        ({}, {"width": 1920, "height": 1080}, "sub_large"),
        ({}, {"width": 352, "height": 288}, "sub_small"),
        ({"width": 704, "height": 576}, {}, "main_small"),
        ({"audio": True}, {}, "audio_dropped"),
        ({"clock_offset_s": -3600.0}, {}, "clock_wrong"),
        ({}, {"clock_offset_s": 5.0}, "clock_wrong"),
        ({}, {"address": "rtsp://10.0.0.5/1"}, "identical"),
    ],
)
def test_each_fault_has_its_advice(main, sub, code):
    before = codes(MAIN, SUB)
    assert code not in before
    assert code in codes(replace(MAIN, **main), replace(SUB, **sub))


def test_what_is_wrong_is_never_called_fine():
    assert "fine" not in codes(MAIN, None)
    assert "fine" not in codes(None, SUB)
    assert "fine" not in codes(MAIN, replace(SUB, codec="hevc"))
    assert {"fine", "main_h265"} <= codes(replace(MAIN, codec="hevc"), SUB)


def test_the_gravest_comes_first():
    weights = [a.weight for a in advise(replace(MAIN, fps=5.0, audio=True), replace(SUB, codec="hevc"))]
    assert weights == sorted(weights, key=[Weight.BAD, Weight.WARN, Weight.NOTE, Weight.GOOD].index)


def test_two_addresses_of_one_encoder_are_recognised_and_two_alike_encoders_are_not():
    twin = replace(MAIN, role=StreamRole.SUB, address="rtsp://10.0.0.5/ch1", kbit_s=3900.0)
    assert "identical" in codes(MAIN, twin)
    assert "identical" not in codes(MAIN, replace(twin, sets="other"))


def test_a_thin_line_is_said_before_pictures_are_lost():
    assert "uplink_thin" in codes(MAIN, SUB, uplink_kbit_s=5000)
    assert "uplink_thin" not in codes(MAIN, SUB, uplink_kbit_s=20_000)
    assert "uplink_thin" not in codes(MAIN, SUB)


def test_a_smart_codec_is_named_only_where_it_shows():
    [long] = [a for a in advise(replace(MAIN, gop_longest_s=12.0), SUB) if a.code == "gop_long"]
    [two] = [a for a in advise(replace(MAIN, gop_longest_s=3.0), SUB) if a.code == "gop_long"]
    assert "H.264+" in long.said.vi
    assert "H.264+" not in two.said.vi


def test_a_wrong_clock_is_told_in_fitting_words():
    assert "chậm 1,0 giờ" not in clock_advice(-3600).said.vi
    assert "chậm 60,0 phút" in clock_advice(-3600).said.vi
    assert "nhanh 5,0 giây" in clock_advice(5).said.vi
    assert "2.0 days fast" in clock_advice(2 * 86400).said.en
