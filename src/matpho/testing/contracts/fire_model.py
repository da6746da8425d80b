"""The conformance suite of the fire model port."""

from matpho.vision.fire_model import FireModel
from matpho.vision.fire_model_promises import broken_fire_promises
from matpho.vision.frame import Image


def check_fire_model(model: FireModel, *more: Image) -> None:
    """Hold a fire model to the promises of its port; raises AssertionError with every one that is broken.

    ``more`` are further (H, W, 3) uint8 BGR pictures, best ones in which the model sees a fire.
    """
    broken = broken_fire_promises(model, *more)
    assert not broken, "\n".join(broken)
