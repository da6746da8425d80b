"""An arranged model answers as the one that it was made from, to the last bit; so does the letterbox before it."""

import numpy as np
import pytest

from matpho.errors import ModelProblem
from matpho.plugins.detectors.letterbox import Letterbox
from matpho.plugins.detectors.quads import CHANNELS, QuadLetterbox
from matpho.plugins.models import calibrate
from matpho.plugins.models.arrange import arrange
from matpho.plugins.models.card import PIXEL_SCALE, PIXEL_ZERO, find_card
from matpho.plugins.models.quantise import quantise

from .drawn_model import drawn, opened

pytestmark = pytest.mark.unit

SIZE = 64, 32


@pytest.mark.parametrize("shape", [(32, 64), (18, 32), (64, 20), (7, 64)])
def test_an_arranged_model_answers_to_the_last_bit_as_the_one_it_was_made_from(shape):
    card, noise = find_card("nanodet"), np.random.default_rng(sum(shape))
    picture = noise.integers(0, 256, (*shape, 3), np.uint8)
    plain = np.empty((1, 3, SIZE[1], SIZE[0]), np.float32)
    place = Letterbox(card, SIZE).put(picture, plain[0])
    model = drawn()
    quantised = quantise(model, calibrate.measure(model, [plain]))
    arranged = opened(arrange(quantised))
    said = arranged.get_modelmeta().custom_metadata_map
    box = QuadLetterbox(card, SIZE, float(said[PIXEL_SCALE]), int(said[PIXEL_ZERO]))
    quads = np.empty((1, SIZE[1] // 2, SIZE[0] // 2, CHANNELS), np.uint8)
    box.put(noise.integers(0, 256, (32, 64, 3), np.uint8), quads[0])  # what was there before leaves no trace
    assert box.put(picture, quads[0]) == place
    for ours, theirs in zip(
        arranged.run(None, {"pixels": quads}), opened(quantised).run(None, {"images": plain}), strict=True
    ):
        assert np.ptp(theirs) > 0
        assert np.array_equal(ours, theirs)


def test_the_order_is_the_cheaper_one_and_the_same_bytes_each_time():
    model = drawn()
    quantised = quantise(model, calibrate.measure(model, [np.ones((1, 3, 32, 64), np.float32)]))
    made = arrange(quantised)
    order = [n.op_type for n in made.graph.node if n.op_type not in ("QuantizeLinear", "DequantizeLinear")]
    assert order[:4] == ["Transpose", "Conv", "MaxPool", "LeakyRelu"]
    assert order.count("Transpose") == 2
    assert made.SerializeToString(deterministic=True) == arrange(quantised).SerializeToString(deterministic=True)


def test_a_model_that_begins_otherwise_is_refused():
    model = drawn(stride=1)
    quantised = quantise(model, calibrate.measure(model, [np.ones((1, 3, 32, 64), np.float32)]))
    with pytest.raises(ModelProblem, match="stride two"):
        arrange(quantised)
