"""Tied plastic rubbish bags, alone or as a small heap."""

import numpy as np

from matpho.sim.mesh import Colour, Mesh, ball, moved, rod

_TONES: tuple[Colour, ...] = ((38, 36, 34), (30, 30, 36), (200, 205, 205), (140, 70, 30), (36, 40, 170))


def rubbish_bag(seed: int = 0) -> Mesh:
    """One stuffed bag, 0.5 m wide and 0.55 m high, with its knot."""
    tone = _TONES[seed % 2]
    body = ball((0.27, 0.24, 0.25), tone, (0, 0, 0.235), rows=9, sides=14, rough=0.05, seed=seed)
    lighter = (min(255, tone[0] + 16), min(255, tone[1] + 16), min(255, tone[2] + 16))
    knot = rod((0, 0, 0.44), (0.02, 0, 0.56), 0.07, 0.03, lighter)
    ears = rod((0.01, 0, 0.52), (0.10, 0.02, 0.62), 0.03, 0.05, lighter)
    return [*body, *knot, *ears]


def rubbish_heap(seed: int = 0) -> Mesh:
    """Three to five bags thrown together, about 1.2 m wide."""
    rng = np.random.default_rng(seed)
    heap: Mesh = []
    for i in range(int(rng.integers(3, 6))):
        size = float(rng.uniform(0.75, 1.1))
        by = (float(rng.uniform(-0.45, 0.45)), float(rng.uniform(-0.25, 0.25)), 0.0)
        tone = _TONES[int(rng.integers(0, len(_TONES)))]
        bag = ball((0.27, 0.24, 0.25), tone, (0, 0, 0.235), rows=8, sides=12, rough=0.06, seed=seed + i)
        knot = rod((0, 0, 0.44), (0.03, 0, 0.55), 0.06, 0.03, tone)
        heap += moved([*bag, *knot], by, float(rng.uniform(0, 360)), size)
    return heap
