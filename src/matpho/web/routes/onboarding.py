"""Looking at cameras before they are added: the network, one device, its streams. For administrators, audited first."""

from dataclasses import replace
from urllib.parse import urlsplit

from fastapi import APIRouter

from matpho.casework.advice import Advice, advise
from matpho.casework.register import DRAFT
from matpho.casework.register_records import NoteLook
from matpho.domain import address
from matpho.domain.camera import StreamRole
from matpho.domain.people import Action, Role, require
from matpho.domain.probe import DeviceLogin, Looked, StreamFacts
from matpho.errors import BadAddress, BadInput
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here
from matpho.web.onboarding import Onboarding
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.onboarding import (
    ClockForm,
    DeviceBody,
    DeviceForm,
    DiscoverForm,
    FoundBody,
    InterfaceBody,
    ProbeBody,
    ProbeForm,
    advice_body,
    device_body,
    looked_body,
)
from matpho.web.sessions import Visitor

router = APIRouter(prefix="/api/onboarding", tags=["onboarding"])


def _eyes(here: Context, caller: Visitor) -> Onboarding:
    require(caller.actor, Action.ADD, DRAFT)
    if here.parts.onboarding is None:
        raise Unavailable("Cameras cannot be looked at here.", "Ở đây không thăm dò được camera.")
    return here.parts.onboarding


def _host(service: str) -> str:
    """What the audit trail says of a device's address: no login can be in it."""
    try:
        return urlsplit(service if "://" in service else f"//{service}").hostname or ""
    except ValueError:
        return ""


@router.get(
    "/interfaces",
    operation_id="list_interfaces",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 503),
)
def list_interfaces(here: Here, caller: Caller) -> list[InterfaceBody]:
    """The machine's network interfaces on which devices can be looked for."""
    found = _eyes(here, caller).interfaces()
    return [InterfaceBody(name=name, address=place) for name, place in found.items()]


@router.post(
    "/discover",
    operation_id="discover_devices",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 422, 503),
)
def discover_devices(here: Here, form: DiscoverForm, caller: Caller) -> list[FoundBody]:
    """ONVIF devices that answer on one interface within three seconds."""
    eyes = _eyes(here, caller)
    here.parts.desk.handle(NoteLook(act="discover", place=form.interface), caller.actor)
    return [
        FoundBody(service=d.service, host=d.host, name=d.name, hardware=d.hardware)
        for d in eyes.discover(form.interface)
    ]


@router.post(
    "/device",
    operation_id="ask_device",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 422, 503),
)
def ask_device(here: Here, form: DeviceForm, caller: Caller) -> DeviceBody:
    """Who made an ONVIF device, how its clock is, and where its streams are."""
    eyes = _eyes(here, caller)
    here.parts.desk.handle(NoteLook(act="ask_device", place=_host(form.service)), caller.actor)
    return device_body(eyes.ask(DeviceLogin(service=form.service, user=form.user, password=form.password)))


@router.post(
    "/clock",
    operation_id="set_device_clock",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 422, 503),
    status_code=204,
)
def set_device_clock(here: Here, form: ClockForm, caller: Caller) -> None:
    """Set an ONVIF device's clock: from an NTP server where one is named, else once, to this machine's time."""
    eyes = _eyes(here, caller)
    here.parts.desk.handle(NoteLook(act="set_clock", place=_host(form.service)), caller.actor)
    eyes.set_clock(DeviceLogin(service=form.service, user=form.user, password=form.password), form.ntp)


@router.post(
    "/probe",
    operation_id="probe_streams",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 422, 503),
)
def probe_streams(here: Here, form: ProbeForm, caller: Caller) -> ProbeBody:
    """Watch one or two streams for some seconds: what they are, a picture of each, and what to change."""
    eyes = _eyes(here, caller)
    asked = {StreamRole.MAIN: form.main.strip(), StreamRole.SUB: form.sub.strip()}
    texts = {role: _judged(eyes, role, text, form) for role, text in asked.items() if text}
    if not texts:
        raise BadInput("There is no address to look at.", "Chưa có địa chỉ nào để xem thử.")
    for text in texts.values():
        here.parts.desk.handle(NoteLook(act="probe", place=address.parse(text).host), caller.actor)
    found = eyes.look(texts)
    facts = {role: one.facts for role, one in found.items() if isinstance(one, Looked)}
    return ProbeBody(
        streams=[looked_body(role, one) for role, one in found.items()],
        advice=[advice_body(a) for a in _advice(facts, texts, form.uplink_kbit_s)],
    )


def _judged(eyes: Onboarding, role: StreamRole, text: str, form: ProbeForm) -> str:
    """The address with the form's login. Raises BadAddress that says which of the two streams it is about."""
    try:
        whole = _with_login(text, form)
        eyes.check(whole)
    except BadAddress as e:
        vi, en = ("luồng chính", "main stream") if role is StreamRole.MAIN else ("luồng phụ", "sub stream")
        raise BadAddress(f"{en}: {e.en}", f"{vi}: {e.vi}") from e
    return whole


def _advice(facts: dict[StreamRole, StreamFacts], asked: dict[StreamRole, str], uplink: float | None) -> list[Advice]:
    """Advice on what was seen; nothing is said of a stream that could not be."""
    given = advise(facts.get(StreamRole.MAIN), facts.get(StreamRole.SUB), uplink_kbit_s=uplink)
    unseen = {"no_main": StreamRole.MAIN, "no_sub": StreamRole.SUB}
    return [a for a in given if not (a.code in unseen and unseen[a.code] in asked)] if facts else []


def _with_login(text: str, form: ProbeForm) -> str:
    """The address with the form's login where it has none of its own. Raises BadAddress."""
    found = address.parse(text)
    if found.kind is address.AddressKind.RTSP and form.user and not found.user:
        found = replace(found, user=form.user, password=form.password)
    return found.reveal()
