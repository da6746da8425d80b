"""The ward's own shelf of detectors: files and cards in the home folder, and the catalogue of what is worth adding.

A card of the catalogue describes a file that the program may not bring along; the file is known by its SHA-256,
whatever it is called. Nothing is downloaded: a person fetches a file where the internet is and brings it here.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from matpho.domain.system_words import not_read, not_written
from matpho.errors import BadInput, ModelProblem, StorageProblem
from matpho.plugins.models.card import FOLDER, ModelCard, hash_of, read_card

CATALOGUE = FOLDER / "catalogue"


def catalogue() -> list[Path]:
    """The cards of detectors that are known to work and are not part of the program."""
    return sorted(CATALOGUE.glob("*.toml"))


def card_for(file: Path, given: Path | None) -> Path:
    """The card that describes ``file``: the given one, one beside it, or the catalogue's by its SHA-256.

    Raises BadInput when the file cannot be read or no card describes it.
    """
    try:
        digest = hash_of(file)
    except OSError as e:
        raise not_read(BadInput, file, e) from e
    beside = file.with_suffix(".toml")
    tried: Sequence[Path] = [given] if given else [*([beside] if beside.is_file() else []), *catalogue()]
    for path in tried:
        if read_card(path).sha256 == digest:
            return path
    if given:
        raise ModelProblem(
            f"{given} describes another file: this one has SHA-256 {digest}",
            f"{given} mô tả một tệp khác: tệp này có SHA-256 {digest}",
        )
    raise ModelProblem(
        f'{file.name} is not in the catalogue. Write a model card with sha256 = "{digest}" (docs/guide/models.md) and '
        "type: matpho models add FILE --card CARD.toml",
        f'{file.name} không có trong danh mục. Hãy viết thẻ mô hình với sha256 = "{digest}" (docs/guide/models.md) rồi '
        "gõ: matpho models add FILE --card CARD.toml",
    )


def put(file: Path, card: Path, shelf: Path) -> ModelCard:
    """Copy a file and its card to the shelf: the file first and whole, so that a card there always has its file.

    Raises StorageProblem when they cannot be written, ModelProblem when the copy is not the card's file, BadInput when
    the package already has a detector of that name.
    """
    named = read_card(card)
    if (FOLDER / f"{named.name}.toml").is_file():
        raise BadInput(
            f"{named.name} is the name of a detector of the program; choose another in the card",
            f"{named.name} là tên mô hình có sẵn của chương trình; hãy đặt tên khác trong thẻ",
        )
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        _whole_copy(file, shelf / f"{named.name}.onnx")
        text = card.read_text("utf-8").replace(f'"{_file_of(card)}"', f'"{named.name}.onnx"', 1)
        part = shelf / f".{named.name}.part"
        part.write_text(text, "utf-8")
        part.replace(shelf / f"{named.name}.toml")
    except OSError as e:
        raise not_written(StorageProblem, shelf, e) from e
    added = read_card(shelf / f"{named.name}.toml")
    added.verified()
    return added


def _file_of(card: Path) -> str:
    """The value of ``file`` as the card writes it."""
    import tomllib

    return str(tomllib.loads(card.read_text("utf-8"))["model"]["file"])


def _whole_copy(source: Path, place: Path) -> None:
    part = place.with_name(f".{place.name}.part")
    shutil.copyfile(source, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(place)
