import pytest

from matpho.domain.time import SECOND, Instant
from matpho.video.anchor import StreamClock

pytestmark = pytest.mark.unit

T0 = 1_767_225_600 * SECOND


def test_a_backlog_at_connect_does_not_shift_the_clock():
    backlog = [(n * SECOND // 10, Instant(T0 + 3 * SECOND)) for n in range(30)]  # three seconds in one burst
    clock = StreamClock(backlog)
    assert clock.instant(29 * SECOND // 10) == T0 + 3 * SECOND
    assert clock.instant(0) == T0 + SECOND // 10


def feed(clock, seconds, *, delay_s=0.0, speed=1.0, start_s=0.0):
    """Ten packets a second; the camera's second lasts ``speed`` of ours."""
    for n in range(round(seconds * 10)):
        stamp = start_s + n / 10
        arrived = start_s + n / 10 * speed + delay_s
        clock.observe(round(stamp * SECOND), Instant(T0 + round(arrived * SECOND)), arrived)


def test_a_slow_network_for_a_while_moves_nothing():
    clock = StreamClock([(0, Instant(T0))])
    feed(clock, 60)
    feed(clock, 20, delay_s=2.0, start_s=60)
    assert clock.drifted_ns == 0


def test_a_lasting_delay_is_corrected():
    clock = StreamClock([(0, Instant(T0))])
    feed(clock, 10)
    feed(clock, 60, delay_s=2.0, start_s=10)
    assert clock.drifted_ns == pytest.approx(2 * SECOND, rel=0.01)
    clock.correct()
    assert clock.drifted_ns == 0
    assert clock.instant(70 * SECOND) == pytest.approx(T0 + 72 * SECOND, abs=1e6)


def test_a_stream_that_runs_ahead_is_corrected_at_once():
    clock = StreamClock([(0, Instant(T0))])
    clock.observe(10 * SECOND, Instant(T0 + 9 * SECOND), 9.0)
    assert clock.drifted_ns == -SECOND
    clock.correct()
    assert clock.instant(10 * SECOND) == T0 + 9 * SECOND


def test_a_camera_with_a_slow_crystal_is_followed_within_half_a_second():
    clock = StreamClock([(0, Instant(T0))])
    feed(clock, 3600, speed=1.0002)  # 0.72 s in an hour
    assert clock.drifted_ns > 0
    clock.correct()
    assert abs(clock.instant(3600 * SECOND) - (T0 + 3600.72 * SECOND)) < 0.02 * SECOND


def test_the_cameras_own_clock_is_compared():
    clock = StreamClock([(0, Instant(T0))])
    clock.observe(0, Instant(T0), 0.0, Instant(T0 - 1500 * 1_000_000))
    assert clock.camera_offset_ms == pytest.approx(-1500)
