"""So many cameras, so many seconds: the floor and the whole program on the same streams in one run."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matpho.domain.time import Clock, Instant, SystemClock, seconds
from matpho.sim.footage import cache_folder
from matpho.sim.server import StagedCameras
from matpho.wiring.bench import others
from matpho.wiring.bench.processes import Spent, open_files, pss_mb, spent, tree
from matpho.wiring.bench.rounds import GAPS, as_one
from matpho.wiring.bench.streams import ABOUT, make_streams
from matpho.wiring.bench.system import Measured, running

WARM_S = 25.0  # connecting, learning the empty scene, the first burst of looks
SHORT = 0.98  # analysed frames below this share of those due void the run
COUNTED = ("due_frames", "analysed_frames", "dropped_frames", "scheduled_inferences", "inferences")
LEAST_DUE = 0.95  # of the frames asked for
LATE_S = 2.0  # what became due in the window may be analysed so much later; a frame that waits longer is dropped
_BEAT_S = 1.0  # workers tell of themselves so often

Pids = Callable[[], Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured. ``scene``: ``busy``, ``quiet``, ``duty``, or ``ward`` (every tenth camera a busy junction)."""

    count: int
    seconds: float
    scene: str
    rounds: int
    beside_motion: bool
    analysed_fps: float
    vision_workers: int

    @property
    def scenes(self) -> list[str]:
        """The scene of each camera."""
        if self.scene != "ward":
            return [self.scene] * self.count
        return ["busy" if n % 10 == 0 else "duty" for n in range(self.count)]

    def is_junction(self, number: int) -> bool:
        """Whether this camera watches traffic."""
        return self.scene == "ward" and self.scenes[number] == "busy"


def measure(plan: Plan, told: Callable[[str], None], clock: Clock | None = None) -> dict[str, Any]:
    """The report: the rounds as one, see :func:`~matpho.wiring.bench.rounds.as_one`. Raises SetupProblem."""
    clock = clock or SystemClock()
    streams = make_streams(cache_folder() / "bench", plan.scenes)
    rounds: list[dict[str, Any]] = []
    with StagedCameras(streams) as served:
        pairs = [(served.address(f"c{n}", "main"), served.address(f"c{n}", "sub")) for n in range(plan.count)]
        for number in range(plan.rounds):
            told(f"{plan.count} cameras, round {number + 1} of {plan.rounds}: {others.floor_is()} …")
            floor = _other(others.floor, pairs, plan)
            beside = None
            if plan.beside_motion:
                told(f"{plan.count} cameras, round {number + 1}: motion …")
                beside = _other(others.motion, pairs, plan)
            told(f"{plan.count} cameras, round {number + 1}: Mắt Phố …")
            rounds.append(_ours(plan, pairs, floor["cpu_ms_per_camera_second"], clock) | {"motion": beside})
    return {
        "cameras": plan.count,
        "cores": os.cpu_count(),
        **as_one(rounds),
        "seconds": plan.seconds,
        "scene": plan.scene,
        "junctions": sum(map(plan.is_junction, range(plan.count))),
        "streams": ABOUT,
        "floor": others.floor_is(),
    }


def _other(start: Any, pairs: Sequence[others.Pair], plan: Plan) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="matpho-bench-") as folder, start(pairs, Path(folder)) as pids:
        time.sleep(WARM_S)
        passed, cost = _window(lambda: pids, min(plan.seconds, 60.0))
        return _cost(passed, cost, plan.count) | {"pss_mb": round(pss_mb(tree(pids)), 1)}


def _window(pids: Pids, length_s: float) -> tuple[float, Spent]:
    """Wait; the seconds that passed, and what the processes and those below them cost meanwhile."""
    before, began = spent(tree(pids())), time.monotonic()
    time.sleep(length_s)
    passed = time.monotonic() - began
    return passed, spent(tree(pids())) - before


def _cost(passed: float, cost: Spent, cameras: int) -> dict[str, float]:
    return {
        "cpu_ms_per_camera_second": round(cost.cpu_s * 1000 / passed / cameras, 2),
        "cpu_cores": round(cost.cpu_s / passed, 3),
        "disk_write_mb_per_s": round(cost.written_bytes / 1e6 / passed, 2),
    }


def _ours(plan: Plan, pairs: Sequence[others.Pair], floor: float, clock: Clock) -> dict[str, Any]:
    """One round of the whole program."""
    toml = f"[vision]\nworkers = {plan.vision_workers}\nanalysed_fps = {plan.analysed_fps}\n"
    with (
        tempfile.TemporaryDirectory(prefix="matpho-bench-") as folder,
        running(Path(folder) / "home", toml) as system,
    ):
        system.begin([camera_form(n, pair, junction=plan.is_junction(n)) for n, pair in enumerate(pairs)])
        time.sleep(WARM_S)
        first = system.figures()
        began, by_before = clock.now(), _by_process(system)
        passed, cost = _window(lambda: system.tops, plan.seconds)
        ended, by_after = clock.now(), _by_process(system)
        pids = tree(system.tops)
        last = system.figures()
        vision = _vision(first, last, _later(system, last), plan.count)
        gaps = sum(gap_seconds(system, f"c{n}", began, ended) for n in range(plan.count))
        costs = _cost(passed, cost, plan.count)
        void = _void(vision, gaps, plan.analysed_fps)
        return {
            **costs,
            "floor_ms_per_camera_second": floor,
            "ratio": round(costs["cpu_ms_per_camera_second"] / floor, 2),
            "pss_mb": round(pss_mb(pids), 1),
            "pss_by_process_mb": {name: round(pss_mb([pid]), 1) for name, pid in system.by_name.items()},
            "open_files": open_files(pids),
            "gap_seconds": round(gaps, 3),
            **vision,
            "by_process_ms": {
                name: round((by_after[name] - by_before[name]) * 1000 / passed / plan.count, 2)
                for name in by_after
                if name in by_before
            },
            "void": bool(void),
            "void_because": void,
        }


