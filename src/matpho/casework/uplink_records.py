"""Paths to households: the command that audits an act, and what the page is told of them."""

from dataclasses import dataclass, field

from matpho.domain.people import Action
from matpho.domain.uplink import Hub, Peer
from matpho.domain.uplink_seen import Seen
from matpho.domain.words import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUplink:
    """Audit what is about to be done to a path: ``action`` is ADD, CHANGE (it is tried) or REMOVE. Never a key."""

    action: Action
    name: str
    address: str
    cameras: int


def note_of(action: Action, peer: Peer) -> NoteUplink:
    """What the trail is told of an act on a path."""
    return NoteUplink(action=action, name=peer.name, address=peer.address, cameras=len(peer.forwards))


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkSight:
    """The ward's end as it is seen from here.

    ``hub`` is None before the first path. ``up``: its interface is there. ``seen``: what WireGuard said last, by itself
    (``asked``) or as somebody told us who may ask it. ``why`` says why it could not be asked, and ``ask`` is the line
    that tells us. ``load`` are the lines that bring the newest file up, ``tools`` the one that installs what they need.
    """

    hub: Hub | None = None
    up: bool = False
    seen: Seen | None = None
    asked: bool = False
    why: Said | None = None
    ask: str = ""
    load: tuple[str, ...] = ()
    tools: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkMade:
    """A path that was made. ``text`` is the household's file with its private key, which is kept nowhere."""

    peer: Peer
    file: str
    text: str = field(repr=False)
    box: tuple[str, ...]
