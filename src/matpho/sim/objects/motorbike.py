"""A parked step-through motorbike, the commonest vehicle of a Vietnamese street, on its side stand."""

import math

from matpho.sim.mesh import Colour, Mesh, ball, extrude, moved, ring_plate, rod

_BODY: tuple[Colour, ...] = ((40, 35, 165), (120, 60, 25), (45, 45, 48), (205, 205, 205))
_DARK = (28, 28, 30)
_STEEL = (150, 152, 155)
_WHEEL_R = 0.29
_FRONT, _REAR = 0.62, -0.60


def _wheel(x: float) -> Mesh:
    middle = (x, 0.0, _WHEEL_R)
    mesh = ring_plate(_WHEEL_R, 0.225, 0.075, _DARK, middle)
    mesh += ring_plate(0.228, 0.20, 0.05, _STEEL, middle)
    for i in range(8):
        turn = math.pi * i / 4 + 0.2
        tip = (x + 0.21 * math.cos(turn), 0.0, _WHEEL_R + 0.21 * math.sin(turn))
        mesh += rod(middle, tip, 0.010, 0.008, _STEEL, 4)
    mesh += rod((x, -0.06, _WHEEL_R), (x, 0.06, _WHEEL_R), 0.055, 0.055, (95, 95, 98))
    return mesh


def _fender(x: float, colour: Colour, start: float, end: float) -> Mesh:
    mesh: Mesh = []
    steps = 6
    for i in range(steps):
        a = math.radians(start + (end - start) * i / steps)
        b = math.radians(start + (end - start) * (i + 1) / steps)
        quad = [
            (x + r * math.cos(t), _WHEEL_R + r * math.sin(t)) for r, t in ((0.31, a), (0.355, a), (0.355, b), (0.31, b))
        ]
        mesh += extrude(quad, 0.13, colour)
    return mesh


def _engine() -> Mesh:
    mesh = rod((-0.05, -0.11, 0.30), (0.20, -0.09, 0.33), 0.10, 0.085, (105, 106, 108))
    mesh += rod((-0.05, 0.11, 0.30), (0.20, 0.09, 0.33), 0.10, 0.085, (80, 80, 82))
    mesh += rod((0.02, -0.15, 0.24), (-0.72, -0.15, 0.33), 0.035, 0.05, _STEEL)  # exhaust
    mesh += rod((-0.60, -0.09, _WHEEL_R), (-0.08, -0.09, 0.30), 0.03, 0.03, _DARK)  # swing arm and chain case
    mesh += rod((-0.60, 0.09, _WHEEL_R), (-0.08, 0.09, 0.30), 0.03, 0.03, _DARK)
    mesh += rod((-0.60, -0.12, 0.33), (-0.48, -0.11, 0.62), 0.03, 0.03, (60, 60, 62))  # shock absorber
    mesh += rod((-0.10, 0.10, 0.25), (-0.16, 0.30, 0.01), 0.015, 0.015, _DARK)  # side stand
    return mesh


def motorbike(seed: int = 0) -> Mesh:
    """1.9 m long, 1.05 m high, front wheel towards +x."""
    tone = _BODY[seed % len(_BODY)]
    darker: Colour = (tone[0] * 2 // 3, tone[1] * 2 // 3, tone[2] * 2 // 3)
    mesh = _wheel(_REAR) + _wheel(_FRONT)
    mesh += _fender(_FRONT, tone, 35, 160) + _fender(_REAR, _DARK, 30, 150)
    for y in (-0.075, 0.075):
        mesh += rod((_FRONT, y, _WHEEL_R), (0.43, y, 0.80), 0.024, 0.026, (90, 90, 92))
    mesh += _engine()
    # rear cowl, step-through beam, leg shield
    mesh += extrude(
        [(-0.10, 0.42), (0.02, 0.50), (-0.02, 0.70), (-0.80, 0.76), (-0.88, 0.70), (-0.42, 0.48)], 0.22, tone
    )
    mesh += extrude([(-0.10, 0.40), (0.30, 0.36), (0.40, 0.44), (0.02, 0.54)], 0.16, darker)
    mesh += extrude([(0.26, 0.34), (0.40, 0.34), (0.50, 0.86), (0.40, 0.90)], 0.40, tone)
    mesh += extrude([(-0.80, 0.745), (-0.02, 0.69), (0.0, 0.74), (-0.30, 0.80), (-0.80, 0.83)], 0.26, _DARK)  # seat
    mesh += rod((-0.70, -0.12, 0.80), (-0.96, -0.10, 0.82), 0.014, 0.014, _STEEL)
    mesh += rod((-0.70, 0.12, 0.80), (-0.96, 0.10, 0.82), 0.014, 0.014, _STEEL)
    mesh += rod((-0.96, -0.10, 0.82), (-0.96, 0.10, 0.82), 0.014, 0.014, _STEEL)
    mesh += ball((0.05, 0.08, 0.05), (40, 40, 190), (-0.90, 0, 0.68), rows=5, sides=8)  # tail lamp
    # head: cowl, lamp, bars, mirrors
    mesh += ball((0.13, 0.15, 0.13), tone, (0.42, 0, 0.95), rows=6, sides=10)
    mesh += ball((0.06, 0.10, 0.08), (215, 220, 222), (0.53, 0, 0.94), rows=5, sides=8)
    for y in (-1, 1):
        mesh += rod((0.40, 0.08 * y, 0.98), (0.30, 0.36 * y, 1.00), 0.016, 0.016, _STEEL)
        mesh += rod((0.31, 0.33 * y, 1.00), (0.27, 0.42 * y, 1.00), 0.024, 0.024, _DARK)
        mesh += rod((0.36, 0.22 * y, 1.0), (0.36, 0.32 * y, 1.16), 0.008, 0.008, _DARK)
        mesh += ball((0.015, 0.07, 0.05), _DARK, (0.36, 0.34 * y, 1.19), rows=4, sides=8)
    mesh += extrude([(0.42, 0.60), (0.56, 0.62), (0.55, 0.66), (0.43, 0.66)], 0.24, (60, 140, 235))  # turn signals
    return moved(mesh, (0.12, 0, 0))
