"""Figures over scored clips: by annotated type, by kind, by size and light, by whole clips, and false alarms per hour.

Precision, recall and F1 of whole clips follow the measures of the dumping contest IWDD 2026 (Bouwmans et al., WACV
Workshops 2026): a clip with an event is found when the first notification comes in the window around the event, a clip
without one is a false alarm when there is any notification, beside the mean delay of the notification. What its page
and abstract do not say, the width of the window, is ours: ``GUARD_S`` before and ``WINDOW_S`` after.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy.stats import chi2

from matpho.pipeline.score import Answer, ClipScore, Event

SIZES = ((24.0, "under 24 px"), (48.0, "24 to 48 px"), (96.0, "48 to 96 px"), (math.inf, "96 px and more"))
"""Classes of :attr:`Event.size_px`, each up to its number."""
GUARD_S, WINDOW_S = 5.0, 60.0
CONFIDENCE = 0.95


def summary(scores: Sequence[ClipScore]) -> dict[str, Any]:
    """All figures, ready for JSON."""
    return {
        "types": _by_type(scores),
        "kinds": {kind: _by_kind(kind, scores) for kind in _asked(scores)},
        "by_size": _split(scores, lambda _score, event: size_of(event)),
        "by_light": _split(scores, lambda score, event: score.footage.light_at(event.start_s)),
        "kinds_by_size": {kind: _parts(kind, scores, _size_class) for kind in _asked(scores)},
        "kinds_by_light": {kind: _parts(kind, scores, _light) for kind in _asked(scores)},
        "whole_clips": {kind: _whole_clips(kind, scores) for kind in _asked(scores)},
        "false": sum(len(s.false) for s in scores),
        "negatives_false": sum(len(s.false) for s in scores if s.negative),
        "false_alarms": false_alarms(scores),
        "clips": [_clip(s) for s in scores],
    }


def size_of(event: Event) -> str:
    """The class of an event's size."""
    return _class_of(event.size_px)


def _class_of(size_px: float | None) -> str:
    return "no box" if size_px is None else next(name for limit, name in SIZES if size_px < limit)


def upper_bound(count: int, hours: float) -> float | None:
    """The 95 % upper bound of a Poisson rate per hour, of ``count`` in ``hours``; 3.0 / hours where none was seen."""
    return float(chi2.ppf(CONFIDENCE, 2 * (count + 1)) / 2 / hours) if hours > 0 else None


def false_alarms(scores: Sequence[ClipScore]) -> dict[str, Any]:
    """How many in how many hours, with the bound: in all, on clips without any event, by kind and by light."""
    hours = _hours(scores)
    negatives = [s for s in scores if s.negative]
    kinds = sorted({a.kind for s in scores for a in s.false})
    lit: dict[str, float] = {}
    for score in scores:
        for light, length_s in score.footage.seconds_by_light().items():
            lit[light] = lit.get(light, 0.0) + length_s / 3600
    seen = [s.footage.light_at(a.start_s) for s in scores for a in s.false]
    return {
        "all": _rate(sum(len(s.false) for s in scores), hours),
        "negatives": _rate(sum(len(s.false) for s in negatives), _hours(negatives)) | {"clips": len(negatives)},
        "by_kind": {kind: _rate(sum(a.kind == kind for s in scores for a in s.false), hours) for kind in kinds},
        "by_light": {light: _rate(seen.count(light), lit[light]) for light in sorted(lit)},
    }


def _hours(scores: Iterable[ClipScore]) -> float:
    return sum(s.footage.length_s or 0.0 for s in scores) / 3600


def _rate(count: int, hours: float) -> dict[str, Any]:
    most = upper_bound(count, hours)
    return {
        "count": count,
        "hours_analysed": round(hours, 4),
        "upper95_per_hour": None if most is None else round(most, 2),
        "upper95_per_day": None if most is None else round(24 * most, 1),
    }


def _by_type(scores: Sequence[ClipScore]) -> dict[str, Any]:
    rows = {}
    for kind in sorted({e.kind for s in scores for e in s.events}):
        here = [(e, a) for s in scores for e, a in s.answered if e.kind == kind]
        missed = sum(e.kind == kind for s in scores for e in s.missed)
        found = sum(e.sure for e, _ in here)
        rows[kind] = {
            "sure": found + missed,
            "found": found,
            "unsure": sum(e.kind == kind and not e.sure for s in scores for e in s.events),
            "found_unsure": len(here) - found,
            "recall": _share(found, found + missed),
            "found_loose": sum(e.kind == kind for s in scores for e in s.loose),
            "median_delay_s": _median(a.at_s - e.start_s for e, a in here),
        }
    return rows


