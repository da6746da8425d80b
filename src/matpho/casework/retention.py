"""Which files go, and why: pure functions over rows, so that they can be tried on anything.

A hold is never touched. Otherwise three reasons, in this order: the time of routine footage is over; a camera keeps
only what surrounds incidents and there was none; the newest recording needs the room (oldest routine footage first).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matpho.casework.ports import Unit
from matpho.casework.records import Segment
from matpho.domain.ids import CameraId
from matpho.domain.keeping import KeepRules, Protected
from matpho.domain.messages import RemovalWhy, SegmentRemoved
from matpho.domain.time import Instant, Span, after

SETTLED_S = 120.0
"""A file that ended less than this ago is never removed: it is the newest recording, evidence may be cut from it."""


@dataclass(frozen=True, slots=True)
class SpacePlan:
    """What goes for room. ``missing_bytes``: even then so much is missing; ``below_least``: the minimum was broken."""

    removals: tuple[SegmentRemoved, ...]
    missing_bytes: int
    below_least: bool


def removal(segment: Segment, now: Instant, why: RemovalWhy) -> SegmentRemoved:
    """The fact of a file that goes; it must be closed."""
    assert segment.end is not None
    return SegmentRemoved(
        segment.camera_id, segment.role, segment.path, segment.start, segment.end, segment.size_bytes, now, why
    )


def cutoff(rules: KeepRules, now: Instant, camera_id: CameraId | None = None) -> Instant:
    """Routine footage (of a camera, else of those whose sign promises nothing shorter) before this is over its time."""
    return after(now, -(rules.kept_s if camera_id is None else rules.kept_s_of(camera_id)))


def of_age(
    segments: Iterable[Segment], protected: Protected, rules: KeepRules, now: Instant
) -> tuple[SegmentRemoved, ...]:
    """Files over their time that nothing protects."""
    return tuple(
        removal(s, now, RemovalWhy.AGE)
        for s in segments
        if s.end is not None and s.end < cutoff(rules, now, s.camera_id) and not _stays(s, protected)
    )


def not_near(
    segments: Iterable[Segment],
    near: Sequence[Span],
    protected: Protected,
    rules: KeepRules,
    now: Instant,
    since: Instant | None = None,
) -> tuple[SegmentRemoved, ...]:
    """Files of a camera that keeps only what surrounds incidents, with none of ``near`` (incidents' spans) around.

    What began before ``since``, when it was told to, was recorded to be kept and goes with the routine.
    """
    limit = waited(rules, now)
    wide = [Span(after(n.start, -rules.pre_s), after(n.end, rules.post_s)) for n in near]
    return tuple(
        removal(s, now, RemovalWhy.NOT_KEPT)
        for s in segments
        if s.end is not None
        and s.end < limit
        and (since is None or s.start >= since)
        and not any(w.start <= s.end and s.start <= w.end for w in wide)
        and not _stays(s, protected)
    )


def waited(rules: KeepRules, now: Instant) -> Instant:
    """What ended before this, near no incident, is waited for no longer; a legal minimum holds for it too."""
    return after(now, -max(rules.wait_s, SETTLED_S, rules.least_days * 86_400.0))


def for_room(
    segments: Iterable[Segment], protected: Protected, rules: KeepRules, now: Instant, need_bytes: int
) -> SpacePlan:
    """As few of the oldest routine files as free ``need_bytes``; ``segments`` oldest first."""
    removals: list[SegmentRemoved] = []
    freed, below = 0, False
    settled, least = after(now, -SETTLED_S), after(now, -rules.least_days * 86_400.0)
    for segment in segments:
        if freed >= need_bytes:
            break
        if segment.end is None or segment.end >= settled or _stays(segment, protected):
            continue
        removals.append(removal(segment, now, RemovalWhy.SPACE))
        freed += segment.size_bytes
        below = below or segment.end >= least
    return SpacePlan(tuple(removals), max(0, need_bytes - freed), below)


def _stays(segment: Segment, protected: Protected) -> bool:
    end = segment.start if segment.end is None else max(segment.start, segment.end)
    return protected.holds(segment.camera_id, Span(segment.start, end))


def around(span: Span, rules: KeepRules) -> Span:
    """What belongs to an incident's extract."""
    return Span(after(span.start, -rules.pre_s), after(span.end, rules.post_s))


def promised(unit: Unit, rules: KeepRules) -> KeepRules:
    """The rules with what the register promises of single cameras."""
    said = {i: e.retention_days for i, e in unit.register.all().items() if e.retention_days is not None}
    return replace(rules, promised_days=said)
