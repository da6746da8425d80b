"""A drawn passer-by: walks, stoops to set something down, stands. No face: a person here is a shape that moves."""

import math

import numpy as np

from matpho.sim.mesh import Colour, Mesh, ball, box, rod

_SHIRTS: tuple[Colour, ...] = ((45, 40, 40), (60, 45, 120), (130, 95, 60), (70, 90, 70), (190, 190, 195))
_TROUSERS: tuple[Colour, ...] = ((60, 45, 35), (40, 38, 38), (95, 70, 50))
_SKIN = (120, 150, 195)
_HAIR = (25, 25, 28)
_SEAT_M = 0.84
STEP_M = 1.45  # ground covered by one gait cycle (two steps)


def _knee(beat: float) -> float:
    """How far a knee bends, in radians: most while its leg swings forward."""
    return 0.10 + 0.55 * max(0.0, math.sin(beat + 5.2))


def _leg(side: int, swing: float, bend: float, hip: tuple[float, float, float], cloth: Colour) -> Mesh:
    """Thigh and shin in the plane of walking (x forward); angles in radians."""
    x, y, z = hip[0], hip[1] + 0.09 * side, hip[2]
    knee = (x + 0.44 * math.sin(swing), y, z - 0.44 * math.cos(swing))
    down = swing - bend
    ankle = (knee[0] + 0.43 * math.sin(down), y, knee[2] - 0.43 * math.cos(down))
    toe = (ankle[0] + 0.2 * math.cos(down * 0.6), y, max(0.03, ankle[2] - 0.05 + 0.1 * math.sin(-down)))
    mesh = rod((x, y, z), knee, 0.095, 0.07, cloth) + rod(knee, ankle, 0.072, 0.055, cloth)
    mesh += rod((ankle[0] - 0.05, y, max(0.04, ankle[2] - 0.02)), toe, 0.05, 0.04, (35, 35, 40), 6)
    return mesh


def _arm(side: int, swing: float, shoulder: tuple[float, float, float], cloth: Colour) -> Mesh:
    x, y, z = shoulder[0], shoulder[1] + 0.21 * side, shoulder[2]
    elbow = (x + 0.29 * math.sin(swing), y + 0.04 * side, z - 0.29 * math.cos(swing))
    down = swing + 0.35
    hand = (elbow[0] + 0.27 * math.sin(down), elbow[1] - 0.02 * side, elbow[2] - 0.27 * math.cos(down))
    mesh = rod((x, y, z), elbow, 0.058, 0.048, cloth) + rod(elbow, hand, 0.045, 0.036, cloth)
    return mesh + ball((0.05, 0.035, 0.055), _SKIN, hand, rows=4, sides=6)


def person(seed: int = 0, *, phase: float = 0.0, stoop: float = 0.0, still: bool = False, seated: bool = False) -> Mesh:
    """A person of 1.70 m looking towards +x.

    ``phase`` 0..1 is the place in the gait cycle; ``stoop`` 0..1 bends the trunk forward as when setting a thing down;
    ``still`` stands with the legs together; ``seated`` sits as on a motorbike, the place is that of the feet.
    """
    shirt, cloth = _SHIRTS[seed % len(_SHIRTS)], _TROUSERS[seed % len(_TROUSERS)]
    beat = 2 * math.pi * phase
    reach = 0.0 if still else 0.42
    bends = (0.06, 0.06) if still else (_knee(beat), _knee(beat + math.pi))
    dip = 0.02 * math.cos(2 * beat) if not still else 0.0
    hip = (-0.30, 0.0, _SEAT_M) if seated else (-0.12 * stoop, 0.0, 0.90 + dip - 0.16 * stoop)
    squat = 0.5 * stoop
    if seated:
        mesh = _leg(1, 1.1, 1.2, hip, cloth) + _leg(-1, 1.1, 1.2, hip, cloth)
    else:
        mesh = _leg(1, reach * math.sin(beat) + squat, bends[0] + 2 * squat, hip, cloth)
        mesh += _leg(-1, -reach * math.sin(beat) + squat, bends[1] + 2 * squat, hip, cloth)
    lean = 0.06 + 1.0 * stoop
    along = np.array([math.sin(lean), 0.0, math.cos(lean)])
    chest = np.array(hip) + along * 0.50
    mesh += rod(hip, tuple(np.array(hip) + along * 0.3), 0.15, 0.17, shirt, 10)
    mesh += rod(tuple(np.array(hip) + along * 0.28), tuple(chest), 0.17, 0.185, shirt, 10)
    mesh += ball((0.13, 0.225, 0.10), shirt, tuple(chest), rows=6, sides=10)
    for side, swing in ((1, -0.45 * math.sin(beat)), (-1, 0.45 * math.sin(beat))):
        mesh += _arm(side, 0.9 if seated else (0.0 if still else swing) + 1.0 * stoop, tuple(chest), shirt)
    neck = chest + along * 0.12
    head = chest + along * 0.25
    mesh += rod(tuple(chest), tuple(neck), 0.065, 0.06, _SKIN, 8)
    mesh += ball((0.105, 0.085, 0.125), _SKIN, tuple(head), rows=7, sides=10)
    mesh += ball((0.108, 0.092, 0.11), _HAIR, (head[0] - 0.022, head[1], head[2] + 0.035), rows=6, sides=10)
    if seed % 3 == 0:
        mesh += box((0.14, 0.28, 0.36), (60, 50, 45), (chest[0] - 0.22, 0, chest[2] - 0.36))
    return mesh
