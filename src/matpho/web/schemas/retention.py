"""What is kept, for how long, what goes when, and holds."""

from typing import Annotated, Literal

from pydantic import Field

from matpho.casework.keeping_views import KeepingView
from matpho.domain.camera import RecordMode
from matpho.domain.keeping import WHYS, Hold, Removal, RemovalMinutes
from matpho.domain.messages import RemovalWhy
from matpho.web.schemas.base import Form, SaidBody, Shape, Time
from matpho.web.schemas.base import said as say


class RulesBody(Shape):
    """For how long, in days. ``routine_days`` holds between the legal ``least_days`` and ``most_days``."""

    routine_days: float
    least_days: float
    most_days: float
    extract_days: float
    incident_wait_min: float


class CameraStockBody(Shape):
    """One camera's footage. ``record`` is null for a camera out of service; ``promised`` where its sign says less
    than the ward's rule.
    """

    camera_id: str
    name: str
    record: RecordMode | None
    files: int
    bytes: int
    bytes_a_day: int
    oldest: Time
    newest: Time
    recorded_s: float
    kept_days: float
    promised: bool


class GoingBody(Shape):
    """What goes of a camera on a day (UTC); what is held is left out."""

    day: Time
    camera_id: str
    bytes: int


class HoldBody(Shape):
    """Footage that must not be removed. ``recorded_s``: how much there is of it, 0 where nothing is (left)."""

    id: str
    camera_id: str
    start: Time
    end: Time
    reason: str
    placed_by: str | None
    placed: Time
    recorded_s: float


class MinutesBody(Shape):
    """What was removed of a camera in a month (``2026-11``) for one reason."""

    month: str
    camera_id: str
    why: RemovalWhy
    said: SaidBody
    files: int
    bytes: int
    length_s: float
    footage_from: Time
    footage_to: Time


class DiskStateBody(Shape):
    """How the disk is. ``reserved`` is kept free for evidence, ``needed`` is what the time of keeping takes."""

    state: Literal["well", "low", "full", "read_only", "vanished"]
    said: SaidBody
    total: int
    free: int
    reserved: int
    needed: int


class RetentionBody(Shape):
    """The whole."""

    now: Time
    rules: RulesBody
    disk: DiskStateBody
    cameras: list[CameraStockBody]
    ahead: list[GoingBody]
    holds: list[HoldBody]
    minutes: list[MinutesBody]


class NewHold(Form):
    """Footage to hold."""

    camera_id: Annotated[str, Field(min_length=1, max_length=40)]
    start: Time
    end: Time
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RemovedBody(Shape):
    """A stretch that was recorded and is removed."""

    start: Time
    end: Time
    why: RemovalWhy
    said: SaidBody
    at: Time


def rules_body(view: KeepingView) -> RulesBody:
    """For how long, as the API gives it."""
    rules = view.rules
    return RulesBody(
        routine_days=rules.routine_days,
        least_days=rules.least_days,
        most_days=rules.most_days,
        extract_days=rules.extract_days,
        incident_wait_min=rules.wait_s / 60.0,
    )


def stock_bodies(view: KeepingView) -> list[CameraStockBody]:
    """The cameras' footage."""
    return [
        CameraStockBody(
            camera_id=c.camera_id,
            name=c.name,
            record=c.record,
            files=c.files,
            bytes=c.size_bytes,
            bytes_a_day=c.day_bytes,
            oldest=c.oldest,
            newest=c.newest,
            recorded_s=c.recorded_s,
            kept_days=c.kept_days,
            promised=c.promised,
        )
        for c in view.cameras
    ]


def hold_body(hold: Hold, names: dict[str, str], recorded_s: float) -> HoldBody:
    """A hold; ``names`` of people by id, ``recorded_s`` of footage in it."""
    return HoldBody(
        id=hold.id,
        camera_id=hold.camera_id,
        start=hold.span.start,
        end=hold.span.end,
        reason=hold.reason,
        placed_by=names.get(hold.placed_by or ""),
        placed=hold.placed,
        recorded_s=recorded_s,
    )


def minutes_body(minutes: RemovalMinutes) -> MinutesBody:
    """One line of the minutes."""
    return MinutesBody(
        month=minutes.month,
        camera_id=minutes.camera_id,
        why=minutes.why,
        said=say(WHYS[minutes.why]),
        files=minutes.files,
        bytes=minutes.size_bytes,
        length_s=minutes.length_s,
        footage_from=minutes.footage.start,
        footage_to=minutes.footage.end,
    )


def removed_body(removal: Removal) -> RemovedBody:
    """A removed stretch of the timeline."""
    return RemovedBody(
        start=removal.span.start,
        end=removal.span.end,
        why=removal.why,
        said=say(WHYS[removal.why]),
        at=removal.at,
    )
