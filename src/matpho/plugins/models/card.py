"""Model cards: what a model file is, said in TOML beside it, so that any ONNX model can be named in settings.

::

    [model]
    name = "nanodet"              # [a-z0-9-]{1,40}
    file = "nanodet.onnx"         # beside the card, or an absolute path
    sha256 = "…"                  # of the file; it is checked each time the file is opened
    licence = "Apache-2.0"
    source = "where the weights come from"
    task = "detection"            # or "fire_smoke": asked only about places that are suspected of burning

    [input]
    sizes = [[640, 384], [416, 416]]   # width, height; the one that fits a picture's shape best is used
    any_size = true                    # the file leaves width and height free; parts of pictures go in at their scale
    colour = "bgr"                     # or "rgb"
    mean = [103.53, 116.28, 123.675]   # of the channels in that order, 0..255
    std = [57.375, 57.12, 58.395]
    pad = 0                            # grey value of the border that fills up the shape

    [output]
    decoder = "nanodet"                # or "yolox", "picodet"; for fire_smoke also "classifier"
    activation = "softmax"             # of a classifier: "softmax", "sigmoid", or "none" where it gives shares
    classes = ["person", "bicycle"]    # in the model's order; "coco" for the 80 names of COCO

    [thresholds]                       # per group, 0..1; a group that is absent keeps the default
    person = 0.25
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matpho.domain.observation import Group
from matpho.domain.system_words import because
from matpho.domain.text_words import amiss
from matpho.errors import BadInput, ModelProblem
from matpho.plugins.models.coco import COCO
from matpho.vision.detector import DetectorInfo

FOLDER = Path(__file__).parent
DETECTION, FIRE = "detection", "fire_smoke"
TASKS = (DETECTION, FIRE)
CLASSIFIER = "classifier"
PIXEL_SCALE, PIXEL_ZERO = "pixel_scale", "pixel_zero"
"""Metadata of a model that takes levels: a level is a normalised value divided by the one, rounded, plus the other."""
STRIDE = 32  # the coarsest cells of all these models
DECODERS = ("nanodet", "yolox", "picodet")
ACTIVATIONS = ("softmax", "sigmoid", "none")
DEFAULT_THRESHOLDS: Mapping[Group, float] = {
    Group.PERSON: 0.25,
    Group.TWO_WHEELER: 0.25,
    Group.VEHICLE: 0.30,
    Group.BAG: 0.25,
    Group.FURNITURE: 0.30,
    Group.ANIMAL: 0.35,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One model file and how to talk to it. Sizes are (width, height) in pixels, the default first.

    ``task`` is one of :data:`TASKS`; ``activation`` is what a classifier's outputs still need to become shares.
    ``any_size``: every input size goes whose sides are multiples of :data:`STRIDE`, not the named ones only.
    """

    name: str
    file: Path
    sha256: str
    licence: str
    source: str
    sizes: tuple[tuple[int, int], ...]
    colour: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    pad: int
    decoder: str
    classes: tuple[str, ...]
    thresholds: Mapping[Group, float]
    task: str = DETECTION
    activation: str = "softmax"
    any_size: bool = False

    @property
    def info(self) -> DetectorInfo:
        """Name, hash, licence and the first input size."""
        width, height = self.sizes[0]
        return DetectorInfo(self.name, self.sha256, self.licence, width, height, parts=self.any_size)

    def verified(self) -> Path:
        """The model file, present and unaltered.

        Raises ModelProblem when it is missing or its hash is not the card's.
        """
        if not self.file.is_file():
            raise ModelProblem(
                f"The detector {self.name} is not there ({self.file.name} is missing). Type: matpho models build",
                f"Chưa có mô hình nhận dạng {self.name} (thiếu tệp {self.file.name}). Hãy gõ: matpho models build",
            )
        if hash_of(self.file) != self.sha256:
            raise ModelProblem(
                f"{self.file.name} is not the file its card describes (SHA-256 differs). "
                "Type: matpho models build --force",
                f"{self.file.name} không đúng với tệp ghi trong thẻ mô hình (SHA-256 khác). "
                "Hãy gõ: matpho models build --force",
            )
        return self.file


