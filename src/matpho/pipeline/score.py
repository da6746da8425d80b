"""How well found incidents answer annotated events: best assignment by time and place, figures per kind.

The events file is that of the measurement clips: ``events`` with seconds from the first frame and boxes in pixels,
``clips`` with the sizes those pixels belong to, and ``fits``: which of our kinds may answer which annotated type. Types
outside ``fits`` are context. Only *sure* events can be missed; others may be answered without harm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from matpho.domain.geometry import Box
from matpho.errors import BadInput

EARLY_S = 3.0
"""An incident may begin this long before its annotated event (annotations are to half a second, feet come first)."""
LATE_S = 3.0
STATIC = ("abandoned_object",)
"""Types of things that do not move: there the boxes must touch."""
FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Event:
    """One annotated event that a rule may answer. ``box`` is 0..1, None where none was drawn."""

    clip: str
    kind: str
    start_s: float
    end_s: float
    box: Box | None
    sure: bool
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One found incident as the JSON file holds it."""

    kind: str
    start_s: float
    end_s: float
    at_s: float
    box: Box | None
    advisory: bool


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip: events answered (with the incident), sure events missed, incidents that answer nothing."""

    clip: str
    answered: tuple[tuple[Event, Answer], ...]
    missed: tuple[Event, ...]
    false: tuple[Answer, ...]
    advisory: int


def events_of(data: Mapping[str, Any]) -> dict[str, list[Event]]:
    """The events that rules may answer, by clip; clips with only context have an empty list.

    Raises BadInput when the data is no events file.
    """
    try:
        fits = {str(k): tuple(v) for k, v in data["fits"].items()}
        clips: dict[str, list[Event]] = {}
        for item in data["events"]:
            listed = clips.setdefault(item["clip"], [])
            if item["type"] in fits:
                listed.append(_event(item, fits[item["type"]], data.get("clips", {}).get(item["clip"])))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, IndexError) as e:
        raise BadInput(
            f"This is no events file: {_lacking(e)[0]}.", f"Đây không phải tệp sự kiện: {_lacking(e)[1]}."
        ) from e
    return clips


def _lacking(e: Exception) -> tuple[str, str]:
    """What is wrong with the shape of a JSON file, English and Vietnamese."""
    if isinstance(e, KeyError):
        return f'"{e.args[0]}" is missing', f'thiếu "{e.args[0]}"'
    return "a value is not of the kind that belongs there", "có giá trị không đúng kiểu"


def _event(item: Mapping[str, Any], answers: tuple[str, ...], size: Mapping[str, Any] | None) -> Event:
    box, drawn = None, item.get("box_xywh")
    if drawn and size:
        box = Box(drawn[0] / size["w"], drawn[1] / size["h"], drawn[2] / size["w"], drawn[3] / size["h"])
    start, end = item.get("start_s"), item.get("end_s")
    return Event(
        clip=item["clip"],
        kind=item["type"],
        start_s=float(start or 0.0),
        end_s=float("inf") if end is None else float(end),
        box=box,
        sure=item.get("confidence") == "sure",
        answers=answers,
    )


def answers_of(data: Mapping[str, Any]) -> list[Answer]:
    """The incidents of one result file. Raises BadInput when it is none."""
    try:
        return [
            Answer(
                kind=str(i["kind"]),
                start_s=float(i["start_s"]),
                end_s=float(i["end_s"]),
                at_s=float(i.get("at_s", i["start_s"])),
                box=Box(*map(float, i["box"])) if i.get("box") else None,
                advisory=bool(i.get("advisory", False)),
            )
            for i in data["incidents"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        en, vi = _lacking(e)
        raise BadInput(f"This is no result of an analysis: {en}.", f"Đây không phải kết quả phân tích: {vi}.") from e


def stems(clip: str) -> tuple[str, ...]:
    """The names a clip's result may have, without ``.json``; a folder ``x/input`` may be called after ``x`` too."""
    path = PurePosixPath(clip)
    return (path.stem, path.parent.name) if path.parent.name else (path.stem,)


