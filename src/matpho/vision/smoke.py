"""Smoke: a grey veil over a part of the scene that came gradually, drifts, and lets the scene shine through.

A veil mixes the scene B with its own grey S: the picture is t·B + (1−t)·S (the haze model of Koschmieder). Block by
block a straight line is fitted through picture and empty scene: its slope is t, its intercept gives S, and the
correlation says whether it is the same scene at all. A thing that stands before the scene shows no correlation, a
shadow has S near black, a splash on the lens does not drift, mist, headlights and exposure take the whole picture.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import Burning, Burns
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import MIDDLE, SMALL, Frame
from matpho.vision.opencv import cv

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]

GRID = (32, 18)
EVERY_S, CALM_S = 1.0, 4.0  # between two looks; the latter while nothing veils anything and no block has changed
SAME_LEVEL = 1  # grey levels of a block's mean; noise moves it by less
LEARN_S, SLOW_S = 40.0, 400.0  # the empty scene follows the picture; under a veil ten times slower
SETTLE_S = 20.0  # before that nothing is known
STRUCTURE = 36.0  # variance, grey levels², that a block needs for its veil to be measured
SAME_SCENE, THIN, THICK = 0.75, 0.7, 0.15  # correlation; t between them is a veil
THICK_LEFT = 0.25  # of the variance: behind thick smoke nothing is seen
GREY_LEAST, GREY_MOST = 70.0, 225.0
COLOUR_MOST = 12.0  # mean distance of each chroma from neutral
RISE_S = 4.0
EVERYWHERE = 0.5  # share of the blocks: mist, or the exposure
FEWEST_BLOCKS, THIN_SHARE = 8, 0.5
ONE_GREY = 18.0  # smoke is of one grey: the spread of S over the patch, grey levels
LASTS_S, DRIFT, GROWTH = 10.0, 0.04, 1.4
TRUST_S, TRUSTED = 60.0, 0.7
REMEMBERED = 12  # looks


@dataclass(slots=True)
class _Plume:
    """One patch of smoke over time; ``cells`` all blocks that it has covered."""

    since: Instant
    first: int
    cells: npt.NDArray[np.bool_]
    last: Instant


class SmokeWatch:
    """The watch of one camera; ``watched`` (90, 160) is 0 where nobody looks."""

    def __init__(self, watched: Mask | None = None) -> None:
        self._watched = _blocks(watched)
        self._empty: Floats | None = None
        self._begun = self._at = Instant(0)
        self._level = np.zeros((GRID[1], GRID[0]), np.float32)
        self._trust = np.ones((GRID[1], GRID[0]), np.float32)
        self._veils: deque[Floats] = deque(maxlen=REMEMBERED)
        self._plumes: list[_Plume] = []
        self._told: tuple[Burning, ...] = ()
        self._glance, self._glanced = np.zeros((GRID[1], GRID[0]), np.uint8), Instant(0)
        self._calm = False

    def watch_only(self, watched: Mask | None) -> None:
        """Go on with what was learned, over another part of the picture; what was told is judged anew."""
        self._watched, self._told, self._calm = _blocks(watched), (), False
        if self._watched is not None:
            self._level *= self._watched

    def update(self, frame: Frame) -> tuple[Burning, ...]:
        """Where smoke seems to be now; looked at once a second, less often while nothing changes."""
        if self._empty is not None and self._may_wait(frame):
            return self._told
        now = frame.shrunk(*MIDDLE).astype(np.float32)
        if self._empty is None:
            self._empty, self._begun, self._at = now, frame.at, frame.at
            return ()
        since_s, self._at = min(max(seconds(frame.at - self._at), 0.0), CALM_S), frame.at
        dt = min(since_s, 2.0)  # what rises does so look by look
        smoky, thin, veil, grey = self._veiled(now, self._empty, since_s)
        settled = seconds(frame.at - self._begun) >= SETTLE_S
        if not settled or smoky.mean() > EVERYWHERE:
            self._level[:] = 0
            self._veils.clear()
            self._plumes.clear()
            self._learn(now, None, since_s / (SETTLE_S if not settled else LEARN_S))
            self._told, self._calm = (), False
            return ()
        self._level += np.float32(min(1.0, dt / RISE_S)) * (smoky - self._level)
        held = np.asarray((smoky > 0) | (self._level > 0.2), np.uint8)
        self._learn(now, held if held.any() else None, since_s / LEARN_S, since_s / SLOW_S)
        self._veils.append(veil)
        self._told = self._judge(frame, thin, grey)
        self._calm = not (self._told or self._plumes or held.any() or self._level.max() > 0.05)
        return self._told

    def _may_wait(self, frame: Frame) -> bool:
        """Whether the newest look is fresh enough."""
        if not 0 <= seconds(frame.at - self._glanced) < 0.9 * EVERY_S:
            self._glanced = frame.at
            glance = np.asarray(cv.resize(frame.shrunk(*SMALL), GRID, interpolation=cv.INTER_AREA), np.uint8)
            same = cv.norm(glance, self._glance, cv.NORM_INF) <= SAME_LEVEL
            if self._calm and same and 0 <= seconds(frame.at - self._at) < 0.9 * CALM_S:
                return True
            self._glance = glance
            return False
        return True

    def _learn(self, now: Floats, held: Mask | None, rate: float, rate_held: float = 0.0) -> None:
        """Follow the picture: at a rate of its own where the blocks are ``held`` (18, 32)."""
        if self._empty is None:
            return
        if held is None:
            cv.accumulateWeighted(now, self._empty, rate)
            return
        slow = cv.resize(held, MIDDLE, interpolation=cv.INTER_NEAREST)
        cv.accumulateWeighted(now, self._empty, rate, cv.compare(slow, 0, cv.CMP_EQ))
        cv.accumulateWeighted(now, self._empty, rate_held, slow)

    def _veiled(self, now: Floats, empty: Floats, dt: float) -> tuple[Mask, Mask, Floats, Floats]:
        """Blocks behind smoke, those that shine through, t, and S, each (18, 32)."""
        mean, mean_then = _means(now), _means(empty)
        spread, spread_then = _means(now * now) - mean * mean, _means(empty * empty) - mean_then * mean_then
        both = _means(now * empty) - mean * mean_then
        known = spread_then > STRUCTURE
        veil = both / np.maximum(spread_then, 1.0)
        same = both / np.sqrt(np.maximum(spread * spread_then, 1.0)) > SAME_SCENE
        grey = (mean - veil * mean_then) / np.maximum(1 - veil, 0.05)
        fits = (grey > GREY_LEAST) & (grey < GREY_MOST)
        thin = known & same & (veil < THIN) & (veil > THICK) & fits
        thick = known & (spread < THICK_LEFT * spread_then) & (mean > GREY_LEAST) & (mean < GREY_MOST)
        smoky = thin | thick
        rate = np.float32(min(1.0, dt / TRUST_S))
        self._trust += rate * ((~known | same | smoky).astype(np.float32) - self._trust)
        if self._watched is not None:
            smoky &= self._watched
        smoky &= self._trust > TRUSTED
        shines = np.asarray(thin & smoky, np.uint8)
        return np.asarray(smoky, np.uint8), shines, np.clip(veil, 0, 1).astype(np.float32), grey.astype(np.float32)

    def _judge(self, frame: Frame, thin: Mask, grey: Floats) -> tuple[Burning, ...]:
        steady = cv.morphologyEx((self._level > 0.5).astype(np.uint8), cv.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv.connectedComponentsWithStats(steady)
        patches = [labels == n for n in range(1, count) if stats[n][4] >= FEWEST_BLOCKS]
        plumes = [self._followed(patch, frame.at) for patch in patches]
        self._plumes = [p for p in self._plumes if seconds(frame.at - p.last) < 3.0]
        told = []
        for patch, plume in zip(patches, plumes, strict=True):
            lasts_s = seconds(frame.at - plume.since)
            grown = plume.cells.sum() >= GROWTH * plume.first
            clear = patch & (thin > 0)
            shines = clear.sum() >= THIN_SHARE * patch.sum() and float(grey[clear].std()) <= ONE_GREY
            if lasts_s < LASTS_S or not grown or not shines or self._drift(patch) < DRIFT:
                continue
            if _colour(frame, patch) <= COLOUR_MOST:
                told.append(Burning(Burns.SMOKE, _box(patch), plume.since, min(1.0, 0.4 + 4 * self._drift(patch))))
        return tuple(sorted(told, key=lambda b: -b.level))

    def _followed(self, patch: npt.NDArray[np.bool_], at: Instant) -> _Plume:
        """The plume that this patch carries on, or a new one."""
        plume = next((p for p in self._plumes if (p.cells & patch).any()), None)
        if plume is None:
            plume = _Plume(at, int(patch.sum()), patch.copy(), at)
            self._plumes.append(plume)
        plume.cells |= patch
        plume.last = at
        return plume

    def _drift(self, patch: npt.NDArray[np.bool_]) -> float:
        """How much the veil varies from look to look, beyond any trend."""
        if len(self._veils) < 5:
            return 0.0
        steps = np.diff(np.stack(self._veils)[:, patch], axis=0)
        return float(np.abs(steps).mean())


def _blocks(watched: Mask | None) -> npt.NDArray[np.bool_] | None:
    return None if watched is None else np.asarray(cv.resize(watched, GRID, interpolation=cv.INTER_AREA) > 0)


def _means(picture: Floats) -> Floats:
    return np.asarray(cv.resize(picture, GRID, interpolation=cv.INTER_AREA), np.float32)


def _colour(frame: Frame, patch: npt.NDArray[np.bool_]) -> float:
    """The stronger mean distance of u and v from neutral within the patch; 0 for a grey source."""
    if frame.u is None or frame.v is None:
        return 0.0
    planes = [cv.resize(p, SMALL, interpolation=cv.INTER_AREA) for p in (frame.u, frame.v)]
    inside = cv.resize(patch.astype(np.uint8), SMALL, interpolation=cv.INTER_NEAREST) > 0
    return max(float(abs(np.asarray(p, np.float32)[inside].mean() - 128)) for p in planes)


def _box(patch: npt.NDArray[np.bool_]) -> Box:
    rows, columns = np.flatnonzero(patch.any(axis=1)), np.flatnonzero(patch.any(axis=0))
    x, y = columns[0] / GRID[0], rows[0] / GRID[1]
    return Box(float(x), float(y), float((columns[-1] + 1) / GRID[0] - x), float((rows[-1] + 1) / GRID[1] - y))
