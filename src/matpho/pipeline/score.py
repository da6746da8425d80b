"""How well found incidents answer annotated events: best assignment by time and place.

The events file is that of the measurement clips: ``events`` with seconds from the first frame and boxes in pixels,
``clips`` with the sizes those pixels belong to, and ``fits``: which of our kinds may answer which annotated type. Types
outside ``fits`` are context. Only *sure* events can be missed; others may be answered without harm. What happens in a
moment (a line crossed, a lane taken the wrong way) must be told with its moment; what stays has a wider window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from matpho.domain.geometry import Box
from matpho.domain.text_words import amiss
from matpho.errors import BadInput

EARLY_S = 3.0
"""An incident may begin this long before its annotated event (annotations are to half a second, feet come first)."""
LATE_S = 3.0
EXACT_S = 2.0
EXACT = frozenset({"red_light", "jump_start", "wrong_way"})
"""An event that only these kinds may answer begins within ``EXACT_S`` of the incident that answers it."""
REFERENCE_PX = 640
"""The sizes of things are told in pixels of a picture of this width, which is about what a detector is given."""
STATIC = ("abandoned_object",)
"""Types of things that do not move: there the boxes must touch."""
FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Event:
    """One annotated event that a rule may answer. ``box`` is 0..1, None where none was drawn, and is where it was at
    ``box_at_s``. ``size_px`` is the root of the box's area, in pixels of a picture 640 wide.
    """

    clip: str
    kind: str
    start_s: float
    end_s: float
    box: Box | None
    sure: bool
    answers: tuple[str, ...]
    box_at_s: float | None = None
    size_px: float | None = None

    @property
    def exact(self) -> bool:
        """Whether it must be told with its moment."""
        return bool(self.answers) and EXACT.issuperset(self.answers)


@dataclass(frozen=True, slots=True)
class Answer:
    """One found incident as the JSON file holds it."""

    kind: str
    start_s: float
    end_s: float
    at_s: float
    box: Box | None
    advisory: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Footage:
    """What was analysed. ``lights`` are (from which second, which light), in order; empty where nobody told.

    ``aspect`` is the picture's width over its height, None where nobody told.
    """

    length_s: float | None = None
    lights: tuple[tuple[float, str], ...] = ()
    aspect: float | None = None

    def size_px(self, box: Box | None) -> float | None:
        """The size of a box as of an :class:`Event`; None where there is no box, or no shape to measure it by."""
        return None if box is None or not self.aspect else (box.area / self.aspect) ** 0.5 * REFERENCE_PX

    def light_at(self, at_s: float) -> str:
        """The light at a second, ``unknown`` where nobody told."""
        before = [light for since, light in self.lights if since <= at_s]
        return before[-1] if before else (self.lights[0][1] if self.lights else "unknown")

    def seconds_by_light(self) -> dict[str, float]:
        """How long each light held; all of an unknown light where nobody told."""
        if self.length_s is None:
            return {}
        spans: dict[str, float] = {}
        starts = list(self.lights) or [(0.0, "unknown")]
        ends = [since for since, _ in starts[1:]] + [self.length_s]
        for (since, light), end in zip(starts, ends, strict=True):
            spans[light] = spans.get(light, 0.0) + max(0.0, end - since)
        return spans


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip: events answered (with the incident), sure events missed, incidents that answer nothing.

    ``loose`` are the sure events that the wide window would count as found, in whatever way they are judged.
    """

    clip: str
    answered: tuple[tuple[Event, Answer], ...]
    missed: tuple[Event, ...]
    false: tuple[Answer, ...]
    advisory: int
    unmatched_advisory: tuple[Answer, ...] = ()
    loose: tuple[Event, ...] = ()
    events: tuple[Event, ...] = ()
    answers: tuple[Answer, ...] = ()
    footage: Footage = field(default_factory=Footage)

    @property
    def negative(self) -> bool:
        """Whether nothing that a rule may answer was annotated in it."""
        return not self.events


