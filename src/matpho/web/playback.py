"""Recorded video on its way to a browser: records of a small header and bytes, fed to Media Source Extensions.

A record is four bytes (big-endian) of the header's length, the header as JSON, and as many bytes as it says. The
shapes are ``matpho.web.schemas.playback``.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from matpho.casework.timeline import explained
from matpho.domain.geometry import Polygon
from matpho.domain.messages import GapSeen
from matpho.domain.time import SECOND, Instant, Span, to_iso
from matpho.errors import MatphoError
from matpho.video.footage import RecordedFile
from matpho.video.playback import Asked, End, Head, Hole, Part, Piece

LIVE_S = 90.0
"""Where the last thing known ended this recently, more will come."""


class RecordedVideo(Protocol):
    """Recorded pictures, from the files themselves."""

    def files(self, found: Sequence[Any]) -> list[RecordedFile]:
        """The files of rows of the index."""
        ...

    def pieces(self, files: Sequence[RecordedFile], asked: Asked) -> Iterator[Piece]:
        """A stretch, piece by piece. Raises StorageProblem or BadVideo, also in the middle."""
        ...

    def preview(self, files: Sequence[RecordedFile], at: Instant, masks: tuple[Polygon, ...]) -> tuple[Instant, bytes]:
        """A small JPEG of the key picture at or before an instant. Raises NotFound, BadVideo or StorageProblem."""
        ...

    def frame(self, files: Sequence[RecordedFile], at: Instant, masks: tuple[Polygon, ...]) -> tuple[Instant, bytes]:
        """The picture shown at an instant, a JPEG of full size. Raises NotFound, BadVideo or StorageProblem."""
        ...


def records(pieces: Iterator[Piece], gaps: Sequence[GapSeen], now: Instant) -> Iterator[bytes]:
    """The stretch as bytes; trouble in the middle becomes its last record."""
    try:
        for piece in pieces:
            yield from _record(piece, gaps, now)
    except MatphoError as e:
        yield _packed({"type": "error", "code": e.code, "vi": e.vi, "en": e.en, "bytes": 0})


def _record(piece: Piece, gaps: Sequence[GapSeen], now: Instant) -> Iterator[bytes]:
    match piece:
        case Head():
            told = {"codec": piece.codec, "width": piece.width, "height": piece.height, "made": piece.made}
            yield _packed({"type": "init", "origin_ms": _ms(piece.origin), **told, "bytes": len(piece.data)})
            yield piece.data
        case Part():
            told = {"at_ms": _ms(piece.at), "end_ms": _ms(piece.end), "pictures": piece.pictures}
            yield _packed({"type": "part", **told, "bytes": len(piece.data)})
            yield piece.data
        case Hole():
            hole = Span(piece.start, piece.end)
            rows = sorted((g for g in gaps if g.start < piece.end), key=lambda g: g.start)
            why = explained(hole, rows)
            cause = why.cause.value if why.cause else None
            told = {"start": to_iso(hole.start), "end": to_iso(hole.end), "cause": cause}
            yield _packed({"type": "gap", **told, "vi": why.said.vi, "en": why.said.en, "bytes": 0})
        case End():
            live = piece.growing and now - piece.next < LIVE_S * SECOND
            yield _packed({"type": "end", "next": str(piece.next), "live": live, "bytes": 0})


def _ms(at: Instant) -> float:
    return at / 1e6


def _packed(header: dict[str, Any]) -> bytes:
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text
