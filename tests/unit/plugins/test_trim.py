"""A trimmed model says of the classes that are left what the whole one says, to the last bit."""

import numpy as np
import pytest

from matpho.errors import ModelProblem
from matpho.plugins.models import calibrate
from matpho.plugins.models.arrange import arrange
from matpho.plugins.models.quantise import quantise
from matpho.plugins.models.trim import trim

from .drawn_model import drawn, opened

pytestmark = pytest.mark.unit

TRAINED = ("person", "kite", "car", "tie")


def pixels():
    return np.random.default_rng(8).integers(0, 256, (2, 16, 32, 12), np.uint8)


def test_what_is_left_is_answered_as_before():
    whole = drawn()
    ranges = calibrate.measure(whole, [np.ones((1, 3, 32, 64), np.float32)])
    few = trim(whole, TRAINED, ("car", "person"))
    scores, sides = (
        opened(arrange(quantise(whole, ranges))).run([f"output_{n}"], {"pixels": pixels()})[0] for n in (0, 1)
    )
    answers = opened(arrange(quantise(few, ranges)))
    left, beside = (answers.run([f"output_{n}"], {"pixels": pixels()})[0] for n in (0, 1))
    assert np.ptp(scores) > 0
    assert np.array_equal(left, scores[:, :, [2, 0]])
    assert np.array_equal(beside, sides)
    assert [o.shape[-1] for o in answers.get_outputs()] == [2, 2]


def test_the_model_itself_stays_as_it_is():
    whole = drawn()
    before = whole.SerializeToString(deterministic=True)
    trim(whole, TRAINED, ("car",))
    assert whole.SerializeToString(deterministic=True) == before


def test_other_models_are_refused():
    with pytest.raises(ModelProblem, match="scores 5 classes"):
        trim(drawn(), (*TRAINED, "boat"), ("car",))
    headless = drawn()
    del headless.graph.node[4:]
    with pytest.raises(ModelProblem, match="scores 4 classes"):
        trim(headless, TRAINED, ("car",))
