"""What a viewer of a live picture gets, and how it crosses a socket: kind byte, length, payload."""

import asyncio
import json
import struct
from dataclasses import dataclass
from enum import StrEnum

from matpho.domain import codec
from matpho.domain.messages import BoxesSeen
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.errors import Corrupt

_HEAD = struct.Struct(">cI")
HEAD_BYTES = _HEAD.size
_FRAGMENT = struct.Struct(">qB")
_LONGEST = 32_000_000


class LiveForm(StrEnum):
    """In what form a stream is asked for."""

    AS_SENT = "as_sent"  # the camera's pictures in fMP4
    ENCODED = "encoded"  # encoded here, private areas covered
    PACKETS = "packets"  # the camera's packets for another process of ours (relayed.py)


@dataclass(frozen=True, slots=True)
class LiveInit:
    """The picture begins, or begins anew with other parameters.

    ``codec`` is for ``MediaSource.isTypeSupported`` (empty: no browser plays it); ``data`` the fMP4 header.
    """

    codec: str
    width: int
    height: int
    masked: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class LiveFragment:
    """One picture as one fMP4 fragment; ``captured`` by our clock. After a loss the first one is a key picture."""

    key: bool
    captured: Instant
    data: bytes


@dataclass(frozen=True, slots=True)
class LiveBoxes:
    """What is on the picture, as data beside it."""

    seen: BoxesSeen


@dataclass(frozen=True, slots=True)
class LiveLost:
    """There is no picture now, and why. A LiveInit follows when it is back."""

    detail: Said


LivePart = LiveInit | LiveFragment | LiveBoxes | LiveLost


def encode(part: LivePart) -> bytes:
    """One part as bytes."""
    kind, payload = _encoded(part)
    return _HEAD.pack(kind, len(payload)) + payload


def _encoded(part: LivePart) -> tuple[bytes, bytes]:
    if isinstance(part, LiveFragment):
        return b"F", _FRAGMENT.pack(part.captured, part.key) + part.data
    if isinstance(part, LiveInit):
        about = {"codec": part.codec, "width": part.width, "height": part.height, "masked": part.masked}
        head = json.dumps(about).encode()
        return b"I", struct.pack(">H", len(head)) + head + part.data
    if isinstance(part, LiveBoxes):
        return b"B", codec.dumps(part.seen)
    return b"L", codec.dumps(part.detail)


def decode(kind: bytes, payload: bytes) -> LivePart:
    """The part of a kind byte and a payload; raises Corrupt."""
    try:
        if kind == b"F":
            captured, key = _FRAGMENT.unpack_from(payload)
            return LiveFragment(bool(key), Instant(captured), payload[_FRAGMENT.size :])
        if kind == b"I":
            head = 2 + struct.unpack_from(">H", payload)[0]
            about = json.loads(payload[2:head])
            return LiveInit(about["codec"], about["width"], about["height"], about["masked"], payload[head:])
        if kind == b"B":
            return LiveBoxes(codec.loads(BoxesSeen, payload))
        if kind == b"L":
            return LiveLost(codec.loads(Said, payload))
    except (struct.error, ValueError, KeyError, TypeError) as e:
        raise _damaged() from e
    raise _damaged()


def head_of(data: bytes) -> tuple[bytes, int]:
    """Kind byte and length of a part, of its first :data:`HEAD_BYTES`; raises Corrupt."""
    kind, length = _HEAD.unpack(data)
    if length > _LONGEST:
        raise _damaged()
    return kind, length


async def receive(reader: asyncio.StreamReader) -> LivePart:
    """The next part; raises asyncio.IncompleteReadError at the end of the connection and Corrupt."""
    kind, length = head_of(await reader.readexactly(HEAD_BYTES))
    return decode(kind, await reader.readexactly(length))


def _damaged() -> Corrupt:
    return Corrupt("a live message is damaged", "thông điệp hình trực tiếp bị hỏng")
