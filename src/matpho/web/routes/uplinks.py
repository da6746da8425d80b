"""Paths to cameras behind household routers, for administrators: made, tried, removed; audited before it is done."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query

from matpho.casework.uplink_records import note_of
from matpho.domain import address
from matpho.domain.camera import StreamRole
from matpho.domain.messages import StreamState
from matpho.domain.people import Action, Part, Role, require
from matpho.domain.time import Instant, seconds
from matpho.domain.uplink import Peer, advise
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas import uplinks as shape
from matpho.web.sessions import Visitor
from matpho.web.uplinks import Uplinks

router = APIRouter(prefix="/api/uplinks", tags=["uplinks"])
_RTSP_PORT = 554
_ARRIVING_S = 10.0


def _paths(here: Context, caller: Visitor, action: Action) -> Uplinks:
    require(caller.actor, action, Part.UPLINKS)
    if here.parts.uplinks is None:
        raise Unavailable("Paths to households cannot be made here.", "Ở đây không làm được đường về phường.")
    return here.parts.uplinks


def _note(here: Context, caller: Visitor, action: Action) -> Callable[[Peer], None]:
    """Writes the audit row of what is about to be done to a path."""

    def note(peer: Peer) -> None:
        here.parts.desk.handle(note_of(action, peer), caller.actor)

    return note


def _all(here: Context, paths: Uplinks) -> shape.UplinksBody:
    """The paths, with the cameras in service that are reached through them."""
    now = here.parts.clock.now()
    places: dict[tuple[str, int], list[str]] = {}
    live: set[str] = set()
    with here.parts.store.read() as unit:
        cameras = unit.cameras.all()
    for camera in cameras:
        for role, text in ((StreamRole.MAIN, camera.main), (StreamRole.SUB, camera.sub)):
            place = _place(text)
            if place is None:
                continue
            known = places.setdefault(place, [])
            known += [camera.id] if camera.id not in known else []
            if _arriving(here.parts.states.stream(camera.id, role), now):
                live.add(place[0])
    return shape.uplinks_body(paths.look(), now, places, live)


def _place(text: str | None) -> tuple[str, int] | None:
    """Host and port of a stream's address; None for a file, or where there is none."""
    found = address.parse(text) if text else None
    if found is None or found.kind is not address.AddressKind.RTSP:
        return None
    return found.host, found.port or _RTSP_PORT


def _arriving(state: StreamState | None, now: Instant) -> bool:
    """Whether pictures of a stream arrive at this moment."""
    return state is not None and state.last_packet is not None and seconds(now - state.last_packet) < _ARRIVING_S


@router.get("", operation_id="list_uplinks", openapi_extra=least(Role.ADMIN), responses=errors(401, 403, 503))
def list_uplinks(here: Here, caller: Caller) -> shape.UplinksBody:
    """Every household's path: its cameras, and how it is as far as this program may know. Never a secret."""
    return _all(here, _paths(here, caller, Action.SEE))


@router.post(
    "",
    operation_id="add_uplink",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 422, 503),
    status_code=201,
)
def add_uplink(here: Here, form: shape.NewUplink, caller: Caller) -> shape.MadeUplink:
    """Make a household's path. The answer holds its private key, which is kept nowhere and never given again."""
    paths = _paths(here, caller, Action.ADD)
    cameras = [text.strip() for text in form.cameras]
    made = paths.add(form.name.strip(), cameras, form.endpoint.strip() or None, _note(here, caller, Action.ADD))
    return shape.made_body(made)


@router.get("/advice", operation_id="advise_uplink", openapi_extra=least(Role.ADMIN), responses=errors(401, 403, 422))
def advise_uplink(
    caller: Caller,
    uplink_kbit: Annotated[float, Query(gt=0, le=10_000_000)],
    main_kbit: Annotated[float, Query(gt=0, le=1_000_000)],
    sub_kbit: Annotated[float, Query(gt=0, le=1_000_000)] = 300.0,
    cameras: Annotated[int, Query(ge=1, le=shape.MOST_CAMERAS)] = 1,
) -> shape.UplinkAdvice:
    """What a measured uplink carries of the streams of each camera that shares it."""
    require(caller.actor, Action.SEE, Part.UPLINKS)
    return shape.uplink_advice(advise(uplink_kbit / cameras, main_kbit, sub_kbit))


@router.post(
    "/{household}/check",
    operation_id="check_uplink",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404, 503),
)
def check_uplink(here: Here, household: str, caller: Caller) -> shape.UplinkCheckBody:
    """Try a path from here: the ward's interface, the household's box, each camera; and say what to do next."""
    found = _paths(here, caller, Action.CHANGE).check(household, _note(here, caller, Action.CHANGE))
    return shape.check_body(found)


@router.delete(
    "/{household}",
    operation_id="remove_uplink",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404, 503),
)
def remove_uplink(here: Here, household: str, caller: Caller) -> shape.UplinksBody:
    """Forget a household's path. Its key opens nothing once the ward's machine has loaded the file anew."""
    paths = _paths(here, caller, Action.REMOVE)
    paths.remove(household, _note(here, caller, Action.REMOVE))
    return _all(here, paths)
