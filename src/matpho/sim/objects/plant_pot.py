"""A potted plant, as put on pavements to keep a place."""

import numpy as np

from matpho.sim.mesh import Mesh, ball, frustum, rod

_CLAY = (62, 92, 165)


def plant_pot(seed: int = 0) -> Mesh:
    """A clay pot 0.5 m high and a leafy bush up to 1.2 m."""
    rng = np.random.default_rng(seed)
    mesh = frustum(0.20, 0.30, 0.42, _CLAY)
    mesh += frustum(0.33, 0.33, 0.06, (74, 106, 182), (0, 0, 0.42))
    mesh += rod((0, 0, 0.46), (0, 0, 0.8), 0.03, 0.02, (40, 60, 80))
    for i in range(14):
        turn, out, up = float(rng.uniform(0, 6.28)), float(rng.uniform(0.05, 0.3)), float(rng.uniform(0.65, 1.1))
        tone = (int(rng.integers(25, 50)), int(rng.integers(85, 135)), int(rng.integers(35, 70)))
        at = (out * np.cos(turn), out * np.sin(turn), up)
        mesh += ball((0.15, 0.13, 0.11), tone, at, rows=5, sides=7, rough=0.18, seed=seed * 31 + i)
    return mesh
