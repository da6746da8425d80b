"""Quiet hours as people write them."""

from datetime import time

import pytest

from matpho.domain.camera import Hours
from matpho.domain.quiet import QuietHours, read_quiet
from matpho.domain.words import Said
from matpho.errors import BadInput

pytestmark = pytest.mark.unit
WHERE = Said("ở đây", "here")


@pytest.mark.parametrize(
    ("text", "hours", "again"),
    [
        ("22:00-06:00", Hours(time(22), time(6)), "22:00-06:00"),
        (" 6:05 - 13:30 ", Hours(time(6, 5), time(13, 30)), "06:05-13:30"),
        ("20:00-24:00", Hours(time(20), time(0)), "20:00-24:00"),
        ("20:00-00:00", Hours(time(20), time(0)), "20:00-24:00"),
        ("", None, ""),
        ("  ", None, ""),
    ],
)
def test_a_stretch_is_read_and_written(text, hours, again):
    assert read_quiet(text, WHERE) == hours
    assert QuietHours(hours=hours).text == again
    assert read_quiet(again, WHERE) == hours


@pytest.mark.parametrize(
    "text", ["late", "22", "22:00", "22:00-", "-06:00", "25:00-06:00", "22:60-06:00", "22:00-06:00-07:00", "-"]
)
def test_what_is_no_stretch_is_named_in_both_languages(text):
    with pytest.raises(BadInput) as refused:
        read_quiet(text, WHERE)
    assert refused.value.en.startswith("here:")
    assert refused.value.vi.startswith("ở đây:")


@pytest.mark.parametrize("text", ["22:00-22:00", "00:00 - 00:00"])
def test_equal_ends_have_no_length(text):
    with pytest.raises(BadInput, match="no length") as refused:
        read_quiet(text, WHERE)
    assert "không có độ dài" in refused.value.vi


def test_over_midnight_both_sides_are_quiet():
    night = read_quiet("22:00-06:00", WHERE)
    assert [night.holds(time(h)) for h in (21, 22, 0, 5, 6)] == [False, True, True, True, False]
