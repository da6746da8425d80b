"""The timeline, the calendar, and the records of recorded video."""

from datetime import date
from typing import Literal

from matpho.casework.timeline import CameraTimeline, DayOfFootage
from matpho.domain.incident import IncidentState
from matpho.domain.kinds import described
from matpho.domain.messages import GapCause
from matpho.web.schemas.base import SaidBody, Shape, Time, said


class StretchBody(Shape):
    """Footage without a hole."""

    start: Time
    end: Time


class TimelineGap(Shape):
    """No footage. ``cause`` is null where none is known; ``lasts``: it has not ended."""

    start: Time
    end: Time
    cause: GapCause | None
    said: SaidBody
    lasts: bool


class TimelineIncident(Shape):
    """An incident on the line, at the moment it was noticed."""

    id: str
    kind: str
    kind_vi: str
    kind_en: str
    state: IncidentState
    at: Time
    start: Time
    end: Time | None


class CameraLine(Shape):
    """One camera. ``activity``: how many things came into view in each bucket of ``bucket_s`` seconds, from the start
    of the span. ``complete`` is false where holes too small to show were left out.
    """

    camera_id: str
    recorded: list[StretchBody]
    gaps: list[TimelineGap]
    incidents: list[TimelineIncident]
    activity: list[int]
    bucket_s: float
    complete: bool


class TimelineBody(Shape):
    """Several cameras over one span. ``now`` is the server's clock."""

    start: Time
    end: Time
    now: Time
    cameras: list[CameraLine]


class CalendarDay(Shape):
    """A day by the ward's clock: seconds of footage, and its length up to now."""

    day: date
    recorded_s: float
    length_s: float


class CalendarBody(Shape):
    """The days of a month that have begun."""

    days: list[CalendarDay]


class InitRecord(Shape):
    """Followed by an initialisation segment. ``origin_ms``: the wall clock, in ms since 1970, at time stamp 0."""

    type: Literal["init"]
    codec: str
    width: int
    height: int
    made: Literal["original", "h264", "covered"]
    origin_ms: float
    bytes: int


class PartRecord(Shape):
    """Followed by fragments of that many pictures, captured from ``at_ms`` to ``end_ms``."""

    type: Literal["part"]
    at_ms: float
    end_ms: float
    pictures: int
    bytes: int


class GapRecord(SaidBody):
    """There is no footage between these instants; what follows begins at ``end``."""

    type: Literal["gap"]
    start: Time
    end: Time
    cause: GapCause | None
    bytes: int


class EndRecord(Shape):
    """The stretch ends. ``next`` is the cursor of the following one; ``live``: it is being recorded now."""

    type: Literal["end"]
    next: str
    live: bool
    bytes: int


class ErrorRecord(SaidBody):
    """Reading failed in the middle."""

    type: Literal["error"]
    code: str
    bytes: int


class FootageRecords(Shape):
    """What the records of recorded video look like, by their type."""

    init: InitRecord
    part: PartRecord
    gap: GapRecord
    end: EndRecord
    error: ErrorRecord


def camera_line(line: CameraTimeline) -> CameraLine:
    """A camera's line as the API gives it."""
    return CameraLine(
        camera_id=line.camera_id,
        recorded=[StretchBody(start=s.start, end=s.end) for s in line.recorded],
        gaps=[
            TimelineGap(start=g.start, end=g.end, cause=g.cause, said=said(g.said), lasts=g.lasts) for g in line.gaps
        ],
        incidents=[
            TimelineIncident(
                id=i.id,
                kind=i.kind,
                kind_vi=described(i.kind).name.vi,
                kind_en=described(i.kind).name.en,
                state=i.state,
                at=i.at,
                start=i.start,
                end=i.end,
            )
            for i in line.incidents
        ],
        activity=list(line.activity),
        bucket_s=line.bucket_s,
        complete=line.complete,
    )


def calendar_day(day: DayOfFootage) -> CalendarDay:
    """A day as the API gives it."""
    return CalendarDay(day=day.day, recorded_s=round(day.recorded_s, 1), length_s=round(day.length_s, 1))
