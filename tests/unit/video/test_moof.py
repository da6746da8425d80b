"""Fragments written by hand, read back by the reader of recordings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.testing.footage import packets
from matpho.video.fragments import read_map
from matpho.video.moof import Sample, fragment_head, length_prefixed
from matpho.video.mp4_form import Mp4Form

pytestmark = pytest.mark.unit

UNIT = st.binary(min_size=1, max_size=40).filter(lambda u: b"\x00\x00" not in u and u[-1:] != b"\x00" and u[0] != 0)


@given(st.lists(st.tuples(st.sampled_from([b"\x00\x00\x01", b"\x00\x00\x00\x01"]), UNIT), max_size=5))
def test_units_lose_their_start_codes_and_get_their_lengths(units):
    pieces = length_prefixed(b"".join(code + unit for code, unit in units))
    assert pieces[1::2] == [unit for _, unit in units]
    assert [int.from_bytes(p, "big") for p in pieces[::2]] == [len(unit) for _, unit in units]


def test_a_fragment_tells_where_its_pictures_are_and_how_long_they_last(tmp_path):
    info, _ = packets(pictures=1)
    form = Mp4Form(info)
    samples = [Sample(100, 4, key=True, shift=50), Sample(200, 6, key=False), Sample(300, 1, key=False, shift=-20)]
    file = tmp_path / "f.mp4"
    file.write_bytes(form.init + fragment_head(7_000, samples, 3) + b"12345678901")
    (found,) = read_map(file).fragments
    assert (found.decode_start, found.samples, found.key) == (7_000, 3, True)
    assert (found.shown_start, found.shown_end) == (7_050, 7_000 + 600 - 20)
    assert not read_map(file).torn
