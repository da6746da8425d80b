"""The accuracy bench: analyse every clip that has a camera file, as it is and with bad weather staged on it; score it.

What is counted and how stands in docs/design/accuracy.md. The report holds figures and words, never a picture.
"""

import json
import platform
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matpho.domain.camera_file import parse
from matpho.errors import BadInput, BadVideo
from matpho.pipeline.analyse import Analysis, analyse
from matpho.pipeline.degrade import Alter, degradation
from matpho.pipeline.degrade_plan import bears_on
from matpho.pipeline.failures import draw_failures, prepare
from matpho.pipeline.score import (
    EARLY_S,
    EXACT,
    EXACT_S,
    LATE_S,
    ClipScore,
    answers_of,
    events_of,
    footage_of,
    score_clip,
    stems,
)
from matpho.pipeline.score_figures import GUARD_S, WINDOW_S, summary
from matpho.vision.detector import Detector

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Clip:
    """A measurement clip and its camera file; ``name`` as in the events file, ``fps`` of a folder of images."""

    name: str
    video: Path
    camera: Path
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured. ``failures``: the folder for pictures of what went wrong, None for none.

    ``everywhere``: each degradation on all clips, not only on those that it bears on.
    """

    command: str
    degradations: tuple[str, ...] = ()
    failures: Path | None = None
    everywhere: bool = True
    staged: Path | None = None  # the staged suite's report, whose recall is told beside


def clips_in(folder: Path, events: dict[str, Any], cameras: Path | None = None) -> tuple[list[Clip], list[str]]:
    """The clips of the events file that are there and have a camera file; and the names of those left out.

    ``cameras`` is ``folder/cameras`` where nobody says another. Raises BadInput when there is none.
    """
    found, left_out = [], []
    for name in events_of(events):
        camera = next((f for s in stems(name) if (f := (cameras or folder / "cameras") / f"{s}.toml").is_file()), None)
        video = folder / name
        if camera and video.exists():
            told = (events.get("clips") or {}).get(name) or {}
            fps = told.get("fps") if video.is_dir() else None
            found.append(Clip(name, video, camera, float(fps) if fps else None))
        else:
            left_out.append(name)
    if not found:
        raise BadInput(
            f"{folder} holds no clip with a camera file.", f"{folder} không có đoạn phim nào kèm tệp camera."
        )
    return found, left_out


def measure(
    clips: Sequence[Clip], events: dict[str, Any], detector: Detector, asked: Asked, told: Callable[[str], None]
) -> dict[str, Any]:
    """Analyse and score the clips, clean and then under each degradation; the report as JSON-ready data."""
    scores, rows, unreadable = _pass(clips, events, detector, asked, CLEAN, told)
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures, info = summary(scores), detector.info
    degraded = {}
    for name in asked.degradations:
        expected = events_of(events)
        chosen = [c for c in clips if asked.everywhere or bears_on(name, c.name, {e.kind for e in expected[c.name]})]
        worse, _, _ = _pass(chosen, events, detector, asked, name, told)
        degraded[name] = _beside(summary(worse)) | {"tried_on": [c.name for c in chosen]}
    return {
        "command": asked.command,
        "detector": {"name": info.name, "sha256": info.sha256},
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "negatives_false": figures["negatives_false"],
        "hours_analysed": figures["false_alarms"]["all"]["hours_analysed"],
        **_staged(asked.staged),
        "protocol": {
            "exact_kinds": sorted(EXACT),
            "exact_within_s": EXACT_S,
            "others_from_start_s": -EARLY_S,
            "others_to_end_s": LATE_S,
            "whole_clips_from_s": -GUARD_S,
            "whole_clips_to_s": WINDOW_S,
        },
        "cost": _cost(rows) | {"peak_memory_mib": round(memory_mib)},
        "score": figures,
        "degraded": degraded,
        "found": rows,
        "unreadable": unreadable,
    }


def _pass(
    clips: Sequence[Clip],
    events: dict[str, Any],
    detector: Detector,
    asked: Asked,
    name: str,
    told: Callable[[str], None],
) -> tuple[list[ClipScore], list[dict[str, Any]], list[str]]:
    """All clips once; a clip that nothing can be read of is named, and costs the others nothing."""
    expected, scores, rows, unreadable = events_of(events), [], [], []
    folder = asked.failures / name if asked.failures else None
    if folder:
        prepare(folder)
    for clip in clips:
        told(clip.name if name == CLEAN else f"{clip.name}: {name}")
        camera = parse(clip.camera.read_text("utf-8"))
        try:
            result = analyse(clip.video, camera, detector, fps=clip.fps, alter=_alter(name, clip))
        except BadVideo as e:
            told(f"{clip.name}: {e.en}")
            unreadable.append(clip.name)
            continue
        data = result.plain()
        score = score_clip(clip.name, expected[clip.name], answers_of(data), footage_of(data))
        scores.append(score)
        rows.append(_row(clip.name, result))
        if folder:
            draw_failures(folder, clip.video, camera, score, _alter(name, clip), fps=clip.fps)
    return scores, rows, unreadable


def _alter(name: str, clip: Clip) -> Alter | None:
    return None if name == CLEAN else degradation(name, clip.name)


def _row(name: str, result: Analysis) -> dict[str, Any]:
    stats = result.stats
    kept = ("length_s", "frames_analysed", "inferences", "damaged", "truncated", "wall_s", "cpu_s", "lights")
    return {
        "clip": name,
        "incidents": [i.plain() for i in result.incidents],
        "purposes_without_rule": stats["purposes_without_rule"],
        "cpu_ms_per_camera_second": stats["cpu_ms_per_camera_second"],
        **{key: stats[key] for key in kept},
    }


def _cost(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Frames per second of processor time, and how much faster than life that is."""
    frames, cpu_s = sum(r["frames_analysed"] for r in rows), max(sum(r["cpu_s"] for r in rows), 1e-3)
    footage_s = sum(r["length_s"] for r in rows)
    return {
        "frames_per_cpu_s": round(frames / cpu_s, 1),
        "footage_s_per_cpu_s": round(footage_s / cpu_s, 1),
        "detector_calls_per_footage_s": round(sum(r["inferences"] for r in rows) / max(footage_s, 1e-3), 2),
    }


def _beside(figures: dict[str, Any]) -> dict[str, Any]:
    """What is told of one degradation."""
    types = {k: {name: row[name] for name in ("sure", "found", "recall")} for k, row in figures["types"].items()}
    kinds = {k: {name: row[name] for name in ("right", "false", "precision")} for k, row in figures["kinds"].items()}
    rest = ("false", "negatives_false", "false_alarms", "clips")
    return {"types": types, "kinds": kinds, **{key: figures[key] for key in rest}}


def _staged(report: Path | None) -> dict[str, Any]:
    """How many scenes the staged suite has and which part of its plain, large enough things was found.

    Both None without its report.
    """
    try:
        staged = json.loads(report.read_text("utf-8")) if report else {}
        return {name: staged[name] for name in ("staged_scenes", "staged_recall")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"staged_scenes": None, "staged_recall": None}
