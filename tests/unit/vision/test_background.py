import numpy as np
import pytest

from matpho.testing.street import Picture, ground
from matpho.vision.background import Background, Levels

pytestmark = pytest.mark.unit

SCENE = ground(3)
NOTHING = np.zeros(SCENE.shape, np.uint8)
R = np.random.default_rng(0)


def noisy(picture: Picture) -> Levels:
    return np.clip(picture + R.normal(0, 1.0, picture.shape), 0, 255).astype(np.uint8)


def learned() -> Background:
    return Background.from_pictures([noisy(SCENE) for _ in range(12)], [])


def test_noise_alone_is_no_foreground() -> None:
    assert learned().look(noisy(SCENE), None, NOTHING).share == 0.0


def test_a_thing_is_foreground_and_its_holes_are_filled() -> None:
    picture = noisy(SCENE)
    picture[100:130, 100:140] = 40
    picture[110:120, 110:130] = SCENE[110:120, 110:130].astype(np.uint8)
    background = learned()
    look = background.look(picture, None, background.look(picture, None, NOTHING).foreground)
    assert (look.foreground[104:126, 104:136] == 255).all()
    assert look.share < 0.03


def test_half_the_light_is_no_foreground() -> None:
    background = learned()
    assert background.look(noisy(SCENE * 0.5), None, NOTHING).share < 0.01


def test_what_is_held_is_never_learned_and_what_is_free_is() -> None:
    background = learned()
    held = NOTHING.copy()
    held[:, :160] = 255
    brighter = SCENE.astype(np.uint8)
    brighter[60:70] += 5
    before = background.empty.copy()
    for _ in range(60):
        look = background.look(brighter, None, NOTHING)
        background.learn(look, None, held, 0.2, 0.1)
    change = background.empty - before
    assert abs(change[60:70, :150]).mean() < 0.7
    assert change[61:69, 170:].mean() > 2.5


def test_colour_alone_is_seen() -> None:
    grey = np.full((2, 120, 160), 128, np.uint8)
    background = Background.from_pictures([noisy(SCENE) for _ in range(6)], [grey] * 6)
    red = grey.copy()
    red[1, 50:65, 50:70] += 25
    look = background.look(noisy(SCENE), red, NOTHING)
    assert (look.foreground[104:126, 104:136] > 0).mean() > 0.9
    assert background.look(noisy(SCENE), grey + 12, NOTHING).share == 0.0  # white balance moved


def test_absorbing_makes_it_part_of_the_scene_and_state_survives() -> None:
    background = learned()
    picture = noisy(SCENE)
    picture[100:130, 100:140] = 40
    where = np.zeros(SCENE.shape, np.bool_)
    where[98:132, 98:142] = True
    background.absorb(where, picture, None)
    again = Background.restore(background.state())
    assert again.look(picture, None, NOTHING).share == 0.0
    again.empty[:] = 0
    assert background.empty.mean() > 50
