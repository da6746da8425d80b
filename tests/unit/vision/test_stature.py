"""How tall people are by where they stand: learned from who stands upright and whole, taller towards the camera."""

import pytest

from matpho.domain.geometry import Box
from matpho.vision.stature import Stature

pytestmark = pytest.mark.unit


def standing(foot: float, height: float) -> Box:
    return Box(0.4, foot - height, height / 4, height)


def test_nobody_measured_is_said_and_three_are_enough():
    stature = Stature(16 / 9)
    assert not stature.known
    with pytest.raises(ValueError, match="nobody"):
        _ = stature.usual
    stature.note([standing(0.8, 0.2), standing(0.8, 0.22), standing(0.8, 0.24)])
    assert stature.known
    assert stature.usual == pytest.approx(0.22)
    assert stature.at(0.3) == pytest.approx(0.22)  # nothing is known of elsewhere


def test_who_lies_and_who_is_cut_off_by_the_edge_is_not_measured():
    stature = Stature(16 / 9)
    stature.note([Box(0.3, 0.7, 0.2, 0.1), Box(0.3, 0.0, 0.05, 0.3), Box(0.3, 0.7, 0.05, 0.3)] * 5)
    assert not stature.known


def test_people_are_taller_the_nearer_they_stand_and_one_on_a_ladder_changes_little():
    stature = Stature(16 / 9)
    feet = [0.3 + 0.02 * n for n in range(30)]
    stature.note([standing(foot, 0.05 + 0.25 * (foot - 0.3)) for foot in feet])
    stature.note([standing(0.3, 0.28)])
    assert stature.at(0.35) == pytest.approx(0.0625, abs=0.01)
    assert stature.at(0.85) == pytest.approx(0.1875, abs=0.015)


def test_no_body_is_taken_for_tiny_or_huge_beyond_where_people_stood():
    stature = Stature(16 / 9)
    stature.note([standing(0.5 + 0.01 * n, 0.1 + 0.01 * n) for n in range(30)])
    assert stature.at(0.0) == pytest.approx(0.4 * stature.usual)
    assert stature.at(3.0) == pytest.approx(2.5 * stature.usual)
