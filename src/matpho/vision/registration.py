"""Where the camera points now against where it pointed when the empty scene was learned: a shift of a few pixels.

Poles sway and brackets sag. The shift is measured at landmarks, the sharpest pixels of each part of the empty scene, by
least squares (Lucas and Kanade 1981) together with the change of light; the parts that fit worst are left out, for
something stands or passes there (trimmed least squares: Rousseeuw 1984). What is too far for that is found by phase
correlation (Kuglin and Hines 1975; ``cv2.phaseCorrelate``) of clipped gradients first. A shift is used only when it
*verifiably* makes the picture more like the empty scene: an unverified shift does more harm than none (a car driving
through pulls the peak with it).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.vision.opencv import cv

Picture = npt.NDArray[np.float32]
Levels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

Shift = tuple[float, float]
"""By how many pixels (right, down) a picture has moved."""

_CLIP = 12.0  # grey levels per pixel: one bright edge must not outvote all others
_LEAST_PX = 0.12  # a sharp edge changes by seven levels with that: smaller shifts are below the thresholds
_MOST_SHARE = 0.04  # of the width: more than that is a turned camera, not a swaying one
_BLOCK_PX, _IN_A_BLOCK = 24, 8  # side of a part of the picture, and landmarks in it
_LEAST_EDGE = 2.0  # grey levels per pixel: below it a pixel is no landmark
_CHOSEN_FOR = 40  # scenes: they change about once a second, and hardly
_FEWEST = 40  # landmarks in all
_STEPS = 8
_LARGER_PART = 0.7
_GAIN = 0.12  # the residual must fall by this share, else the shift is not believed
_UNLIKE = 1.3  # times the usual residual: something has changed, perhaps a larger shift


def shifted(picture: Levels, dx: float, dy: float) -> Levels:
    """The picture moved by (dx, dy) pixels, borders repeated."""
    h, w = picture.shape
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    out: Levels = cv.warpAffine(picture, move, (w, h), flags=cv.INTER_LINEAR, borderMode=cv.BORDER_REPLICATE)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """The sharpest pixels of a scene, eight in each block of 24×24 that has such, block after block.

    ``place`` (n,) are their indices in the scene's pixels row by row, ``width`` its width; ``known`` (3, n) float32 the
    gradient there to the right and down, grey levels per pixel, and the grey level itself.
    """

    place: npt.NDArray[np.intp]
    width: int
    known: Points

    @classmethod
    def choose(cls, scene: Levels) -> "Landmarks":
        """Those of a scene (H, W)."""
        h, w = scene.shape
        rows, columns = h // _BLOCK_PX, w // _BLOCK_PX
        sharp = cv.magnitude(*(cv.Sobel(scene, cv.CV_32F, i, 1 - i, scale=0.125) for i in (1, 0)))
        sharp[:2] = sharp[-2:] = sharp[:, :2] = sharp[:, -2:] = 0
        sharp = sharp[: rows * _BLOCK_PX, : columns * _BLOCK_PX]
        blocks = sharp.reshape(rows, _BLOCK_PX, columns, _BLOCK_PX).swapaxes(1, 2).reshape(rows * columns, _BLOCK_PX**2)
        best = np.argpartition(blocks, -_IN_A_BLOCK, axis=1)[:, -_IN_A_BLOCK:]
        used = np.flatnonzero(np.take_along_axis(blocks, best, axis=1).min(axis=1) >= _LEAST_EDGE)
        y = used[:, None] // max(columns, 1) * _BLOCK_PX + best[used] // _BLOCK_PX
        x = used[:, None] % max(columns, 1) * _BLOCK_PX + best[used] % _BLOCK_PX
        return cls._at((y * w + x).ravel(), scene)

    def of(self, scene: Levels) -> "Landmarks":
        """The same places in the same scene a little later."""
        return self._at(self.place, scene)

    @classmethod
    def _at(cls, place: npt.NDArray[np.intp], scene: Levels) -> "Landmarks":
        w = scene.shape[1]
        known = scene.ravel().take(np.stack([place + 1, place - 1, place + w, place - w, place])).astype(np.float32)
        return cls(place, w, np.stack([(known[0] - known[1]) / 2, (known[2] - known[3]) / 2, known[4]]))

    def seen(self, picture: Levels, shift: Shift) -> Points:
        """The picture's grey levels where the landmarks are when it has moved so, (n,)."""
        if shift == (0.0, 0.0):
            return picture.ravel().take(self.place).astype(np.float32)
        y, x = np.divmod(self.place, self.width)
        where = (x + shift[0]).astype(np.float32).reshape(1, -1), (y + shift[1]).astype(np.float32).reshape(1, -1)
        seen = cv.remap(picture, *where, cv.INTER_LINEAR, borderMode=cv.BORDER_REPLICATE)
        return np.asarray(seen, np.float32).ravel()


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a picture, moved back by a shift, fits the scene: by how much more to move it, and the mean distance.

    ``residual`` is in grey levels, apart from a change of light.
    """

    more: Shift
    residual: float


class Registration:
    """Finds the shift of one camera's pictures against its empty scene."""

    def __init__(self) -> None:
        self.shift: Shift = (0.0, 0.0)
        self._usual: float | None = None
        self._empty: Levels | None = None
        self._marks: Landmarks | None = None
        self._chosen = 0
        self._edges: Picture | None = None

    def align(self, picture: Levels, empty: Levels, taken: Mask) -> Levels:
        """The picture as the camera would have taken it where it stood before.

        ``picture``, ``empty`` (H, W) uint8 of about the same brightness; ``taken`` (H, W) uint8 non-zero where things
        may differ. ``shift`` afterwards says by how many pixels (right, down) the picture had moved, (0, 0) for none.
        """
        marks = self._landmarks(empty)
        self.shift = (0.0, 0.0)
        free = _free(marks, taken)
        still = _fit(marks, marks.seen(picture, (0.0, 0.0)), free)
        if still is None:
            return picture
        before = still.residual
        usual = self._usual = (
            before if self._usual is None else min(before, self._usual + 0.02 * (before - self._usual))
        )
        if max(map(abs, still.more)) >= _LEAST_PX:
            self.shift = _followed(marks, picture, still.more, free)
        if self.shift == (0.0, 0.0) and before > _UNLIKE * usual:
            self.shift = _followed(marks, picture, self._correlated(picture, empty), free)
            if self.shift == (0.0, 0.0):
                self._usual = before  # it is no shift: not asked again until it differs more
        return picture if self.shift == (0.0, 0.0) else shifted(picture, -self.shift[0], -self.shift[1])

    def aligned_chroma(self, chroma: Levels | None) -> Levels | None:
        """The chroma (2, h, w) of the picture aligned last, at half its size, moved back likewise."""
        if chroma is None or max(map(abs, self.shift)) < 2 * _LEAST_PX:
            return chroma
        return np.stack([shifted(plane, -self.shift[0] / 2, -self.shift[1] / 2) for plane in chroma])

    def _landmarks(self, empty: Levels) -> Landmarks:
        if self._marks is None or (self._empty is not empty and self._chosen >= _CHOSEN_FOR):
            self._marks, self._chosen, self._edges = Landmarks.choose(empty), 0, None
        elif self._empty is not empty:
            self._marks, self._chosen = self._marks.of(empty), self._chosen + 1
        self._empty = empty
        return self._marks

    def _correlated(self, picture: Levels, empty: Levels) -> Shift:
        ours, theirs = _half(picture), _half(empty)
        window = cv.createHanningWindow((ours.shape[1], ours.shape[0]), cv.CV_32F)
        if self._edges is None:
            self._edges = _edges(theirs)
        (dx, dy), _ = cv.phaseCorrelate(self._edges, _edges(ours), window)
        return 2 * float(dx), 2 * float(dy)


