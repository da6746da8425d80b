"""Adding cameras: what was found, measured and advised; the register; spreadsheets."""

import base64
from datetime import date
from typing import Annotated

from pydantic import Field

from matpho.casework.advice import Advice, Weight
from matpho.casework.camera_csv import CsvSheet
from matpho.casework.register import Ending
from matpho.domain.camera import StreamRole
from matpho.domain.probe import DeviceFacts, DeviceProfile, Looked
from matpho.errors import MatphoError
from matpho.web.schemas.base import Form, SaidBody, Shape, said
from matpho.web.schemas.cameras import AddressText

Login = Annotated[str, Field(max_length=200)]


class InterfaceBody(Shape):
    """A network interface of this machine."""

    name: str
    address: str


class DiscoverForm(Form):
    """Where to look for devices."""

    interface: Annotated[str, Field(min_length=1, max_length=32)]


class FoundBody(Shape):
    """A device that answered; what it says of itself is not checked."""

    service: str
    host: str
    name: str
    hardware: str


class DeviceForm(Form):
    """Which device to ask, and as whom."""

    service: Annotated[str, Field(min_length=1, max_length=300)]
    user: Login = ""
    password: Login = ""


class ClockForm(DeviceForm):
    """Set its clock: from this NTP server, or to our time when it is empty."""

    ntp: Annotated[str, Field(max_length=40)] = ""


class ProfileBody(Shape):
    """One stream that a device offers; ``address`` carries no login and is empty where it cannot be used."""

    token: str
    name: str
    codec: str
    width: int
    height: int
    fps: float
    address: str


class DeviceBody(Shape):
    """A device as it describes itself; ``main`` and ``sub`` are tokens of the profiles that fit best."""

    maker: str
    model: str
    firmware: str
    serial: str
    clock_offset_s: float | None
    clock_by: str
    profiles: list[ProfileBody]
    main: str | None
    sub: str | None


class ProbeForm(Form):
    """Streams to look at. ``user`` and ``password`` are put into addresses that carry none."""

    main: AddressText = ""
    sub: AddressText = ""
    user: Login = ""
    password: Login = ""
    uplink_kbit_s: Annotated[float, Field(gt=0, le=10_000_000)] | None = None


class LookedBody(Shape):
    """One stream as measured for ``watched_s`` seconds; ``still`` is a JPEG as a data address.

    ``problem`` says why it could not be seen; everything else is empty then.
    """

    role: StreamRole
    problem: SaidBody | None = None
    codec: str = ""
    profile: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0
    gop_s: float | None = None
    gop_longest_s: float = 0
    kbit_s: float = 0
    watched_s: float = 0
    audio: bool | None = None
    clock_offset_s: float | None = None
    still: str = ""


class AdviceBody(Shape):
    """One thing to know or to change."""

    code: str
    weight: Weight
    role: StreamRole | None
    said: SaidBody


class ProbeBody(Shape):
    """What was seen, and what to make of it, the gravest first."""

    streams: list[LookedBody]
    advice: list[AdviceBody]


class EndingBody(Shape):
    """A certificate or warranty that ends soon or has ended (negative days)."""

    camera_id: str
    name: str
    what: str
    day: date
    days_left: int


class CsvRowBody(Shape):
    """One camera of the file that could be read."""

    line: int
    id: str
    name: str
    missing: list[str]


class CsvProblemBody(Shape):
    """What is wrong with one cell."""

    line: int
    column: str
    said: SaidBody


class CsvBody(Shape):
    """A spreadsheet as read. ``stored`` cameras were put in service: all, or none while there are problems."""

    rows: list[CsvRowBody]
    problems: list[CsvProblemBody]
    stored: int


def profile_body(profile: DeviceProfile) -> ProfileBody:
    """A device's profile as the API gives it."""
    return ProfileBody(
        token=profile.token,
        name=profile.name,
        codec=profile.codec,
        width=profile.width,
        height=profile.height,
        fps=profile.fps,
        address=profile.address,
    )


def device_body(facts: DeviceFacts) -> DeviceBody:
    """A device as the API gives it."""
    return DeviceBody(
        maker=facts.maker,
        model=facts.model,
        firmware=facts.firmware,
        serial=facts.serial,
        clock_offset_s=facts.clock_offset_s,
        clock_by=facts.clock_by,
        profiles=[profile_body(p) for p in facts.profiles],
        main=facts.main.token if facts.main else None,
        sub=facts.sub.token if facts.sub else None,
    )


def looked_body(role: StreamRole, found: Looked | MatphoError) -> LookedBody:
    """One stream as the API gives it."""
    if isinstance(found, MatphoError):
        return LookedBody(role=role, problem=SaidBody(vi=found.vi, en=found.en))
    f = found.facts
    return LookedBody(
        role=role,
        codec=f.codec,
        profile=f.profile,
        width=f.width,
        height=f.height,
        fps=f.fps,
        gop_s=f.gop_s,
        gop_longest_s=f.gop_longest_s,
        kbit_s=f.kbit_s,
        watched_s=f.watched_s,
        audio=f.audio,
        clock_offset_s=f.clock_offset_s,
        still="data:image/jpeg;base64," + base64.b64encode(found.still).decode(),
    )


def advice_body(advice: Advice) -> AdviceBody:
    """Advice as the API gives it."""
    return AdviceBody(code=advice.code, weight=advice.weight, role=advice.role, said=said(advice.said))


def ending_body(ending: Ending) -> EndingBody:
    """An ending as the API gives it."""
    return EndingBody(
        camera_id=ending.camera_id, name=ending.name, what=ending.what, day=ending.day, days_left=ending.days_left
    )


def csv_body(sheet: CsvSheet, stored: int) -> CsvBody:
    """A spreadsheet as the API gives it."""
    return CsvBody(
        rows=[
            CsvRowBody(line=r.line, id=r.camera.id, name=r.camera.name, missing=list(r.entry.missing))
            for r in sheet.rows
        ],
        problems=[CsvProblemBody(line=p.line, column=p.column, said=said(p.said)) for p in sheet.problems],
        stored=stored,
    )
