"""Health of cameras and machine, for whoever keeps them going. No footage is in it."""

from pydantic import Field

from matpho.casework.health.handlers import LONGEST_NAME, LONGEST_NOTE
from matpho.casework.health.trouble import Severity
from matpho.domain.messages import Link
from matpho.web.schemas.base import Form, SaidBody, Shape, Time


class ProblemBody(Shape):
    """One problem: what is wrong (its ``name``, and in ``text`` with figures), since when, what to do.

    ``until`` null: it still holds. ``queued``: nobody outside is told before the quiet hours are over.
    """

    id: str
    trouble: str
    severity: Severity
    camera_id: str | None
    about: SaidBody
    name: SaidBody
    text: SaidBody
    advice: SaidBody
    since: Time
    until: Time | None
    queued: bool
    figures: dict[str, float | str]
    acknowledged_at: Time | None
    acknowledged_by: str | None
    note: str
    assigned: str


class CameraDayBody(Shape):
    """One local day of one camera; ``uptime`` 0..1, null when nothing was to be recorded. Gaps in seconds by cause."""

    day: str
    uptime: float | None
    expected_s: float
    recorded_s: float
    gaps: dict[str, float]


class PictureBody(Shape):
    """The newest measurement of the picture."""

    at: Time
    brightness: float
    contrast: float
    sharpness: float
    frozen_s: float
    fault: str


class CameraHealthBody(Shape):
    """One camera. ``link`` null: nothing has been heard of it yet."""

    id: str
    name: str
    staged: bool
    link: Link | None
    last_packet: Time | None
    fps: float | None
    clock_offset_ms: float | None
    picture: PictureBody | None
    uptime: float | None
    problems: list[str]
    days: list[CameraDayBody]


class DiskHealthBody(Shape):
    """The disk of the recordings, bytes. ``per_day`` is what recording adds, 0 while it is not known yet.

    ``days_left`` is when only the room kept for evidence is left, as it fills now; what is there then goes back
    ``days_kept`` days, of ``days_wanted``. ``failing`` is the disk's own word on itself, null where it cannot be asked.
    """

    total: int
    free: int
    reserved: int
    per_day: float
    days_left: float | None
    days_kept: float | None
    days_wanted: float
    failing: bool | None


class QuietBody(Shape):
    """The quiet hours, such as ``22:00-06:00`` of the ward's day, "" for none: what comes then is told afterwards.

    ``own``: they were set on the page; ``file_*`` are those of the settings file. ``now``: they last at the moment.
    """

    hours: str
    urgent_always: bool
    own: bool
    file_hours: str
    file_urgent_always: bool
    now: bool


class WardHealthBody(Shape):
    """The ward's health: ``uptime_*`` 0..1 over 1, 7 and 30 days; problems and cameras worst first.

    ``disk`` is null until it was looked at. ``may_change``: the quiet hours.
    """

    now: Time
    days: list[str]
    uptime_day: float | None
    uptime_week: float | None
    uptime_month: float | None
    cameras: list[CameraHealthBody]
    problems: list[ProblemBody]
    recent: list[ProblemBody]
    disk: DiskHealthBody | None
    quiet: QuietBody
    may_answer: bool
    may_change: bool


class AnswerForm(Form):
    """Somebody takes note of a problem; ``assigned`` is who will see to it."""

    note: str = Field("", max_length=LONGEST_NOTE)
    assigned: str = Field("", max_length=LONGEST_NAME)


class QuietForm(Form):
    """Other quiet hours: such as ``22:00-06:00``, over midnight too; "" for none, null: those of the settings file.

    ``urgent_always``: urgent problems are told in them all the same.
    """

    hours: str | None = Field(max_length=40)
    urgent_always: bool = False