def score_clip(clip: str, events: Sequence[Event], answers: Sequence[Answer]) -> ClipScore:
    """Match one clip's incidents with its events, each with at most one."""
    cost = np.array([[_cost(e, a) for a in answers] for e in events]).reshape(len(events), len(answers))
    rows, columns = linear_sum_assignment(cost)
    pairs = [(r, c) for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if cost[r, c] < FORBIDDEN / 2]
    told, heard = {c for _, c in pairs}, {r for r, _ in pairs}
    left = [a for i, a in enumerate(answers) if i not in told]
    return ClipScore(
        clip=clip,
        answered=tuple((events[r], answers[c]) for r, c in pairs),
        missed=tuple(e for i, e in enumerate(events) if i not in heard and e.sure),
        false=tuple(a for a in left if not a.advisory),
        advisory=sum(a.advisory for a in left),
    )


def _cost(event: Event, answer: Answer) -> float:
    """Low for the same moment and place; FORBIDDEN where the incident cannot answer the event."""
    if answer.kind not in event.answers:
        return FORBIDDEN
    if not event.start_s - EARLY_S <= answer.start_s <= event.end_s + LATE_S:
        return FORBIDDEN
    apart = 0.0
    whole = answer.box is None or answer.box.area > 0.9
    if event.box and answer.box and not whole:
        if event.kind in STATIC and event.box.overlap(answer.box) <= 0:
            return FORBIDDEN
        here, there = event.box.centre, answer.box.centre
        apart = ((here.x - there.x) ** 2 + (here.y - there.y) ** 2) ** 0.5
    doubt = 0.0 if event.sure else 1.0
    return min(abs(answer.start_s - event.start_s) / 10, 10.0) + apart + doubt


def summary(scores: Sequence[ClipScore]) -> dict[str, Any]:
    """Figures per annotated type and in all, ready for JSON."""
    rows: dict[str, dict[str, Any]] = {}
    false: dict[str, int] = {}
    for score in scores:
        for event, answer in score.answered:
            row = rows.setdefault(event.kind, {"sure": 0, "found": 0, "found_unsure": 0, "delays_s": []})
            row["found" if event.sure else "found_unsure"] += 1
            row["sure"] += event.sure
            row["delays_s"].append(round(answer.at_s - event.start_s, 2))
        for event in score.missed:
            row = rows.setdefault(event.kind, {"sure": 0, "found": 0, "found_unsure": 0, "delays_s": []})
            row["sure"] += 1
        for answer in score.false:
            false[answer.kind] = false.get(answer.kind, 0) + 1
    kinds = {answer.kind for s in scores for _, answer in s.answered} | set(false)
    return {
        "types": {kind: _with_median(row) for kind, row in sorted(rows.items())},
        "kinds": {kind: _by_kind(kind, scores, false.get(kind, 0)) for kind in sorted(kinds)},
        "false": sum(false.values()),
        "clips": [_clip(s) for s in scores],
    }


def _with_median(row: dict[str, Any]) -> dict[str, Any]:
    delays = row.pop("delays_s")
    recall = row["found"] / row["sure"] if row["sure"] else None
    return {**row, "recall": recall, "median_delay_s": round(float(np.median(delays)), 2) if delays else None}


def _by_kind(kind: str, scores: Sequence[ClipScore], false: int) -> dict[str, Any]:
    """Precision, recall and F1 of one of our kinds; recall over the sure events that this kind may answer."""
    right = sum(a.kind == kind for s in scores for _, a in s.answered)
    found = sum(e.sure and kind in e.answers for s in scores for e, _ in s.answered)
    sure = found + sum(kind in e.answers for s in scores for e in s.missed)
    precision = right / (right + false) if right + false else None
    recall = found / sure if sure else None
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else (None if recall is None else 0.0)
    return {
        "right": right,
        "false": false,
        "precision": None if precision is None else round(precision, 3),
        "recall": None if recall is None else round(recall, 3),
        "f1": None if f1 is None else round(f1, 3),
    }


def _clip(score: ClipScore) -> dict[str, Any]:
    return {
        "clip": score.clip,
        "answered": [
            {"type": e.kind, "start_s": e.start_s, "kind": a.kind, "found_start_s": a.start_s, "told_s": a.at_s}
            for e, a in score.answered
        ],
        "missed": [{"type": e.kind, "start_s": e.start_s} for e in score.missed],
        "false": [{"kind": a.kind, "start_s": a.start_s, "end_s": a.end_s} for a in score.false],
        "advisory": score.advisory,
    }
