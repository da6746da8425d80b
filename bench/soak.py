"""Does it grow? Private memory and file descriptors of the whole program over an hour, and the slope of each.

    .venv/bin/python bench/soak.py --minutes 60 --count 4

Writes ``reports/soak.json`` and ``reports/soak.md``.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from matpho.domain.time import SystemClock
from matpho.sim.footage import cache_folder
from matpho.sim.server import StagedCameras
from matpho.wiring.bench.cameras import camera_form, gap_seconds
from matpho.wiring.bench.processes import open_files, private_mb, tree
from matpho.wiring.bench.streams import make_streams
from matpho.wiring.bench.system import running

REPORTS = Path(__file__).parent / "reports"
EVERY_S = 20.0
SETTLE_S = 300.0  # caches fill and the empty scene is learned before the slope is taken


def slope_per_hour(samples: list[dict[str, float]], name: str) -> float:
    """Least squares over the samples after settling, in units per hour."""
    settled = [s for s in samples if s["at_s"] >= min(SETTLE_S, samples[-1]["at_s"] / 3)]
    hours = np.array([s["at_s"] / 3600 for s in settled])
    return round(float(np.polyfit(hours, [s[name] for s in settled], 1)[0]), 2)


def soak(count: int, minutes: float) -> dict[str, Any]:
    """Run it and sample."""
    scenes = ["duty"] * count
    clock = SystemClock()
    with (
        StagedCameras(make_streams(cache_folder() / "bench", scenes)) as served,
        tempfile.TemporaryDirectory(prefix="matpho-soak-") as folder,
        running(Path(folder) / "home", "") as system,
    ):
        pairs = [(served.address(f"c{n}", "main"), served.address(f"c{n}", "sub")) for n in range(count)]
        system.begin([camera_form(n, pair, junction=False) for n, pair in enumerate(pairs)])
        began, began_s, samples = clock.now(), time.monotonic(), []
        while time.monotonic() - began_s < minutes * 60:
            time.sleep(EVERY_S)
            by_name = system.by_name
            each = {f"{name}_mb": round(private_mb([pid]), 2) for name, pid in by_name.items()}
            pids = tree(system.tops)
            at_s = round(time.monotonic() - began_s, 1)
            samples.append(
                {"at_s": at_s, "private_mb": round(private_mb(pids), 2), "open_files": open_files(pids), **each}
            )
        ended = clock.now()
        gaps = sum(gap_seconds(system, f"c{n}", began, ended) for n in range(count))
        processes = system.get("/api/system")["processes"]
    names = [n for n in samples[0] if n != "at_s"]
    return {
        "command": " ".join(["python bench/soak.py", *sys.argv[1:]]),
        "cameras": count,
        "minutes": round((ended - began) / 60e9, 1),
        "gap_seconds": round(gaps, 3),
        "restarts": {p["name"]: p["restarts"] for p in processes},
        "slope_per_hour": {n: slope_per_hour(samples, n) for n in names},
        "first": samples[0],
        "last": samples[-1],
        "samples": samples[:: max(1, len(samples) // 60)],
    }


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    rows = [f"| {n} | {report['first'][n]} | {report['last'][n]} | {s} |" for n, s in report["slope_per_hour"].items()]
    return "\n".join(
        [
            "# Does it grow?",
            "",
            f"Made by `{report['command']}`: {report['cameras']} cameras for {report['minutes']} minutes;",
            f"{report['gap_seconds']} s not recorded; restarts {report['restarts']}.",
            "",
            "| | first | last | slope per hour |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--out", type=Path, default=REPORTS)
    args = parser.parse_args()
    report = soak(args.count, args.minutes)
    (args.out / "soak.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (args.out / "soak.md").write_text(as_text(report), "utf-8")
    print(as_text(report))


if __name__ == "__main__":
    main()
