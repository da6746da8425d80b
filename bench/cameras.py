"""The report of live cameras: ``matpho bench cameras`` for several counts and scenes, in one table.

    .venv/bin/python bench/cameras.py --long-seconds 600

Each run measures the floor, ``motion`` where it is installed, and the program, one after another on the same streams
(windows of at most a minute for the first two). The rows of ``--long`` have a window of their own. How long it takes is
told at the beginning: about forty minutes as above, a few more where the streams must be drawn first.

Writes ``reports/cameras.json`` and ``reports/cameras.md``.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

REPORTS = Path(__file__).parent / "reports"
PLAN = (*(("quiet", n) for n in (1, 4, 8, 16, 30)), ("busy", 8), ("busy", 30), ("ward", 30))
COLUMNS = (
    *("scene", "cameras", "s", "floor", "ours", "R", "cores", "PSS MB", "gap s", "due fps", "analysed fps", "dropped"),
    *("looks/s", "of", "disk MB/s", "motion", "motion MB", "R of each round", "void", "tree"),
)


_WARM_S, _OTHERS_MOST_S, _START_S = 25.0, 60.0, 25.0  # of each run; of a window of the others; starting and stopping


def minutes(seconds: float, rounds: int, *, motion: bool) -> float:
    """How long a row takes."""
    others = (2 if motion else 1) * (_WARM_S + min(seconds, _OTHERS_MOST_S) + 3)
    return rounds * (others + _START_S + _WARM_S + seconds) / 60


def chosen(words: str) -> dict[tuple[str, int], int | None]:
    """Rows from text such as ``busy:8,ward:30:3``: scene, cameras and, where it is said, how many rounds."""
    rows = (w.split(":") for w in words.split(",") if w)
    return {(scene, int(count)): int(rounds[0]) if rounds else None for scene, count, *rounds in rows}


def measured(scene: str, count: int, seconds: float, rounds: int, more: list[str]) -> dict[str, Any]:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        size = ["--count", str(count), "--seconds", str(seconds), "--scene", scene, "--rounds", str(rounds)]
        matpho = [sys.executable, "-m", "matpho.cli.main", "bench", "cameras"]
        subprocess.run([*matpho, *size, *more, "--json", str(out)], check=True)  # noqa: S603 - our own words
        found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def tree() -> str:
    """What is measured: git's name of the folder ``src``, which no other commit of the same sources changes."""
    git = shutil.which("git")
    asked = [git or "git", "-C", str(REPORTS.parents[1]), "rev-parse", "--short", "HEAD:src"]
    told = subprocess.run(asked, check=False, capture_output=True, text=True) if git else None  # noqa: S603 - as above
    return told.stdout.strip() if told and told.returncode == 0 else "–"


