"""Boxes over a clip: data beside the picture, never in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.messages import TrackEnded
from matpho.domain.time import Instant, Span, seconds

_MOST = 2000
_HIT_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class TimedBox:
    """A box at ``t_s`` seconds from the clip's first frame. ``group`` is a track's group, or ``hit``."""

    t_s: float
    box: Box
    group: str
    id: str


def _of_hit(span: Span, hit: RuleHit) -> list[TimedBox]:
    """The box of a still thing, twice a second while it lasts (a hit that lasts: to the end of the clip)."""
    if hit.box is None:
        return []
    begin = max(hit.start, span.start)
    end = min(hit.end if hit.end is not None else span.end, span.end)
    steps = int(seconds(end - begin) / _HIT_EVERY_S) + 1 if end >= begin else 0
    t = seconds(begin - span.start)
    return [TimedBox(round(t + i * _HIT_EVERY_S, 3), hit.box, "hit", hit.id) for i in range(steps)]


def _of_track(span: Span, track: TrackEnded) -> list[TimedBox]:
    name = f"track:{track.track_id}"
    return [
        TimedBox(round(seconds(Instant(at - span.start)), 3), box, track.group.value, name)
        for at, box in track.boxes
        if span.start <= at < span.end
    ]


def overlay(span: Span, hits: Sequence[RuleHit], tracks: Sequence[TrackEnded]) -> tuple[TimedBox, ...]:
    """All boxes inside a clip's span in order of time, at most two thousand.

    A hit about a moving thing is drawn by its track where that is known, because its one box is of one instant.
    """
    told = {(t.track_id) for t in tracks}
    still = [h for h in hits if not (h.thing.startswith("track:") and told.intersection(h.track_ids))]
    boxes = [b for h in still for b in _of_hit(span, h)]
    boxes += [b for t in tracks for b in _of_track(span, t)]
    boxes.sort(key=lambda b: (b.t_s, b.id))
    return tuple(boxes[:_MOST])
