"""Models by name: the one place where model plug-ins are looked up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, cast

from matpho.domain.words import Said
from matpho.errors import ModelProblem
from matpho.settings import Settings

if TYPE_CHECKING:
    from matpho.plugins.models.card import ModelCard
    from matpho.vision.detector import Detector, DetectorInfo
    from matpho.vision.fire_model import FireModel
    from matpho.vision.frame import Image


def load_detector(which: Settings | str, *shelves: Path) -> "Detector":
    """The detector that the settings name: ``card`` or ``plug-in:card``; the plug-in is ``onnx`` unless named.

    A card is a name (``nanodet``) or a path to a model card. Names are those of the program, of the home folder of the
    settings, and of ``shelves``. Raises ModelProblem or BadInput, in words for people.
    """
    kind, card = _named(which if isinstance(which, str) else which.vision.detector)
    folders = shelves if isinstance(which, str) else (which.models, *shelves)
    for point in entry_points(group="matpho.detectors", name=kind):
        return cast("Detector", point.load()(card, folders))
    known = ", ".join(sorted(p.name for p in entry_points(group="matpho.detectors")))
    raise ModelProblem(
        f"No detector plug-in is called {kind!r}; installed are: {known or 'none (install matpho again)'}",
        f"Không có bộ nhận dạng nào tên {kind!r}; đang cài: {known or 'chưa có (hãy cài lại matpho)'}",
    )


def load_fire_model(name: str, *shelves: Path) -> "FireModel":
    """The fire model of that name, of the program or one of the shelves, or at that path to a card.

    Raises ModelProblem or BadInput, in words for people.
    """
    from matpho.plugins.detectors.fire import create

    return create(name, shelves)


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A model that was opened, whatever its task: ``look`` gives it one (H, W, 3) uint8 BGR picture.

    ``broken`` says what it breaks of what every model of its task keeps, in words; empty when nothing.
    """

    info: "DetectorInfo"
    look: Callable[["Image"], object]
    broken: Callable[[], list[str]]


def open_model(name: str, *shelves: Path) -> OpenModel:
    """The detector or fire model of that name, as its card says; raises ModelProblem or BadInput."""
    from matpho.plugins.models.card import FIRE, find_card
    from matpho.vision.detector_promises import broken_promises
    from matpho.vision.fire_model_promises import broken_fire_promises

    kind, card = _named(name)
    if kind == "onnx" and find_card(card, *shelves).task == FIRE:
        fire = load_fire_model(card, *shelves)
        return OpenModel(fire.info, lambda p: fire.judge([p]), lambda: broken_fire_promises(fire))
    found = load_detector(name, *shelves)
    return OpenModel(found.info, lambda p: found.detect([p]), lambda: broken_promises(found))


def detector_info(settings: Settings) -> "DetectorInfo":
    """What is said of the detector that the settings name; a model with a card is not loaded for it.

    Raises ModelProblem or BadInput, as loading it would.
    """
    from matpho.plugins.models.card import find_card

    kind, name = _named(settings.vision.detector)
    if kind != "onnx":
        return load_detector(settings).info
    card = find_card(name, settings.models)
    card.verified()
    return card.info


def _named(name: str) -> tuple[str, str]:
    """Plug-in and card."""
    kind, colon, card = name.partition(":")
    return (kind, card) if colon else ("onnx", name)


def model_cards(*shelves: Path) -> "list[ModelCard]":
    """The detectors that can be named in the settings, there or still to be built."""
    from matpho.plugins.models.card import cards, read_card

    return [read_card(path) for path in cards(*shelves)]


def catalogue_cards() -> "list[ModelCard]":
    """Detectors that are known to work and that a person may bring; see :func:`add_model`."""
    from matpho.plugins.models.card import read_card
    from matpho.plugins.models.shelf import catalogue

    return [read_card(path) for path in catalogue()]


def add_model(file: Path, card: Path | None, shelf: Path) -> "ModelCard":
    """Put a model's file and card on the shelf, after it has kept every promise of the port.

    Raises BadInput, ModelProblem or StorageProblem; then nothing has changed.
    """
    import tempfile

    from matpho.plugins.models.shelf import card_for, put

    found = card_for(file, card)
    with tempfile.TemporaryDirectory(prefix="matpho-model-") as folder:
        tried = put(file, found, Path(folder))
        broken = open_model(tried.name, Path(folder)).broken()
    if broken:
        raise ModelProblem(
            f"{file.name} does not keep what a model must: {'; '.join(broken)}",
            f"{file.name} không giữ đúng cam kết của mô hình: {'; '.join(broken)}",
        )
    return put(file, found, shelf)


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
