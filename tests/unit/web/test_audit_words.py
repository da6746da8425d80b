"""What stands in the audit trail is read by people: each act has its words in both languages."""

import ast
import json
from pathlib import Path

import pytest

from matpho.domain.incident import Move

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
CASEWORK = sorted((ROOT / "src" / "matpho" / "casework").rglob("*.py"))
ACT_AT = {"audit": 0, "_keep": 1, "_store": 2, "_audit": 2}
"""Calls that write a row, and which argument says the act."""
ELSEWHERE = {"probe", "ask_device", "discover", "set_clock", "backup", "restore", "drill"}
"""Acts whose name comes with a command or a fact (``NoteLook``, ``HouseKept``)."""
VIEWED = {"live", "live_end", "still", "evidence", "recording", "preview", "frame", "track"}


def written() -> set[str]:
    """The acts that casework writes down, by its source."""
    found = set()
    for file in CASEWORK:
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                said = call.args[ACT_AT[name]] if name in ACT_AT and len(call.args) > ACT_AT[name] else None
                options = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
                found |= {o.value for o in options if isinstance(o, ast.Constant) and isinstance(o.value, str)}
    return found


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_act_has_its_words(language: str):
    words = json.loads((ROOT / "frontend" / "src" / "strings" / f"{language}.json").read_text("utf-8"))
    acts = written() | ELSEWHERE | {move.value for move in Move} | {f"view_{how}" for how in VIEWED}
    assert {"set_zones", "sign_trial", "accept_proposal", "decline_proposal", "revoke_decision"} <= acts
    assert [act for act in sorted(acts) if f"audit.{act}" not in words] == []
