"""The second thread of the analysis: at work while it is needed, asleep else, and never failing in silence."""

import threading

import pytest

from matpho.domain.time import SystemClock
from matpho.pipeline.second_hand import LOOK_S, SecondHand
from matpho.pipeline.turns import Turns

pytestmark = pytest.mark.unit


class Camera:
    """Has endless work, and tells of each piece."""

    together = 1

    def __init__(self):
        self.stepped = threading.Event()

    def step(self):
        self.stepped.set()
        return False


class Broken(Camera):
    def step(self):
        super().step()
        raise ValueError("a rule has a defect")


def hand_over(camera, needed):
    clock = SystemClock()
    turns = Turns(clock.monotonic_s)
    turns.of([camera])
    return SecondHand(turns, needed.is_set, clock)


def test_it_works_while_it_is_needed_and_only_then():
    camera, needed = Camera(), threading.Event()
    hand = hand_over(camera, needed)
    try:
        assert not camera.stepped.wait(3 * LOOK_S)
        needed.set()
        assert camera.stepped.wait(30.0)
        needed.clear()
        camera.stepped.wait(2 * LOOK_S)  # a question that was on its way
        camera.stepped.clear()
        assert not camera.stepped.wait(3 * LOOK_S)
    finally:
        hand.stop()


def test_a_failure_in_it_is_raised_where_it_is_asked_for():
    camera, needed = Broken(), threading.Event()
    needed.set()
    hand = hand_over(camera, needed)
    assert camera.stepped.wait(30.0)
    hand.stop()
    with pytest.raises(ValueError, match="defect"):
        hand.check()


def test_it_ends_when_it_is_told_to():
    hand = hand_over(Camera(), threading.Event())
    hand.stop()
    hand.check()
    assert not hand._thread.is_alive()
