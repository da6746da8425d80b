"""Which change of a camera's zones its decided incidents speak for: a higher threshold, or a spot left out.

Rules of arithmetic, so that a person can check each: a threshold is proposed when it would have spared at least five
rejected incidents and half of all rejected ones of that kind at that zone, and lost none that people confirmed; a spot
when at least five rejected ones lie on one place where nothing was ever confirmed.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from matpho.casework.feedback.examples import RED_FIRST, SPOT_REASONS, THRESHOLD_REASONS, Example, reach_of, standing
from matpho.domain.camera import RULE_SETTINGS, Camera, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import ZoneId
from matpho.domain.observation import Light
from matpho.domain.proposal import Weighed
from matpho.domain.rule_setting import Unit, bounds_of

LEAST_SPARED = 5
LEAST_SHARE = 0.5
FURTHEST = 4.0
"""A threshold is raised to at most this many times what the least of the examples had."""
JUST_RED_S = 5.0
"""A red that has just begun may be forgiven for so long; more would forgive running it."""
MOSTLY = 0.8
LARGEST_EXAMPLE, LARGEST_SPOT = 0.1, 0.15  # of the frame: a larger area left out is a blind camera
SAME_PLACE = 0.3  # IoU
_MARGIN = 0.01
_STEPS_S = ((5.0, 0.5), (60.0, 5.0), (600.0, 30.0), (math.inf, 300.0))  # below so many seconds, steps of so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What is proposed, before it has an id; fields as of :class:`matpho.domain.proposal.Proposal`."""

    zone_id: ZoneId
    kind: str
    weighed: Weighed
    setting: str = ""
    old: float | None = None
    new: float | None = None
    spot: Polygon | None = None


def suggestions(camera: Camera, examples: Sequence[Example]) -> list[Suggestion]:
    """What the decided incidents of one camera speak for, at most one threshold for each zone and kind.

    Of two that would spare as many it is the longer wait, which everybody understands.
    No spot is left out for incidents that a threshold alone would have spared: a threshold blinds nobody.
    """
    found: list[Suggestion] = []
    for zone in camera.zones:
        here = [e for e in examples if e.incident.zone_id == zone.id]
        for kind in sorted({e.incident.kind for e in here}):
            raised = list(_thresholds(zone, kind, [e for e in here if e.incident.kind == kind]))
            if raised:
                found.append(max(raised, key=lambda s: (s.weighed.spared, s.setting == "min_duration_s", s.setting)))
    spot = _spot(camera, examples)
    spared = {incident for s in found for incident in s.weighed.examples}
    return [*found, spot] if spot and not spared.issuperset(spot.weighed.examples) else found


def _thresholds(zone: Zone, kind: str, examples: Sequence[Example]) -> Iterator[Suggestion]:
    for setting in RULE_SETTINGS.get(kind, ()):
        told = [(e, reach) for e in examples if (reach := reach_of(setting, e)) is not None]
        if not setting.startswith("min_") or not told:
            continue
        old, bounds = _number(zone.rules.get(kind, {}).get(setting)), bounds_of(setting)
        least = min(reach.high for _, reach in told)
        blamed = [reach.high for e, reach in told if not e.confirmed and e.reason in THRESHOLD_REASONS]
        steps = sorted({_above(v, bounds.unit) for v in blamed})
        most = min(bounds.most, FURTHEST * max(least, old or 0.0))
        if kind in RED_FIRST and setting == "min_duration_s":
            most = min(most, JUST_RED_S)
        tried = [t for t in steps if (old or 0.0) < t <= most]
        weighed = [(t, _weigh(examples, _below(setting, t))) for t in tried]
        good = [(t, w) for t, w in weighed if _enough(w)]
        if good:
            new, best = max(good, key=lambda tw: (tw[1].spared, -tw[0]))
            yield Suggestion(zone_id=zone.id, kind=kind, setting=setting, old=old, new=new, weighed=best)


