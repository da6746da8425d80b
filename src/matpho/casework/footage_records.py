"""What can be asked of the store about recordings as a whole, and the rows of exports."""

from typing import Protocol

from matpho.domain.camera import Zone
from matpho.domain.export import Export
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.time import Instant, Span


class Timelines(Protocol):
    """Questions about recordings that the store answers in one go, whichever stream was recorded."""

    def stretches(self, camera_id: CameraId, span: Span, now: Instant, seam_ns: int, most: int) -> tuple[Span, ...]:
        """Recorded stretches inside the span, holes up to ``seam_ns`` closed; the first ``most`` of them."""
        ...

    def activity(self, camera_id: CameraId, span: Span, bucket_ns: int) -> dict[int, int]:
        """How many tracks began in each bucket of the span (the first is 0); empty ones are absent."""
        ...

    def next_start(self, camera_id: CameraId, at: Instant) -> Instant | None:
        """When the first file after an instant begins."""
        ...

    def first_start(self, camera_id: CameraId) -> Instant | None:
        """When the oldest file that is kept begins."""
        ...

    def zones_during(self, camera_id: CameraId, span: Span) -> tuple[Zone, ...]:
        """The zones of every version that held at some instant of the span."""
        ...


class Exports(Protocol):
    """Exports by id."""

    def put(self, export: Export) -> None:
        """Store a new or changed row."""
        ...

    def get(self, export_id: str) -> Export | None:
        """Load one."""
        ...

    def newest(self, who: PersonId | None, limit: int) -> tuple[Export, ...]:
        """The newest first; of one person, or of all."""
        ...

    def due(self, now: Instant) -> Export | None:
        """The one in the making whose next try has come and that waits longest."""
        ...

    def expired(self, now: Instant) -> tuple[Export, ...]:
        """Ready or failed ones whose time is over."""
        ...
