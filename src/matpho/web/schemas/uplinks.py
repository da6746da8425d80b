"""Paths to cameras behind household routers. A private key is in one answer only: that of making a path."""

from typing import Annotated

from pydantic import Field

from matpho.casework.uplink_records import UplinkMade, UplinkSight
from matpho.domain.camera import RecordMode
from matpho.domain.time import Instant
from matpho.domain.uplink import Advice, Peer
from matpho.domain.uplink_check import Found, endpoint_doubt
from matpho.domain.uplink_seen import Standing, standing
from matpho.web.schemas.base import Form, SaidBody, Shape, Time, said

MOST_CAMERAS = 16


class NewUplink(Form):
    """A household's path. ``cameras``: ``ip`` or ``ip:port`` in the household. ``endpoint``: with the first path."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    cameras: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=MOST_CAMERAS)
    ]
    endpoint: Annotated[str, Field(max_length=260)] = ""


class ForwardBody(Shape):
    """One camera of a household. ``address`` is where the ward finds it; ``cameras`` those in service by it."""

    camera_ip: str
    camera_port: int
    address: str
    cameras: list[str]


class UplinkBody(Shape):
    """One household's path. Bytes and handshake are null until WireGuard was asked."""

    name: str
    address: str
    forwards: list[ForwardBody]
    state: Standing
    last_handshake: Time | None
    received: int | None
    sent: int | None


class UplinksBody(Shape):
    """The ward's end and all paths; ``endpoint`` null before the first path.

    ``asked_at``: when WireGuard was last asked; ``why`` says why not now, ``ask`` is the line that asks it.
    ``load``: the lines that bring the newest file up, ``tools`` what they need. ``strangers``: removed keys that still
    open until then.
    """

    endpoint: str | None
    doubt: SaidBody | None
    interface: str
    up: bool
    asked_now: bool
    asked_at: Time | None
    why: SaidBody | None
    ask: str
    load: list[str]
    tools: str
    strangers: int
    paths: list[UplinkBody]


class MadeUplink(Shape):
    """A new path. ``text`` holds the household's private key and is never given again."""

    name: str
    address: str
    file: str
    text: str
    box: list[str]


class StepBody(Shape):
    """One thing that was tried; ``well`` null: it cannot be told."""

    said: SaidBody
    well: bool | None


class UplinkCheckBody(Shape):
    """How a path was just now, and what to do next. ``reload``: the lines of ``load`` are among it."""

    well: bool
    said: SaidBody
    steps: list[StepBody]
    todo: list[SaidBody]
    reload: bool


class UplinkAdvice(Shape):
    """What a measured uplink carries of each camera's streams; ``main_kbit`` null: the main stream cannot be sent."""

    fits: bool
    main_kbit: int | None
    sub_kbit: int
    record: RecordMode
    said: SaidBody


def uplinks_body(
    sight: UplinkSight, now: Instant, places: dict[tuple[str, int], list[str]], live: set[str]
) -> UplinksBody:
    """All of it. ``places``: cameras in service by host and port; ``live``: hosts that pictures arrive from now."""
    hub, seen = sight.hub, sight.seen
    doubt = endpoint_doubt(hub.endpoint) if hub else None
    return UplinksBody(
        endpoint=hub.endpoint if hub else None,
        doubt=said(doubt) if doubt else None,
        interface=hub.interface if hub else "",
        up=sight.up,
        asked_now=sight.asked,
        asked_at=seen.at if seen else None,
        why=said(sight.why) if sight.why else None,
        ask=sight.ask,
        load=list(sight.load),
        tools=sight.tools,
        strangers=seen.strangers(hub) if seen and hub else 0,
        paths=[_path(peer, sight, now, places, live=peer.address in live) for peer in (hub.peers if hub else ())],
    )


def _path(
    peer: Peer, sight: UplinkSight, now: Instant, places: dict[tuple[str, int], list[str]], *, live: bool
) -> UplinkBody:
    seen = sight.seen
    told = seen.path(peer) if seen else None
    return UplinkBody(
        name=peer.name,
        address=peer.address,
        forwards=[
            ForwardBody(
                camera_ip=f.camera_ip,
                camera_port=f.camera_port,
                address=f"rtsp://{peer.address}:{f.port}/",
                cameras=places.get((peer.address, f.port), []),
            )
            for f in peer.forwards
        ],
        state=standing(peer, seen if sight.up else None, now, live=live),
        last_handshake=seen.handshake_at(peer) if seen else None,
        received=told.received if told else None,
        sent=told.sent if told else None,
    )


def made_body(made: UplinkMade) -> MadeUplink:
    """The one answer with a private key."""
    return MadeUplink(
        name=made.peer.name, address=made.peer.address, file=made.file, text=made.text, box=list(made.box)
    )


def check_body(found: Found) -> UplinkCheckBody:
    """What was found."""
    return UplinkCheckBody(
        well=found.well,
        said=said(found.said),
        steps=[StepBody(said=said(step.said), well=step.well) for step in found.steps],
        todo=[said(one) for one in found.todo],
        reload=found.reload,
    )


def uplink_advice(found: Advice) -> UplinkAdvice:
    """Advice as the API gives it."""
    return UplinkAdvice(
        fits=found.fits,
        main_kbit=found.main_kbit,
        sub_kbit=found.sub_kbit,
        record=found.record,
        said=said(found.said),
    )
