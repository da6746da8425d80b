"""Cameras, zones, streams and recordings."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from matpho.casework.advice import Weight
from matpho.casework.register import Standing
from matpho.casework.views import CameraView, StreamView
from matpho.casework.zone_advice import ZoneAdvice
from matpho.domain.camera import Purpose, RecordMode
from matpho.domain.camera_file import camera_table
from matpho.domain.messages import GapCause, Link, StreamState
from matpho.web.schemas.base import BoxBody, Form, PointBody, SaidBody, Shape, Time
from matpho.web.schemas.base import said as say
from matpho.web.schemas.register import RegisterBody
from matpho.web.schemas.retention import RemovedBody

CameraName = Annotated[str, Field(min_length=1, max_length=120)]
AddressText = Annotated[str, Field(max_length=2000)]


class PermittedBody(Form):
    """A place in a zone where things may stand: an outline, or a box when it is sent.

    Who allowed it and when is signed by the server; ``until`` is the last day on which it holds (null: always).
    """

    id: str | None = None
    polygon: list[PointBody] | None = None
    box: BoxBody | None = None
    note: str = ""
    until: date | None = None
    by: str | None = None
    by_name: str | None = None
    since: Time | None = None


class AllowForm(Form):
    """Why something may stand where it is, and until when."""

    note: Annotated[str, Field(min_length=1, max_length=500)]
    until: date | None = None


class AllowIncidentForm(AllowForm):
    """That what an incident is about may stand there. ``version`` is the one the person read."""

    version: int


class AllowPlaceForm(AllowForm):
    """A place in a zone where things may stand: its outline, or a box."""

    polygon: list[PointBody] | None = None
    box: BoxBody | None = None


class ZoneBody(Form):
    """A shape and what it is for; the camera file's ``[[zone]]``. Hours read ``05:00-07:00`` in local time."""

    id: str
    purpose: Purpose
    polygon: list[PointBody] | None = None
    line: tuple[PointBody, PointBody] | None = None
    direction: tuple[float, float] | None = None
    lamp: BoxBody | None = None
    permitted_hours: list[str] = Field(default_factory=list)
    closed_hours: list[str] = Field(default_factory=list)
    rules: dict[str, dict[str, bool | float | str]] = Field(default_factory=dict)
    permitted: list[PermittedBody] = Field(default_factory=list)


class StreamStateBody(Shape):
    """How a stream is now."""

    link: Link
    since: Time
    last_packet: Time | None
    fps: float
    kbit_s: float
    codec: str
    width: int
    height: int
    clock_offset_ms: float | None
    detail: SaidBody


class StreamBody(Shape):
    """A stream. ``address`` never carries a password, and is null for everybody but administrators."""

    address: str | None
    state: StreamStateBody | None


class ZoneAdviceBody(Shape):
    """One thing that keeps a zone (null: the camera) from working as it should."""

    zone_id: str | None
    code: str
    weight: Weight
    said: SaidBody


class CameraBody(Shape):
    """One camera. ``masked``: it has private areas that are covered below supervisor.

    ``missing`` is what the register lacks before the camera is in order: ``sign``, ``purpose``, ``retention``.
    ``active``: it may record, be analysed and be shown. ``complete_by``: it ran before all that was asked for; by then
    it must have been said.
    """

    id: str
    name: str
    staged: bool
    zones: list[ZoneBody]
    ground: list[PointBody] | None
    ground_size_m: tuple[float, float] | None
    main: StreamBody
    sub: StreamBody
    record: RecordMode
    masked: bool
    missing: list[str]
    advice: list[ZoneAdviceBody]
    active: bool
    complete_by: date | None
    open_incidents: int


class NewCamera(Form):
    """A camera to add, with its entry in the register where that is known: both are stored, or neither."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    name: CameraName
    main: AddressText | None = None
    sub: AddressText | None = None
    ground: list[PointBody] | None = None
    ground_size_m: tuple[float, float] | None = None
    zones: list[ZoneBody] = Field(default_factory=list)
    staged: bool = False
    record: RecordMode = RecordMode.MAIN
    register_entry: RegisterBody | None = Field(default=None, alias="register")


class CameraChange(Form):
    """What of a camera changes; what is absent stays.

    An address that is null or came redacted from here stays too; an empty one takes the stream away.
    """

    name: CameraName | None = None
    main: AddressText | None = None
    sub: AddressText | None = None
    ground: list[PointBody] | None = None
    ground_size_m: tuple[float, float] | None = None
    zones: list[ZoneBody] | None = None
    record: RecordMode | None = None


class SegmentBody(Shape):
    """A stretch that is recorded."""

    start: Time
    end: Time
    codec: str


class GapBody(Shape):
    """A stretch that is not. ``end`` is null while it lasts."""

    start: Time
    end: Time | None
    cause: GapCause
    detail: SaidBody


class RecordingsBody(Shape):
    """What there is of the recorded stream in a span."""

    segments: list[SegmentBody]
    gaps: list[GapBody]
    removed: list[RemovedBody]


def zone_bodies(zones: Sequence[dict[str, Any]], names: Mapping[str, str]) -> list[ZoneBody]:
    """Zones from the camera file's tables; ``names`` of those who have permitted something, by their ids."""
    bodies = [ZoneBody.model_validate(zone) for zone in zones]
    for permitted in (p for zone in bodies for p in zone.permitted):
        permitted.by_name = names.get(permitted.by or "")
    return bodies


def zone_tables(zones: Sequence[ZoneBody]) -> list[dict[str, Any]]:
    """Zones as the camera file's tables."""
    return [
        {
            k: v
            for k, v in zone.model_dump(
                mode="json", exclude_none=True, exclude={"permitted": {"__all__": {"by_name"}}}
            ).items()
            if v not in ([], {})
        }
        for zone in zones
    ]


def stream_state_body(state: StreamState | None) -> StreamStateBody | None:
    """A stream's state as the API gives it."""
    if state is None:
        return None
    return StreamStateBody(
        link=state.link,
        since=state.since,
        last_packet=state.last_packet,
        fps=round(state.fps, 2),
        kbit_s=round(state.kbit_s, 1),
        codec=state.codec,
        width=state.width,
        height=state.height,
        clock_offset_ms=state.clock_offset_ms,
        detail=say(state.detail),
    )


def camera_body(view: CameraView, *, addresses: bool, standing: Standing) -> CameraBody:
    """A camera as the API gives it; ``addresses``: this person may know where its streams come from."""
    camera = view.camera
    return CameraBody(
        id=camera.id,
        name=camera.name,
        staged=camera.staged,
        zones=zone_bodies(camera_table(camera)["zones"], view.names),
        ground=None if camera.ground is None else [(p.x, p.y) for p in camera.ground],
        ground_size_m=camera.ground_size_m,
        main=_stream_body(view.main, addresses=addresses),
        sub=_stream_body(view.sub, addresses=addresses),
        record=camera.record,
        masked=view.masked,
        advice=[advice_body(a) for a in view.advice],
        missing=list(standing.missing),
        active=standing.active,
        complete_by=standing.complete_by,
        open_incidents=view.open_incidents,
    )


def advice_body(advice: ZoneAdvice) -> ZoneAdviceBody:
    """One piece of advice."""
    return ZoneAdviceBody(zone_id=advice.zone_id, code=advice.code, weight=advice.weight, said=say(advice.said))


def _stream_body(view: StreamView, *, addresses: bool) -> StreamBody:
    return StreamBody(address=view.address if addresses else None, state=stream_state_body(view.state))