def _below(setting: str, threshold: float) -> Callable[[Example], bool]:
    """Whether an incident would not have been told: a rejected one surely not, a confirmed one perhaps not."""

    def spared(example: Example) -> bool:
        reach = reach_of(setting, example)
        return reach is not None and (reach.low if example.confirmed else reach.high) < threshold

    return spared


def _number(value: float | bool | str | None) -> float | None:  # noqa: FBT001 - as a camera file holds it
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _above(value: float, unit: Unit) -> float:
    """The next number that a person would choose, strictly above."""
    if unit is Unit.COUNT:
        return math.floor(value) + 1.0
    if unit is Unit.SECONDS:
        step = next(step for below, step in _STEPS_S if value < below)
        return step * (math.floor(value / step) + 1)
    if value <= 0:
        return 0.01
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(step * (math.floor(value / step + 1e-9) + 1), 6)


def _weigh(examples: Sequence[Example], spared: Callable[[Example], bool]) -> Weighed:
    rejected, confirmed = [e for e in examples if not e.confirmed], [e for e in examples if e.confirmed]
    gone = [e for e in rejected if spared(e)]
    return Weighed(
        spared=len(gone),
        rejected=len(rejected),
        lost=sum(map(spared, confirmed)),
        confirmed=len(confirmed),
        examples=tuple(e.incident.id for e in gone),
        light=_light(gone),
    )


def _light(examples: Sequence[Example]) -> Light | None:
    """The light in which most of them were seen; None where they were seen in several."""
    seen = Counter(e.incident.light for e in examples if e.incident.light)
    if not seen:
        return None
    light, count = seen.most_common(1)[0]
    return light if count >= MOSTLY * len(examples) else None


def _enough(weighed: Weighed) -> bool:
    return weighed.lost == 0 and weighed.spared >= max(LEAST_SPARED, LEAST_SHARE * weighed.rejected)


def _spot(camera: Camera, examples: Sequence[Example]) -> Suggestion | None:
    """The place that most rejected ones share, unless somebody confirmed something there."""
    placed = [(e, b) for e in examples if (b := e.incident.box) and not e.confirmed and e.reason in SPOT_REASONS]
    small = [(e, b) for e, b in placed if b.area <= LARGEST_EXAMPLE]
    groups = [[(e, b) for e, b in small if b.iou(seed) >= SAME_PLACE] for _, seed in small]
    best = max(groups, key=len, default=[])
    if len(best) < LEAST_SPARED:
        return None
    around = _around([b for _, b in best])
    inside = Polygon((Point(around.x, around.y), Point(around.right, around.y), Point(around.right, around.bottom),
                      Point(around.x, around.bottom)))  # fmt: skip

    def spared(example: Example) -> bool:
        box = example.incident.box
        return box is not None and all(inside.contains(p) for p in standing(box))

    weighed = _weigh(examples, spared)
    if around.area > LARGEST_SPOT or weighed.lost or weighed.spared < LEAST_SPARED:
        return None
    kind = Counter(e.incident.kind for e, _ in best).most_common(1)[0][0]
    return Suggestion(zone_id=_free_name(camera), kind=kind, spot=inside, weighed=weighed)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = (max(0.0, min(v) - _MARGIN) for v in ([b.x for b in boxes], [b.y for b in boxes]))
    right, bottom = (min(1.0, max(v) + _MARGIN) for v in ([b.right for b in boxes], [b.bottom for b in boxes]))
    left, top, right, bottom = (round(v, 4) for v in (left, top, right, bottom))
    return Box(left, top, right - left, bottom - top)


def _free_name(camera: Camera) -> ZoneId:
    taken = {zone.id for zone in camera.zones}
    numbers = (n for n in range(1, len(taken) + 2) if f"bo-qua-{n}" not in taken)
    return ZoneId(f"bo-qua-{next(numbers)}")
