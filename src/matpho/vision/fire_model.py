"""The port of a fire model: a part of a picture in, how sure it is of flames and of smoke out; batch first.

Such a model never looks by itself. It is asked about places where colour, texture and motion suspect a fire.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from matpho.domain.observation import Burns

if TYPE_CHECKING:
    from matpho.vision.detector import DetectorInfo
    from matpho.vision.frame import Image


@dataclass(frozen=True, slots=True)
class FireOpinion:
    """How sure the model is of flames and of smoke, each 0..1; None for what it does not know."""

    flame: float | None
    smoke: float | None

    def of(self, what: Burns) -> float | None:
        """How sure it is of one of the two."""
        return self.flame if what is Burns.FLAME else self.smoke


class FireModel(Protocol):
    """Says whether a part of a picture shows fire.

    ``vision/fire_model_promises.py`` says what every implementation keeps: an empty batch gives an empty list, a batch
    gives what its pictures give one by one, the same picture the same twice, opinions lie within 0..1, a model knows
    flames or smoke or both and always the same, and pictures are not written to.
    """

    @property
    def info(self) -> "DetectorInfo":
        """Name, hash, licence and input size."""
        ...

    def judge(self, images: "Sequence[Image]") -> list[FireOpinion]:
        """An opinion per picture; pictures are (H, W, 3) uint8 BGR of any size."""
        ...
