"""Run the staged suite through the pipeline and say, in figures, what it found: a regression figure, never accuracy."""

import multiprocessing
import platform
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation
from matpho.pipeline.analyse import Analysis, analyse
from matpho.pipeline.score import ClipScore, answers_of, events_of, score_clip
from matpho.sim import staging, truth
from matpho.sim.encode import Rendition
from matpho.sim.leash import end_with_parent
from matpho.sim.script import Act, Expected
from matpho.sim.suite import SuiteScene
from matpho.vision.detector import Detector
from matpho.vision.frame import Image

_SIZE = (640, 480)
_QUALITY = 26
_SAME_THING = 0.2  # IoU of a detection with the drawn thing
COMMAND = "matpho bench staged"
_WORKER: dict[str, Detector] = {}  # of this process
_CLOSE_UP = 0.6  # the detector's second look: this much more around the thing on each side


@dataclass(frozen=True, slots=True)
class SceneResult:
    """One scene: what was expected and how it was answered; ``labels`` what the detector calls each staged thing."""

    scene: SuiteScene
    score: ClipScore
    labels: tuple[dict[str, Any], ...]
    stats: dict[str, Any]


def run(
    scenes: Sequence[SuiteScene],
    clip: Path,
    load: Callable[[], Detector],
    told: Callable[[str], None] = lambda _n: None,
    jobs: int = 2,
) -> dict[str, Any]:
    """Stage, analyse and score each scene; the report as JSON-ready data without any picture.

    ``load`` makes the detector, once in each of the ``jobs`` processes. The analysis is given the staged file and its
    camera, nothing of the script. Raises BadVideo.
    """
    context = multiprocessing.get_context("spawn")
    results: dict[str, SceneResult] = {}
    with ProcessPoolExecutor(min(jobs, len(scenes)), context, _worker_starts, (load,)) as pool:
        longest_first = sorted(scenes, key=lambda s: -s.script.duration_s)
        for done in as_completed([pool.submit(_one, scene, clip) for scene in longest_first]):
            result = done.result()
            results[result.scene.script.name] = result
            told(result.scene.script.name)
    info = load().info
    ordered = [results[s.script.name] for s in scenes]
    return {
        "command": COMMAND,
        "what": "a regression figure on drawn scenes, not accuracy",
        "detector": {"name": info.name, "sha256": info.sha256},
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "types": _by_type(ordered),
        "false_alarms": _false(ordered),
        "scenes": [_row(r) for r in ordered],
        "labels": [label for r in ordered for label in r.labels],
    }


def _worker_starts(load: Callable[[], Detector]) -> None:
    end_with_parent()
    _WORKER["detector"] = load()


def _one(scene: SuiteScene, clip: Path) -> SceneResult:
    """In a worker process: one scene from its script to its score."""
    script, detector = scene.script, _WORKER["detector"]
    with tempfile.TemporaryDirectory(prefix="matpho-staged-") as folder:
        out = Path(folder) / f"{script.name}.mp4"
        source = staging.source_of(None if scene.drawn else clip)
        expected = staging.stage(script, source, [Rendition(out, *_SIZE, _QUALITY)])
        found: Analysis = analyse(out, script.camera, detector)
        events = events_of(truth.table(script, expected, out.name, *_SIZE)).get(out.name, [])
        score = score_clip(script.name, events, answers_of(found.plain()))
        labels = tuple(_label(script.name, one, out, detector) for one in expected if one.box is not None and one.note)
    return SceneResult(scene, score, labels, found.stats)


def _label(scene: str, one: Expected, clip: Path, detector: Detector) -> dict[str, Any]:
    """What the detector calls the thing while it stands there: in the whole picture, and in a close-up of it."""
    assert one.box is not None
    picture = _picture(clip, (one.start_s + min(one.end_s, one.start_s + 30)) / 2 + 2)
    whole = _best(detector.detect([picture])[0], one.box)
    around = one.box.grown(_CLOSE_UP * one.box.w, _CLOSE_UP * one.box.h)
    h, w = picture.shape[:2]
    part = picture[int(around.y * h) : int(around.bottom * h) + 1, int(around.x * w) : int(around.right * w) + 1]
    inside = Box(
        (one.box.x - around.x) / around.w, (one.box.y - around.y) / around.h, one.box.w / around.w, one.box.h / around.h
    )
    close = _best(detector.detect([np.ascontiguousarray(part)])[0], inside)
    return {"scene": scene, "thing": one.note, "whole_picture": whole, "close_up": close}


