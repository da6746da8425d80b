"""Rows of the health subject and what can be asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from matpho.casework.health.trouble import Severity
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A trouble that held long enough to be raised. ``subject`` is ``camera:<id>``, ``disk`` or ``process:<name>``.

    ``since`` is when it began, ``raised`` when it was told, ``until`` when it ended (None: it still holds).
    ``told`` counts tellings by alarm, the last of them at ``told_at``; ``queued`` marks one that waits for the end of
    the quiet hours. ``acknowledged_*``, ``note`` and ``assigned`` are what people wrote.
    """

    id: str
    trouble: str
    subject: str
    severity: Severity
    since: Instant
    raised: Instant
    until: Instant | None = None
    figures: Mapping[str, float | str] = field(default_factory=dict)
    told: int = 0
    told_at: Instant | None = None
    queued: bool = False
    acknowledged_at: Instant | None = None
    acknowledged_by: PersonId | None = None
    note: str = ""
    assigned: str = ""

    @property
    def camera_id(self) -> CameraId | None:
        """The camera it is about, if it is about one."""
        return CameraId(self.subject[7:]) if self.subject.startswith("camera:") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraDay:
    """One camera on one local day (``2026-11-24``). ``expected_s`` is how much of it could have been recorded so far.

    ``gaps`` are seconds by cause. ``sharpness`` is the mean over the day's bright looks, ``looks`` how many; both are
    for the slow watch over a dirty lens.
    """

    camera_id: CameraId
    day: str
    expected_s: float
    recorded_s: float
    gaps: Mapping[str, float] = field(default_factory=dict)
    sharpness: float = 0.0
    looks: int = 0

    @property
    def uptime(self) -> float | None:
        """The share that was recorded, 0..1; None when nothing was to be recorded."""
        return min(1.0, self.recorded_s / self.expected_s) if self.expected_s >= 1.0 else None

    @property
    def gap_s(self) -> float:
        """Seconds missing for reasons other than a person's choice."""
        return sum(s for cause, s in self.gaps.items() if cause != "off")


class HealthRows(Protocol):
    """Problems and camera-days."""

    def put_problem(self, problem: Problem) -> None:
        """Store a new or changed problem."""
        ...

    def problem(self, problem_id: str) -> Problem | None:
        """Load one."""
        ...

    def open_problems(self) -> tuple[Problem, ...]:
        """Those that still hold, oldest first."""
        ...

    def queued_problems(self) -> tuple[Problem, ...]:
        """Those that wait for the end of the quiet hours, over or not, oldest first."""
        ...

    def recent_problems(self, since: Instant, limit: int) -> tuple[Problem, ...]:
        """Those that ended at or after ``since``, newest end first."""
        ...

    def put_day(self, day: CameraDay) -> None:
        """Store a camera-day."""
        ...

    def days(self, first: str, last: str, cameras: Sequence[CameraId] | None = None) -> tuple[CameraDay, ...]:
        """Camera-days from ``first`` to ``last``, both included, by camera and day."""
        ...