def _by_kind(kind: str, scores: Sequence[ClipScore]) -> dict[str, Any]:
    """Precision, recall and F1 of one of our kinds; recall over the sure events that this kind may answer."""
    pairs = [(e, a) for s in scores for e, a in s.answered if a.kind == kind]
    found = sum(e.sure and kind in e.answers for s in scores for e, _ in s.answered)
    sure = found + sum(kind in e.answers for s in scores for e in s.missed)
    false = sum(a.kind == kind for s in scores for a in s.false)
    return {
        "right": len(pairs),
        "false": false,
        "unmatched_advisory": sum(a.kind == kind for s in scores for a in s.unmatched_advisory),
        "found": found,
        "sure": sure,
        **_rates(len(pairs), false, found, sure),
        "median_delay_s": _median(a.at_s - e.start_s for e, a in pairs),
    }


def _size_class(score: ClipScore, one: Event | Answer) -> str:
    """The class of an event's size, or of that of an incident that answers none."""
    return size_of(one) if isinstance(one, Event) else _class_of(score.footage.size_px(one.box))


def _light(score: ClipScore, one: Event | Answer) -> str:
    return score.footage.light_at(one.start_s)


def _parts(
    kind: str, scores: Sequence[ClipScore], by: Callable[[ClipScore, Event | Answer], str]
) -> dict[str, dict[str, Any]]:
    """Precision, recall, F1 and delay of one of our kinds in each class: of the event, or of what answers none."""
    pairs = [(by(s, e), e, a) for s in scores for e, a in s.answered]
    missed = [by(s, e) for s in scores for e in s.missed if kind in e.answers]
    false = [by(s, a) for s in scores for a in s.false if a.kind == kind]
    rows = {}
    for part in sorted({p for p, e, _ in pairs if kind in e.answers} | {*missed, *false}):
        here = [(e, a) for p, e, a in pairs if p == part]
        right = [(e, a) for e, a in here if a.kind == kind]
        found = sum(e.sure and kind in e.answers for e, _ in here)
        sure, wrong = found + missed.count(part), false.count(part)
        delay = _median(a.at_s - e.start_s for e, a in right)
        counts = {"right": len(right), "false": wrong, "found": found, "sure": sure}
        rows[part] = {**counts, **_rates(len(right), wrong, found, sure), "median_delay_s": delay}
    return rows


def _split(scores: Sequence[ClipScore], by: Any) -> dict[str, dict[str, Any]]:
    """Annotated types, each by ``by(score, event)``: sure events, found ones, the delay."""
    rows: dict[str, dict[str, list[tuple[Event, Answer | None]]]] = {}
    for score in scores:
        both: list[tuple[Event, Answer | None]] = [*score.answered, *((e, None) for e in score.missed)]
        for event, answer in both:
            rows.setdefault(event.kind, {}).setdefault(by(score, event), []).append((event, answer))
    return {k: {name: _found(pairs) for name, pairs in sorted(parts.items())} for k, parts in sorted(rows.items())}


def _found(pairs: Sequence[tuple[Event, Answer | None]]) -> dict[str, Any]:
    sure, found = sum(e.sure for e, _ in pairs), sum(e.sure and a is not None for e, a in pairs)
    delay = _median(a.at_s - e.start_s for e, a in pairs if a is not None)
    return {"sure": sure, "found": found, "recall": _share(found, sure), "median_delay_s": delay}


def _asked(scores: Sequence[ClipScore]) -> list[str]:
    """The kinds that may answer a sure event, or that were told."""
    asked = {kind for s in scores for e in s.events if e.sure for kind in e.answers}
    return sorted(asked | {a.kind for s in scores for a in s.answers})


def _whole_clips(kind: str, scores: Sequence[ClipScore]) -> dict[str, Any]:
    """Each clip once, by its first notification; a clip with doubtful events only is left out.

    A clip with an event is answered by any kind that may answer it; a clip without one is judged by this kind alone.
    What rightly answers an event that is none of this kind's is no notification of it: a red light that was run before
    the green was jumped is no false jump.
    """
    right = false = missed = empty = 0
    delays: list[float] = []
    for score in scores:
        events = [e for e in score.events if kind in e.answers]
        fitting = {kind}.union(*(e.answers for e in events))
        elsewhere = [a for e, a in score.answered if kind not in e.answers]
        first = min((a.at_s for a in score.answers if a.kind in fitting and a not in elsewhere), default=None)
        if not events:
            false, empty = false + (first is not None), empty + (first is None)
            continue
        if not any(e.sure for e in events):
            continue
        begun = min(e.start_s for e in events if e.sure)
        if first is None or first > begun + WINDOW_S:
            missed += 1
        elif first < begun - GUARD_S:
            false += 1
        else:
            right, delays = right + 1, [*delays, abs(first - begun)]
    mean = round(float(np.mean(delays)), 2) if delays else None
    counts = {"right": right, "false": false, "missed": missed, "rightly_silent": empty}
    return {**counts, **_rates(right, false, right, right + missed), "mean_delay_s": mean}


def _rates(right: int, false: int, found: int, sure: int) -> dict[str, float | None]:
    precision, recall = _share(right, right + false), _share(found, sure)
    if recall is None or (precision is None and recall):
        f1 = None
    else:
        f1 = round(2 * precision * recall / (precision + recall), 3) if precision and recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _median(delays_s: Iterable[float]) -> float | None:
    values = list(delays_s)
    return round(float(np.median(values)), 2) if values else None


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
