"""The signal's state from drawn pictures: day, night, glare, countdowns, what passes behind, compression, nothing."""

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import LampColour, LampState
from matpho.domain.time import Instant, after
from matpho.pipeline.planes import from_bgr
from matpho.vision.frame import Frame
from matpho.vision.lamp import LampWatch

pytestmark = pytest.mark.unit

FPS = 5.0
RED, AMBER, GREEN, UNKNOWN = LampColour.RED, LampColour.AMBER, LampColour.GREEN, LampColour.UNKNOWN
SHINE = {RED: (40, 10, 255), AMBER: (10, 150, 255), GREEN: (150, 210, 10)}  # BGR
GLASS = {RED: (20, 20, 60), AMBER: (20, 50, 60), GREEN: (40, 45, 20)}  # dark lamps still have coloured glass
PLACE = {RED: 0.35, AMBER: 0.6, GREEN: 0.85}  # of the box's height
WIDTH, HEIGHT = 400, 240
BOX = Box(0.6, 0.2, 0.095, 0.45)
Picture = np.ndarray
Draw = Callable[[Picture, float], None]


def street(level: int = 120) -> Picture:
    dice = np.random.default_rng(7)
    greys = dice.integers(int(level * 0.6), int(level * 1.4), (12, 16, 1))
    tiles = np.clip(greys + dice.integers(-12, 12, (12, 16, 3)), 0, 255).astype(np.uint8)
    picture = cv2.resize(tiles, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    picture[:30] = min(255, level * 2)  # the sky, or by night the lit signs
    return picture


def signal(picture: Picture, lit: LampColour | None, *, radius: int = 9, bloom: int = 0) -> None:
    left, top, w, h = int(BOX.x * WIDTH), int(BOX.y * HEIGHT), int(BOX.w * WIDTH), int(BOX.h * HEIGHT)
    cv2.rectangle(picture, (left + 5, top + 24), (left + w - 5, top + h), (25, 25, 25), -1)
    for colour, share in PLACE.items():
        centre = (left + w // 2, top + int(share * h))
        cv2.circle(picture, centre, radius, GLASS[colour], -1)
        if colour is lit:
            if bloom:
                halo = np.zeros_like(picture)
                cv2.circle(halo, centre, radius + bloom, SHINE[colour], -1)
                halo = cv2.GaussianBlur(halo, (0, 0), bloom / 2)
                np.copyto(picture, cv2.add(picture, halo))
            cv2.circle(picture, centre, radius, SHINE[colour], -1)
            if bloom:
                cv2.circle(picture, centre, max(1, radius - 3), (255, 255, 255), -1)


def digits(picture: Picture, colour: LampColour, number: int) -> None:
    cv2.putText(picture, f"{number:02d}", (int(BOX.x * WIDTH) + 6, int(BOX.y * HEIGHT) + 18), 0, 0.5, SHINE[colour], 2)


def frame(picture: Picture, s: float, *, quality: int | None = 60) -> Frame:
    if quality is not None:
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return from_bgr(picture, after(Instant(0), s))


def play(
    lit_at: Callable[[float], LampColour | None],
    *,
    until: float,
    level: int = 120,
    radius: int = 9,
    bloom: int = 0,
    draw: Draw = lambda _picture, _s: None,
    finish: Callable[[Picture], Picture] = lambda picture: picture,
    quality: int | None = 60,
) -> list[tuple[float, LampState]]:
    ground, watch, seen = street(level), LampWatch(BOX), []
    for i in range(round(until * FPS)):
        s, picture = i / FPS, ground.copy()
        draw(picture, s)
        signal(picture, lit_at(s), radius=radius, bloom=bloom)
        if lit_at(s) is None:
            draw(picture, s)
        seen.append((s, watch.update(frame(finish(picture), s, quality=quality))))
    return seen


def cycle(s: float) -> LampColour:
    return RED if s < 7 else GREEN if s < 13 else AMBER if s < 16 else RED


def changes(seen: list[tuple[float, LampState]]) -> list[tuple[float, LampColour]]:
    """When each state began by the watch's own account, without the unknown at the start."""
    states = [state for _, state in seen]
    told = [states[0]] + [b for a, b in pairwise(states) if a != b]
    return [(round(state.since / 1e9, 1), state.colour) for state in told if state.colour is not UNKNOWN]


CYCLE = [(0.0, RED), (7.0, GREEN), (13.0, AMBER), (16.0, RED)]


def test_a_whole_cycle_by_day_with_its_changes_back_dated():
    assert changes(play(cycle, until=18)) == CYCLE


@pytest.mark.parametrize(("radius", "quality"), [(2, None), (2, 70), (3, 25)])
def test_small_lamps_and_hard_compression(radius: int, quality: int | None):
    assert changes(play(cycle, until=18, radius=radius, quality=quality)) == CYCLE


def test_night_with_bloom_and_white_cores():
    assert changes(play(cycle, until=18, level=25, bloom=6)) == CYCLE


@pytest.mark.parametrize("gain", [0.5, 0.65, 1.3])
def test_a_dark_or_bright_recording(gain: float):
    assert changes(play(cycle, until=18, finish=lambda p: cv2.convertScaleAbs(p, alpha=gain))) == CYCLE


def test_a_countdown_in_the_colour_of_the_lamp_changes_nothing():
    def counts(picture: Picture, s: float) -> None:
        if cycle(s) is not AMBER:
            digits(picture, cycle(s), int(20 - s))

    assert changes(play(cycle, until=18, draw=counts)) == CYCLE


def test_red_digits_beside_an_amber_or_a_green_lamp_do_not_hide_it():
    def counts(picture: Picture, s: float) -> None:
        digits(picture, RED, int(20 - s))

    assert changes(play(cycle, until=18, draw=counts)) == CYCLE


def test_dark_and_covered_are_unknown_and_not_the_last_colour():
    seen = play(lambda s: None if 5 <= s < 9 else RED, until=13)
    dark = [(s, state) for s, state in seen if state.colour is UNKNOWN and s > 1]
    assert dark[0][0] == pytest.approx(6.0, abs=0.41)
    assert dark[0][1].since / 1e9 == pytest.approx(5.0, abs=0.21)
    assert seen[-1][1].colour is RED
    assert seen[-1][1].since / 1e9 == pytest.approx(9.0, abs=0.01)
    assert all(state.colour is UNKNOWN for _, state in play(lambda _: None, until=5))


def test_a_lamp_that_flickers_stays_what_it_is():
    assert changes(play(lambda s: None if round(s * FPS) % 3 == 0 else RED, until=12)) == [(0.2, RED)]


@pytest.mark.parametrize("seed", range(4))
def test_diodes_that_flicker_with_the_exposure_keep_their_phases(seed: int):
    """Dark in two pictures of five, without any order; a change is told within a second and a half of it."""
    dark = np.random.default_rng(seed).random(200) < 0.4
    seen = play(lambda s: None if dark[round(s * FPS)] else cycle(s), until=21)
    told = changes(seen)
    assert [colour for _, colour in told] == [colour for _, colour in CYCLE]
    assert all(abs(at - expected) <= 1.5 for (at, _), (expected, _) in zip(told, CYCLE, strict=True))


def arrow(picture: Picture, colour: LampColour, middle: tuple[int, int], size: int) -> None:
    x, y = middle
    cv2.arrowedLine(picture, (x + size, y), (x - size, y), SHINE[colour], max(1, size // 3), tipLength=0.5)


@pytest.mark.parametrize("size", [4, 8])
def test_arrows_that_shine_are_lamps_too(size: int):
    watch, seen, ground = LampWatch(BOX), [], street()
    for i in range(round(18 * FPS)):
        s, picture = i / FPS, ground.copy()
        signal(picture, None)
        left, top, w, h = int(BOX.x * WIDTH), int(BOX.y * HEIGHT), int(BOX.w * WIDTH), int(BOX.h * HEIGHT)
        arrow(picture, cycle(s), (left + w // 2, top + int(PLACE[cycle(s)] * h)), size)
        seen.append((s, watch.update(frame(picture, s))))
    assert changes(seen) == CYCLE


def test_a_green_arrow_for_those_who_turn_does_not_end_the_red_beside_it():
    def turning(picture: Picture, s: float) -> None:
        if 3 <= s < 7:
            arrow(picture, GREEN, (int(BOX.x * WIDTH) + 9, int((BOX.y + 0.85 * BOX.h) * HEIGHT)), 6)

    watch, seen, ground = LampWatch(BOX), [], street()
    for i in range(round(14 * FPS)):
        s, picture = i / FPS, ground.copy()
        signal(picture, RED if s < 10 else GREEN)
        turning(picture, s)
        seen.append((s, watch.update(frame(picture, s))))
    assert changes(seen) == [(0.0, RED), (10.0, GREEN)]


@pytest.mark.parametrize("seed", range(3))
def test_a_lamp_five_pixels_across_far_away_in_noise(seed: int):
    dice = np.random.default_rng(seed)

    def noisy(picture: Picture) -> Picture:
        return np.clip(picture + dice.normal(0, 8, picture.shape), 0, 255).astype(np.uint8)

    seen = play(cycle, until=18, radius=2, finish=noisy, quality=None)
    assert [colour for _, colour in changes(seen)] == [colour for _, colour in CYCLE]


@pytest.mark.parametrize("bgr", [(90, 90, 90), (150, 140, 60), (200, 220, 40), (30, 20, 230), (20, 170, 250)])
@pytest.mark.parametrize("begin", [6.0, 22.0])  # before the green lamp's place is known, and after
def test_a_bus_in_any_colour_that_hides_the_lamp_leaves_it_unknown(bgr: tuple[int, int, int], begin: float):
    def bus(picture: Picture, s: float) -> None:
        if begin <= s < begin + 3:
            left, top = int(BOX.x * WIDTH), int(BOX.y * HEIGHT)
            cv2.rectangle(picture, (left - 30, top - 10), (left + 80, top + 150), bgr, -1)

    ground, watch, seen = street(), LampWatch(BOX), []
    for i in range(round((begin + 5) * FPS)):
        s, picture = i / FPS, ground.copy()
        signal(picture, cycle(s % 16))
        bus(picture, s)
        seen.append((s, watch.update(frame(picture, s))))
    assert all(state.colour is UNKNOWN for s, state in seen if begin + 1.4 <= s < begin + 3)
    assert seen[-1][1].colour is cycle((begin + 4.8) % 16)


def test_glare_that_washes_the_lamp_out_is_unknown():
    def wash(picture: Picture) -> Picture:
        return cv2.addWeighted(picture, 0.25, np.full_like(picture, 255), 0.75, 0)

    assert all(state.colour is UNKNOWN for _, state in play(cycle, until=8, finish=wash))


def behind(bgr: tuple[int, int, int], begin: float, end: float) -> Draw:
    """Something colourful stands in the box, beside the lamps, for a while."""

    def draw(picture: Picture, s: float) -> None:
        if begin <= s < end:
            left, bottom = int(BOX.x * WIDTH), int(BOX.bottom * HEIGHT)
            cv2.rectangle(picture, (left, bottom - 30), (left + 4, bottom), bgr, -1)

    return draw


@pytest.mark.parametrize("bgr", [(20, 10, 255), (60, 50, 230), (60, 190, 90), (200, 120, 20)])
def test_a_tail_light_a_shirt_or_a_leaf_behind_changes_nothing(bgr: tuple[int, int, int]):
    assert changes(play(cycle, until=18, draw=behind(bgr, 8.5, 12))) == CYCLE
    assert changes(play(cycle, until=18, draw=behind(bgr, 2, 6))) == CYCLE


def test_a_lorry_that_covers_a_known_lamp_with_its_tail_light_is_no_red():
    def lorry(picture: Picture, s: float) -> None:
        if 9 <= s < 12:
            left, top = int(BOX.x * WIDTH), int(BOX.y * HEIGHT)
            cv2.rectangle(picture, (left - 10, top), (left + 60, top + 150), (90, 90, 90), -1)
            cv2.rectangle(picture, (left, top + 90), (left + 8, top + 100), (20, 10, 255), -1)

    seen = play(lambda s: None if 9 <= s < 12 else cycle(s), until=13, draw=lorry)
    assert all(state.colour is not RED for s, state in seen if 8 <= s < 13)


def test_a_box_that_cuts_the_next_lamp_still_reads_it_once_the_old_one_is_out():
    """Boxes are drawn around the lamp that was lit: of the green one below a sliver may be inside."""
    cut = Box(BOX.x, BOX.y, BOX.w, BOX.h * 0.81)
    watch, states = LampWatch(cut), []
    for i in range(60):
        picture = street()
        signal(picture, RED if i < 30 else GREEN, radius=9)
        states.append(watch.update(frame(picture, i / FPS)))
    assert {s.colour for s in states[10:30]} == {RED}
    assert states[-1].colour is GREEN
    assert abs(states[-1].since / 1e9 - 6.0) < 0.5


def test_a_street_lamp_behind_is_no_amber_that_never_ends():
    sodium = behind((40, 150, 255), 0, 99)
    seen = play(lambda _: RED, until=14, level=25, draw=sodium)
    assert seen[-1][1].colour is RED


def test_two_small_heads_on_one_mast_arm():
    watch, seen = LampWatch(Box(0.6, 0.14, 0.3, 0.07)), []
    ground = street()
    for i in range(60):
        picture, colour = ground.copy(), RED if i < 30 else GREEN
        for x in (260, 345):
            cv2.circle(picture, (x, 42), 3, SHINE[colour], -1)
        seen.append((i / FPS, watch.update(frame(picture, i / FPS))))
    assert changes(seen) == [(0.0, RED), (6.0, GREEN)]


def test_a_grey_picture_says_nothing():
    watch = LampWatch(BOX)
    states = [watch.update(Frame(after(Instant(0), i / 5), street()[:, :, 1])) for i in range(10)]
    assert {state.colour for state in states} == {UNKNOWN}


def test_another_size_of_the_picture_goes_on_reading():
    watch = LampWatch(BOX)
    seen = []
    for i in range(40):
        picture = street()
        signal(picture, RED)
        if i >= 20:
            picture = cv2.resize(picture, (300, 180), interpolation=cv2.INTER_AREA)
        seen.append((i / FPS, watch.update(frame(picture, i / FPS))))
    assert changes(seen) == [(0.0, RED)]
