import pytest

from matpho.domain.address import parse
from matpho.errors import BadVideo
from matpho.plugins.sources.file import FileSource
from matpho.testing.footage import draw, packets
from matpho.video.parameters import codec_string, in_band, probed, same_picture

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_new_picture_size_is_read_from_the_key_frame(codec):
    small, _ = packets(codec=codec, pictures=2, size=(160, 120))
    _, large = packets(codec=codec, pictures=2, size=(320, 192))
    data = bytes(large[0].payload)
    sets = in_band(small.codec, data)
    assert not same_picture(small.codec, sets, small.extradata)
    changed = probed(small, sets, data)
    assert (changed.width, changed.height) == (320, 192)
    assert same_picture(small.codec, changed.extradata, sets)


def test_the_same_picture_in_another_order_are_no_change():
    info, found = packets(pictures=1)
    sets = in_band("h264", bytes(found[0].payload))
    first, second = [b"\x00\x00\x00\x01" + u for u in sets.split(b"\x00\x00\x00\x01")[1:]]
    assert same_picture("h264", second + first, info.extradata)
    assert same_picture("h264", first + second[:-1] + b"\x99", info.extradata)
    assert not same_picture("h264", first[:-1] + b"\x99" + second, info.extradata)


def test_only_key_frames_with_an_sps_carry_parameters():
    _, found = packets(pictures=3)
    assert in_band("h264", bytes(found[1].payload)) == b""
    assert in_band("mjpeg", b"\xff\xd8") == b""


def test_broken_parameters_are_no_crash():
    info, _ = packets(pictures=1)
    with pytest.raises(BadVideo):
        probed(info, b"", b"\x00\x00\x00\x01\x67garbage")


@pytest.mark.parametrize(("codec", "begins"), [("libx264", "avc1.42C0"), ("libx265", "hvc1.1.6.L")])
def test_codec_strings_agree_between_annex_b_and_mp4(codec, begins, tmp_path):
    info, _ = packets(codec=codec, pictures=3)
    source = FileSource(parse(str(draw(tmp_path / "a.mp4", codec=codec, pictures=3))))
    assert codec_string(info).startswith(begins)
    assert codec_string(source.info).startswith(begins)
    source.close()
