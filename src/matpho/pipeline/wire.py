"""States from the workers to the desk: length-prefixed messages over a Unix socket.

States are only ever the newest of their kind and are dropped while the desk is away; facts never travel here
(they are in the journals). A killed writer can at worst leave half a message, which the reader throws away with
the connection; it can neither block nor corrupt the desk.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from matpho.domain import codec
from matpho.domain.messages import BoxesSeen, PictureSeen, State, StreamState, WorkerState
from matpho.errors import Corrupt

LENGTH = struct.Struct(">I")
LONGEST = 1 << 20
SEND_EVERY_S = 0.25  # what comes in between goes in one write, and wakes the desk once


def _key(state: State) -> tuple[str, ...]:
    match state:
        case StreamState():
            return ("stream", state.camera_id, state.role)
        case BoxesSeen():
            return ("boxes", state.camera_id)
        case PictureSeen():
            return ("picture", state.camera_id)
        case WorkerState():
            return ("worker", state.worker)


class Outbox:
    """Sends the newest states from a thread of its own; :meth:`tell` never blocks and never raises."""

    def __init__(self, address: Path) -> None:
        self._address = str(address)
        self._waiting: dict[tuple[str, ...], State] = {}
        self._known: dict[tuple[str, ...], State] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def tell(self, state: State) -> None:
        """Have the state sent soon; it replaces an unsent one of the same thing."""
        with self._lock:
            self._waiting[_key(state)] = state
            if not isinstance(state, BoxesSeen):
                self._known[_key(state)] = state

    def close(self) -> None:
        """Stop sending."""
        self._closed.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                    link.settimeout(5)
                    link.connect(self._address)
                    with self._lock:  # a desk that has just come up knows nothing yet
                        self._waiting = {**self._known, **self._waiting}
                    self._send_until_broken(link)
            except OSError:
                self._closed.wait(0.5)

    def _send_until_broken(self, link: socket.socket) -> None:
        while True:
            with self._lock:
                batch, self._waiting = list(self._waiting.values()), {}
            if batch:
                lines = [codec.dumps(state) for state in batch]
                link.sendall(b"".join(LENGTH.pack(len(line)) + line for line in lines))
            if self._closed.wait(SEND_EVERY_S):
                return


class Inbox:
    """The desk's end: ``receive`` is called in the event loop with each state.

    A connection that sends anything but states is closed; the others are not touched.
    """

    def __init__(self, address: Path, receive: Callable[[State], None]) -> None:
        self._address = address
        self._receive = receive
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; a socket left by a killed desk is replaced."""
        self._address.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._address.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._one, str(self._address))

    async def close(self) -> None:
        """Stop listening and end the connections."""
        if self._server:
            self._server.close()
        for writer in tuple(self._writers):
            writer.close()
        while self._writers:  # noqa: ASYNC110 - connections end by themselves within a moment
            await asyncio.sleep(0.01)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                if length > LONGEST:
                    return
                self._receive(codec.loads(State, await reader.readexactly(length)))
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, Corrupt):
            return
        finally:
            self._writers.discard(writer)
            writer.close()
