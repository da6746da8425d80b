"""How long footage is kept: holds that people place, what was removed, and the minutes of removal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId, PersonId
from matpho.domain.messages import RemovalWhy
from matpho.domain.time import Instant, Span
from matpho.domain.words import Said

HoldId = NewType("HoldId", str)

WHYS: dict[RemovalWhy, Said] = {
    RemovalWhy.AGE: Said("hết thời hạn lưu", "its time was over"),
    RemovalWhy.NOT_KEPT: Said("không có vụ việc nào gần đó", "there was no incident near it"),
    RemovalWhy.NOT_RESTORED: Said("không có trong bản sao lưu", "the backup did not hold it"),
    RemovalWhy.SPACE: Said("ổ đĩa gần đầy", "the disk was nearly full"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Footage of a camera that must not be removed until somebody releases it. ``released`` is None while it holds."""

    id: HoldId
    camera_id: CameraId
    span: Span
    reason: str
    placed_by: PersonId | None
    placed: Instant
    released_by: PersonId | None = None
    released: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A stretch that was recorded and is removed; ``at`` is when the last file of it was."""

    camera_id: CameraId
    role: StreamRole
    span: Span
    why: RemovalWhy
    at: Instant
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalMinutes:
    """What was removed of a camera in one month (``2026-11``, UTC) for one reason, and from when the footage was."""

    month: str
    camera_id: CameraId
    why: RemovalWhy
    files: int
    size_bytes: int
    length_s: float
    footage: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRules:
    """For how long. Days of 24 hours, counted from the end of a file.

    Routine footage goes after ``routine_days``; it never stays beyond ``most_days`` (the legal maximum) nor goes before
    ``least_days`` (a minimum, if there is one) unless the newest recording would have no room otherwise. Footage of a
    confirmed incident stays ``extract_days`` after it was decided. What of an ``on_incident`` camera is near no
    incident goes after ``wait_s``; ``pre_s`` and ``post_s`` say what is near. ``promised_days`` is what the register
    (and with it the sign on the street) promises of single cameras.
    """

    routine_days: float = 30.0
    most_days: float = 90.0
    least_days: float = 0.0
    extract_days: float = 30.0
    wait_s: float = 3600.0
    pre_s: float = 30.0
    post_s: float = 60.0
    promised_days: Mapping[CameraId, int] = field(default_factory=dict)

    @property
    def kept_s(self) -> float:
        """How long routine footage stays where no sign promises less."""
        return min(max(self.routine_days, self.least_days), self.most_days) * 86_400.0

    def kept_s_of(self, camera_id: CameraId) -> float:
        """How long routine footage of a camera stays: never longer than its sign says, nor less than the minimum."""
        promised = self.promised_days.get(camera_id)
        if promised is None:
            return self.kept_s
        return min(self.kept_s, max(float(promised), self.least_days) * 86_400.0)

    @property
    def shorter(self) -> tuple[CameraId, ...]:
        """The cameras whose footage goes before the others'."""
        return tuple(i for i in sorted(self.promised_days) if self.kept_s_of(i) < self.kept_s)


@dataclass(frozen=True, slots=True)
class Protected:
    """Stretches of each camera that must stay: under a hold, or shown by an incident that is not done with."""

    spans: dict[CameraId, tuple[Span, ...]] = field(default_factory=dict)

    def holds(self, camera_id: CameraId, span: Span) -> bool:
        """Whether some of a stretch must stay."""
        return any(p.start < span.end and span.start < p.end for p in self.spans.get(camera_id, ()))
