"""An upright suitcase with a pulled handle and two wheels."""

from matpho.sim.mesh import Colour, Mesh, box, frustum, moved, rod

_TONES: tuple[Colour, ...] = ((90, 40, 30), (40, 40, 150), (45, 45, 50))


def suitcase(seed: int = 0) -> Mesh:
    """0.45 x 0.26 x 0.66 m and a handle up to 1.0 m."""
    tone = _TONES[seed % len(_TONES)]
    dark: Colour = (30, 30, 30)
    mesh = box((0.45, 0.26, 0.62), tone, (0, 0, 0.05))
    for z in (0.16, 0.36, 0.56):
        mesh += box((0.455, 0.265, 0.02), (tone[0] // 2, tone[1] // 2, tone[2] // 2), (0, 0, z))
    for x in (-0.18, 0.18):
        mesh += frustum(0.035, 0.035, 0.06, dark, (x, 0, 0))
    for x in (-0.12, 0.12):
        mesh += rod((x, 0.09, 0.66), (x, 0.09, 0.98), 0.012, 0.012, (150, 150, 150))
    mesh += rod((-0.13, 0.09, 0.98), (0.13, 0.09, 0.98), 0.02, 0.02, dark)
    return moved(mesh, turn_deg=-20)
