"""Per pixel: has something that is not the empty scene come to rest here, and since when?

A small finite-state machine for every pixel, after the finite-state and candidate models of Evangelio and Sikora (2011)
and Lin et al. (2015): a foreground pixel has a *candidate* level; seeing it again raises its age, seeing something else
is a miss, and the candidate is given up only when it has been missed for about as long as it had stood, so what
stands long survives being walked past. Ages are hundredths of seconds, never frames.
"""

import numpy as np
import numpy.typing as npt

from matpho.vision.background import Levels, Look, Mask, Picture
from matpho.vision.opencv import cv

Hundredths = npt.NDArray[np.uint16]

_FORGET_LEAST, _FORGET_MOST = 80, 2000
_YOUNG = 100  # below this age one miss is enough: a moving thing must not date what is set down after it
_EMPTY = 80  # the empty scene must be seen this long before a candidate ends: flicker is not leaving
_FIRST_MOST = 20
_LEAST_SIDE = 8
_STIRRED = 0.6  # of the tolerance
_APART, _TILE = 4, 8  # every fourth pixel of the ground tells how much it stirs, by tiles of so many of them


class Stillness:
    """Candidate level, age, miss and absence of every pixel of one camera, (H, W) each."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.level: Levels = np.zeros(shape, np.uint8)
        self._age: Hundredths = np.zeros(shape, np.uint16)
        self._since = np.zeros(shape, np.int32)
        self._miss: Hundredths = np.zeros(shape, np.uint16)
        self._empty: Hundredths = np.zeros(shape, np.uint16)
        self._now: Look | None = None
        self._last: Levels | None = None
        self._before: Levels | None = None
        self._stir_of_ground: float | None = None

    def update(self, look: Look, at_s: float, step_s: float) -> None:
        """One picture, ``step_s`` seconds after the one before."""
        self._before, self._last, self._now = self._last, look.level, look
        self._stir_of_ground = None
        aged = cv.compare(self._age, 0, cv.CMP_GT)
        x, y, w, h = cv.boundingRect(cv.bitwise_or(aged, look.foreground))
        if w:
            rows, columns = _wide(y, h, aged.shape[0]), _wide(x, w, aged.shape[1])
            self._advance((rows, columns), aged, look, (round(100 * at_s), round(100 * step_s)))

    def _advance(self, here: tuple[slice, slice], aged: Mask, look: Look, times: tuple[int, int]) -> None:
        """The machine within one rectangle; ``times`` are the instant and the step in hundredths."""
        at, step = times
        level, seen = look.level[here], look.foreground[here]
        candidate, age, miss, empty = self.level[here], self._age[here], self._miss[here], self._empty[here]
        near = cv.compare(cv.absdiff(level, candidate), look.tolerance[here], cv.CMP_LT)
        same = cv.bitwise_and(cv.bitwise_and(seen, near), aged[here])
        other = cv.subtract(seen, same)
        limit = cv.min(cv.max(age, _FORGET_LEAST), _FORGET_MOST)
        nothing = np.zeros(seen.shape, np.uint16)
        cv.copyTo(nothing, cv.compare(age, _YOUNG, cv.CMP_LT), limit)
        cv.add(age, step, age, same)
        cv.copyTo(cv.addWeighted(candidate, 0.8, level, 0.2, 0.0), same, candidate)
        cv.copyTo(nothing, same, miss)
        cv.add(miss, step, miss, other)
        fresh = cv.bitwise_and(other, cv.compare(miss, limit, cv.CMP_GT))
        cv.copyTo(level, fresh, candidate)
        cv.copyTo(np.full(seen.shape, at, np.int32), fresh, self._since[here])
        cv.copyTo(np.full(seen.shape, min(step, _FIRST_MOST), np.uint16), fresh, age)
        cv.copyTo(nothing, fresh, miss)
        cv.copyTo(nothing, seen, empty)
        unseen = cv.bitwise_not(seen)
        cv.add(empty, step, empty, unseen)
        ended = cv.bitwise_and(unseen, cv.compare(empty, _EMPTY, cv.CMP_GE))
        for state in (age, miss, empty):
            cv.copyTo(nothing, ended, state)

    def unrest(self, window: tuple[slice, slice], mask: npt.NDArray[np.bool_]) -> float:
        """Share of a thing's pixels that changed since the last picture: people sway and nod, things do not.

        Less the share of the bare ground that changed as much, so less than 0 now and then: rain, and the noise of a
        dark night, are no life.
        """
        if self._now is None or self._before is None:
            return 0.0
        stirred = self._stirred(self._now, self._before, window)[mask]
        if self._stir_of_ground is None:
            bare = self._now.foreground[::_APART, ::_APART] == 0
            everywhere = self._stirred(self._now, self._before, (slice(None, None, _APART),) * 2)
            self._stir_of_ground = _usual(everywhere & bare, bare)
        ground = self._stir_of_ground
        return (int(np.count_nonzero(stirred)) / max(int(stirred.size), 1) - ground) / max(1.0 - ground, 0.1)

    @staticmethod
    def _stirred(now: Look, before: Levels, window: tuple[slice, slice]) -> npt.NDArray[np.bool_]:
        limit = _STIRRED * now.tolerance[window]
        changed = cv.absdiff(np.ascontiguousarray(now.level[window]), np.ascontiguousarray(before[window]))
        return np.asarray(changed > limit)

    def resting(self, age_s: float, window: tuple[slice, slice] = (slice(None), slice(None))) -> Mask:
        """255 where a candidate has stood for ``age_s`` seconds."""
        out: Mask = cv.compare(self._age[window], round(100 * age_s), cv.CMP_GE)
        return out

    def in_sight(self, age_s: float, window: tuple[slice, slice]) -> Mask:
        """255 where such a candidate was seen in the latest picture too, and nothing before it."""
        out: Mask = cv.bitwise_and(self.resting(age_s, window), cv.compare(self._miss[window], 0, cv.CMP_EQ))
        return out

    def since_s(self, window: tuple[slice, slice], mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Since when the candidates of a thing's pixels have stood."""
        return np.asarray(self._since[window][mask] / 100.0, dtype=np.float64)

    def clear(self, where: npt.NDArray[np.bool_]) -> None:
        """Forget the candidates there."""
        self._age[where] = self._miss[where] = self._empty[where] = 0

    def begin_anew(self) -> None:
        """All is another from now on: what the last picture showed says nothing about the next."""
        self._last = self._before = None

    def follow_light(self, factor: Picture) -> None:
        """The empty scene was multiplied by this factor: what is compared with it too."""
        self.level = cv.multiply(self.level, factor, dtype=cv.CV_8U)
        if self._last is not None:
            self._last = cv.multiply(self._last, factor, dtype=cv.CV_8U)


def _usual(stirred: npt.NDArray[np.bool_], bare: npt.NDArray[np.bool_]) -> float:
    """The share of bare pixels that stirred in the middle one of all tiles: rain falls on most, people walk on few."""
    rows, columns = (side // _TILE * _TILE for side in bare.shape)
    counts = []
    for pixels in (stirred, bare):
        tiles = pixels[:rows, :columns].reshape(rows // _TILE, _TILE, columns // _TILE, _TILE)
        counts.append(np.count_nonzero(tiles, axis=(1, 3)).ravel())
    shares = np.sort((counts[0] / np.maximum(counts[1], 1))[counts[1] >= _TILE * _TILE // 3])
    return float(shares[shares.size // 2]) if shares.size else 0.0


def _wide(begin: int, length: int, most: int) -> slice:
    """The stretch, at least eight long where there is room: OpenCV takes tiny arrays for single values."""
    end = min(most, max(begin + length, begin + _LEAST_SIDE))
    return slice(max(0, min(begin, end - _LEAST_SIDE)), end)
