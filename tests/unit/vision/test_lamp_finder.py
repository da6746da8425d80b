"""A drawn signal is found among tail lights, signs and leaves; without one nothing is said."""

import numpy as np
import pytest

from matpho.domain.geometry import Box
from matpho.domain.time import SECOND, Instant
from matpho.vision.lamp_finder import FEWEST, find_lamps

pytestmark = pytest.mark.unit

RED, AMBER, GREEN = (40, 40, 250), (20, 180, 255), (190, 230, 20)  # BGR; signal green is bluish
WIDE, TALL = 320, 180


def street(seed=1):
    chance = np.random.default_rng(seed)
    return chance.integers(60, 120, (TALL, WIDE, 3), dtype=np.uint8)


def dot(picture, x, y, colour, r=3):
    picture[y - r : y + r + 1, x - r : x + r + 1] = colour


def film(n=60, cycle=20, *, signal=(200, 40), broken=False):
    """``n`` pictures 2 s apart; red for half a cycle, amber for two pictures, green for the rest."""
    found = []
    for k in range(n):
        picture = street(k)
        phase = k % cycle
        if signal and not broken:
            x, y = signal
            if phase < cycle // 2:
                dot(picture, x, y, RED)
            elif phase >= cycle - 1:
                dot(picture, x, y + 9, AMBER)
            else:
                dot(picture, x, y + 18, GREEN)
        if signal and broken:
            dot(picture, *signal, RED)
        dot(picture, 20, 20, RED, r=5)  # a sign: always
        dot(picture, 40 + (7 * k) % 200, 120, RED, r=2)  # a tail light that passes
        if k % 3 == 0:
            dot(picture, 100, 100, RED)  # a shop's flashing sign, with no green
        found.append((Instant(k * 2 * SECOND), picture))
    return found


def test_the_signal_is_found_and_its_box_holds_both_lamps():
    search = find_lamps(film())
    (lamp,) = search.found
    truth = Box(197 / WIDE, 37 / TALL, 7 / WIDE, 25 / TALL)
    assert lamp.box.overlap(truth) / truth.area > 0.95
    assert lamp.box.area < 6 * truth.area
    assert lamp.switches >= 4
    assert lamp.agree > 0.9
    assert (search.pictures, search.length_s) == (60, 118.0)


@pytest.mark.parametrize("more", [{"signal": None}, {"broken": True}])
def test_where_there_is_no_working_signal_nothing_is_said(more):
    search = find_lamps(film(**more))
    assert search.found == ()
    assert search.pictures == 60


def test_a_single_change_needs_both_colours_for_a_while():
    assert len(find_lamps(film(30, cycle=40)).found) == 1
    few = film(30, cycle=40)[:24]  # green in three pictures only
    assert find_lamps(few).found == ()


def test_too_few_pictures_say_nothing():
    assert find_lamps(film(FEWEST - 1)).found == ()
    assert find_lamps([]).pictures == 0


def test_pictures_of_another_size_in_between_are_left_out():
    pictures = film()
    pictures.insert(30, (Instant(59 * SECOND), np.zeros((90, 160, 3), np.uint8)))
    assert len(find_lamps(pictures).found) == 1


def test_a_larger_picture_gives_the_same_place():
    large = [(at, np.repeat(np.repeat(p, 5, axis=0), 5, axis=1)) for at, p in film(40)]
    (lamp,) = find_lamps(large).found
    assert lamp.box.centre.x == pytest.approx(200.5 / WIDE, abs=0.02)
