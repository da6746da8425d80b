"""A camera's day: how much was recorded, what was missing and why; and the slow watch over a dirty lens."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median

from matpho.casework.health.records import CameraDay
from matpho.casework.records import Segment
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapSeen
from matpho.domain.time import SECOND, Instant, Span, seconds

DIRTY_SHARE = 0.65
"""Of the sharpness that the camera had at its best: below it for :data:`DIRTY_DAYS` days the lens is dirty."""
DIRTY_DAYS = 3
FEWEST_LOOKS = 200
"""Bright looks for a day to count: about 17 minutes of them."""
MANY_GAP_S = 1800.0
BRIGHT = 60.0
"""Mean luma above which a look counts: by night the infrared light says nothing about the glass."""


def local_day(at: Instant, zone: tzinfo) -> str:
    """The ward's date at an instant."""
    return datetime.fromtimestamp(at // SECOND, zone).date().isoformat()


def day_span(day: str, zone: tzinfo) -> Span:
    """The day as a span: 23 or 25 hours long where clocks are changed on it."""
    first = date.fromisoformat(day)
    ends = (datetime.combine(d, time.min, tzinfo=zone) for d in (first, first + timedelta(days=1)))
    start, end = (Instant(int(e.timestamp()) * SECOND) for e in ends)
    return Span(start, end)


def days_before(day: str, count: int) -> str:
    """The date ``count`` days earlier."""
    return (date.fromisoformat(day) - timedelta(days=count)).isoformat()


def _length(parts: Iterable[tuple[int, int]], within: Span) -> float:
    """Seconds that the parts cover together; overlapping ones count once."""
    total, reached = 0, int(within.start)
    for start, end in sorted(parts):
        start, end = max(start, reached), min(end, within.end)  # noqa: PLW2901 - clipped
        if end > start:
            total += end - start
            reached = end
    return seconds(total)


def camera_day(
    camera_id: CameraId,
    day: str,
    within: Span,
    segments: Sequence[Segment],
    gaps: Sequence[GapSeen],
    now: Instant,
    removed: Sequence[Span] = (),
) -> CameraDay:
    """The figures of the part of a day that has passed (``within``, from the camera's being added to now).

    A growing file counts up to now; what was ``removed`` since was recorded all the same. What is neither recorded nor
    told as a gap counts as ``unknown``; the newest minute is spared, because a file and a gap are told late.
    """
    recorded = [(s.start, s.end if s.end is not None else max(now, s.start)) for s in segments]
    recorded += [(span.start, span.end) for span in removed]
    recorded_s = _length(recorded, within)
    by_cause: dict[str, float] = {}
    covered = list(recorded)
    so_far = recorded_s
    for gap in sorted(gaps, key=lambda g: g.start):
        covered.append((gap.start, gap.end if gap.end is not None else now))
        reached = _length(covered, within)
        by_cause[gap.cause.value] = by_cause.get(gap.cause.value, 0.0) + reached - so_far
        so_far = reached
    off = by_cause.get("off", 0.0)
    settled = Span(within.start, max(within.start, Instant(min(within.end, now - 60 * SECOND))))
    unknown = settled.length_s - _length(covered, settled)
    if unknown >= 1.0:
        by_cause["unknown"] = unknown
    told = {cause: round(s, 1) for cause, s in by_cause.items() if s >= 0.05}
    expected = max(recorded_s, within.length_s - off)
    if not recorded and not gaps and within.length_s < 60:
        expected = 0.0
    return CameraDay(
        camera_id=camera_id,
        day=day,
        expected_s=round(expected, 1),
        recorded_s=round(recorded_s, 1),
        gaps=told,
    )


def dirty(days: Sequence[CameraDay]) -> tuple[bool | None, float]:
    """Whether the lens has become dirty, from the camera's days in order; with what is left of its best sharpness.

    The best is the median of the sharpest third of the earlier days, so that one odd day does not make it. None:
    too few days to say.
    """
    bright = [d.sharpness for d in days if d.looks >= FEWEST_LOOKS and d.sharpness > 0]
    lately, before = bright[-DIRTY_DAYS:], sorted(bright[:-DIRTY_DAYS], reverse=True)
    if len(lately) < DIRTY_DAYS or len(before) < DIRTY_DAYS:
        return None, 1.0
    best = median(before[: max(DIRTY_DAYS, len(before) // 3)])
    left = [s / best for s in lately]
    return max(left) < DIRTY_SHARE, round(median(left), 3)


def ward_uptime(days: Iterable[CameraDay]) -> float | None:
    """The share recorded over all cameras and days together, 0..1; None when nothing was to be recorded."""
    pairs = [(d.recorded_s, d.expected_s) for d in days if d.expected_s >= 1.0]
    expected = sum(e for _, e in pairs)
    return min(1.0, sum(r for r, _ in pairs) / expected) if expected else None
