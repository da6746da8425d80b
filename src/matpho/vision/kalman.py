"""Constant-velocity Kalman filters for many boxes at once, as arrays.

Each of centre x, centre y, width and height is a filter of its own (position, velocity), as in SORT (Bewley et al.
2016) and ByteTrack (Zhang et al. 2022), with noise in units of the box's height. Four independent 2×2 filters are exact
here, because the usual noise matrices are diagonal, and cost a hundredth of an 8×8 filter in NumPy.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POSITION_NOISE = 0.06  # standard deviation of a detected edge, in heights
ACCELERATION = 0.9  # change of speed per second, in heights per second
SIZE_FACTOR = 0.5  # sizes change more slowly than places
START_SPEED = 1.5  # standard deviation of the unknown first speed, in heights per second


class BoxFilters:
    """N boxes with their velocities. ``mean`` is (N, 4, 2): cx, cy, w, h × (value, per second); ``cov`` (N, 4, 3)."""

    def __init__(self) -> None:
        self.mean: Floats = np.zeros((0, 4, 2))
        self.cov: Floats = np.zeros((0, 4, 3))  # variance, covariance, variance of the velocity

    def add(self, boxes: Floats) -> None:
        """Start a filter per row of ``boxes`` (M, 4)."""
        height = np.maximum(boxes[:, 3:4], 1e-4)
        mean = np.stack([boxes, np.zeros_like(boxes)], axis=2)
        cov = np.zeros((len(boxes), 4, 3))
        cov[:, :, 0] = (2 * POSITION_NOISE * height) ** 2
        cov[:, :, 2] = (START_SPEED * height * _factors()) ** 2
        self.mean = np.concatenate([self.mean, mean])
        self.cov = np.concatenate([self.cov, cov])

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the filters where ``mask`` (N,) is false."""
        self.mean, self.cov = self.mean[mask], self.cov[mask]

    def predict(self, dt: float) -> None:
        """Move everything on by ``dt`` seconds."""
        if not len(self.mean):
            return
        height = np.maximum(self.mean[:, 3:4, 0], 1e-4)
        noise = (ACCELERATION * height * _factors()) ** 2
        self.mean[:, :, 0] += dt * self.mean[:, :, 1]
        p, c, v = self.cov[:, :, 0], self.cov[:, :, 1], self.cov[:, :, 2]
        self.cov = np.stack(
            [p + 2 * dt * c + dt * dt * v + noise * dt**4 / 4, c + dt * v + noise * dt**3 / 2, v + noise * dt * dt],
            axis=2,
        )
        self.mean[:, 2:, 0] = np.maximum(self.mean[:, 2:, 0], 1e-4)

    def correct(self, rows: npt.NDArray[np.intp], boxes: Floats) -> None:
        """Take in measured ``boxes`` (M, 4) for the filters ``rows`` (M,)."""
        if not len(rows):
            return
        mean, cov = self.mean[rows], self.cov[rows]
        noise = (POSITION_NOISE * np.maximum(boxes[:, 3:4], 1e-4)) ** 2
        p, c, v = cov[:, :, 0], cov[:, :, 1], cov[:, :, 2]
        total = p + noise
        gain_place, gain_speed = p / total, c / total
        off = boxes - mean[:, :, 0]
        mean[:, :, 0] += gain_place * off
        mean[:, :, 1] += gain_speed * off
        self.mean[rows] = mean
        self.cov[rows] = np.stack([p * noise / total, c * noise / total, v - gain_speed * c], axis=2)

    def stop(self, rows: npt.NDArray[np.bool_]) -> None:
        """Let the boxes of ``rows`` (N,) stand where they are: nothing was seen to move."""
        self.mean[rows, :, 1] = 0.0


def _factors() -> Floats:
    return np.array([1.0, 1.0, SIZE_FACTOR, SIZE_FACTOR])
