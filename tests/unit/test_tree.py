"""What holds for the whole tree: sizes, the tour, the commands."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from tests.side_by_side import parts

from matpho.cli.main import COMMANDS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "matpho").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 80


def test_no_module_is_too_long():
    long = {
        str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_MODULE
    }
    assert not long


def test_no_function_is_too_long():
    long = [
        f"{p.relative_to(ROOT)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for p in SOURCES
        for node in ast.walk(ast.parse(p.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_the_tour_names_every_folder():
    tour = (ROOT / "docs" / "tour.md").read_text("utf-8")
    folders = {p.parent.relative_to(ROOT / "src" / "matpho").as_posix() for p in SOURCES} - {"."}
    missing = sorted(f for f in folders if f"`{f}/`" not in tour)
    assert not missing, f"docs/tour.md lacks a line for {missing}"


def test_every_command_is_in_the_guide():
    guide = (ROOT / "docs" / "guide" / "commands.md").read_text("utf-8")
    assert [c for c in COMMANDS if c != "worker" and f"## matpho {c}" not in guide] == []


def test_no_tracked_file_names_a_registry_or_a_machine_path():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    hosts = re.compile(
        r"(pypi|files\.pythonhosted|registry\.npmjs|registry\.yarnpkg|deb\.debian|archive\.ubuntu)\.(org|com)"
    )
    bad = []
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path != Path(__file__) and path.stat().st_size < 1_000_000:
            text = path.read_text("utf-8", "replace")
            if hosts.search(text):
                bad.append(name)
    assert not bad


def test_every_test_is_in_one_part_of_those_that_run_side_by_side():
    folders = [ROOT / folder for part in parts() for folder in part.folders]
    files = {p for p in (ROOT / "tests").rglob("test_*.py") if p.relative_to(ROOT).parts[1] != "faults"}
    assert len(files) > 300
    assert [p for p in files if sum(p.is_relative_to(folder) for folder in folders) != 1] == []
