"""The picture watch: covered, out of focus, turned; and what is none of it."""

import cv2
import numpy as np
import pytest

from matpho.domain.observation import Fault, PictureState
from matpho.domain.time import Instant, after
from matpho.vision.frame import Frame
from matpho.vision.picture import PictureWatch

pytestmark = pytest.mark.unit

DICE = np.random.default_rng(5)
NOISE = DICE.normal(0, 2, (8, 360, 640)).round().astype(np.int16)


def noisy(picture: np.ndarray, number: int) -> np.ndarray:
    height, width = picture.shape
    return np.clip(picture + NOISE[number % 8, :height, :width], 0, 255).astype(np.uint8)


def street(seed: int = 1) -> np.ndarray:
    """A picture with edges everywhere: boxes and lines, 640×360."""
    dice = np.random.default_rng(seed)
    picture = np.full((360, 640), 110, np.uint8)
    for _ in range(160):
        x, y = int(dice.integers(0, 620)), int(dice.integers(0, 340))
        w, h = (int(v) for v in dice.integers(12, 60, 2))
        cv2.rectangle(picture, (x, y), (x + w, y + h), int(dice.integers(20, 235)), -1)
    return picture


STREET = street()


def play(pictures: list[np.ndarray], *, fps: float = 5.0) -> list[PictureState]:
    watch = PictureWatch()
    return [watch.update(Frame(after(Instant(0), i / fps), noisy(p, i))) for i, p in enumerate(pictures)]


def faults(states: list[PictureState]) -> list[Fault | None]:
    return [s.fault for s in states]


def covered(share: float) -> np.ndarray:
    """The left ``share`` of the picture behind a blurred hand."""
    picture, edge = STREET.copy(), int(640 * share)
    picture[:, :edge] = cv2.GaussianBlur(np.full((360, edge), 70, np.uint8), (0, 0), 9)
    return picture


def test_a_street_is_well():
    assert faults(play([STREET] * 60)) == [None] * 60


def test_a_hand_on_the_lens_is_told_within_two_seconds_and_over_when_it_is_taken_away():
    states = play([STREET] * 30 + [covered(1.0)] * 20 + [STREET] * 30)
    assert states[29].fault is None
    told = faults(states)[30:50]
    assert told.index(Fault.COVERED) <= 10
    assert states[45].since == after(Instant(0), 30 / 5)
    assert states[-1].fault is None


def test_a_hand_on_most_of_the_lens_is_told_too():
    assert Fault.COVERED in faults(play([STREET] * 30 + [covered(0.65)] * 30))


def test_a_cloth_over_half_of_the_lens_is_told_when_it_stays():
    states = play([STREET] * 30 + [covered(0.47)] * 60)
    assert Fault.COVERED in faults(states)
    assert set(faults(states)[:50]) == {None}


def test_the_infrared_filter_of_dusk_is_no_tampering_but_a_turn_in_the_dark_is():
    night = 255 - cv2.GaussianBlur(street(9), (0, 0), 1)
    chroma, grey = np.full((180, 320), 150, np.uint8), np.full((180, 320), 128, np.uint8)
    watch, found = PictureWatch(), []
    for i in range(120):
        luma, colour = (STREET, chroma) if i < 40 else (night if i < 80 else STREET, grey)
        found.append(watch.update(Frame(after(Instant(0), i / 5), noisy(luma, i), colour, colour)).fault)
    assert set(found[:80]) == {None}
    assert Fault.TURNED in found[80:]


def test_a_hand_on_a_quarter_is_told_only_when_it_stays():
    """Eight seconds may be a lorry at a lamp; longer it is a hand, a bag or a leaf."""
    states = faults(play([STREET] * 30 + [covered(0.25)] * 90))
    assert set(states[:70]) == {None}
    assert Fault.COVERED in states


def test_a_hand_on_a_corner_is_not():
    assert set(faults(play([STREET] * 30 + [covered(0.1)] * 90))) == {None}


