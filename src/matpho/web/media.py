"""Files of footage over HTTP: single ranges (RFC 9110 §14), strong ETags from the sealed hash, never stored."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from matpho.web.answers import status_response

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes [start, stop) of a file."""

    start: int
    stop: int


class NoSuchRange(Exception):
    """The range asked for lies outside the file: 416."""


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """The single range asked for, or None for the whole file (no header, or one we may ignore: several ranges, typos).

    Raises NoSuchRange when it lies outside the ``size`` bytes.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None:
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:  # the last n bytes
        start, stop = max(0, size - int(last)), size
        if int(last) == 0:
            raise NoSuchRange
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise NoSuchRange
    return ByteRange(start, stop)


async def _read(file: BinaryIO, left: int) -> AsyncIterator[bytes]:
    while left > 0:
        chunk = await to_thread.run_sync(file.read, min(_CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)
        yield chunk


class FileAnswer(StreamingResponse):
    """Streams a part of an open file, and closes the file however the request ends."""

    def __init__(self, file: BinaryIO, length: int, status: int, headers: dict[str, str], media_type: str) -> None:
        super().__init__(_read(file, length), status_code=status, headers=headers, media_type=media_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def file_answer(path: Path, headers: Headers, *, media_type: str, tag: str, name: str) -> Response:
    """The file, or the range of it that ``headers`` ask for: 200, 206, 304 or 416.

    Blocking (opens the file): call it in a worker thread. Raises OSError when the file cannot be opened.
    """
    etag = f'"{tag}"'
    common = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{name}"',
    }
    if etag in (tag.strip() for tag in headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=common)
    file = path.open("rb")
    size = os.fstat(file.fileno()).st_size
    asked = headers.get("range") if headers.get("if-range", etag) == etag else None
    try:
        part = parse_range(asked, size)
    except NoSuchRange:
        file.close()
        return status_response(416, {"Content-Range": f"bytes */{size}", "Cache-Control": "private, no-store"})
    whole = part or ByteRange(0, size)
    length = whole.stop - whole.start
    extra = {"Content-Length": str(length)}
    if part is not None:
        extra["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        file.seek(part.start)
    return FileAnswer(file, length, 206 if part else 200, common | extra, media_type)
