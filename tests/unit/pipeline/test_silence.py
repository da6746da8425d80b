import pytest

from matpho.domain.time import Instant, after
from matpho.pipeline.silence import Silence
from matpho.testing.clock import HandClock

pytestmark = pytest.mark.unit


def test_it_lasts_while_no_picture_comes():
    clock = HandClock()
    silence = Silence(clock)
    told = []
    for _ in range(5):
        clock.go(1)
        told.append(silence.lasts(Instant(0)))
    assert told == [False, False, True, True, True]
    assert not silence.lasts(clock.now())


def test_a_late_look_gives_the_pictures_time_to_catch_up():
    clock = HandClock()
    silence = Silence(clock)
    clock.go(12)
    assert not silence.lasts(after(clock.now(), -12)), "the thread was kept from looking: what has come is not read yet"
    clock.go(1)
    assert not silence.lasts(clock.now())


def test_a_thread_that_is_always_late_tells_an_outage_all_the_same():
    clock = HandClock()
    silence = Silence(clock)
    told = []
    for _ in range(4):
        clock.go(5)
        told.append(silence.lasts(Instant(0)))
    assert told == [False, True, False, True]
