"""The motion gate: sees what moves, is calm about noise."""

import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, after
from matpho.vision.frame import Frame
from matpho.vision.motion import Motion, MotionGate

pytestmark = pytest.mark.unit

DICE = np.random.default_rng(3)
SCENE = DICE.integers(60, 180, (36, 64)).repeat(10, 0).repeat(10, 1).astype(np.uint8)


def play(pictures: list[np.ndarray], *, fps: float = 5.0) -> list[Motion]:
    gate = MotionGate()
    return [gate.update(Frame(after(Instant(0), i / fps), p)) for i, p in enumerate(pictures)]


NOISE = DICE.normal(0, 1, (16, 360, 640)).astype(np.float32)


def noisy(picture: np.ndarray, sigma: float = 2.0) -> np.ndarray:
    return np.clip(picture + sigma * NOISE[DICE.integers(16)], 0, 255).astype(np.uint8)


def with_block(x: int, *, size: int = 30) -> np.ndarray:
    picture = SCENE.copy()
    picture[180 : 180 + size, x : x + size] = 255
    return picture


def test_the_first_picture_moves_and_noise_alone_does_not():
    out = play([noisy(SCENE) for _ in range(30)])
    assert out[0].moving
    assert not any(m.moving for m in out[1:])


def test_something_small_that_moves_is_found_where_it_is():
    out = play([noisy(SCENE)] * 10 + [noisy(with_block(40 + 20 * i)) for i in range(10)])
    assert all(m.moving for m in out[10:])
    box = out[19].boxes[0]
    assert any(b.overlap(box) > 0 for b in out[19].boxes)
    newest = max(b.right for b in out[19].boxes)
    assert newest == pytest.approx((40 + 180 + 30) / 640, abs=0.03)


def test_what_stays_becomes_part_of_the_picture():
    out = play([SCENE] * 10 + [with_block(300)] * 100)
    assert out[10].moving
    assert not out[-1].moving


def test_strong_noise_raises_the_threshold_instead_of_alarming():
    out = play([noisy(SCENE, 12.0) for _ in range(60)])
    assert sum(m.moving for m in out[20:]) <= 2


def test_another_size_begins_anew():
    gate = MotionGate()
    gate.update(Frame(Instant(0), SCENE))
    gate.update(Frame(Instant(200_000_000), SCENE))
    assert gate.update(Frame(Instant(400_000_000), SCENE[:180, :320].copy())).share == 1.0


def test_what_share_of_a_box_has_changed():
    gate = MotionGate()
    assert gate.stirred(Box(0.2, 0.2, 0.1, 0.1)) == 1.0
    for i in range(10):
        gate.update(Frame(after(Instant(0), i / 5), with_block(100, size=60) if i == 9 else SCENE))
    assert gate.stirred(Box(100 / 640, 0.5, 60 / 640, 60 / 360)) > 0.8
    assert gate.stirred(Box(0.6, 0.1, 0.1, 0.3)) == 0.0
    assert gate.stirred(Box(1.0, 1.0, 0.0, 0.0)) == 0.0


@pytest.mark.parametrize(("gain", "change", "moves"), [(1.0, 15, True), (4.0, 15, False), (4.0, 30, True)])
def test_what_was_brought_up_must_change_by_more(*, gain: float, change: int, moves: bool):
    gate = MotionGate()
    for number in range(40):
        luma = np.full((360, 640), 90, np.uint8)
        if number == 39:
            luma[100:220, 200:320] += np.uint8(change)
        found = gate.update(Frame(after(Instant(0), number / 5), luma, gain=gain))
    assert found.moving is moves
