"""What each stage of the analysis costs, how much the gate saves, and a flame graph.

    .venv/bin/python bench/stages.py --clips ../shared/clips

Scenes: the measured sub streams of ``matpho bench cameras`` (a plaza with people, the same empty) and, where the
measurement clips are, a junction with its camera file. Each is analysed at the pace of a live camera, with the gate and
as if something always moved, in turn. The flame graph needs ``py-spy`` on the path (or ``--py-spy PATH``): it samples
from outside and sees C code by its Python caller.

Writes ``reports/stages.json``, ``reports/stages.md`` and ``reports/stages-busy.svg`` (open it in a browser).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matpho.wiring.bench.streams import make_streams

REPORTS = Path(__file__).parent / "reports"
CACHE = Path.home() / ".cache" / "matpho" / "bench"
JUNCTION = "hanoi_lythuongkiet_16h30"
MATPHO = [sys.executable, "-m", "matpho.cli.main"]
SAMPLES_A_SECOND = 100
GRAPH = REPORTS / "stages-busy.svg"


@dataclass(frozen=True)
class Scene:
    """A film, its camera file, and what the analysis may cost beyond decoding (CPU-ms per camera-second)."""

    name: str
    film: Path
    camera: Path | None = None
    goal: float = 0.0

    @property
    def command(self) -> list[str]:
        """``matpho bench cost`` at the pace of a live camera."""
        more = [] if self.camera is None else ["--camera", str(self.camera)]
        return [*MATPHO, "bench", "cost", str(self.film), "--live", *more]


def scenes(clips: Path) -> list[Scene]:
    """What this machine has."""
    make_streams(CACHE, ["busy", "quiet"])
    found = [
        Scene("quiet", CACHE / "quiet-sub.mp4", goal=8.0),
        Scene("busy", CACHE / "busy-sub.mp4", goal=40.0),
    ]
    junction, camera = clips / f"{JUNCTION}.mp4", clips / "cameras" / f"{JUNCTION}.toml"
    if junction.is_file() and camera.is_file():
        found.append(Scene("junction", junction, camera, goal=165.0))
    else:
        print(f"SKIPPED: no junction in {clips}", file=sys.stderr)
    return found


def measured(scene: Scene, rounds: int) -> dict[str, Any]:
    """Both ways in turn; of each the round that cost least (what else runs on the machine only adds)."""
    ways: dict[str, list[dict[str, Any]]] = {"gate": [], "no_gate": []}
    for _ in range(rounds):
        for way, more in (("gate", []), ("no_gate", ["--no-gate"])):
            said = subprocess.run([*scene.command, *more, "--json"], check=True, capture_output=True)  # noqa: S603 - our own words
            ways[way].append(next(iter(json.loads(said.stdout).values())))
    best = {way: min(found, key=lambda row: row["sum"]) for way, found in ways.items()}
    return {"scene": scene.name, "film": scene.film.name, "goal": scene.goal, **best}


def flame(scene: Scene, spy: str) -> None:
    """Sample one analysis into :data:`GRAPH`."""
    options = ["record", "--output", str(GRAPH), "--rate", str(SAMPLES_A_SECOND), "--threads", "--nonblocking"]
    command = [spy, *options, "--", *scene.command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    title = f"matpho bench cost {scene.film.name} --live"  # the sampler's own title names this machine's folders
    GRAPH.write_text(GRAPH.read_text("utf-8").replace(" ".join(command), title), "utf-8")


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    rows = report["rows"]
    stages = [s for s in rows[0]["gate"] if s not in ("sum", "frames_per_s", "inferences_per_s")]
    beyond = [s for s in stages if s != "decode_and_rest"]
    lines = [
        "# What each stage costs",
        "",
        f"Made by `{report['command']}` on {report['cores']} cores (load {report['load']} before), one after another.",
        "CPU-ms per camera-second at the pace of a live camera, five frames a second; of each the cheapest round.",
        "`looks` are the detector's a second; without the gate it looks as if something always moved.",
        "",
        "| scene | gate | " + " | ".join(stages) + " | beyond decoding | goal | looks |",
        "|---" * (len(stages) + 5) + "|",
    ]
    for row in rows:
        for way, word in (("gate", "with"), ("no_gate", "without")):
            found = row[way]
            cells = [f"{found[s]:.2f}" for s in stages]
            goal = f"{row['goal']:.0f}" if way == "gate" else ""
            cells += [f"{sum(found[s] for s in beyond):.1f}", goal, str(found["inferences_per_s"])]
            lines.append(f"| {row['scene']} | {word} | {' | '.join(cells)} |")
    graph = f"![Flame graph]({GRAPH.name})" if report["flame"] else f"No flame graph: {report['why_not']}."
    return "\n".join(
        [*lines, "", f"Flame graph of `busy` (`py-spy`, {SAMPLES_A_SECOND} samples a second, by thread): {graph}", ""]
    )


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, default=Path("../shared/clips"))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--py-spy", default="py-spy", help="the sampler; none: no flame graph")
    args = parser.parse_args()
    found, load = scenes(args.clips), round(os.getloadavg()[0], 1)
    rows = [measured(scene, args.rounds) for scene in found]
    spy = shutil.which(args.py_spy)
    if spy is None:
        print("SKIPPED: no py-spy, no flame graph", file=sys.stderr)
    else:
        flame(next(s for s in found if s.name == "busy"), spy)
    report = {
        "command": "python bench/stages.py",
        "cores": os.cpu_count(),
        "load": load,
        "rows": rows,
        "flame": spy is not None,
        "why_not": "" if spy else "py-spy is not installed",
    }
    (REPORTS / "stages.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (REPORTS / "stages.md").write_text(as_text(report), "utf-8")
    print(as_text(report))


if __name__ == "__main__":
    main()
