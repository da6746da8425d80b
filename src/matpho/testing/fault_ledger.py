"""What the fault suite measured: one row per fault, as JSON and as a table."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from matpho.domain.messages import GapSeen
from matpho.domain.time import SECOND, SystemClock, seconds, to_iso
from matpho.testing.system import RunningSystem
from matpho.video import journal

COMMAND = "./run faults"


@dataclass
class Fault:
    """One fault; seconds from it, or from its end where it lasted. ``lost_s`` is what gap rows say, by camera."""

    what: str
    at: str
    lasted_s: float = 0.0
    process_up_s: float | None = None
    recovered_s: float = 0.0
    causes: list[str] = field(default_factory=list)
    lost_s: dict[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass
class Ledger:
    """The faults of one scenario, and what the books said at its end."""

    scenario: str
    told: str
    faults: list[Fault] = field(default_factory=list)
    totals: dict[str, object] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Put this scenario into ``faults.json`` and ``faults.md``; others keep what their last run said."""
        if not self.faults and not self.totals:
            return
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "faults.json"
        try:
            kept: dict[str, Any] = json.loads(file.read_text("utf-8")).get("scenarios", {})
        except (OSError, ValueError):
            kept = {}
        kept[self.scenario] = {
            "told": self.told,
            "command": f"{COMMAND} -k {self.scenario}",
            "when": to_iso(SystemClock().now())[:16] + "Z",
            "machine": {"cores": os.cpu_count(), "cpu": _cpu(), "kernel": platform.release()},
            "totals": self.totals,
            "faults": [asdict(f) for f in self.faults],
        }
        report = {"command": COMMAND, "scenarios": dict(sorted(kept.items()))}
        file.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (folder / "faults.md").write_text(as_text(report), "utf-8")


def as_text(report: Mapping[str, Any]) -> str:
    """The report for people, from the data of ``faults.json``."""
    lines = [
        "# Faults",
        "",
        f"`{report['command']}`; each scenario alone with `-k`. Two cameras over RTSP (640×480 main at 10 fps,",
        "320×240 sub, GOP 2 s) unless told otherwise. Seconds from the fault, or from its end where it lasted.",
        "Recovered: the recordings grow again, every stream that was cut is live, the page answers. Lost: gap rows;",
        "a gap ends at the next key picture.",
    ]
    for name, told in report["scenarios"].items():
        lines += ["", f"## {name}", "", told["told"], "", *_section(told)]
    return "\n".join(lines) + "\n"


def _section(told: Mapping[str, Any]) -> list[str]:
    machine = told["machine"]
    lines = [
        f"`{told['command']}` on {told['when']}; {machine['cores']} × {machine['cpu']}, Linux {machine['kernel']}.",
        "",
    ]
    for name, value in told["totals"].items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, Mapping) else value
        lines.append(f"* {name}: **{shown}**")
    if not told["faults"]:
        return lines
    lines += [
        "",
        "| fault | lasted s | process up s | recovered s | lost s by camera | causes | note |",
        "|---|--:|--:|--:|---|---|---|",
    ]
    return lines + [_row(fault) for fault in told["faults"]]


def _row(fault: Mapping[str, Any]) -> str:
    lost_s = ", ".join(f"{camera} {s:.1f}" for camera, s in fault["lost_s"].items() if s) or "none"
    up = "–" if fault["process_up_s"] is None else f"{fault['process_up_s']:.1f}"
    causes, note = ", ".join(fault["causes"]) or "–", fault["note"] or "–"
    lasted = f"{fault['lasted_s']:.0f}" if fault["lasted_s"] else "–"
    return f"| {fault['what']} | {lasted} | {up} | {fault['recovered_s']:.1f} | {lost_s} | {causes} | {note} |"


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def gaps_since(system: RunningSystem, camera: str, since_ns: int) -> list[GapSeen]:
    """The closed gaps of a camera's journal that end after an instant; each counted once, as last told."""
    newest: dict[int, GapSeen] = {}
    for fact, _ in journal.read(system.settings.journals / camera / "recorder.jsonl"):
        if isinstance(fact, GapSeen) and fact.end is not None and fact.end > since_ns:
            newest[fact.start] = fact
    return [g for g in newest.values() if g.end is not None and g.end - g.start > SECOND // 20]


def lost(gaps: list[GapSeen]) -> float:
    """Seconds within gaps."""
    return round(sum(seconds(g.end - g.start) for g in gaps if g.end is not None), 2)
