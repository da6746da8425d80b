"""The accuracy bench: analyse every clip that has a camera file and score it; as it is, degraded, and varied.

What is counted and how stands in docs/design/accuracy.md. The report holds figures and words, never a picture.
"""

import json
import platform
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from matpho.domain.camera_file import parse
from matpho.errors import BadInput, BadVideo
from matpho.pipeline.analyse import Analysis, analyse
from matpho.pipeline.degrade_plan import bears_on
from matpho.pipeline.failures import draw_failures, prepare
from matpho.pipeline.score import (
    EARLY_S,
    EXACT,
    EXACT_S,
    LATE_S,
    ClipScore,
    Event,
    answers_of,
    events_of,
    footage_of,
    score_clip,
    stems,
)
from matpho.pipeline.score_figures import GUARD_S, WINDOW_S, summary
from matpho.pipeline.take import Clip, Take, as_it_is, degraded
from matpho.pipeline.vary import is_traffic, varied
from matpho.vision.detector import Detector

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured. ``failures``: the folder for pictures of what went wrong, None for none.

    ``everywhere``: each degradation on all clips, not only on those that it bears on.
    """

    command: str
    degradations: tuple[str, ...] = ()
    failures: Path | None = None
    everywhere: bool = True
    variations: tuple[str, ...] = ()  # of the clips of traffic
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
    """Analyse and score the clips: clean, under each degradation, as each variation; the report as JSON-ready data."""
    expected = {name: tuple(listed) for name, listed in events_of(events).items()}
    work = _Work(expected, detector, asked.failures, told)
    scores, rows, unreadable = work.run(CLEAN, clips, as_it_is)
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures, info = summary(scores), detector.info
    readable = [c for c in clips if c.name not in unreadable]
    worse, other = {}, {}
    for name in asked.degradations:
        chosen = [c for c in readable if asked.everywhere or bears_on(name, c.name, {e.kind for e in expected[c.name]})]
        worse[name] = work.beside(name, chosen, partial(degraded, name=name))
    traffic = [c for c in readable if is_traffic(parse(c.camera.read_text("utf-8")))]
    for name in asked.variations:
        other[name] = work.beside(name, traffic, partial(varied, name=name))
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
        "degraded": worse,
        "varied": other,
        "found": rows,
        "unreadable": unreadable,
    }


@dataclass(frozen=True, slots=True)
class _Work:
    """What every pass over clips needs: the events of each, the detector, where pictures of failures go."""

    expected: Mapping[str, tuple[Event, ...]]
    detector: Detector
    failures: Path | None
    told: Callable[[str], None]

    def run(
        self, name: str, clips: Sequence[Clip], take_of: Callable[[Clip, tuple[Event, ...]], Take]
    ) -> tuple[list[ClipScore], list[dict[str, Any]], list[str]]:
        """All clips once; a clip that nothing can be read of is named, and costs the others nothing."""
        scores, rows, unreadable = [], [], []
        folder = self.failures / name if self.failures else None
        if folder:
            prepare(folder)
        for clip in clips:
            self.told(clip.name if name == CLEAN else f"{clip.name}: {name}")
            try:
                take = take_of(clip, self.expected[clip.name])
                result = _analysed(take, self.detector)
            except BadVideo as e:
                self.told(f"{clip.name}: {e.en}")
                unreadable.append(clip.name)
                continue
            data = result.plain()
            score = score_clip(clip.name, take.events, answers_of(data), footage_of(data))
            scores.append(score)
            rows.append(_row(clip.name, result))
            if folder:
                draw_failures(folder, clip.video, take.camera, score, take.shown(), fps=clip.fps)
        return scores, rows, unreadable

    def beside(
        self, name: str, clips: Sequence[Clip], take_of: Callable[[Clip, tuple[Event, ...]], Take]
    ) -> dict[str, Any]:
        """What is told of one degradation or variation, beside the clean clips."""
        scores, _, _ = self.run(name, clips, take_of)
        return _beside(summary(scores)) | {"tried_on": [c.name for c in clips]}


def _analysed(take: Take, detector: Detector) -> Analysis:
    return analyse(
        take.clip.video,
        take.camera,
        detector,
        fps=take.clip.fps,
        analysed_fps=take.analysed_fps,
        alter=take.shown(),
        view=take.view,
    )


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
    counted = ("sure", "found", "recall", "unsure", "found_unsure")
    types = {k: {name: row[name] for name in counted} for k, row in figures["types"].items()}
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
