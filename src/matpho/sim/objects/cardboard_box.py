"""A closed cardboard box with tape along its top."""

from matpho.sim.mesh import Mesh, box, moved

_BOARD = (96, 142, 182)
_TAPE = (120, 175, 205)


def cardboard_box(seed: int = 0) -> Mesh:
    """0.55 x 0.4 x 0.42 m, standing a little turned; every second one carries a smaller box on top."""
    mesh = box((0.55, 0.40, 0.42), _BOARD)
    mesh += box((0.56, 0.06, 0.004), _TAPE, (0, 0, 0.42))
    mesh += box((0.012, 0.06, 0.14), _TAPE, (0.277, 0, 0.28))
    if seed % 2:
        mesh += moved(box((0.36, 0.30, 0.26), (84, 126, 168), (0, 0, 0)), (0.03, 0.02, 0.424), 18)
    return moved(mesh, turn_deg=25)
