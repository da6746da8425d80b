"""The quality scale says nothing that is not so, and leaves no kind out."""

import tomllib
from typing import Any

import pytest

from matpho.domain.camera import RULE_SETTINGS
from matpho.domain.kinds import KINDS
from matpho.testing.quality_scale import ROOT, SCALE, Level, Line, lines

pytestmark = pytest.mark.unit


def told() -> dict[str, Any]:
    return tomllib.loads((ROOT / SCALE).read_text("utf-8"))


def line_of(kind: str, scale: dict[str, Any]) -> Line:
    return next(line for line in lines(scale=scale) if line.kind == kind)


def test_every_claim_of_the_scale_holds():
    assert {line.kind: line.wrong for line in lines() if line.wrong} == {}


def test_a_kind_with_a_rule_and_no_line_is_named():
    scale = told()
    del scale["intrusion"]
    assert line_of("intrusion", scale).wrong == ("it has a rule and no line in docs/quality-scale.toml",)


def test_what_the_desk_finds_without_a_rule_has_its_line_too():
    found = {line.kind: line for line in lines()}
    assert {kind for kind, one in KINDS.items() if one.found_by_rule} <= set(found)
    assert found["clock_drift"].reached >= Level.BRONZE
    scale = told()
    scale["clock_drift"] = {"level": "none"}
    assert any("claims none" in what for what in line_of("clock_drift", scale).wrong)
    del scale["picture_quality"]
    assert line_of("picture_quality", scale).wrong == ("it has a rule and no line in docs/quality-scale.toml",)


def test_a_setting_without_words_on_the_page_is_named(monkeypatch: pytest.MonkeyPatch):
    settings = {**RULE_SETTINGS, "intrusion": ("min_duration_s", "min_courage")}
    monkeypatch.setattr("matpho.testing.quality_scale.RULE_SETTINGS", settings)
    wrong = line_of("intrusion", told()).wrong
    assert any("vi.json has no words for min_courage" in what for what in wrong)
    assert any("en.json has no words for min_courage" in what for what in wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"docs": "docs/kinds/nowhere.md"}, "there is no page docs/kinds/nowhere.md"),
        ({"docs": "LICENSE"}, "LICENSE does not name min_duration_s"),
        ({"positive": ["tests/unit/rules/test_intrusion.py::test_nothing"]}, "there is no test"),
        ({"negative": []}, "it names 0 negative tests, not 2"),
        ({"clips": ["night_ir_empty.mp4"]}, "finds no intrusion on night_ir_empty.mp4"),
        ({"staged": ["nothing-path"]}, "finds no intrusion on nothing-path"),
        ({"measured": {"right": 99}}, "measured is not what"),
        ({"rule": "src/matpho/rules/red_light.py"}, 'rule should be "src/matpho/rules/intrusion.py"'),
        ({"level": "platinum"}, "level 'platinum' is none of"),
    ],
)
def test_a_claim_that_does_not_hold_is_named(change: dict[str, Any], said: str):
    scale = told()
    scale["intrusion"] |= {"level": "bronze"} | change
    assert any(said in what for what in line_of("intrusion", scale).wrong)


def test_gold_needs_enough_events_and_good_rates():
    scale = told()
    scale["intrusion"] |= {"level": "gold"}
    line = line_of("intrusion", scale)
    assert line.reached < Level.GOLD
    assert any("claims gold" in what for what in line.wrong)
