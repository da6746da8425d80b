"""A wire between a camera and its recorder that does damage: RTSP over TCP, relayed frame by frame.

What comes from the camera is told apart into answers and interleaved frames (RFC 2326 §10.12), so that damage goes
where it is meant to: into picture data, into the framing, or into the camera's clock (RTCP sender reports, RFC 3550).
"""

import asyncio
import random
import struct
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from matpho.testing.system import free_port

_SR = 200


@dataclass(slots=True)
class Damage:
    """What the wire does; may be changed while it runs.

    ``flip`` and ``header`` are shares of frames that get a wrong byte in their picture data or in their frame header;
    ``clock_s`` is added to the camera's own clock; ``cut_after`` ends a connection after so many key pictures;
    ``wait_s`` holds each frame for that long; ``drop`` is a share of frames that never arrive.
    """

    flip: float = 0.0
    header: float = 0.0
    clock_s: float = 0.0
    cut_after: int = 0
    wait_s: float = 0.0
    drop: float = 0.0


class Wire:
    """The relay to one address, in a thread of its own; use as a context manager. Counts what it did."""

    def __init__(self, address: str, seed: int = 1) -> None:
        parts = urlsplit(address)
        assert parts.hostname
        self._to = (parts.hostname, parts.port or 554)
        self.port = free_port()
        login = parts.netloc.rpartition("@")[0]
        self.address = urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{self.port}"))
        self.damage = Damage()
        self.connections = self.flipped = self.broken = self.reports = self.cuts = 0
        self._chance = random.Random(seed)  # noqa: S311 - damage that can be repeated
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._ready = threading.Event()

    def of(self, address: str) -> str:
        """Another address of the same camera, through this wire."""
        parts = urlsplit(address)
        return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self.port}"))

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        """Cut everything."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._to)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        up = asyncio.create_task(_copy(reader, far_writer))
        try:
            await self._down(far_reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # cancelled: the wire is taken away; asyncio's own callback would report it as a failure
        finally:
            up.cancel()
            writer.transport.abort()
            far_writer.transport.abort()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        keys = 0
        async for frame in _pieces(reader):
            harm, whole = self.damage, bytearray(frame)
            if whole[:1] == b"$":
                if harm.drop and self._chance.random() < harm.drop:
                    continue
                if harm.wait_s:
                    await asyncio.sleep(harm.wait_s)
                if harm.cut_after and _begins_key(whole):
                    keys += 1
                    if keys > harm.cut_after:
                        self.cuts += 1
                        return
                self._harm(whole, harm)
            writer.write(bytes(whole))
            await writer.drain()

    def _harm(self, frame: bytearray, harm: Damage) -> None:
        """Change a frame in place."""
        chance = self._chance
        if frame[1] % 2 == 1:
            if harm.clock_s and len(frame) >= 32 and frame[5] == _SR:
                seconds = (struct.unpack_from(">I", frame, 12)[0] + round(harm.clock_s)) & 0xFFFFFFFF
                struct.pack_into(">I", frame, 12, seconds)
                self.reports += 1
            return
        if harm.flip and len(frame) > 40 and chance.random() < harm.flip:
            frame[chance.randrange(16, len(frame))] ^= 1 << chance.randrange(8)
            self.flipped += 1
        if harm.header and chance.random() < harm.header:
            frame[chance.randrange(4)] ^= 1 << chance.randrange(8)
            self.broken += 1


def _begins_key(frame: bytearray) -> bool:
    """Whether an RTP packet of H.264 begins an IDR picture or its parameters (RFC 6184)."""
    if frame[1] % 2 or len(frame) < 18:
        return False
    kind = frame[16] & 31
    return kind == 7 or (kind == 24 and frame[19] & 31 == 7)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Whole answers and whole interleaved frames."""
    while True:
        first = await reader.readexactly(1)
        if first == b"$":
            head = first + await reader.readexactly(3)
            yield head + await reader.readexactly(int.from_bytes(head[2:], "big"))
            continue
        answer = first + await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in answer.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        yield answer + (await reader.readexactly(length) if length else b"")
