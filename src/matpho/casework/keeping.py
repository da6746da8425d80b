"""What the store can be asked about keeping: which files are old, what must stay, what was removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from matpho.casework.records import Segment
from matpho.domain.ids import CameraId
from matpho.domain.keeping import Hold, HoldId, Removal, RemovalMinutes
from matpho.domain.messages import SegmentRemoved
from matpho.domain.time import Instant, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """All files of one camera together. ``recorded_s`` is the time in them; ``day_bytes`` by the UTC day they end on,
    counted in days since 1970.
    """

    files: int
    size_bytes: int
    recorded_s: float
    oldest: Instant
    newest: Instant
    day_bytes: Mapping[int, int]


class Keeping(Protocol):
    """Holds, removals, minutes, and the order of going. Files are ``Segment`` rows that are closed."""

    def ended(
        self,
        before: Instant,
        limit: int,
        *,
        after: tuple[Instant, str] | None = None,
        camera_id: CameraId | None = None,
    ) -> tuple[Segment, ...]:
        """Files that ended before an instant, oldest end first, strictly after the given (end, path)."""
        ...

    def stock(self) -> dict[CameraId, Stock]:
        """What there is of each camera."""
        ...

    def extracts(self, decided_since: Instant) -> tuple[tuple[CameraId, Span], ...]:
        """Spans (first to last word) of incidents that wait for a decision, or were confirmed since an instant."""
        ...

    def incident_spans(self, camera_id: CameraId, span: Span) -> tuple[Span, ...]:
        """Spans of all incidents of a camera that touch a span, in whatever state."""
        ...

    def put_hold(self, hold: Hold) -> None:
        """Store a new or released hold."""
        ...

    def hold(self, hold_id: HoldId) -> Hold | None:
        """Load one."""
        ...

    def holds(self, *, released: bool = False) -> tuple[Hold, ...]:
        """Those that hold, newest first; with ``released`` those that do no more, too."""
        ...

    def note_removed(self, fact: SegmentRemoved) -> None:
        """Forget a file's row, and count it once in the timeline's removals and in the month's minutes.

        A fact whose file has no row any more was counted before and changes nothing.
        """
        ...

    def removals(self, camera_id: CameraId, span: Span) -> tuple[Removal, ...]:
        """Removed stretches that share time with a span, in order."""
        ...

    def minutes(self, month: str | None = None) -> tuple[RemovalMinutes, ...]:
        """What was removed, by month, camera and reason; newest month first."""
        ...

    def forget_old(
        self, now: Instant, days: Mapping[str, float], by_camera: Mapping[CameraId, float] | None = None
    ) -> dict[str, int]:
        """Drop rows of other tables that are older than the table's age (``days`` overrides it by table).

        ``by_camera`` is a shorter age of the tracks of single cameras.

        A limited number at once; how many of each table went.
        """
        ...