def test_a_leaf_on_the_lens_is_told_whatever_pattern_it_shows_and_a_lorry_that_waits_is_not():
    veins = cv2.GaussianBlur(np.random.default_rng(7).normal(0, 1, (360, 640)), (0, 0), 9)
    leaf = np.clip(110 + 18 * veins / veins.std(), 0, 255).astype(np.uint8)
    near, lorry = STREET.copy(), STREET.copy()
    near[:, :240], lorry[:, :240] = leaf[:, :240], street(5)[:, :240]
    assert Fault.COVERED in faults(play([STREET] * 30 + [near] * 80))
    assert set(faults(play([STREET] * 30 + [lorry] * 80))) == {None}


def test_another_view_is_a_turned_camera():
    states = play([STREET] * 30 + [street(9)] * 20)
    assert states[-1].fault is Fault.TURNED


def test_a_jerk_by_a_tenth_of_the_picture_is_a_turn():
    moved = np.roll(STREET, 64, axis=1)
    assert play([STREET] * 30 + [moved] * 20)[-1].fault is Fault.TURNED


def test_a_slow_drift_is_followed():
    drift = [np.roll(STREET, round(0.6 * i), axis=1) for i in range(150)]
    assert set(faults(play([STREET] * 20 + drift))) == {None}


def test_a_lens_out_of_focus_is_told():
    soft = cv2.GaussianBlur(STREET, (0, 0), 7)
    assert Fault.DEFOCUSED in faults(play([STREET] * 30 + [soft] * 40))


@pytest.mark.parametrize("gain", [0.45, 1.4])
def test_a_change_of_light_is_none_of_it(gain: float):
    other = np.clip(STREET * gain, 0, 255).astype(np.uint8)
    assert set(faults(play([STREET] * 30 + [other] * 40))) == {None}


def glow(middle: float, width: float) -> np.ndarray:
    """1 in the middle of a light, which lies ``middle`` of the picture's width from the left, falling to 0."""
    y, x = np.mgrid[0:360, 0:640]
    return np.exp(-((x / 640 - middle) ** 2 + (y / 360 - 0.5) ** 2) / width)


def shone(gain: np.ndarray | float, glare: np.ndarray | float = 0.0) -> np.ndarray:
    return np.clip((STREET.astype(float) - 16) * gain + 16 + glare, 0, 255).astype(np.uint8)


LAMP_LEFT = shone(0.18 + 0.35 * glow(0.3, 0.06))
BLOWN, SETTLED = shone(2.6), shone(1.25)


@pytest.mark.parametrize(
    "pictures",
    [
        [LAMP_LEFT] * 60,
        ([LAMP_LEFT] * 20 + [STREET] * 20) * 3,
        [BLOWN] * 7 + [SETTLED] * 60,
        [shone(0.2)] * 10 + [shone(0.7)] * 60,
        [shone(1 + 1.2 * glow(i / 15, 0.05), 90 * glow(i / 15, 0.05)) for i in range(15)] + [STREET] * 30,
        [shone(1 - 0.5 * glow(0.4, 0.3), 255 * glow(0.4, 0.03))] * 40 + [STREET] * 30,
    ],
    ids=[
        "light off",
        "light on and off",
        "exposure too high",
        "exposure too low",
        "headlights",
        "a lamp into the lens",
    ],
)
def test_what_lamps_and_the_exposure_do_is_none_of_it(pictures: list[np.ndarray]):
    assert set(faults(play([STREET] * 60 + pictures))) == {None}


def test_the_light_that_comes_on_over_a_dark_scene_is_none_of_it():
    assert set(faults(play([shone(0.22)] * 60 + [STREET] * 60))) == {None}