def _picture(clip: Path, at_s: float) -> Image:
    with av.open(str(clip)) as container:
        shown = None
        for frame in container.decode(video=0):
            shown = frame
            if float(frame.time or 0.0) >= at_s:
                break
        assert shown is not None
        return np.asarray(shown.to_ndarray(format="bgr24"), np.uint8)


def _best(seen: list[Observation], box: Box) -> str | None:
    here = [o for o in seen if o.box.iou(box) >= _SAME_THING]
    best = max(here, key=lambda o: o.score, default=None)
    return f"{best.label} {best.score:.2f}" if best else None


def _by_type(results: list[SceneResult]) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {}
    for result in results:
        for event, answer in result.score.answered:
            row = rows.setdefault(event.kind, {"staged": 0, "found": 0, "delays_s": []})
            row["staged"] += 1
            row["found"] += 1
            row["delays_s"].append(round(answer.at_s - event.start_s, 1))
        for event in result.score.missed:
            row = rows.setdefault(event.kind, {"staged": 0, "found": 0, "delays_s": []})
            row["staged"] += 1
    return {name: {**row, "recall": round(row["found"] / row["staged"], 2)} for name, row in sorted(rows.items())}


def _false(results: list[SceneResult]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for result in results:
        for answer in result.score.false:
            counts[answer.kind] = counts.get(answer.kind, 0) + 1
    return dict(sorted(counts.items()))


def _row(result: SceneResult) -> dict[str, Any]:
    script, score = result.scene.script, result.score
    return {
        "scene": script.name,
        "background": result.scene.background,
        "length_s": script.duration_s,
        "staged": [f"{a.do} {a.thing}".strip() for a in script.actions if a.do is not Act.WALK],
        "expected": [e.kind for e, _ in score.answered] + [e.kind for e in score.missed],
        "found": [f"{a.kind} at {a.at_s:.0f} s" for _, a in score.answered],
        "missed": [f"{e.kind} from {e.start_s:.0f} s" for e in score.missed],
        "false": [f"{a.kind} at {a.at_s:.0f} s" for a in score.false],
    }


def as_text(report: dict[str, Any]) -> str:
    """The report as a page of Markdown."""
    scenes = report["scenes"]
    told = f"{report['detector']['name']} ({report['detector']['sha256'][:12]})"
    lines = [
        "# Staged scenes",
        "",
        f"A **regression figure** on {len(scenes)} drawn scenes over two backgrounds. It says whether the pipeline",
        "got better or worse at what is staged; it is not accuracy. Zones have the default durations; the analysis",
        "knows nothing of the scripts.",
        "",
        f"Made by `{report['command']}` with detector {told}, {report['machine']}.",
        "",
        "| staged event | staged | found | recall | spoke after (s) |",
        "|---|---|---|---|---|",
    ]
    for name, row in report["types"].items():
        delays = ", ".join(f"{d:g}" for d in sorted(row["delays_s"])) or "–"
        lines.append(f"| {name} | {row['staged']} | {row['found']} | {row['recall']:.2f} | {delays} |")
    false = ", ".join(f"{kind} {count}" for kind, count in report["false_alarms"].items()) or "none"
    length = sum(s["length_s"] for s in scenes)
    lines += ["", f"False alarms in {length / 60:.0f} minutes: {false}.", "", "## Scene by scene", ""]
    lines += ["| scene | background | found | missed | false |", "|---|---|---|---|---|"]
    for s in scenes:
        cells = (", ".join(s[key]) or "–" for key in ("found", "missed", "false"))
        lines.append(f"| {s['scene']} | {s['background']} | {' | '.join(cells)} |")
    lines += ["", "## What the detector calls the drawn things", ""]
    lines += ["| scene | thing | in the whole picture | close up |", "|---|---|---|---|"]
    lines += [
        f"| {r['scene']} | {r['thing']} | {r['whole_picture'] or '–'} | {r['close_up'] or '–'} |"
        for r in report["labels"]
    ]
    return "\n".join(lines) + "\n"
