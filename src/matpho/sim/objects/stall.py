"""A street stall: a table with pots on it, low plastic stools, and a big umbrella."""

import math

import numpy as np

from matpho.sim.mesh import Colour, Face, Mesh, box, frustum, moved, rod

_STOOL: tuple[Colour, ...] = ((45, 40, 190), (170, 90, 30), (60, 60, 200))
_STEEL = (165, 168, 170)


def table(colour: Colour = (175, 180, 182)) -> Mesh:
    """A folding table, 1.1 x 0.6 m, 0.7 m high."""
    mesh: Mesh = []
    for x in (-0.48, 0.48):
        for y in (-0.24, 0.24):
            mesh += rod((x, y, 0), (x, y, 0.68), 0.022, 0.022, (110, 110, 112))
    mesh += box((1.1, 0.6, 0.035), colour, (0, 0, 0.67))
    mesh += frustum(0.14, 0.16, 0.24, _STEEL, (-0.30, 0.05, 0.705))
    mesh += frustum(0.10, 0.10, 0.16, (60, 90, 160), (0.12, 0.10, 0.705))
    mesh += box((0.34, 0.24, 0.10), (50, 120, 190), (0.33, -0.05, 0.705))
    return mesh


def stool(colour: Colour) -> Mesh:
    """A plastic stool, 0.45 m high."""
    mesh: Mesh = []
    for x in (-1, 1):
        for y in (-1, 1):
            mesh += rod((0.16 * x, 0.16 * y, 0), (0.12 * x, 0.12 * y, 0.42), 0.028, 0.024, colour)
    mesh += box((0.32, 0.32, 0.04), colour, (0, 0, 0.41))
    return mesh


def umbrella(seed: int = 0) -> Mesh:
    """A sunshade 2.3 m across and 2.25 m high in two colours, on its foot."""
    pairs: tuple[tuple[Colour, Colour], ...] = (((50, 50, 195), (225, 228, 230)), ((165, 105, 35), (225, 228, 230)))
    mesh = frustum(0.25, 0.22, 0.10, (95, 95, 95))
    mesh += rod((0, 0, 0.1), (0, 0, 2.2), 0.025, 0.025, (190, 190, 190))
    turn = np.arange(9) * 2 * math.pi / 8 + math.pi / 8
    rim = np.stack([1.15 * np.cos(turn), 1.15 * np.sin(turn), np.full(9, 1.85)], axis=1)
    middle = np.stack([0.62 * np.cos(turn), 0.62 * np.sin(turn), np.full(9, 2.12)], axis=1)
    top = np.array([0.0, 0.0, 2.27])
    for i in range(8):
        tone = pairs[seed % 2][i % 2]
        mesh.append(Face(np.array([rim[i], rim[i + 1], middle[i + 1], middle[i]]), tone, two_sided=True))
        mesh.append(Face(np.array([middle[i], middle[i + 1], top]), tone, two_sided=True))
        drop = np.array([0, 0, -0.16])
        mesh.append(Face(np.array([rim[i] + drop, rim[i + 1] + drop, rim[i + 1], rim[i]]), tone, two_sided=True))
    return mesh


def stall(seed: int = 0) -> Mesh:
    """Table, four stools and umbrella: about 2.6 m wide and 1.8 m deep."""
    mesh = moved(umbrella(seed), (-0.1, 0.45, 0))
    mesh += moved(table(), (0, 0.1, 0))
    for i, (x, y) in enumerate(((-0.95, -0.35), (-0.35, -0.55), (0.45, -0.6), (1.05, -0.25))):
        mesh += moved(stool(_STOOL[(seed + i % 2) % 3]), (x, y, 0), 17.0 * i)
    return mesh


def stools(seed: int = 0) -> Mesh:
    """A low table and four stools, without the umbrella."""
    mesh = moved(table(_STOOL[1]), (0, 0, 0), scale=0.8)
    for i, (x, y) in enumerate(((-0.8, -0.2), (-0.25, -0.55), (0.4, -0.55), (0.85, 0.1))):
        mesh += moved(stool(_STOOL[(seed + i) % 3]), (x, y, 0), 23.0 * i)
    return mesh
