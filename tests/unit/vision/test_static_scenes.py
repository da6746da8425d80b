"""The empty scene by day and by infrared light, taken out again at the switch and after a restart."""

import numpy as np
import pytest

from matpho.domain.time import Instant, after
from matpho.testing.street import Patch, Picture, Street, ground, ids, watch
from matpho.vision.background import Background
from matpho.vision.frame import Frame
from matpho.vision.static_objects import StaticObjectModel
from matpho.vision.static_scenes import KnownScenes, Light, LightWatch, Scenes

pytestmark = pytest.mark.unit

NIGHT = ground(5, level=42.0, rough=14.0)
DAY = ground(1, level=140.0, rough=14.0)
BAG = Patch(60, 160, 20, 18, 200.0, start=24.0)


def lit(t: float, picture: Picture) -> Picture:
    """Dark from 8 to 16 s and from 32 s on; what has come stands in both lights."""
    if not (8 <= t < 16 or t >= 32):
        return picture
    out = NIGHT.copy()
    BAG.draw(out, t)
    return out


def test_at_a_second_switch_nothing_is_told_anew_and_what_was_known_stays() -> None:
    told = watch(Street(scene=DAY, patches=[BAG], light=lit), 46)
    assert len(ids(told)) == 1
    assert not [t for t, things in told if any(thing.gone for thing in things)]
    assert [thing.gone for thing in told[-1][1]] == [False]


def test_a_worker_that_starts_at_night_takes_the_scene_of_the_night() -> None:
    by_day = StaticObjectModel()
    watch(Street(scene=DAY, light=lit), 20, model=by_day)
    learned = by_day.learned()
    assert learned is not None
    with_bag = NIGHT.copy()
    Patch(60, 160, 20, 18, 200.0).draw(with_bag, 0.0)
    scenes = Scenes(KnownScenes(Light.DAY, {**learned.scenes, Light.DUSK: _scene(NIGHT)}))
    known = scenes.known(Light.DAY, Background.restore(learned.scenes[learned.light]))
    told = watch(Street(scene=with_bag), 12, model=StaticObjectModel(learned=known))
    assert len(ids(told)) == 1


def test_a_scene_of_another_view_is_not_taken() -> None:
    known = KnownScenes(Light.DAY, {Light.DAY: _scene(ground(77, level=140.0, rough=30.0))})
    assert not ids(watch(Street(scene=ground(5, level=70.0, rough=30.0)), 16, model=StaticObjectModel(learned=known)))


def _scene(picture: Picture):
    levels = np.clip(picture, 0, 255).astype(np.uint8)
    return Background.from_pictures([levels] * 3, []).state()


def frame(level: int, colour: int = 0) -> tuple[Frame, np.ndarray]:
    chroma = np.full((2, 60, 80), 128 + colour, np.uint8)
    return Frame(after(Instant(0), 0), np.full((240, 320), level, np.uint8)), chroma


def test_the_light_is_told_with_patience_and_hysteresis() -> None:
    light = LightWatch()
    assert light.update(*frame(120, 6), 0.0) is Light.DAY
    assert light.update(*frame(40, 6), 1.0) is Light.DAY
    assert light.update(*frame(40, 6), 3.9) is Light.DAY
    assert light.update(*frame(40, 6), 4.1) is Light.DUSK
    assert [light.update(*frame(60, 6), s) for s in (5.0, 9.0)] == [Light.DUSK] * 2
    assert [light.update(*frame(60, 0), s) for s in (10.0, 14.0)] == [Light.DUSK, Light.INFRARED]
    assert [light.update(*frame(60, 1), s) for s in (15.0, 19.0)] == [Light.INFRARED] * 2
    assert [light.update(*frame(90, 4), s) for s in (20.0, 24.0)] == [Light.INFRARED, Light.DAY]
