"""Constant-velocity Kalman filters for many boxes at once, as arrays.

Each of centre x, centre y, width and height is a filter of its own (position, velocity), as in SORT (Bewley et al.
2016) and ByteTrack (Zhang et al. 2022), with noise in units of the box's height. Four independent 2×2 filters are exact
here, because the usual noise matrices are diagonal, and cost a hundredth of an 8×8 filter in NumPy.

While every box stands still, only their uncertainty grows, and that by the same six numbers for all of them: these are
added up, and applied when the uncertainty is asked for.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POSITION_NOISE = 0.06  # standard deviation of a detected edge, in heights
ACCELERATION = 0.9  # change of speed per second, in heights per second
SIZE_FACTOR = 0.5  # sizes change more slowly than places
_FACTORS: Floats = np.array([1.0, 1.0, SIZE_FACTOR, SIZE_FACTOR])
START_SPEED = 1.5  # standard deviation of the unknown first speed, in heights per second


@dataclass(slots=True)
class _Rest:
    """Steps of boxes that stand: variance p, covariance c and that of the velocity v become, with noise n of the boxes,

    p + pc·c + pv·v + pn·n,  c + cv·v + cn·n,  v + vn·n.
    """

    pc: float = 0.0
    pv: float = 0.0
    pn: float = 0.0
    cv: float = 0.0
    cn: float = 0.0
    vn: float = 0.0

    def add(self, dt: float) -> None:
        """One more step."""
        self.pv += 2 * dt * self.cv + dt * dt
        self.pn += 2 * dt * self.cn + dt * dt * self.vn + dt**4 / 4
        self.pc += 2 * dt
        self.cn += dt * self.vn + dt**3 / 2
        self.cv += dt
        self.vn += dt * dt


class BoxFilters:
    """N boxes with their velocities. ``mean`` is (N, 4, 2): cx, cy, w, h × (value, per second); ``cov`` (N, 4, 3)."""

    def __init__(self) -> None:
        self.mean: Floats = np.zeros((0, 4, 2))
        self._cov: Floats = np.zeros((0, 4, 3))  # variance, covariance, variance of the velocity
        self._rest: _Rest | None = None
        self.still = True
        """Whether the newest step left every box where it was, and nothing was measured since."""

    @property
    def cov(self) -> Floats:
        """Variance of the value, covariance, variance of the velocity."""
        rest, self._rest = self._rest, None
        if rest is not None:
            self._spread(rest)
        return self._cov

    def add(self, boxes: Floats) -> None:
        """Start a filter per row of ``boxes`` (M, 4)."""
        height = np.maximum(boxes[:, 3:4], 1e-4)
        mean = np.stack([boxes, np.zeros_like(boxes)], axis=2)
        cov = np.zeros((len(boxes), 4, 3))
        cov[:, :, 0] = (2 * POSITION_NOISE * height) ** 2
        cov[:, :, 2] = (START_SPEED * height * _FACTORS) ** 2
        self._cov = np.concatenate([self.cov, cov])  # first: what waited is of the boxes so far
        self.mean = np.concatenate([self.mean, mean])

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the filters where ``mask`` (N,) is false."""
        self.mean, self._cov = self.mean[mask], self.cov[mask]

    def predict(self, dt: float) -> None:
        """Move everything on by ``dt`` seconds."""
        self.still = not self.mean[:, :, 1].any()
        if self.still:
            if len(self.mean):
                self._rest = self._rest or _Rest()
                self._rest.add(dt)
            return
        step = _Rest()
        step.add(dt)
        self._cov = self.cov  # with what waited
        self._spread(step)
        self.mean[:, :, 0] += dt * self.mean[:, :, 1]
        self.mean[:, 2:, 0] = np.maximum(self.mean[:, 2:, 0], 1e-4)

    def _spread(self, rest: _Rest) -> None:
        """Let the uncertainty grow as these steps say."""
        height = np.maximum(self.mean[:, 3:4, 0], 1e-4)
        noise = (ACCELERATION * height * _FACTORS) ** 2
        p, c, v = self._cov[:, :, 0], self._cov[:, :, 1], self._cov[:, :, 2]
        p += rest.pc * c + rest.pv * v + rest.pn * noise
        c += rest.cv * v + rest.cn * noise
        v += rest.vn * noise

    def correct(self, rows: npt.NDArray[np.intp], boxes: Floats) -> None:
        """Take in measured ``boxes`` (M, 4) for the filters ``rows`` (M,)."""
        if not len(rows):
            return
        self.still = False
        mean, cov = self.mean[rows], self.cov[rows]
        noise = (POSITION_NOISE * np.maximum(boxes[:, 3:4], 1e-4)) ** 2
        p, c, v = cov[:, :, 0], cov[:, :, 1], cov[:, :, 2]
        total = p + noise
        gain_place, gain_speed = p / total, c / total
        off = boxes - mean[:, :, 0]
        mean[:, :, 0] += gain_place * off
        mean[:, :, 1] += gain_speed * off
        self.mean[rows] = mean
        self._cov[rows] = np.stack([p * noise / total, c * noise / total, v - gain_speed * c], axis=2)

    def come_in(self, row: int, box: Floats, sides: tuple[int, int]) -> None:
        """A box that the picture's edge had cut is seen whole: it did not grow, it came in.

        ``box`` (4,) is what is seen now; ``sides`` say for both axes which end had been cut: −1 the lower, 1 the upper,
        0 neither. What moved was the end that could be seen, so the middle goes on as that end did, and the size stays.
        """
        mean, noise = self.mean[row], (POSITION_NOISE * max(float(box[3]), 1e-4)) ** 2
        for axis, side in enumerate(sides):
            if side:
                mean[axis, 1] -= side * mean[axis + 2, 1] / 2
                mean[axis + 2] = (box[axis + 2], 0.0)
                mean[axis, 0] = box[axis]
                self.cov[row, axis + 2] = (noise, 0.0, (ACCELERATION * SIZE_FACTOR * float(box[3])) ** 2)

    def stop(self, rows: npt.NDArray[np.bool_]) -> None:
        """Let the boxes of ``rows`` (N,) stand where they are: nothing was seen to move."""
        self.mean[rows, :, 1] = 0.0
