"""Checks every claim of ``docs/quality-scale.toml`` against the tree: what stands behind each kind that is found.

``python -m matpho.testing.quality_scale`` prints the scale and what is wrong with it; ``--refresh`` copies the measured
figures of the newest committed reports into it first.
"""

import argparse
import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from matpho.casework.health import incidents
from matpho.domain.camera import RULE_SETTINGS
from matpho.domain.kinds import KINDS
from matpho.rules.table import CAMERA_RULES, ZONE_RULES

ROOT = Path(__file__).parents[3]
SCALE = Path("docs/quality-scale.toml")
STRINGS = (Path("frontend/src/strings/vi.json"), Path("frontend/src/strings/en.json"))
ACCURACY, STAGED = Path("bench/reports/accuracy.json"), Path("bench/reports/staged.json")
MEASURED = ("right", "false", "found", "sure")
"""Of the accuracy report: incidents that answer an event, and that answer none; sure events found, and all of them."""
ENOUGH_EVENTS, GOOD_RATE = 20, 0.9
"""Gold: this many sure events, precision and recall of at least so much."""


class Level(IntEnum):
    """How far a kind has come; each level holds what the ones before hold."""

    NONE = 0  # in the catalogue, found by nothing
    DRAFT = 1  # a rule finds it, or the health watch of the desk
    BRONZE = 2  # and a page that names its settings, words for them, a test that it speaks and two that it is silent
    SILVER = 3  # and has found something on a real clip or a staged scene, as the reports say
    GOLD = 4  # and its precision and recall are measured on enough events, and are good


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of the scale: what it claims, and what of that does not hold."""

    kind: str
    claimed: Level
    reached: Level
    wrong: tuple[str, ...]


def lines(root: Path = ROOT, scale: Mapping[str, Any] | None = None) -> list[Line]:
    """Every kind that has a line or is found. Raises OSError or ValueError when the scale cannot be read."""
    told = tomllib.loads((root / SCALE).read_text("utf-8")) if scale is None else scale
    tree = _Tree(root)
    found = {kind for kind in KINDS if KINDS[kind].found_by_rule or _finder(kind)}
    return [_line(kind, told.get(kind), tree) for kind in sorted({*told, *found})]


def _finder(kind: str) -> str | None:
    """The module that finds a kind; None where there is none."""
    made = ZONE_RULES[kind].make if kind in ZONE_RULES else CAMERA_RULES.get(kind)
    if made is None:
        return incidents.__name__ if kind in incidents.TOLD_AS.values() else None
    return made.__module__


def _line(kind: str, told: Mapping[str, Any] | None, tree: "_Tree") -> Line:
    finder = _finder(kind)
    if told is None:
        what = "it has a rule" if finder else "the catalogue says that it is found"
        return Line(kind, Level.NONE, Level.DRAFT, (f"{what} and no line in {SCALE}",))
    wrong = [f"the catalogue has no kind {kind}"] if kind not in KINDS else []
    claimed = _level(told)
    if claimed is None:
        wrong.append(f"level {told.get('level')!r} is none of {', '.join(level.name.lower() for level in Level)}")
    module = (finder or "").replace(".", "/")
    if finder and str(told.get("rule", "")) != f"src/{module}.py":
        wrong.append(f'rule should be "src/{module}.py"')
    if claimed is Level.NONE and finder:
        wrong.append(f"it claims none, and {module} finds it")
    bronze, silver = list(_short_of_bronze(kind, told, tree)), list(_unproved(kind, told, tree))
    wrong += [what for what in bronze if what.startswith("!")] + silver
    reached = _reached(finder is not None, bronze, told, gold=_is_gold(told))
    if claimed is not None and claimed > reached:
        lacking = "; ".join(bronze) or "nothing that the reports bear out" if reached < Level.SILVER else "figures"
        wrong.append(f"it claims {claimed.name.lower()} and reaches {reached.name.lower()}: {lacking}")
    return Line(kind, claimed or Level.NONE, reached, tuple(what.lstrip("!") for what in wrong))


def _level(told: Mapping[str, Any]) -> Level | None:
    name = str(told.get("level", "")).upper()
    return Level[name] if name in Level.__members__ else None


def _reached(has_rule: bool, bronze: list[str], told: Mapping[str, Any], *, gold: bool) -> Level:  # noqa: FBT001
    if not has_rule:
        return Level.NONE
    if bronze:
        return Level.DRAFT
    if not (told.get("clips") or told.get("staged")):
        return Level.BRONZE
    return Level.GOLD if gold else Level.SILVER


def _is_gold(told: Mapping[str, Any]) -> bool:
    right, false, found, sure = (float(told.get("measured", {}).get(name) or 0) for name in MEASURED)
    return sure >= ENOUGH_EVENTS and right / max(right + false, 1) >= GOOD_RATE and found / sure >= GOOD_RATE


def _short_of_bronze(kind: str, told: Mapping[str, Any], tree: "_Tree") -> Iterator[str]:
    """What bronze lacks; what is claimed and does not exist begins with ``!``."""
    page = str(told.get("docs", ""))
    if not page:
        yield "it names no page"
    elif not (tree.root / page).is_file():
        yield f"!there is no page {page}"
    else:
        text = (tree.root / page).read_text("utf-8")
        yield from (f"!{page} does not name {name}" for name in RULE_SETTINGS.get(kind, ()) if name not in text)
    yield from (f"!{file} has no words for {name}" for file, name in tree.wordless(kind))
    for sort, least in (("positive", 1), ("negative", 2)):
        tests = list(told.get(sort, ()))
        yield from (f"!there is no test {test}" for test in tests if not tree.has_test(str(test)))
        if len(set(tests)) < least:
            yield f"it names {len(set(tests))} {sort} tests, not {least}"


def _unproved(kind: str, told: Mapping[str, Any], tree: "_Tree") -> Iterator[str]:
    """Evidence that the committed reports do not bear out."""
    for clip in told.get("clips", ()):
        if kind not in tree.found_on_clip(str(clip)):
            yield f"{ACCURACY} finds no {kind} on {clip}"
    for scene in told.get("staged", ()):
        if not any(str(found).startswith(f"{kind} ") for found in tree.found_on_scene(str(scene))):
            yield f"{STAGED} finds no {kind} on {scene}"
    row = tree.measured(kind)
    if row != (dict(told["measured"]) if "measured" in told else None):
        yield f"measured is not what {ACCURACY} holds, {row}: run python -m matpho.testing.quality_scale --refresh"


class _Tree:
    """What is in the repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._accuracy, self._staged = self._report(ACCURACY), self._report(STAGED)
        self._words = {file: self._report(file) for file in STRINGS}
        self._tests: dict[str, set[str]] = {}

    def _report(self, path: Path) -> Any:
        return json.loads((self.root / path).read_text("utf-8"))

    def wordless(self, kind: str) -> Iterator[tuple[Path, str]]:
        """The settings of a kind that have no plain words on the page, with the file that lacks them."""
        for file, words in self._words.items():
            for name in RULE_SETTINGS.get(kind, ()):
                if not (words.get(f"setting.name.{name}") and words.get(f"setting.hint.{name}")):
                    yield file, name

    def has_test(self, name: str) -> bool:
        """Whether ``path::test`` is there."""
        path, _, test = name.partition("::")
        if path not in self._tests:
            file = self.root / path
            parsed = ast.parse(file.read_text("utf-8")).body if file.is_file() else []
            self._tests[path] = {n.name for n in parsed if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        return test.startswith("test_") and test in self._tests[path]

    def found_on_clip(self, clip: str) -> set[str]:
        """The kinds that answered an event of a clip."""
        rows = [row for row in self._accuracy["score"]["clips"] if row["clip"] == clip]
        return {answer["kind"] for row in rows for answer in row["answered"]}

    def found_on_scene(self, scene: str) -> list[str]:
        """What was found on a staged scene, and was no false alarm."""
        rows = [row for row in self._staged["scenes"] if row["scene"] == scene]
        return [found for row in rows for found in row["found"] if found not in row["false"]]

    def measured(self, kind: str) -> dict[str, int] | None:
        """The accuracy report's figures of a kind; None where it has none."""
        row = self._accuracy["score"]["kinds"].get(kind)
        return None if row is None else {name: row[name] for name in MEASURED if name in row}


def refresh(root: Path = ROOT) -> None:
    """Write the report's figures into the scale: one line ``measured = {…}`` at the end of each kind's table."""
    path, tree = root / SCALE, _Tree(root)
    parts = re.split(r"^(\[[a-z_]+\]\n)", path.read_text("utf-8"), flags=re.MULTILINE)
    for i in range(1, len(parts), 2):
        body = re.sub(r"^measured = .*\n", "", parts[i + 1], flags=re.MULTILINE)
        row = tree.measured(parts[i].strip("[]\n"))
        figures = ", ".join(f"{name} = {value}" for name, value in (row or {}).items())
        parts[i + 1] = body.rstrip("\n") + (f"\nmeasured = {{ {figures} }}" if row else "") + "\n\n"
    path.write_text("".join(parts).rstrip("\n") + "\n", "utf-8")


def main() -> int:
    """Print the scale; 1 when a claim does not hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--refresh", action="store_true", help="copy the reports' figures into the scale first")
    if asked.parse_args().refresh:
        refresh()
    found = lines()
    for line in found:
        sys.stdout.write(f"{line.kind:24} {line.claimed.name.lower():8}{''.join(f'  ! {w}' for w in line.wrong)}\n")
    return int(any(line.wrong for line in found))


if __name__ == "__main__":
    sys.exit(main())
