"""Per pixel: has something that is not the empty scene come to rest here, and since when?

A small finite-state machine for every pixel, after the finite-state and candidate models of Evangelio and Sikora (2011)
and Lin et al. (2015): a foreground pixel has a *candidate* level; seeing it again raises its age, seeing something else
is a miss, and the candidate is given up only when it has been missed for about as long as it had stood, so what
stands long survives being walked past. Ages are seconds, never frames.
"""

import numpy as np
import numpy.typing as npt

from matpho.vision.background import Look, Mask, Picture

_FORGET_LEAST_S, _FORGET_MOST_S = 0.8, 20.0
_YOUNG_S = 1.0  # below this age one miss is enough: a moving thing must not date what is set down after it
_EMPTY_S = 0.8  # the empty scene must be seen this long before a candidate ends: flicker is not leaving


class Stillness:
    """Candidate level, age, miss and absence of every pixel of one camera, (H, W) each."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.level = np.zeros(shape, np.float32)
        self.age_s = np.zeros(shape, np.float32)
        self.since_s = np.zeros(shape, np.float64)
        self._moved = np.zeros(shape, np.bool_)
        self._miss_s = np.zeros(shape, np.float32)
        self._empty_s = np.zeros(shape, np.float32)
        self._last: Picture | None = None

    def update(self, look: Look, at_s: float, step_s: float) -> None:
        """One picture, ``step_s`` seconds after the one before."""
        active = np.flatnonzero((look.foreground > 0) | (self.age_s > 0))
        if self._last is not None:
            self._moved = np.abs(look.level - self._last) > look.tolerance * np.float32(0.6)
        self._last = look.level
        if not active.size:
            return
        level = look.level.ravel()[active]
        seen = look.foreground.ravel()[active] > 0
        age, miss = self.age_s.ravel()[active], self._miss_s.ravel()[active]
        empty, candidate = self._empty_s.ravel()[active], self.level.ravel()[active]
        since = self.since_s.ravel()[active]
        same = seen & (np.abs(level - candidate) < look.tolerance.ravel()[active]) & (age > 0)
        other = seen & ~same
        age[same] += step_s
        candidate[same] += np.float32(0.2) * (level[same] - candidate[same])
        miss[same] = 0
        empty[seen] = 0
        miss[other] += step_s
        limit = np.where(age < _YOUNG_S, 0.0, np.clip(age, _FORGET_LEAST_S, _FORGET_MOST_S))
        fresh = other & (miss > limit)
        candidate[fresh], since[fresh] = level[fresh], at_s
        age[fresh], miss[fresh] = min(step_s, 0.2), 0
        empty[~seen] += step_s
        ended = ~seen & (empty >= _EMPTY_S)
        age[ended] = miss[ended] = empty[ended] = 0
        self.age_s.ravel()[active], self._miss_s.ravel()[active] = age, miss
        self._empty_s.ravel()[active], self.level.ravel()[active] = empty, candidate
        self.since_s.ravel()[active] = since

    def unrest(self, window: tuple[slice, slice], mask: npt.NDArray[np.bool_]) -> float:
        """Share of a thing's pixels that changed since the last picture: people sway and nod, things do not."""
        return float(self._moved[window][mask].mean())

    def resting(self, age_s: float) -> Mask:
        """255 where a candidate has stood for ``age_s`` seconds."""
        return (self.age_s >= age_s).view(np.uint8) * np.uint8(255)

    def clear(self, where: npt.NDArray[np.bool_]) -> None:
        """Forget the candidates there."""
        self.age_s[where] = self._miss_s[where] = self._empty_s[where] = 0

    def follow_light(self, factor: Picture) -> None:
        """The empty scene was multiplied by this factor: what is compared with it too."""
        self.level *= factor
        if self._last is not None:
            self._last = self._last * factor
