"""Small solid bodies made of flat coloured faces: what the staged things are modelled from.

Coordinates are metres in the thing's own frame: x to its right, y away from the viewer, z up, the ground at z = 0 and
the middle of its foot at the origin. Colours are BGR, 0..255, as seen in flat daylight.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Face:
    """A flat convex polygon: ``points`` (n, 3) metres, counter-clockwise from outside.

    ``two_sided`` faces (cloth, rims) are drawn from behind as well.
    """

    points: Points
    colour: Colour
    two_sided: bool = False


Mesh = list[Face]


def _ring(radius: float, z: float, sides: int, centre: tuple[float, float] = (0.0, 0.0)) -> Points:
    turn = np.arange(sides) * 2 * np.pi / sides + np.pi / sides
    return np.stack([centre[0] + radius * np.cos(turn), centre[1] + radius * np.sin(turn), np.full(sides, z)], axis=1)


def _between(lower: Points, upper: Points, colour: Colour) -> Mesh:
    n = len(lower)
    return [Face(np.array([lower[i], lower[(i + 1) % n], upper[(i + 1) % n], upper[i]]), colour) for i in range(n)]


def box(size: tuple[float, float, float], colour: Colour, at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Mesh:
    """A box of ``size`` (width, depth, height) whose foot's middle is ``at``."""
    w, d, h = size[0] / 2, size[1] / 2, size[2]
    low = np.array([[-w, -d, 0], [w, -d, 0], [w, d, 0], [-w, d, 0]]) + np.array(at)
    high = low + np.array([0, 0, h])
    return [*_between(low, high, colour), Face(high, colour), Face(low[::-1].copy(), colour)]


def frustum(  # a can, a pot, a cone, a leg
    bottom: float,
    top: float,
    height: float,
    colour: Colour,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    sides: int = 12,
) -> Mesh:
    """An upright round body: radius ``bottom`` at its foot, ``top`` at its head."""
    low = _ring(max(bottom, 1e-4), at[2], sides, (at[0], at[1]))
    high = _ring(max(top, 1e-4), at[2] + height, sides, (at[0], at[1]))
    return [*_between(low, high, colour), Face(high, colour), Face(low[::-1].copy(), colour)]


def rod(a: Sequence[float], b: Sequence[float], ra: float, rb: float, colour: Colour, sides: int = 8) -> Mesh:
    """A round bar from ``a`` to ``b`` with radius ``ra`` and ``rb`` at its ends."""
    start, end = np.asarray(a, float), np.asarray(b, float)
    along = end - start
    length = float(np.linalg.norm(along))
    if length < 1e-6:
        return []
    along /= length
    side = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    other = np.cross(along, side)
    turn = np.arange(sides) * 2 * np.pi / sides
    around = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * other
    low, high = start + ra * around, end + rb * around
    return [*_between(low, high, colour), Face(high, colour), Face(low[::-1].copy(), colour)]


def ball(
    radii: tuple[float, float, float],
    colour: Colour,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    *,
    rows: int = 7,
    sides: int = 12,
    rough: float = 0.0,
    seed: int = 0,
) -> Mesh:
    """An ellipsoid around ``at``; ``rough`` dents it by a share of its radius (a stuffed bag)."""
    dents = np.random.default_rng(seed).normal(0, rough, (rows + 1, sides)) if rough else np.zeros((rows + 1, sides))
    rings: list[Points] = []
    for row in range(rows + 1):
        tilt = math.pi * row / rows
        ring = _ring(math.sin(tilt), -math.cos(tilt), sides) * (1 + dents[row])[:, None]
        ring[:, 2] = -math.cos(tilt)
        rings.append(ring * np.array(radii) + np.array(at))
    return [face for low, high in itertools.pairwise(rings) for face in _between(low, high, colour)]


def extrude(outline: Iterable[tuple[float, float]], width: float, colour: Colour, y: float = 0.0) -> Mesh:
    """A plate: a convex outline in the x-z plane (counter-clockwise seen from the viewer), ``width`` thick around y."""
    flat = np.array([(x, 0.0, z) for x, z in outline])
    near, far = flat + np.array([0, y - width / 2, 0]), flat + np.array([0, y + width / 2, 0])
    n = len(flat)
    rim = [Face(np.array([near[(i + 1) % n], near[i], far[i], far[(i + 1) % n]]), colour) for i in range(n)]
    return [Face(near, colour), Face(far[::-1].copy(), colour), *rim]


def ring_plate(
    outer: float, inner: float, width: float, colour: Colour, at: tuple[float, float, float], sides: int = 20
) -> Mesh:
    """A tyre or rim standing upright in the x-z plane around ``at``."""
    turn = np.arange(sides + 1) * 2 * np.pi / sides
    circle = np.stack([np.cos(turn), np.zeros(sides + 1), np.sin(turn)], axis=1)
    middle = np.array(at)
    faces: Mesh = []
    for i in range(sides):
        a, b = circle[i], circle[i + 1]
        for y, order in ((-width / 2, 1), (width / 2, -1)):
            shift = middle + np.array([0, y, 0])
            quad = np.array([a * inner, a * outer, b * outer, b * inner])[::order] + shift
            faces.append(Face(quad, colour))
        near, far = middle - np.array([0, width / 2, 0]), middle + np.array([0, width / 2, 0])
        faces.append(Face(np.array([a * outer + near, a * outer + far, b * outer + far, b * outer + near]), colour))
        faces.append(Face(np.array([b * inner + near, b * inner + far, a * inner + far, a * inner + near]), colour))
    return faces


def moved(mesh: Mesh, by: tuple[float, float, float] = (0, 0, 0), turn_deg: float = 0.0, scale: float = 1.0) -> Mesh:
    """The mesh scaled, turned about the vertical (counter-clockwise from above), then shifted."""
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    spin = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) * scale
    shift = np.array(by, float)
    return [Face(face.points @ spin.T + shift, face.colour, face.two_sided) for face in mesh]