def side_by_side(first: Sequence[tuple[Levels, Levels | None]]) -> tuple[list[Levels], list[Levels]]:
    """The first pictures and chromas as taken from one place: a pole that sways would blur their median."""
    registration, nothing = Registration(), np.zeros_like(first[0][0])
    middle = first[len(first) // 2][0]
    pictures, chromas = [], []
    for picture, chroma in first:
        pictures.append(registration.align(picture, middle, nothing))
        aligned = registration.aligned_chroma(chroma)
        if aligned is not None:
            chromas.append(aligned)
    return pictures, chromas


def _half(picture: Levels) -> Levels:
    out: Levels = cv.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv.INTER_AREA)
    return out


def _edges(half: Levels) -> Picture:
    gx = cv.absdiff(cv.Sobel(half, cv.CV_32F, 1, 0, scale=0.25), 0.0)
    gy = cv.absdiff(cv.Sobel(half, cv.CV_32F, 0, 1, scale=0.25), 0.0)
    out: Picture = cv.add(cv.min(gx, _CLIP), cv.min(gy, _CLIP))
    return out


def _free(marks: Landmarks, taken: Mask) -> Points:
    """1 at landmarks where nothing stands, else 0."""
    return np.asarray(taken.ravel().take(marks.place) == 0, np.float32)


