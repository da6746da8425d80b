"""One empty scene for each light a camera sees by: day, dusk, infrared. Learned once, taken out again at the switch.

At dusk the infrared filter moves and within a second every level, shadow and colour is another. Learning anew takes
what stands there for a part of the scene; a scene learned last night does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matpho.vision.background import Background, Learned, Levels, Mask
from matpho.vision.frame import SMALL, Frame
from matpho.vision.static_thing import Thing

_PATIENCE_S = 3.0  # a lorry's lamps are no daybreak
_COLOURLESS, _COLOURED = 0.8, 1.5  # mean distance of the chroma from neutral
_DARK, _BRIGHT = 50.0, 70.0  # mean grey level of a coloured picture, and of a source that never has colour
_FITS = 0.35  # a scene against which more of the picture is foreground is not that of this view and light
_SHOWS = 0.3  # of a thing's pixels that differ from a scene learned before it came


class Light(StrEnum):
    """By what light the camera sees."""

    DAY = "day"
    DUSK = "dusk"
    INFRARED = "infrared"


@dataclass(frozen=True, slots=True)
class KnownScenes:
    """The empty scenes of one camera, all of one working size, and the light in which it was last seen."""

    light: Light
    scenes: Mapping[Light, Learned]


class LightWatch:
    """Tells the light from the picture, with hysteresis in level and in time."""

    def __init__(self) -> None:
        self.light: Light | None = None
        self._other: Light | None = None
        self._other_since_s = 0.0

    def update(self, frame: Frame, chroma: Levels | None, at_s: float) -> Light:
        """The light of this picture; the first one decides at once, another must last three seconds."""
        seen = self._seen(float(frame.shrunk(*SMALL).mean()) / frame.gain, chroma)
        if self.light is None or seen is self.light:
            self.light, self._other = seen, None
        elif seen is not self._other:
            self._other, self._other_since_s = seen, at_s
        elif at_s - self._other_since_s >= _PATIENCE_S:
            self.light, self._other = seen, None
        return self.light

    def _seen(self, level: float, chroma: Levels | None) -> Light:
        colour = 128.0 if chroma is None else float(np.abs(chroma[:, ::3, ::3].astype(np.int16) - 128).mean())
        if colour < (_COLOURED if self.light is Light.INFRARED else _COLOURLESS):
            return Light.INFRARED
        return Light.DUSK if level < (_BRIGHT if self.light is Light.DUSK else _DARK) else Light.DAY


class Scenes:
    """The empty scenes that are not in use now."""

    def __init__(self, known: KnownScenes | None = None) -> None:
        self._scenes: dict[Light, Learned] = {} if known is None else dict(known.scenes)

    def keep(self, light: Light, background: Background) -> None:
        """Remember the present scene as that of ``light``."""
        self._scenes[light] = background.state()

    def known(self, light: Light, background: Background) -> KnownScenes:
        """All of them, the present one included."""
        return KnownScenes(light, {**self._scenes, light: background.state()})

    def fitting(self, picture: Levels, chroma: Levels | None) -> Background | None:
        """The scene from which the picture differs least; None when it differs from each too much."""
        nothing, found = np.zeros_like(picture), []
        for light, learned in self._scenes.items():
            if learned.empty.shape == picture.shape:
                background = Background.restore(learned)
                found.append((background.look(picture, chroma, nothing).share, light, background))
        share, _, best = min(found, default=(1.0, Light.DAY, None))
        return best if share <= _FITS else None


def seen_against(scene: Background, picture: Levels, chroma: Levels | None, things: Sequence[Thing]) -> Mask:
    """The foreground against a scene taken out again; things that show there look from now on as they do there."""
    now = scene.look(picture, chroma, np.zeros_like(picture))
    for thing in things:
        if thing.imprint.covers(now.foreground) > _SHOWS:
            thing.imprint = thing.imprint.again(now.level, scene.levels)
    return now.foreground
