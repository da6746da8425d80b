"""Unrest in drawn pictures: limbs that change their motion have it; bodies that move as wholes, two ways, do not."""

from collections.abc import Callable, Sequence

import pytest
from tests.unit.vision.people import FPS, HEIGHT, TALL, WIDTH, Drawn, drawn
from tests.unit.vision.test_turmoil import fighting

from matpho.domain.geometry import Box
from matpho.vision.unrest import Unrest

pytestmark = pytest.mark.unit

BODY = TALL / HEIGHT
WINDOW = Box(322 / WIDTH, 255 / HEIGHT, 0, 0).grown(0.6 * TALL / WIDTH, 0.6 * BODY)
Scene = Callable[[float], Sequence[Drawn]]


def measured(scene: Scene, wheels: Sequence[Box] = (), pictures: int = 12) -> list[float]:
    """Of the window, picture by picture, from the third one on."""
    unrest, found = Unrest(Box(0, 0, 1, 1)), []
    for number in range(pictures):
        unrest.keep(drawn(scene(number / FPS), number / FPS), BODY)
        told = unrest.measure([(WINDOW, BODY)], wheels)
        assert (told is None) == (number < 2)
        found += told or []
    return found


def test_blows_have_it_from_the_third_picture_on():
    found = measured(fighting)
    assert sum(found) / len(found) > 0.1


@pytest.mark.parametrize(
    "scene",
    [
        lambda _: [Drawn(300, 300), Drawn(345, 300)],
        lambda s: [Drawn(200 + 60 * s, 300), Drawn(245 + 60 * s, 300)],
        lambda s: [Drawn(250 + 60 * s, 300), Drawn(410 - 60 * s, 296)],
    ],
    ids=["standing", "side by side", "one way and the other"],
)
def test_bodies_that_move_as_wholes_have_next_to_none_but_where_one_hides_the_other(scene: Scene):
    found = sorted(measured(scene))
    assert found[len(found) // 2] < 0.02
    assert sum(found) < 0.4 * sum(measured(fighting))


def test_what_a_moving_vehicle_covers_does_not_count():
    assert max(measured(fighting, [Box(0.3, 0.3, 0.4, 0.7)])) == 0.0


def test_what_was_forgotten_is_not_compared_with():
    unrest = Unrest(Box(0, 0, 1, 1))
    for number in range(6):
        if number == 4:
            unrest.forget()
        unrest.keep(drawn(fighting(number / FPS), number / FPS), BODY)
    assert unrest.measure([(WINDOW, BODY)], ()) is None
