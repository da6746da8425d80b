"""Detectors by name: the one place where model plug-ins are looked up."""

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, cast

from matpho.domain.words import Said
from matpho.errors import ModelProblem
from matpho.settings import Settings

if TYPE_CHECKING:
    from matpho.plugins.models.card import ModelCard
    from matpho.vision.detector import Detector, DetectorInfo


def load_detector(which: Settings | str) -> "Detector":
    """The detector that the settings name: ``card`` or ``plug-in:card``; the plug-in is ``onnx`` unless named.

    A card is a name (``nanodet``) or a path to a model card. Raises ModelProblem or BadInput, in words for people.
    """
    kind, card = _named(which if isinstance(which, str) else which.vision.detector)
    for point in entry_points(group="matpho.detectors", name=kind):
        return cast("Detector", point.load()(card))
    known = ", ".join(sorted(p.name for p in entry_points(group="matpho.detectors")))
    raise ModelProblem(
        f"No detector plug-in is called {kind!r}; installed are: {known or 'none (install matpho again)'}",
        f"Không có bộ nhận dạng nào tên {kind!r}; đang cài: {known or 'chưa có (hãy cài lại matpho)'}",
    )


def detector_info(settings: Settings) -> "DetectorInfo":
    """What is said of the detector that the settings name; a model with a card is not loaded for it.

    Raises ModelProblem or BadInput, as loading it would.
    """
    from matpho.plugins.models.card import find_card

    kind, name = _named(settings.vision.detector)
    if kind != "onnx":
        return load_detector(settings).info
    card = find_card(name)
    card.verified()
    return card.info


def _named(name: str) -> tuple[str, str]:
    """Plug-in and card."""
    kind, colon, card = name.partition(":")
    return (kind, card) if colon else ("onnx", name)


def model_cards() -> "list[ModelCard]":
    """The detectors that can be named in the settings, there or still to be built."""
    from matpho.plugins.models.card import cards, read_card

    return [read_card(path) for path in cards()]


def build_model(
    cache: Path | None, tell: Callable[[Said, int, int], None], *, force: bool = False
) -> "tuple[ModelCard, bool]":
    """Make the default detector, see :func:`matpho.plugins.models.build.build`; its needs are for building only."""
    from matpho.plugins.models.build import build
    from matpho.plugins.models.origin import default_cache

    return build(cache or default_cache(), tell, force=force)


def npm(args: Sequence[str], cwd: Path) -> None:
    """Run the npm that came with the build packages; raises SetupProblem with what it said when it fails."""
    from matpho.plugins.models import node

    node.npm(args, cwd)
