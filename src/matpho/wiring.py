"""The composition root: the only module that names concrete plug-ins."""

from importlib.metadata import entry_points
from typing import cast

from matpho.errors import ModelProblem
from matpho.settings import Settings
from matpho.vision.detector import Detector


def load_detector(which: Settings | str) -> Detector:
    """The detector that the settings name: ``card`` or ``plug-in:card``; the plug-in is ``onnx`` unless named.

    A card is a name (``nanodet``) or a path to a model card. Raises ModelProblem or BadInput, in words for people.
    """
    name = which if isinstance(which, str) else which.vision.detector
    kind, colon, card = name.partition(":")
    if not colon:
        kind, card = "onnx", name
    for point in entry_points(group="matpho.detectors", name=kind):
        return cast("Detector", point.load()(card))
    known = ", ".join(sorted(p.name for p in entry_points(group="matpho.detectors")))
    raise ModelProblem(
        f"No detector plug-in is called {kind!r}; installed are: {known or 'none (install matpho again)'}",
        f"Không có bộ nhận dạng nào tên {kind!r}; đang cài: {known or 'chưa có (hãy cài lại matpho)'}",
    )
