"""What an RTSP camera sends on its one connection, told apart: framed packets and answers (RFC 2326, 10.12).

Wrong bytes are passed over up to the next frame that looks like one of ours. Nothing is kept beyond one frame or one
answer, whatever comes.
"""

import re
from dataclasses import dataclass, field

from matpho.errors import SourceLost

MOST_HEAD = 32 * 1024  # bytes of an answer's head, and of its body
MOST_BODY = 256 * 1024
MOST_WRONG = 512 * 1024  # bytes passed over in a row: then it is no RTSP
_DOLLAR = 0x24
_FIRST_LINE = re.compile(rb"RTSP/\d\.\d (\d{3})|[A-Z_]{3,20} \S{1,2000} RTSP/\d")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status (0: a request of the camera's own), headers by lower-case name, body."""

    status: int
    headers: dict[str, list[str]] = field(repr=False)
    body: str = field(default="", repr=False)

    def first(self, name: str) -> str:
        """The first value of a header, empty when it is missing."""
        return next(iter(self.headers.get(name, ())), "")


Piece = tuple[int, bytes] | Answer
"""A frame (its channel and packet), or an answer."""


class Pieces:
    """Feed it bytes as they come; it gives back what is whole."""

    def __init__(self) -> None:
        self._rest = b""
        self._wrong = 0

    def feed(self, more: bytes) -> list[Piece]:
        """The pieces that are whole now. Raises SourceLost when this is no RTSP."""
        data = self._rest + more if self._rest else more
        found: list[Piece] = []
        at, end = 0, len(data)
        while at + 4 <= end:
            if data[at] == _DOLLAR:
                stop = at + 4 + (data[at + 2] << 8 | data[at + 3])
                if stop > end:
                    break
                found.append((data[at + 1], data[at + 4 : stop]))
                self._wrong = 0
            elif (read := self._answer(data, at)) is not None:
                answer, stop = read
                if answer is None:
                    break
                found.append(answer)
                self._wrong = 0
            else:
                stop = self._pass_over(data, at)
            at = stop
        self._rest = data[at:]
        return found

    def _answer(self, data: bytes, at: int) -> tuple[Answer | None, int] | None:
        """The answer at ``at`` and where it ends; no answer yet: it is not whole; None: there is none."""
        if not (65 <= data[at] <= 90):
            return None
        split = data.find(b"\r\n\r\n", at, at + MOST_HEAD)
        if split < 0:
            line = data.find(b"\n", at, at + 2100)
            plausible = _FIRST_LINE.match(data, at) if line >= 0 else len(data) - at < 2100
            return (None, at) if plausible and len(data) - at < MOST_HEAD else None
        first = _FIRST_LINE.match(data, at, split)
        if first is None:
            return None
        headers = _headers(data[at:split].decode("utf-8", "replace"))
        length = next(iter(headers.get("content-length", ())), "0")
        size = int(length) if length.isascii() and length.isdecimal() and len(length) < 9 else 0
        if size > MOST_BODY:
            raise no_rtsp()
        stop = split + 4 + size
        if stop > len(data):
            return None, at
        body = data[split + 4 : stop].decode("utf-8", "replace")
        return Answer(int(first[1] or 0), headers, body), stop

    def _pass_over(self, data: bytes, at: int) -> int:
        """Where the next frame or answer may begin: RTP and RTCP both start with their version, 2."""
        answer = data.find(b"RTSP/", at + 1)
        start, end = at + 1, answer if answer >= 0 else len(data)
        found = data.find(b"$", start, end)
        while 0 <= found < len(data) - 4 and (data[found + 4] >> 6 != 2 or data[found + 1] > 15):
            start = found + 1
            found = data.find(b"$", start, end)
        if found < 0:
            found = answer if answer >= 0 else max(len(data) - 4, start)
        self._wrong += found - at
        if self._wrong > MOST_WRONG:
            raise no_rtsp()
        return found


def _headers(head: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), []).append(value.strip())
    return found


def no_rtsp() -> SourceLost:
    """What answers speaks another language."""
    return SourceLost("what answers there is no RTSP camera", "nơi đó trả lời nhưng không phải camera RTSP")