def _later(system: Measured, last: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
    """What the workers say when each frame that was due by their ``last`` words is analysed or lost."""
    end = time.monotonic() + LATE_S + 4 * _BEAT_S
    while True:
        time.sleep(_BEAT_S / 2)
        figures = system.figures()
        said = [figures.get(w, {}).get("uptime_s", 0.0) >= last[w]["uptime_s"] + LATE_S for w in _workers(last)]
        if all(said) or time.monotonic() > end:
            return figures


def _workers(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [name for name in figures if name.startswith("vision-")]


def _void(vision: Mapping[str, Any], gaps: float, wanted_fps: float) -> list[str]:
    """Why a round does not count: whoever does less spends less."""
    reasons = {
        "due frames not analysed": vision["analysed_fps"] < SHORT * vision["due_fps"] or vision["dropped_frames"] > 0,
        "fewer frames due than asked for": vision["due_fps"] < LEAST_DUE * wanted_fps,
        "looks not taken": vision["inferences_per_second"] < SHORT * vision["scheduled_inferences_per_second"],
        GAPS: gaps > 0,
    }
    return [reason for reason, holds in reasons.items() if holds]


def camera_form(number: int, pair: others.Pair, *, junction: bool) -> dict[str, Any]:
    """A camera that watches for rubbish; a junction also has what traffic rules need: five looks a second."""
    place = [[0.02, 0.3], [0.98, 0.3], [0.98, 0.98], [0.02, 0.98]]
    zones: list[dict[str, Any]] = [{"id": "duong", "purpose": "no_dumping", "polygon": place}]
    if junction:
        up = [0.0, -1.0]
        zones.append({"id": "long-duong", "purpose": "roadway", "polygon": place, "direction": up})
        line, lamp = [[0.1, 0.72], [0.6, 0.72]], [0.9, 0.05, 0.05, 0.15]
        zones.append({"id": "vach-dung", "purpose": "stop_line", "line": line, "direction": up, "lamp": lamp})
    return {"id": f"c{number}", "name": f"Camera {number}", "main": pair[0], "sub": pair[1], "zones": zones}


def _by_process(system: Measured) -> dict[str, float]:
    return {name: spent([pid]).cpu_s for name, pid in system.by_name.items()}


def _vision(
    first: Mapping[str, Mapping[str, float]],
    last: Mapping[str, Mapping[str, float]],
    later: Mapping[str, Mapping[str, float]],
    cameras: int,
) -> dict[str, Any]:
    """Frames and looks of all vision workers, and stages in CPU-ms per camera-second, between two words of theirs.

    Over the time that lay between these words, not over the window: each comes once a second. The frames are those that
    became due in that time, and of them those that were analysed, at the latest at ``later`` words: what is on its way
    when the time ends is not lost. Each frame dropped from the first words to the ``later`` ones counts as lost;
    where some were, a line that waits at both ends is not held against what was analysed in between.
    """
    workers = [name for name in _workers(last) if name in first]

    def rate(figure: str) -> float:
        return sum(gained(w, figure) / max(gained(w, "uptime_s"), 1e-3) for w in workers)

    def gained(worker: str, figure: str) -> float:
        return last[worker].get(figure, 0.0) - first[worker].get(figure, 0.0)

    def analysed(worker: str) -> float:
        end, settled = last[worker], later.get(worker, last[worker])
        waiting = end.get("due_frames", 0.0) - settled.get("analysed_frames", 0.0) - settled.get("dropped_frames", 0.0)
        kept = gained(worker, "due_frames") - dropped(worker)
        had = kept - max(0.0, waiting)
        return max(had, min(gained(worker, "analysed_frames"), kept)) if dropped(worker) else had

    def dropped(worker: str) -> float:
        return later.get(worker, last[worker]).get("dropped_frames", 0.0) - first[worker].get("dropped_frames", 0.0)

    had = {"analysed_frames": sum(map(analysed, workers)), "dropped_frames": sum(map(dropped, workers))}
    stages = sorted({n for w in workers for n in last[w] if n.endswith("_cpu_s")})
    return {
        "analysed_fps": round(sum(analysed(w) / max(gained(w, "uptime_s"), 1e-3) for w in workers) / cameras, 3),
        "due_fps": round(rate("due_frames") / cameras, 3),
        "inferences_per_second": round(rate("inferences"), 2),
        "scheduled_inferences_per_second": round(rate("scheduled_inferences"), 2),
        **{n: sum(gained(w, n) for w in workers) for n in COUNTED},
        **had,
        "vision_by_stage_ms": {s.removesuffix("_cpu_s"): round(rate(s) * 1000 / cameras, 2) for s in stages},
    }


def gap_seconds(system: Measured, camera: str, began: Instant, ended: Instant) -> float:
    """Seconds of the window that were not recorded."""
    told = system.get(f"/api/cameras/{camera}/recordings", **{"from": _iso(began), "to": _iso(ended)})
    total = 0.0
    for gap in told["gaps"]:
        end = min(ended, _instant(gap["end"])) if gap["end"] else ended
        total += max(0.0, seconds(end - max(began, _instant(gap["start"]))))
    return total


def _iso(at: Instant) -> str:
    return datetime.fromtimestamp(at / 1e9, UTC).isoformat().replace("+00:00", "Z")


def _instant(text: str) -> Instant:
    return Instant(round(datetime.fromisoformat(text).timestamp() * 1e9))
