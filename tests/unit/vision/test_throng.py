"""How much of people stirs: a drawn crowd that sways counts about as many bodies; lorries, light and stillness none."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from tests.unit.vision.people import FPS, HEIGHT, WIDTH, Drawn, Followed, drawn

from matpho.domain.observation import Group
from matpho.vision.stature import Stature
from matpho.vision.throng import Throng

pytestmark = pytest.mark.unit

Scene = Callable[[float], Sequence[Drawn]]


def stirring(scene: Scene, *, group: Group = Group.PERSON, lit: Callable[[int], float] = lambda _: 0.0) -> float:
    """Bodies that stir all over the picture, at the end of sixteen seconds."""
    throng, followed, stature = Throng(), Followed(group), Stature(WIDTH / HEIGHT)
    stature.note([Drawn(320, 300).box] * 3)
    told = ()
    for number in range(round(16 * FPS)):
        at_s, people = number / FPS, scene(number / FPS)
        frame = drawn(people, at_s)
        frame.luma[:] = np.clip(frame.luma + lit(number), 0, 255).astype(np.uint8)
        told = throng.update(frame, followed.at(people, at_s), stature)
    return sum(s.bodies for s in told)


def swaying(count: int) -> Scene:
    """So many side by side, each leaning to and fro by some pixels."""

    def at(at_s: float) -> list[Drawn]:
        return [Drawn(60 + 48 * n + 5 * np.sin(2.5 * at_s + n), 300) for n in range(count)]

    return at


def test_more_people_stir_more():
    two, six, eleven = (stirring(swaying(n)) for n in (2, 6, 11))
    assert 0.3 < two < 2.5
    assert 2 * two < six < 4.5 * two
    assert six < eleven < 11


def test_who_stands_like_a_post_a_lorry_and_the_light_stir_nothing():
    assert stirring(lambda _: [Drawn(200, 300), Drawn(300, 300)]) < 0.1
    assert stirring(swaying(6), group=Group.VEHICLE) < 0.6 * stirring(swaying(6))  # their arms reach out of the box
    assert stirring(lambda _: [Drawn(200, 300)], lit=lambda n: 40.0 * (n // 3 % 2)) < 0.1


def test_before_anybody_was_measured_nothing_is_told():
    throng = Throng()
    for number in range(10):
        people = swaying(6)(number / FPS)
        assert throng.update(drawn(people, number / FPS), (), Stature(WIDTH / HEIGHT)) == ()
