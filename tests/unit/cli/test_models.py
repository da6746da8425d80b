"""``matpho models list``: everything that a person needs to fetch the right file and to know what it is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from matpho.cli.models import SHELF, command
from matpho.errors import BadInput, ModelProblem
from matpho.wiring import catalogue_cards, model_cards

pytestmark = pytest.mark.unit


def told(home: Path, *words: str) -> str:
    result = CliRunner().invoke(command, ["list", "--home", str(home), *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_each_card_is_told_with_licence_hash_classes_and_source(tmp_path: Path):
    text = told(tmp_path)
    cards = [*model_cards(tmp_path / SHELF), *catalogue_cards()]
    assert {c.name for c in cards} >= {"nanodet", "picodet-s", "yolox-nano"}
    for card in cards:
        assert f"{card.name}: {card.source}" in text
        assert f"sha256 {card.sha256}" in text
        assert card.licence in text
    assert "21 lớp / classes: person, bicycle" in text
    assert "+: tải tệp về" in text


def test_what_is_on_the_shelf_is_not_offered_again(tmp_path: Path):
    shelf = tmp_path / SHELF
    shelf.mkdir()
    for card in catalogue_cards():
        source = card.file.with_name(f"{card.name}.toml")
        (shelf / source.name).write_text(source.read_text("utf-8"), "utf-8")
        (shelf / card.file.name).write_bytes(b"")
    rows = json.loads(told(tmp_path, "--json"))
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["there"] for row in rows if row["name"] != "nanodet")
    assert len(next(row for row in rows if row["name"] == "picodet-s")["classes"]) == 80
    assert "+: tải tệp về" not in told(tmp_path)


def test_a_name_or_file_that_is_none_is_refused_in_words(tmp_path: Path):
    run = CliRunner().invoke
    unknown = run(command, ["check", "khong-co", "--home", str(tmp_path)])
    assert isinstance(unknown.exception, ModelProblem)
    assert "nanodet" in unknown.exception.vi
    nowhere = run(command, ["add", str(tmp_path / "none.onnx"), "--home", str(tmp_path)])
    assert isinstance(nowhere.exception, BadInput)
    (tmp_path / "other.onnx").write_bytes(b"x")
    other = run(command, ["add", str(tmp_path / "other.onnx"), "--home", str(tmp_path)])
    assert isinstance(other.exception, ModelProblem)
    assert "sha256" in other.exception.vi
    assert not (tmp_path / SHELF).exists()
