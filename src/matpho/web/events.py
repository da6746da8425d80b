"""The event stream's hub: what the desk tells, from any thread, to every open page, without ever waiting for one."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

from pydantic import BaseModel

KEEP_ALIVE_S = 15.0
_ROOM = 256


class Look:
    """Put into every queue when somebody may have lost a right."""


Item = tuple[str, BaseModel] | Look | None
"""An event, a request to look again at who listens, or the end."""


class Hub:
    """Fans events out to bounded queues.

    A page that does not keep up is cut off: its browser connects again, gets ``hello`` and reads everything anew,
    which is right, while a queue with holes in it would not be.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._queues: set[asyncio.Queue[Item]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """The server's loop runs; before that, events are dropped because nobody can be listening."""
        self._loop = loop

    def close(self) -> None:
        """End every stream (in the loop's thread)."""
        for queue in list(self._queues):
            self._cut(queue)
        self._loop = None

    def post(self, name: str, data: BaseModel) -> None:
        """Tell every page; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._spread, (name, data))

    def look_again(self) -> None:
        """Have every stream check at once whether its listener is still welcome; from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._spread, Look())

    def _spread(self, item: Item) -> None:
        for queue in list(self._queues):
            if queue.full():
                self._cut(queue)
            else:
                queue.put_nowait(item)

    def _cut(self, queue: asyncio.Queue[Item]) -> None:
        self._queues.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Item]]:
        """A queue that gets everything from now on; None means the end."""
        queue: asyncio.Queue[Item] = asyncio.Queue(self._room)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)


def sse(name: str, data: BaseModel) -> bytes:
    """One event as the event stream writes it (WHATWG HTML §9.2)."""
    return f"event: {name}\ndata: {json.dumps(data.model_dump(mode='json'), ensure_ascii=False)}\n\n".encode()


async def stream(
    hub: Hub, hello: BaseModel, still_welcome: Callable[[], Awaitable[bool]], keep_alive_s: float = KEEP_ALIVE_S
) -> AsyncIterator[bytes]:
    """``hello``, then events as they come, a comment when it is quiet; ends when the listener is no longer welcome."""
    with hub.listening() as queue:
        yield sse("hello", hello)
        while True:
            try:
                item = await asyncio.wait_for(queue.get(), keep_alive_s)
            except TimeoutError:
                item = Look()
            if item is None:
                return
            if not isinstance(item, Look):
                yield sse(*item)
            elif await still_welcome():
                yield b": here\n\n"
            else:
                return