def before(measured_anew: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """The rows of the report that is there, but for those."""
    file = REPORTS / "cameras.json"
    rows: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["rows"] if file.exists() else []
    return [row for row in rows if (row["scene"], row["cameras"]) not in measured_anew]


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    motion = row["motion"] or {}
    cells = [
        row["scene"],
        row["cameras"],
        round(row["seconds"]),
        row["floor_ms_per_camera_second"],
        row["cpu_ms_per_camera_second"],
    ]
    cells += [row["ratio"], row["cpu_cores"], row["pss_mb"], row["gap_seconds"], row["due_fps"], row["analysed_fps"]]
    cells += [row["dropped_frames"], row["inferences_per_second"], row["scheduled_inferences_per_second"]]
    cells += [row["disk_write_mb_per_s"], motion.get("cpu_ms_per_camera_second", "–"), motion.get("pss_mb", "–")]
    cells.append(", ".join(f"({r['ratio']})" if r["void_because"] else str(r["ratio"]) for r in row["rounds"]))
    cells += [", ".join(row["void_because"]) or "no", row.get("tree", "–")]
    return f"| {' | '.join(map(str, cells))} |"


def stages(rows: list[dict[str, Any]]) -> list[str]:
    """Where the program's share goes: processes, then stages of the analysis."""
    parts = list(dict.fromkeys(n for r in rows for n in (*r["by_process_ms"], *r["vision_by_stage_ms"])))
    lines = ["| scene | cameras | " + " | ".join(parts) + " |", "|---" * (len(parts) + 2) + "|"]
    for row in rows:
        both = {**row["by_process_ms"], **row["vision_by_stage_ms"]}
        lines.append(
            "| " + " | ".join(str(c) for c in (row["scene"], row["cameras"], *(both.get(p, "–") for p in parts))) + " |"
        )
    return lines


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    rows = report["rows"]
    return "\n".join(
        [
            "# What live cameras cost",
            "",
            f"Made by `{report['command']}` on {rows[0]['cores']} cores; each row by `matpho bench cameras`,",
            "rows of another `src` (git rev-parse --short HEAD:src) by an earlier run.",
            f"Streams: {rows[0]['streams']}. Floor: {rows[0]['floor']}.",
            "",
            "CPU-ms per camera-second (1000 is one core) of the whole process tree; R = ours ÷ floor in the same run.",
            "A row is void when a due frame was not analysed, a scheduled look of the detector not taken, or a second",
            "not recorded. Of several rounds the void ones (in brackets) are thrown away while most are whole,",
            "and the median of the others by R is shown, with the worst memory and all gaps.",
            "`ward`: every tenth camera is a busy junction with a stop line and a roadway (five looks a",
            "second), the others are busy a fifth of the time. The cameras' days are shifted against each other.",
            "",
            f"| {' | '.join(COLUMNS)} |",
            "|---" * len(COLUMNS) + "|",
            *map(line, rows),
            "",
            *(f"Not measured: {said}" for said in report["failed"]),
            "",
            "By process, then by stage of the analysis (CPU-ms per camera-second):",
            "",
            *stages(rows),
            "",
        ]
    )


def main() -> None:
    """Measure and write the report after every row, so that a stopped run leaves what it has."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=40.0, help="length of a window")
    parser.add_argument("--long-seconds", type=float, help="length of the windows of the rows of --long")
    parser.add_argument("--long", default="quiet:30", help="such as quiet:30,ward:30")
    parser.add_argument("--rounds", type=int, default=1, help="of each row that does not say it")
    parser.add_argument("--only", default="", help="such as busy:8,ward:30:3 (three rounds)")
    parser.add_argument(
        "--motion-at", default="1,4,8,16,30", help="counts at which Debian's motion, where it is, is measured too"
    )
    parser.add_argument("--add", action="store_true", help="keep the report's other rows")
    args = parser.parse_args()
    beside = {int(n) for n in args.motion_at.split(",") if n} if shutil.which("motion") else set()
    lasting = dict.fromkeys(chosen(args.long), args.long_seconds or args.seconds)
    rows = (chosen(args.only) or dict.fromkeys(PLAN)).items()
    plan = [
        (*row, lasting.get(row, args.seconds), rounds or args.rounds, row[1] in beside and row[0] != "ward")
        for row, rounds in rows
    ]
    whole = sum(minutes(seconds, rounds, motion=motion) for *_, seconds, rounds, motion in plan)
    print(f"{len(plan)} rows, about {whole:.0f} minutes", file=sys.stderr)
    kept = before({(scene, count) for scene, count, *_ in plan}) if args.add else []
    command = " ".join(["python bench/cameras.py", *sys.argv[1:]])
    report: dict[str, Any] = {"command": command, "rows": kept, "failed": []}
    for scene, count, seconds, rounds, motion in plan:
        try:
            row = measured(scene, count, seconds, rounds, ["--motion"] if motion else [])
            report["rows"].append(row | {"tree": tree()})
        except subprocess.CalledProcessError as e:  # it has said why; the other rows are still worth having
            report["failed"].append(f"{scene} at {count} (exit code {e.returncode})")
        if not report["rows"]:
            continue
        (REPORTS / "cameras.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        (REPORTS / "cameras.md").write_text(as_text(report), "utf-8")
    print(as_text(report) if report["rows"] else "\n".join(report["failed"]))


if __name__ == "__main__":
    main()