def hash_of(file: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def cards(*folders: Path) -> list[Path]:
    """The card files that can be named: those of the package, then those of the given folders."""
    return [card for folder in (FOLDER, *folders) for card in sorted(folder.glob("*.toml"))]


def find_card(name: str, *folders: Path) -> ModelCard:
    """The card called ``name``, or the card file that ``name`` is a path to.

    Raises ModelProblem when there is none, BadInput when the file is no proper card.
    """
    if name.endswith(".toml"):
        return read_card(Path(name))
    known = {card.stem: card for card in cards(*folders)}
    if name not in known:
        raise ModelProblem(
            f"There is no detector called {name!r}; known are {', '.join(sorted(known))}. "
            "A path to a card may be given.",
            f"Không có mô hình nhận dạng tên {name!r}; hiện có {', '.join(sorted(known))}. "
            "Có thể ghi đường dẫn đến thẻ mô hình.",
        )
    return read_card(known[name])


def read_card(path: Path) -> ModelCard:
    """Read a card file.

    Raises BadInput, naming the file and the field, when it is unreadable or a field is missing or wrong.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        why = because(e) if isinstance(e, OSError) else amiss(e)
        raise BadInput(f"{path} is not a readable model card: {why.en}", f"không đọc được {path}: {why.vi}") from e
    return _Fields(path, table).card()


class _Fields:
    """Takes the fields of a card one by one; every complaint names the file and the field."""

    def __init__(self, path: Path, table: Mapping[str, Any]) -> None:
        self._path = path
        self._table = table

    def _wrong(self, field: str, en: str, vi: str) -> BadInput:
        return BadInput(f"{self._path.name}: {field} {en}", f"{self._path.name}: {field} {vi}")

    def _get(self, section: str, key: str, default: Any = None) -> Any:
        part = self._table.get(section, {})
        value = part.get(key, default) if isinstance(part, dict) else default
        if value is None:
            raise self._wrong(f"[{section}] {key}", "is missing", "bị thiếu")
        return value

    def _text(self, section: str, key: str, pattern: str = r"(?s).+") -> str:
        value = self._get(section, key)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self._wrong(f"[{section}] {key}", f"is not usable: {value!r}", f"không dùng được: {value!r}")
        return value

    def _choice(self, section: str, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self._get(section, key, default)
        if value not in allowed:
            raise self._wrong(f"[{section}] {key}", f"is not usable: {value!r}", f"không dùng được: {value!r}")
        return str(value)

    def _three(self, key: str) -> tuple[float, float, float]:
        value = self._get("input", key)
        if not (isinstance(value, list) and len(value) == 3 and all(isinstance(v, int | float) for v in value)):
            raise self._wrong(f"[input] {key}", "should be three numbers", "phải gồm ba số")
        if key == "std" and min(value) <= 0:
            raise self._wrong("[input] std", "should be above zero", "phải lớn hơn 0")
        return (float(value[0]), float(value[1]), float(value[2]))

    def _sizes(self) -> tuple[tuple[int, int], ...]:
        value = self._get("input", "sizes")
        pairs = [s for s in value if isinstance(s, list) and len(s) == 2] if isinstance(value, list) else []
        if (
            not pairs
            or len(pairs) != len(value)
            or not all(isinstance(n, int) and 32 <= n <= 4096 for s in pairs for n in s)
        ):
            raise self._wrong(
                "[input] sizes", "should be pairs of width and height, 32..4096", "phải là các cặp rộng, cao, 32..4096"
            )
        if any(n % STRIDE for s in pairs for n in s):
            raise self._wrong("[input] sizes", "should be multiples of 32", "phải là bội số của 32")
        return tuple((w, h) for w, h in pairs)

    def _classes(self) -> tuple[str, ...]:
        value = self._get("output", "classes")
        if value == "coco":
            return COCO
        if not (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
            raise self._wrong("[output] classes", 'should be names or "coco"', 'phải là danh sách tên hoặc "coco"')
        return tuple(value)

    def _thresholds(self) -> Mapping[Group, float]:
        given = self._table.get("thresholds", {})
        for key, value in given.items() if isinstance(given, dict) else [("", None)]:
            number = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1
            if key not in set(Group) or not number:
                raise self._wrong(f"[thresholds] {key}", "is no group with a number 0..1", "phải là nhóm với số 0..1")
        return {**DEFAULT_THRESHOLDS, **{Group(k): float(v) for k, v in given.items()}}

    def card(self) -> ModelCard:
        pad = self._get("input", "pad", 0)
        if not isinstance(pad, int) or not 0 <= pad <= 255:
            raise self._wrong("[input] pad", "should be 0..255", "phải nằm trong 0..255")
        any_size = self._get("input", "any_size", default=False)
        if not isinstance(any_size, bool):
            raise self._wrong("[input] any_size", "should be true or false", "phải là true hoặc false")
        task = self._choice("model", "task", TASKS, DETECTION)
        return ModelCard(
            name=self._text("model", "name", r"[a-z0-9-]{1,40}"),
            file=self._path.parent / self._text("model", "file"),
            sha256=self._text("model", "sha256", r"[0-9a-f]{64}"),
            licence=self._text("model", "licence"),
            source=self._text("model", "source"),
            sizes=self._sizes(),
            colour=self._choice("input", "colour", ("bgr", "rgb")),
            mean=self._three("mean"),
            std=self._three("std"),
            pad=pad,
            decoder=self._choice("output", "decoder", (*DECODERS, CLASSIFIER) if task == FIRE else DECODERS),
            classes=self._classes(),
            thresholds=self._thresholds(),
            task=task,
            any_size=any_size,
            activation=self._choice("output", "activation", ACTIVATIONS, "softmax"),
        )