def events_of(data: Mapping[str, Any]) -> dict[str, list[Event]]:
    """The events that rules may answer, by clip; clips with only context have an empty list.

    Raises BadInput when the data is no events file.
    """
    try:
        fits = {str(k): tuple(v) for k, v in data["fits"].items()}
        clips: dict[str, list[Event]] = {}
        for name in data.get("clips", {}):
            clips.setdefault(str(name), [])
        for item in data["events"]:
            listed = clips.setdefault(item["clip"], [])
            if item["type"] in fits:
                listed.append(_event(item, fits[item["type"]], data.get("clips", {}).get(item["clip"])))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, IndexError) as e:
        why = amiss(e)
        raise BadInput(f"This is no events file: {why.en}.", f"Đây không phải tệp sự kiện: {why.vi}.") from e
    return clips


def _event(item: Mapping[str, Any], answers: tuple[str, ...], size: Mapping[str, Any] | None) -> Event:
    box, size_px, drawn = None, None, item.get("box_xywh")
    if drawn and size:
        size_px = (drawn[2] * drawn[3]) ** 0.5 * REFERENCE_PX / size["w"]
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
        box_at_s=None if item.get("box_at_s") is None else float(item["box_at_s"]),
        size_px=size_px,
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
                why=str((i.get("why") or {}).get("en", "")),
            )
            for i in data["incidents"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        why = amiss(e)
        raise BadInput(
            f"This is no result of an analysis: {why.en}.", f"Đây không phải kết quả phân tích: {why.vi}."
        ) from e


def footage_of(data: Any, described: Any = None) -> Footage:
    """What a result file says was analysed; ``described`` (the clip's row of the events file) stands in for its length.

    What neither says is unknown.
    """
    stats: Any = data.get("stats") if isinstance(data, Mapping) else None
    length_s = _number(stats, "length_s")
    if length_s is None:
        return Footage(_number(described, "duration_s"))
    wide, tall = (_number(stats.get("video"), side) for side in ("width", "height"))
    aspect = wide / tall if wide and tall else None
    try:
        lights = tuple((float(since), str(light)) for since, light in stats["lights"])
    except (KeyError, TypeError, ValueError):
        lights = ()
    return Footage(length_s, lights, aspect)


def _number(row: Any, name: str) -> float | None:
    try:
        return float(row[name])
    except (KeyError, TypeError, ValueError):
        return None


def stems(clip: str) -> tuple[str, ...]:
    """The names a clip's result may have, without ``.json``; a folder ``x/input`` may be called after ``x`` too."""
    path = PurePosixPath(clip)
    return (path.stem, path.parent.name) if path.parent.name else (path.stem,)


def score_clip(
    clip: str, events: Sequence[Event], answers: Sequence[Answer], footage: Footage | None = None
) -> ClipScore:
    """Match one clip's incidents with its events, each with at most one."""
    pairs, loose = _matched(events, answers, loose=False), _matched(events, answers, loose=True)
    told, heard = {c for _, c in pairs}, {r for r, _ in pairs}
    left = [a for i, a in enumerate(answers) if i not in told]
    return ClipScore(
        clip=clip,
        answered=tuple((events[r], answers[c]) for r, c in pairs),
        missed=tuple(e for i, e in enumerate(events) if i not in heard and e.sure),
        false=tuple(a for a in left if not a.advisory),
        advisory=sum(a.advisory for a in left),
        unmatched_advisory=tuple(a for a in left if a.advisory),
        loose=tuple(events[r] for r, _ in loose if events[r].sure),
        events=tuple(events),
        answers=tuple(answers),
        footage=footage or Footage(),
    )


def _matched(events: Sequence[Event], answers: Sequence[Answer], *, loose: bool) -> list[tuple[int, int]]:
    """The best assignment of all, as pairs of indices."""
    cost = np.array([[_cost(e, a, loose=loose) for a in answers] for e in events]).reshape(len(events), len(answers))
    rows, columns = linear_sum_assignment(cost)
    return [(r, c) for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if cost[r, c] < FORBIDDEN / 2]


def _in_time(event: Event, answer: Answer, *, loose: bool) -> bool:
    if event.exact and not loose:
        return abs(answer.start_s - event.start_s) <= EXACT_S
    return event.start_s - EARLY_S <= answer.start_s <= event.end_s + LATE_S


def _cost(event: Event, answer: Answer, *, loose: bool) -> float:
    """Low for the same moment and place; FORBIDDEN where the incident cannot answer the event."""
    if answer.kind not in event.answers:
        return FORBIDDEN
    if not _in_time(event, answer, loose=loose):
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
