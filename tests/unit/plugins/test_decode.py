import numpy as np
import pytest

from matpho.errors import ModelProblem
from matpho.plugins.detectors.decode import DECODERS, grid, nanodet, yolox

pytestmark = pytest.mark.unit

SIZE = (64, 32)
WANTED = np.array([0, 2])


def distance_heads(row, sides, score, classes=3, bins=8):
    """Outputs of all strides for 64×32, empty but for one row whose four distances are whole cells."""
    lengths = [8 * 4, 4 * 2, 2 * 1]
    scores = [np.zeros((n, classes), np.float32) for n in lengths]
    raw = [np.zeros((n, 4 * bins), np.float32) for n in lengths]
    stride = 0
    while row >= lengths[stride]:
        row -= lengths[stride]
        stride += 1
    scores[stride][row] = score
    for side, cells in enumerate(sides):
        raw[stride][row, side * bins + cells] = 50
    return [*scores, *raw]


def test_cells_run_along_rows_and_finest_first():
    cells = grid(SIZE, (8, 16, 32))
    assert len(cells) == 42
    assert cells[1].tolist() == [8, 0, 8]
    assert cells[8].tolist() == [0, 8, 8]
    assert cells[32].tolist() == [0, 0, 16]


def test_nanodet_measures_from_the_middle_of_the_cell():
    # row 33: second cell of stride 16, middle (24, 8); 1 cell left and up, 2 right, 3 down
    scores, boxes = nanodet(distance_heads(33, (1, 1, 2, 3), (0.1, 0.2, 0.3)), SIZE, 3, WANTED)
    assert scores.shape == (42, 2)
    assert scores[33] == pytest.approx([0.1, 0.3])
    assert boxes(np.array([33])) == pytest.approx(np.array([[8, -8, 56, 56]]), abs=1e-3)


def test_the_order_of_outputs_does_not_matter():
    outputs = distance_heads(41, (1, 2, 1, 2), (0.9, 0, 0))
    straight = nanodet(outputs, SIZE, 3, WANTED)
    mixed = nanodet(outputs[::-1], SIZE, 3, WANTED)
    rows = np.array([41, 0])
    assert np.array_equal(straight[0], mixed[0])
    assert np.array_equal(straight[1](rows), mixed[1](rows))


def test_yolox_counts_from_the_corner_of_the_cell_and_multiplies_objectness():
    raw = np.zeros((42, 8), np.float32)
    raw[9] = (0.5, 0.25, np.log(2), np.log(4), 0.5, 0.8, 0.1, 0.4)  # cell (1, 1) of stride 8
    scores, boxes = yolox([raw], SIZE, 3, WANTED)
    assert scores[9] == pytest.approx([0.4, 0.2])
    assert boxes(np.array([9])) == pytest.approx(np.array([[12 - 8, 10 - 16, 12 + 8, 10 + 16]]), abs=1e-4)


@pytest.mark.parametrize("name", sorted(DECODERS))
def test_outputs_of_another_shape_are_refused(name):
    with pytest.raises(ModelProblem, match="12×7"):
        DECODERS[name]([np.zeros((12, 7), np.float32)], SIZE, 3, WANTED)