def _followed(marks: Landmarks, picture: Levels, shift: Shift, free: Points) -> Shift:
    """The shift from a guess on, in some steps of least squares; (0, 0) when it is not to be believed."""
    most = _MOST_SHARE * picture.shape[1]
    best: Points | None = None
    for _ in range(_STEPS):
        seen = marks.seen(picture, shift)
        best = _best(marks, seen, free) if best is None else best
        fit = _fit(marks, seen, best)
        if fit is None or max(map(abs, shift)) > most:
            return 0.0, 0.0
        if max(map(abs, fit.more)) < _LEAST_PX / 3:
            before = _fit(marks, marks.seen(picture, (0.0, 0.0)), best)
            return shift if before is not None and fit.residual < (1 - _GAIN) * before.residual else (0.0, 0.0)
        shift = shift[0] + fit.more[0], shift[1] + fit.more[1]
    return 0.0, 0.0


def _best(marks: Landmarks, seen: Points, free: Points) -> Points:
    """The free landmarks of the blocks that fit best: something passes in the others."""
    fit = _solved(marks, seen - marks.known[2], free)
    if fit is None:
        return free
    left = np.abs(seen - marks.known[2] - np.asarray(fit, np.float32) @ marks.known) * free
    counts = free.reshape(-1, _IN_A_BLOCK).sum(axis=1)
    each = left.reshape(-1, _IN_A_BLOCK).sum(axis=1) / np.maximum(counts, 1)
    known = counts >= _IN_A_BLOCK // 2
    if not known.any():
        return free
    kept = known & (each <= np.quantile(each[known], _LARGER_PART))
    return np.asarray(free * np.repeat(kept, _IN_A_BLOCK), np.float32)


def _fit(marks: Landmarks, seen: Points, use: Points) -> _Fit | None:
    """None where too little is free, or edges go in one direction only."""
    off = seen - marks.known[2]
    found = _solved(marks, off, use)
    if found is None:
        return None
    dx, dy, light = found
    left = np.abs(off - np.float32(light) * marks.known[2])
    return _Fit((-dx, -dy), float(left @ use) / float(use.sum()))


def _solved(marks: Landmarks, off: Points, use: Points) -> tuple[float, float, float] | None:
    """What explains the differences best: a shift in x and in y, and a share of the light."""
    if use.sum() < _FEWEST:
        return None
    used = marks.known * use
    square = (used @ marks.known.T).astype(np.float64)
    xx, xy, yy = square[0, 0], square[0, 1], square[1, 1]
    if xx * yy - xy * xy < 1e-3 * (xx + yy) ** 2:
        return None
    dx, dy, light = np.linalg.solve(square, used @ off)
    return float(np.clip(dx, -2, 2)), float(np.clip(dy, -2, 2)), float(light)
