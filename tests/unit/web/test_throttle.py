import pytest

from matpho.domain.time import Instant
from matpho.web.throttle import SignInThrottle, Throttle, TooManyTries

pytestmark = pytest.mark.unit


class HandClock:
    def __init__(self):
        self.s = 0.0

    def now(self):
        return Instant(0)

    def monotonic_s(self):
        return self.s


def test_some_attempts_are_free_and_then_the_wait_doubles():
    clock = HandClock()
    throttle = Throttle(clock, free=3)
    for _ in range(3):
        throttle.attempt("a")
    waits = []
    for _ in range(4):
        with pytest.raises(TooManyTries) as refused:
            throttle.attempt("a")
        waits.append(refused.value.wait_s)
        clock.s += refused.value.wait_s
        throttle.attempt("a")
    assert waits == [1, 2, 4, 8]
    throttle.attempt("b")


def test_a_refused_attempt_does_not_lengthen_the_wait():
    clock = HandClock()
    throttle = Throttle(clock, free=1)
    throttle.attempt("a")
    for _ in range(50):
        with pytest.raises(TooManyTries):
            throttle.attempt("a")
    clock.s += 1
    throttle.attempt("a")


def test_the_wait_has_an_end_and_is_forgotten():
    clock = HandClock()
    throttle = Throttle(clock, free=0, longest_s=10, forget_s=100)
    for _ in range(20):
        clock.s += 10
        throttle.attempt("a")
    with pytest.raises(TooManyTries) as refused:
        throttle.attempt("a")
    assert refused.value.wait_s == 10
    clock.s += 101
    throttle.attempt("a")
    with pytest.raises(TooManyTries) as refused:
        throttle.attempt("a")
    assert refused.value.wait_s == 2


def test_memory_stays_bounded_whatever_names_are_tried():
    throttle = Throttle(HandClock(), free=5, room=100)
    for number in range(5000):
        throttle.attempt(f"name{number}")
    assert len(throttle._misses) == 100


def test_another_name_from_the_same_address_is_counted_too():
    clock = HandClock()
    throttle = SignInThrottle(clock)
    for number in range(30):
        throttle.attempt(f"name{number}", "10.0.0.9")
    with pytest.raises(TooManyTries):
        throttle.attempt("fresh", "10.0.0.9")
    throttle.attempt("fresh", "10.0.0.10")


def test_success_frees_the_name_but_keeps_the_address_count_of_others():
    throttle = SignInThrottle(HandClock())
    for _ in range(29):
        throttle.attempt("lan", "a")
        throttle.fits("lan", "a")
    for number in range(30):
        throttle.attempt(f"n{number}", "a")
    with pytest.raises(TooManyTries):
        throttle.attempt("lan", "a")
