"""What a live camera costs us, against the floor, in one run.

The floor F is what nobody can go below: copy the main stream to disk and decode the sub stream, nothing else, in one
bare PyAV process. Ours is the whole process tree of ``matpho run``: recorder, vision, desk, supervisor. Both read the
same streams from the same server; blocks alternate (floor, ours, floor, ours …) and the report gives medians of ratios.

    .venv/bin/python bench/live_cost.py --cameras 1,4,8 --rounds 2 --seconds 30
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent))
from matpho.sim.footage import cache_folder
from matpho.sim.server import StagedCameras
from matpho.testing.system import RunningSystem, wait_for
from streams import make_streams

WARM_S = 20.0
REPORTS = Path(__file__).parent / "reports"


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    top = psutil.Process(pid)
    return [top, *top.children(recursive=True)]


def cpu_s(processes: list[psutil.Process]) -> float:
    """User and system seconds of processes that are alive."""
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def pss_mb(processes: list[psutil.Process]) -> float:
    """Proportional set size, from the kernel's roll-up."""
    return sum(p.memory_full_info().pss for p in processes) / 1e6


@contextmanager
def floor(served: StagedCameras, names: list[str], folder: Path) -> Iterator[list[psutil.Process]]:
    """The bare process, reading."""
    order = [(served.address(n, "main"), served.address(n, "sub")) for n in names]
    command = [sys.executable, str(Path(__file__).parent / "floor.py"), json.dumps(order), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own script
    try:
        yield tree(process.pid)
    finally:
        process.kill()
        process.wait()


def window(processes: list[psutil.Process], seconds: float) -> float:
    """CPU seconds per second over the window."""
    before, began = cpu_s(processes), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(processes) - before) / (time.monotonic() - began)


def measure_floor(served: StagedCameras, names: list[str], seconds: float) -> float:
    """CPU-ms per camera-second of the floor."""
    with tempfile.TemporaryDirectory() as folder, floor(served, names, Path(folder)) as processes:
        time.sleep(WARM_S)
        return window(processes, seconds) * 1000 / len(names)


def measure_ours(served: StagedCameras, names: list[str], seconds: float) -> dict[str, object]:
    """CPU-ms per camera-second of the whole system, by process and by stage of vision."""
    with tempfile.TemporaryDirectory() as folder, RunningSystem(Path(folder) / "home") as system:
        system.set_up()
        for name in names:
            zones = [
                {
                    "id": "duong",
                    "purpose": "no_dumping",
                    "polygon": [[0.02, 0.3], [0.98, 0.3], [0.98, 0.98], [0.02, 0.98]],
                }
            ]
            addresses = {role: served.address(name, role) for role in ("main", "sub")}
            system.post("/api/cameras", {"id": name, "name": name, "zones": zones, **addresses}, status=201)
        wait_for(lambda: all_live(system), 60, "all cameras live")
        time.sleep(WARM_S)
        processes = {n: psutil.Process(pid) for n in (*system.workers, "supervisor") if (pid := system.pid(n))}
        before = {n: cpu_s([p]) for n, p in processes.items()}
        began = time.monotonic()
        stages: list[dict[str, float]] = []
        while time.monotonic() - began < seconds:
            time.sleep(2.0)
            figures = {p["name"]: p["figures"] for p in system.get("/api/system")["processes"]}
            stages.append(figures.get("vision-0", {}))
        passed = time.monotonic() - began
        per = 1000 / passed / len(names)
        by_process = {n: round((cpu_s([p]) - before[n]) * per, 2) for n, p in processes.items()}
        return {
            "cpu_ms_per_camera_second": round(sum(by_process.values()), 2),
            "by_process": by_process,
            "vision_by_stage": mean_stages(stages, len(names)),
            "analysed_fps_per_camera": mean(stages, "analysed_fps", len(names)),
            "inferences_per_s": mean(stages, "inferences_per_s", 1),
            "dropped_frames": max(s.get("dropped_frames", 0.0) for s in stages),
            "pss_mb": round(pss_mb(list(processes.values())), 1),
        }


