"""What a run of the staged suite says in figures: recall with its interval by family and size, false alarms."""

import platform
from collections.abc import Sequence
from typing import Any

import numpy as np

from matpho.casework.feedback.precision import wilson
from matpho.pipeline.score import Answer, Event
from matpho.pipeline.score_figures import upper_bound
from matpho.sim.families import FAMILIES, PLAIN
from matpho.sim.places.catalogue import place
from matpho.sim.script import Act
from matpho.sim.stagehand import DWELL_S
from matpho.sim.suite_run import SceneResult
from matpho.sim.suite_scene import BY_HAND, SuiteScene
from matpho.vision.detector import DetectorInfo

COMMAND = "matpho bench staged"
BANDS = ((16.0, "under 16 px"), (24.0, "16 to 24 px"), (48.0, "24 to 48 px"), (float("inf"), "48 px and more"))
"""Root of the thing's box, in pixels of a picture 640 wide; each up to its number."""
LARGE_ENOUGH_PX = 24.0
"""From here on a plain scene must be found: the suite's one figure."""
_CLOSED_S = 8.0  # an incident should end this soon after the thing is taken
Pair = tuple[Event, Answer | None]


def report(results: Sequence[SceneResult], info: DetectorInfo, command: str = COMMAND) -> dict[str, Any]:
    """The report as JSON-ready data without any picture."""
    families = {r.scene.family for r in results}
    plain = [r for r in results if r.scene.family == PLAIN]
    large = [(e, a) for e, a in _pairs(plain) if (e.size_px or 0.0) >= LARGE_ENOUGH_PX]
    return {
        "command": command,
        "what": "a regression figure on staged scenes, not accuracy",
        "detector": {"name": info.name, "sha256": info.sha256},
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "staged_scenes": len(results),
        "staged_recall": _recall(large)["recall"],
        "staged_recall_of": {**_recall(large), "family": PLAIN, "from_px": LARGE_ENOUGH_PX},
        "backgrounds": sorted({background(r.scene) for r in results}),
        "dwell_s": DWELL_S,
        "cpu_s": round(sum(r.cpu_s for r in results)),
        "false_alarms": _false(results),
        "only_to_look_at": _advisory(results),
        "families": {
            name: {"about": about, **_family([r for r in results if r.scene.family == name])}
            for name, about in (
                *((f.name, f.about) for f in FAMILIES),
                (BY_HAND, "written one by one, other kinds too"),
            )
            if name in families
        },
        "plain_by_background": {
            b: _recall(_pairs([r for r in plain if background(r.scene) == b]))
            for b in sorted({background(r.scene) for r in plain})
        },
        "types": _by_type(results),
        "scenes": [_row(r) for r in results],
        "labels": [label for r in results for label in r.labels],
    }


def background(scene: SuiteScene) -> str:
    """What a scene is laid over, by the name it has in the report."""
    if scene.place:
        return place(scene.place).background
    return "drawn street" if scene.drawn else "sample clip"


def band(event: Event) -> str:
    """The class of an event's size."""
    return "no box" if event.size_px is None else next(name for limit, name in BANDS if event.size_px < limit)


def _pairs(results: Sequence[SceneResult]) -> list[Pair]:
    return [
        pair for r in results for pair in (*((e, a) for e, a in r.score.answered), *((e, None) for e in r.score.missed))
    ]


def _recall(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Staged, found, their share and its 95 % interval by Wilson."""
    staged, found = len(pairs), sum(a is not None for _, a in pairs)
    interval = [round(v, 3) for v in wilson(found, staged)] if staged else None
    return {
        "staged": staged, "found": found, "recall": round(found / staged, 3) if staged else None, "wilson95": interval
    }  # fmt: skip


def _delays(pairs: Sequence[Pair]) -> dict[str, float | None]:
    """Seconds from the set-down to the first telling."""
    delays = [a.at_s - e.start_s for e, a in pairs if a is not None]
    if not delays:
        return {"delay_median_s": None, "delay_p90_s": None}
    return {
        "delay_median_s": round(float(np.median(delays)), 1),
        "delay_p90_s": round(float(np.percentile(delays, 90)), 1),
    }


def _family(results: Sequence[SceneResult]) -> dict[str, Any]:
    pairs = _pairs(results)
    large = [(e, a) for e, a in pairs if (e.size_px or 0.0) >= LARGE_ENOUGH_PX]
    closing = [(e, a) for r in results if r.scene.closes for e, a in r.score.answered]
    return {
        "scenes": len(results),
        **_recall(pairs),
        "from_24_px": _recall(large),
        "by_size": {
            name: _recall([(e, a) for e, a in pairs if band(e) == name])
            for name in (*(name for _, name in BANDS), "no box")
            if any(band(e) == name for e, _ in pairs)
        },
        **_delays(pairs),
        "told_twice": sum(len(r.tellings(e)) > 1 for r in results for e, _ in r.score.answered),
        "closed_in_time": sum(abs(a.end_s - e.end_s) <= _CLOSED_S for e, a in closing) if closing else None,
        "false": _false(results),
        "only_to_look_at": _advisory(results),
    }


def _advisory(results: Sequence[SceneResult]) -> dict[str, int]:
    """How many incidents of each kind only asked somebody to look, and answered nothing: no false alarms."""
    kinds = [a.kind for r in results for a in r.advisory]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _false(results: Sequence[SceneResult]) -> dict[str, Any]:
    kinds = [a.kind for r in results for a in r.false]
    hours = sum(r.scene.script.duration_s for r in results) / 3600
    most = upper_bound(len(kinds), hours)
    return {
        "count": len(kinds),
        "by_kind": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "hours": round(hours, 3),
        "upper95_per_hour": None if most is None else round(most, 1),
    }


def _by_type(results: Sequence[SceneResult]) -> dict[str, Any]:
    pairs = _pairs(results)
    return {
        kind: {**_recall(mine), **_delays(mine)}
        for kind in sorted({e.kind for e, _ in pairs})
        if (mine := [(e, a) for e, a in pairs if e.kind == kind])
    }


def _row(result: SceneResult) -> dict[str, Any]:
    script, score = result.scene.script, result.score
    return {
        "scene": script.name,
        "family": result.scene.family,
        "background": background(result.scene),
        "length_s": script.duration_s,
        "staged": [f"{a.do} {a.thing}".strip() for a in script.actions if a.do is not Act.WALK],
        "expected": [_event(result, e) for e in score.events],
        "found": [f"{a.kind} at {a.at_s:.0f} s" for _, a in score.answered],
        "missed": [f"{e.kind} from {e.start_s:.0f} s" for e in score.missed],
        "twice": [f"{a.kind} at {a.at_s:.0f} s" for e, b in score.answered for a in result.tellings(e) if a != b],
        "false": [f"{a.kind} at {a.at_s:.0f} s" for a in result.false],
        "only_to_look_at": [f"{a.kind} at {a.at_s:.0f} s" for a in result.advisory],
    }


def _event(result: SceneResult, event: Event) -> dict[str, Any]:
    told = next((a for e, a in result.score.answered if e == event), None)
    contrast = result.contrasts.get(event)
    return {
        "type": event.kind,
        "start_s": event.start_s,
        "end_s": event.end_s,
        "size_px": None if event.size_px is None else round(event.size_px, 1),
        "contrast": None if contrast is None else round(contrast),
        "delay_s": None if told is None else round(told.at_s - event.start_s, 1),
        "ended_s": None if told is None else round(told.end_s, 1),
    }