def test_paint_over_half_of_the_lens_is_told():
    dice, paint = np.random.default_rng(8), np.zeros((360, 640), np.uint8)
    for _ in range(40):
        middle = int(dice.normal(0.5, 0.22) * 640), int(dice.normal(0.5, 0.22) * 360)
        cv2.circle(paint, middle, int(dice.uniform(20, 60)), 1, -1)
    soft = cv2.GaussianBlur(paint.astype(np.float32), (0, 0), 4)
    assert 0.4 < paint.mean() < 0.6
    painted = (STREET * (1 - soft) + 30 * soft).astype(np.uint8)
    states = faults(play([STREET] * 60 + [painted] * 80))
    assert set(states[:60]) == {None}
    assert Fault.COVERED in states


def test_a_lorry_passing_close_for_a_second_is_not_told():
    lorry = STREET.copy()
    lorry[60:, 80:560] = 200
    cv2.rectangle(lorry, (100, 80), (300, 300), 30, 4)
    assert set(faults(play([STREET] * 30 + [lorry] * 5 + [STREET] * 20))) == {None}


def test_a_picture_without_texture_cannot_be_judged():
    grey = np.full((360, 640), 90, np.uint8)
    assert set(faults(play([grey] * 40 + [grey // 2] * 20))) == {None}


def test_a_new_size_begins_anew():
    states = play([STREET] * 30 + [cv2.resize(street(9), (320, 180))] * 20)
    assert set(faults(states)) == {None}


def test_a_lens_a_little_out_of_focus_is_told_but_not_a_dark_picture():
    soft = cv2.GaussianBlur(STREET, (0, 0), 4)
    assert Fault.DEFOCUSED in faults(play([STREET] * 30 + [soft] * 40))
    dark = np.clip(STREET * 0.15, 0, 255).astype(np.uint8)
    assert set(faults(play([STREET] * 30 + [dark] * 60))) == {None}


def test_a_lorry_that_hides_everything_for_a_moment_is_not_told_and_what_stays_is():
    side = np.full_like(STREET, 120)
    assert set(faults(play([STREET] * 30 + [side] * 8 + [STREET] * 20))) == {None}
    assert Fault.COVERED in faults(play([STREET] * 30 + [side] * 14))


def test_a_view_that_creeps_away_within_seconds_is_a_turn():
    creep = [np.roll(STREET, 8 * min(i, 12), axis=1) for i in range(50)]
    assert Fault.TURNED in faults(play([STREET] * 30 + creep))


def test_one_look_in_two_seconds_is_enough_until_the_first_doubt():
    """The same hand, told no later than two seconds after, at the looks that a live camera gives."""
    pictures = [STREET] * 60 + [covered(1.0)] * 40 + [STREET] * 60
    every, rare = PictureWatch(), PictureWatch()
    told: list[list[PictureState]] = [[], []]
    for number, picture in enumerate(pictures):
        frame = Frame(after(Instant(0), number / 5), noisy(picture, number))
        told[0].append(every.update(frame))
        told[1].append(rare.update(frame, stirred=False))
    first, late = (faults(states).index(Fault.COVERED) for states in told)
    assert 0 <= late - first <= 10
    assert told[1][-1].fault is None


def test_where_nothing_moves_a_look_in_four_seconds_is_enough_and_what_comes_brings_back_the_pace():
    watch, pictures = PictureWatch(), [STREET] * 200 + [covered(1.0)] * 25
    told = [
        watch.update(Frame(after(Instant(0), n / 5), noisy(p, n)), stirred=n == 200, moving=n >= 200)
        for n, p in enumerate(pictures)
    ]
    looks = PictureWatch()
    seen: list[int] = []
    for n in range(200):
        looks.update(Frame(after(Instant(0), n / 5), noisy(STREET, n)), stirred=False, moving=False)
        if looks._at == after(Instant(0), n / 5):
            seen.append(n)
    assert len([n for n in seen if n > 50]) <= 9  # in thirty seconds
    assert faults(told).index(Fault.COVERED) <= 200 + 3 * 5