def all_live(system: RunningSystem) -> bool:
    """Whether both streams of every camera are."""
    cameras = system.get("/api/cameras")
    return all((c[r]["state"] or {}).get("link") == "live" for c in cameras for r in ("main", "sub"))


def mean(samples: list[dict[str, float]], name: str, over: int) -> float:
    """The mean of a figure, per ``over``."""
    return round(statistics.fmean(s.get(name, 0.0) for s in samples) / over, 2)


def mean_stages(samples: list[dict[str, float]], cameras: int) -> dict[str, float]:
    """CPU-ms per camera-second of each stage of the analysis thread."""
    names = sorted({n for s in samples for n in s if n.endswith("_cpu_ms_per_s")})
    return {n.removesuffix("_cpu_ms_per_s"): mean(samples, n, cameras) for n in names}


def run(counts: list[int], rounds: int, seconds: float) -> dict[str, object]:
    """All blocks, alternating."""
    streams, about = make_streams(cache_folder() / "bench", max(counts))
    rows = []
    with StagedCameras(streams) as served:
        for count in counts:
            names = [f"c{n}" for n in range(count)]
            pairs = []
            for _ in range(rounds):
                print(f"{count} cameras: floor …", file=sys.stderr)
                bare = measure_floor(served, names, seconds)
                print(f"{count} cameras: ours …", file=sys.stderr)
                pairs.append((bare, measure_ours(served, names, seconds)))
            ratios = [float(str(ours["cpu_ms_per_camera_second"])) / bare for bare, ours in pairs]
            middle = sorted(range(len(pairs)), key=lambda i: ratios[i])[len(pairs) // 2]
            rows.append(
                {
                    "cameras": count,
                    "floor_ms_per_camera_second": round(pairs[middle][0], 2),
                    "ratio": round(statistics.median(ratios), 2),
                    "ratios": [round(r, 2) for r in ratios],
                    **pairs[middle][1],
                }
            )
    return {
        "command": " ".join(["python bench/live_cost.py", *sys.argv[1:]]),
        "cores": psutil.cpu_count(),
        "streams": about,
        "load_before": psutil.getloadavg()[1],
        "rows": rows,
    }


def as_text(report: dict[str, object]) -> str:
    """The report for people."""
    lines = [
        "# What a live camera costs",
        "",
        f"Made by `{report['command']}` on {report['cores']} cores. Streams: {report['streams']}",
        "",
        "CPU-ms per camera-second; 1000 is one core. The floor is a bare PyAV process that copies the main stream",
        "to disk and decodes the sub stream. Ours is every process of `matpho run`. Quote the ratio, not the rest.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---" * len(COLUMNS) + "|",
    ]
    stages = ["", "| cameras | " + " | ".join(STAGES) + " | dropped frames |", "|---" * (len(STAGES) + 2) + "|"]
    for row in report["rows"]:  # type: ignore[attr-defined]
        by = row["by_process"]
        cells = [row["cameras"], row["floor_ms_per_camera_second"], row["cpu_ms_per_camera_second"], row["ratio"]]
        cells += [by.get(n, "–") for n in ("recorder", "vision-0", "desk", "supervisor")]
        cells += [row["analysed_fps_per_camera"], row["inferences_per_s"], row["pss_mb"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
        steps = [row["cameras"], *(row["vision_by_stage"].get(s, "–") for s in STAGES), row["dropped_frames"]]
        stages.append("| " + " | ".join(map(str, steps)) + " |")
    return "\n".join(
        [*lines, "", "By stage of the analysis thread (decoding happens in the reader threads):", *stages, ""]
    )


COLUMNS = (
    *("cameras", "floor", "ours", "ratio", "recorder", "vision", "desk", "supervisor"),
    *("analysed fps", "inferences/s", "PSS MB"),
)
STAGES = ("gate", "detector", "tracker", "static", "picture", "rules")


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", default="1,4,8", help="how many, in turn")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30.0, help="length of a window")
    parser.add_argument("--out", type=Path, default=REPORTS)
    args = parser.parse_args()
    report = run([int(n) for n in args.cameras.split(",")], args.rounds, args.seconds)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "live_cost.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (args.out / "live_cost.md").write_text(as_text(report), "utf-8")
    print(as_text(report))


if __name__ == "__main__":
    main()
