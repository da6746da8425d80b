from dataclasses import replace

import pytest

from matpho.testing.footage import packets
from matpho.video.source import once

pytestmark = pytest.mark.unit


def test_a_picture_that_the_server_sends_twice_is_given_once():
    _, script = packets(pictures=20, gop=10)
    twice = [*script[:7], replace(script[6]), *script[7:]]
    assert [p.dts for p in once(twice)] == [p.dts for p in script]


def test_two_pictures_of_one_time_stamp_are_two():
    _, script = packets(pictures=20, gop=10)
    field = replace(script[7], dts=script[6].dts, pts=script[6].pts)
    assert len(list(once([*script[:7], field, *script[8:]]))) == len(script)
