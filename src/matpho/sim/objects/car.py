"""A car and a delivery van, front towards +x."""

from matpho.sim.mesh import Colour, Mesh, box, extrude, moved, ring_plate

_PAINT: tuple[Colour, ...] = ((188, 190, 192), (52, 48, 46), (60, 55, 150), (120, 78, 44), (225, 226, 228))
_GLASS: Colour = (74, 66, 58)
_DARK: Colour = (30, 30, 32)
_LAMP: Colour = (215, 225, 228)
_TAIL: Colour = (45, 40, 175)


def _wheels(front: float, rear: float, width: float, radius: float) -> Mesh:
    mesh: Mesh = []
    for x in (front, rear):
        for y in (-width / 2 + 0.07, width / 2 - 0.07):
            mesh += ring_plate(radius, 0.6 * radius, 0.2, _DARK, (x, y, radius))
            mesh += ring_plate(0.6 * radius, 0.05, 0.16, (150, 152, 154), (x, y, radius), 12)
    return mesh


def _lamps(front: float, rear: float, width: float, height: float) -> Mesh:
    mesh: Mesh = []
    for y in (-width / 2 + 0.22, width / 2 - 0.22):
        mesh += box((0.06, 0.30, 0.14), _LAMP, (front, y, height))
        mesh += box((0.06, 0.26, 0.16), _TAIL, (rear, y, height + 0.06))
    return mesh


def car(seed: int = 0) -> Mesh:
    """A saloon, 4.3 x 1.72 m and 1.45 m high."""
    tone = _PAINT[seed % len(_PAINT)]
    mesh = _wheels(1.32, -1.30, 1.72, 0.31)
    mesh += extrude([(-2.12, 0.24), (2.15, 0.24), (2.17, 0.62), (1.20, 0.86), (-1.60, 0.92), (-2.15, 0.84)], 1.70, tone)
    mesh += extrude([(-1.55, 0.90), (1.10, 0.86), (0.42, 1.38), (-0.98, 1.40)], 1.44, _GLASS)
    mesh += extrude([(-0.98, 1.39), (0.42, 1.37), (0.36, 1.45), (-0.92, 1.46)], 1.40, tone)
    for x in (-0.30, 0.42):
        for y in (-0.73, 0.73):
            mesh += box((0.08, 0.03, 0.5), tone, (x, y, 0.89))
    mesh += box((0.10, 1.60, 0.16), _DARK, (2.14, 0, 0.26)) + box((0.10, 1.60, 0.16), _DARK, (-2.12, 0, 0.26))
    mesh += box((0.03, 0.5, 0.12), (225, 228, 230), (2.19, 0, 0.40)) + box(
        (0.03, 0.5, 0.12), (225, 228, 230), (-2.16, 0, 0.60)
    )
    return mesh + _lamps(2.13, -2.13, 1.70, 0.56)


def van(seed: int = 0) -> Mesh:
    """A box van, 4.9 x 1.9 m and 2.5 m high."""
    tone = _PAINT[(seed + 4) % len(_PAINT)]
    load = _PAINT[(seed + 4) % len(_PAINT)] if seed % 2 else (232, 233, 234)
    mesh = _wheels(1.62, -1.45, 1.86, 0.36)
    mesh += extrude([(0.80, 0.34), (2.45, 0.34), (2.45, 0.95), (2.05, 1.12), (0.80, 1.12)], 1.82, tone)
    mesh += extrude([(0.80, 1.10), (2.03, 1.10), (1.50, 1.95), (0.80, 2.00)], 1.76, tone)
    for y in (-0.90, 0.90):
        mesh += moved(extrude([(0.95, 1.16), (1.86, 1.16), (1.44, 1.80), (0.95, 1.84)], 0.03, _GLASS), (0, y, 0))
    mesh += extrude([(2.045, 1.13), (2.07, 1.13), (1.55, 1.93), (1.52, 1.93)], 1.60, _GLASS)
    mesh += box((3.20, 1.90, 2.05), load, (-0.82, 0, 0.46))
    mesh += box((3.22, 1.92, 0.10), (120, 122, 124), (-0.82, 0, 0.40))
    mesh += box((0.02, 1.80, 1.85), (205, 206, 208), (-2.44, 0, 0.58))
    mesh += box((0.10, 1.80, 0.22), _DARK, (2.44, 0, 0.30))
    return mesh + _lamps(2.44, -2.44, 1.84, 0.60)
