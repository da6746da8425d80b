"""Open streams look again at who listens as soon as accounts or sessions change, and every few seconds anyway."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Doors:
    """Wakes every open stream, from any thread."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """The server's loop runs."""
        self._loop = loop

    def close(self) -> None:
        """The server's loop ends."""
        self._ring()
        self._loop = None

    def knock(self) -> None:
        """Somebody may have lost a right: look again."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    @contextmanager
    def bell(self) -> Iterator[asyncio.Event]:
        """An event that is set when it is time to look again; clear it after looking."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)
