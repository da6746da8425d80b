"""The accuracy bench: analyse every clip that has a camera file, score it, say it in figures and words."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matpho.domain.camera_file import parse
from matpho.errors import BadInput
from matpho.pipeline.analyse import Analysis, analyse
from matpho.pipeline.score import answers_of, events_of, score_clip, stems, summary
from matpho.vision.detector import Detector


@dataclass(frozen=True, slots=True)
class Clip:
    """A measurement clip and its camera file; ``name`` as in the events file."""

    name: str
    video: Path
    camera: Path


def clips_in(folder: Path, events: dict[str, Any]) -> list[Clip]:
    """The clips of the events file that are there and have a camera file in ``folder/cameras``.

    Raises BadInput when there is none.
    """
    found = []
    for name in events_of(events):
        camera = next((f for s in stems(name) if (f := folder / "cameras" / f"{s}.toml").is_file()), None)
        if camera and (folder / name).exists():
            found.append(Clip(name, folder / name, camera))
    if not found:
        raise BadInput(
            f"{folder} holds no clip with a camera file.", f"{folder} không có đoạn phim nào kèm tệp camera."
        )
    return found


def measure(
    clips: list[Clip], events: dict[str, Any], detector: Detector, told: Callable[[str], None]
) -> dict[str, Any]:
    """Analyse and score the clips; the report as JSON-ready data, without any picture."""
    expected, scores, rows = events_of(events), [], []
    for clip in clips:
        told(clip.name)
        result = analyse(clip.video, parse(clip.camera.read_text("utf-8")), detector)
        scores.append(score_clip(clip.name, expected[clip.name], answers_of(result.plain())))
        rows.append(_row(clip.name, result))
    info = detector.info
    return {
        "command": "matpho bench accuracy",
        "detector": {"name": info.name, "sha256": info.sha256},
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "score": summary(scores),
        "found": rows,
    }


def _row(name: str, result: Analysis) -> dict[str, Any]:
    stats = result.stats
    kept = ("length_s", "frames_analysed", "inferences", "damaged", "truncated", "wall_s", "cpu_ms_per_camera_second")
    return {
        "clip": name,
        "incidents": [i.plain() for i in result.incidents],
        "purposes_without_rule": stats["purposes_without_rule"],
        **{key: stats[key] for key in kept},
    }


def as_text(report: dict[str, Any]) -> str:
    """The report as Markdown."""
    score = report["score"]
    which = f"{report['detector']['name']} (sha256 {report['detector']['sha256'][:12]}…)"
    lines = [
        "# Accuracy on the measurement clips",
        "",
        f"Made by `{report['command']}` with the detector {which}.",
        "Few events of each kind: these are examples, not statistics. Recall counts sure events only.",
        "Types that no rule of this version looks for are listed with what was found: nothing.",
        "",
        "| annotated type | found | sure | also found, not sure | median delay of the first telling |",
        "|---|---|---|---|---|",
    ]
    for kind, row in score["types"].items():
        delay = "–" if row["median_delay_s"] is None else f"{row['median_delay_s']:+.1f} s"
        lines.append(f"| {kind} | {row['found']} | {row['sure']} | {row['found_unsure']} | {delay} |")
    lines += ["", "| our kind | right | false | precision | recall | F1 |", "|---|---|---|---|---|---|"]
    for kind, row in score["kinds"].items():
        shown = " | ".join("–" if row[k] is None else f"{row[k]:.2f}" for k in ("precision", "recall", "f1"))
        lines.append(f"| {kind} | {row['right']} | {row['false']} | {shown} |")
    lines += ["", f"False incidents in all: **{score['false']}**.", "", "## Clip by clip", ""]
    for row, clip in zip(report["found"], score["clips"], strict=True):
        lines += _clip_lines(row, clip)
    return "\n".join(lines) + "\n"


def _clip_lines(row: dict[str, Any], clip: dict[str, Any]) -> list[str]:
    cost = sum(row["cpu_ms_per_camera_second"].values())
    lines = [
        f"**{row['clip']}** ({row['length_s']:.0f} s, {row['inferences']} inferences, {cost:.0f} CPU-ms per second)",
        "",
    ]
    wrong = {(f["kind"], round(f["start_s"], 3)) for f in clip["false"]}
    for found in row["incidents"]:
        mark = "FALSE " if (found["kind"], round(found["start_s"], 3)) in wrong else ""
        lines.append(f"- {mark}{found['start_s']:.1f}–{found['end_s']:.1f} s `{found['kind']}`: {found['why']['en']}")
    lines += [f"- missed: {m['type']} at {m['start_s']:.1f} s" for m in clip["missed"]]
    if row["purposes_without_rule"]:
        lines.append(f"- zones no rule watches yet: {', '.join(row['purposes_without_rule'])}")
    if not row["incidents"] and not clip["missed"]:
        lines.append("- nothing told, nothing missed")
    return [*lines, ""]
