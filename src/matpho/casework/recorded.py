"""Which stream was recorded then? What all who show, cut or search footage ask, instead of naming a stream.

A camera's record mode may change, and files may be brought in later from its own card, so that one span can hold both
streams. The main stream goes first wherever there is some of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matpho.casework.records import Recordings, Segment
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapSeen
from matpho.domain.time import Instant, Span


@dataclass(frozen=True, slots=True)
class Recorded:
    """What there is of a camera in a span, of whichever stream, in order.

    Files overlap only where footage that was brought in later does: one that such footage takes over from ends there.
    Gaps have nothing recorded in them.
    """

    segments: tuple[Segment, ...]
    gaps: tuple[GapSeen, ...]

    def role_at(self, at: Instant) -> StreamRole | None:
        """Which stream was recorded at an instant; None where nothing was."""
        found = next((s for s in self.segments if s.start <= at and (s.end is None or at < s.end)), None)
        return None if found is None else found.role


def recorded(recordings: Recordings, camera_id: CameraId, span: Span) -> Recorded:
    """What was recorded of a camera in a span, and what was not."""
    main = recordings.segments(camera_id, StreamRole.MAIN, span)
    sub = [left for s in recordings.segments(camera_id, StreamRole.SUB, span) if (left := _beside(s, main)) is not None]
    segments = tuple(sorted((*main, *sub), key=lambda s: s.start))
    told = [g for role in StreamRole for g in recordings.gaps(camera_id, role, span)]
    gaps = sorted((part for gap in told for part in _without(gap, segments)), key=lambda g: g.start)
    return Recorded(segments, tuple(gaps))


def _beside(segment: Segment, others: Sequence[Segment]) -> Segment | None:
    """What of a file is used beside those of the better stream: none of it, or up to where they take over."""
    if segment.end is None:
        return segment
    left = list(_left(Span(segment.start, segment.end), others))
    if not left:
        return None
    return replace(segment, end=left[0].end) if len(left) == 1 and left[0].start == segment.start else segment


def _without(gap: GapSeen, segments: Sequence[Segment]) -> Iterable[GapSeen]:
    """The parts of a gap that nothing recorded fills; one that still lasts stays as it is."""
    if gap.end is None:
        return (gap,)
    return (replace(gap, start=part.start, end=part.end) for part in _left(Span(gap.start, gap.end), segments))


def _left(span: Span, segments: Sequence[Segment]) -> Iterable[Span]:
    """The parts of a span that no file covers; segments are in order of their start."""
    reached = span.start
    for segment in segments:
        if segment.start >= span.end:
            break
        if segment.start > reached:
            yield Span(reached, segment.start)
        if segment.end is None:
            return
        reached = max(reached, segment.end)
    if reached < span.end:
        yield Span(reached, span.end)
