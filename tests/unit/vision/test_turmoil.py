"""Turmoil in drawn pictures: blows between two who stay; none where people walk, cross, stand, or one is alone."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from tests.unit.vision.people import FPS, HEIGHT, TALL, WIDTH, Drawn, Followed, drawn

from matpho.domain.geometry import Box
from matpho.domain.observation import Turmoil
from matpho.vision import unrest
from matpho.vision.stature import Stature
from matpho.vision.turmoil import TurmoilWatch

pytestmark = pytest.mark.unit

WHOLE = Box(0, 0, 1, 1)
TOLD = 0.08  # what the rule asks for
Scene = Callable[[float], Sequence[Drawn]]


def watched(scene: Scene, seconds: float = 8.0) -> list[tuple[Turmoil, ...]]:
    """What is told of each picture."""
    watch, followed, stature = TurmoilWatch(WHOLE), Followed(), Stature(WIDTH / HEIGHT)
    stature.note([Drawn(320, 300).box] * 3)
    told = []
    for number in range(round(seconds * FPS)):
        at_s, people = number / FPS, scene(number / FPS)
        told.append(watch.update(drawn(people, at_s), followed.at(people, at_s), stature))
    return told


def worst(scene: Scene) -> float:
    return max((t.level for told in watched(scene) for t in told if t.people >= 2), default=0.0)


def blows(at_s: float, seed: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Arms that are somewhere else at every picture."""
    dice = np.random.default_rng(1000 * seed + round(at_s * FPS))
    reach = dice.uniform(-0.6, 0.6, (2, 2)) * TALL
    return (float(reach[0, 0]), float(reach[0, 1])), (float(reach[1, 0]), float(reach[1, 1]))


def fighting(at_s: float) -> list[Drawn]:
    """Two who hit at each other and are thrown about on the spot."""
    dice = np.random.default_rng(round(at_s * FPS))
    sway = dice.uniform(-0.12, 0.12, 4) * TALL
    return [
        Drawn(300 + sway[0], 300 + sway[1] / 2, blows(at_s, 1)),
        Drawn(345 + sway[2], 300 + sway[3] / 2, blows(at_s, 2)),
    ]


def test_two_who_fight_are_in_turmoil_where_they_are():
    told = watched(fighting)
    first = next(n for n, one in enumerate(told) if one and one[0].level > TOLD)
    assert first <= 10
    assert told[-1][0].people == 2
    assert abs(told[-1][0].box.centre.x - 0.5) < 0.1


def test_it_settles_within_seconds_when_it_is_over():
    def over(at_s: float) -> list[Drawn]:
        return fighting(at_s) if at_s < 5 else [Drawn(300, 300), Drawn(345, 300)]

    told = watched(over, 12)
    assert any(one and one[0].level > TOLD for one in told[:25])
    assert all(one[0].level < TOLD for one in told[45:] if one)


@pytest.mark.parametrize(
    "scene",
    [
        lambda s: [Drawn(80 + 55 * s, 300), Drawn(125 + 55 * s, 300)],
        lambda s: [Drawn(100 + 60 * s, 300), Drawn(540 - 60 * s, 296), Drawn(150 + 60 * s, 304)],
        lambda s: [Drawn(60 + 68 * s, 300, blows(s, 1)), Drawn(580 - 68 * s, 300, blows(s, 2))],
        lambda _: [Drawn(300, 300), Drawn(345, 300)],
    ],
    ids=["side by side", "through each other", "waving as they pass", "standing"],
)
def test_who_walks_or_stands_is_in_none(scene: Scene):
    assert worst(scene) < TOLD


def test_one_alone_however_wild_is_not_told_and_costs_no_flow(monkeypatch: pytest.MonkeyPatch):
    made, calls = unrest.cv.DISOpticalFlow_create, []

    class Counted:
        def __init__(self, preset: int) -> None:
            self._real = made(preset)

        def setFinestScale(self, scale: int) -> None:  # noqa: N802 - OpenCV's name
            self._real.setFinestScale(scale)

        def setGradientDescentIterations(self, steps: int) -> None:  # noqa: N802 - OpenCV's name
            self._real.setGradientDescentIterations(steps)

        def calc(self, *pictures: object) -> object:
            calls.append(1)
            return self._real.calc(*pictures)

    monkeypatch.setattr(unrest.cv, "DISOpticalFlow_create", Counted)
    alone = watched(lambda s: [Drawn(300, 300, blows(s, 1))])
    far_apart = watched(lambda s: [Drawn(100, 300, blows(s, 1)), Drawn(540, 300, blows(s, 2))])
    assert all(one == () for one in alone + far_apart)
    assert calls == []
    watched(fighting, 2)
    assert len(calls) >= 8


def test_a_stumble_is_too_short():
    def stumbling(at_s: float) -> list[Drawn]:
        return fighting(at_s) if 3.9 < at_s < 4.1 else [Drawn(300, 300), Drawn(345, 300)]

    assert worst(stumbling) < TOLD


def test_a_flash_is_no_turmoil():
    def flashing(at_s: float) -> list[Drawn]:
        return [Drawn(300, 300), Drawn(345, 300)]

    watch, followed, stature = TurmoilWatch(WHOLE), Followed(), Stature(WIDTH / HEIGHT)
    stature.note([Drawn(320, 300).box] * 3)
    for number in range(25):
        at_s, people = number / FPS, flashing(number / FPS)
        frame = drawn(people, at_s)
        if number % 5 == 0:
            frame.luma[:] = np.clip(frame.luma.astype(int) + 80, 0, 255).astype(np.uint8)
        assert all(t.level < TOLD for t in watch.update(frame, followed.at(people, at_s), stature))
