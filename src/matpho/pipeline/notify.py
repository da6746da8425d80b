"""Telling systemd that we are up and alive: the datagrams of sd_notify(3), without its library."""

import contextlib
import os
import socket
from collections.abc import Mapping


class Notifier:
    """Says READY once and WATCHDOG as often as asked for; does nothing where nobody listens."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        told = os.environ if environment is None else environment
        address = told.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        mine = told.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        wanted = told.get("WATCHDOG_USEC", "")
        self._every_s = int(wanted) / 2_000_000 if mine and wanted.isdecimal() and int(wanted) else 0.0
        self._next_s = 0.0

    def ready(self) -> None:
        """The system listens."""
        self._say(b"READY=1")

    def stopping(self) -> None:
        """The system is being ended."""
        self._say(b"STOPPING=1")

    def alive(self, now_s: float) -> None:
        """Call from the loop whose hanging should be noticed; ``now_s`` is monotonic."""
        if self._every_s and now_s >= self._next_s:
            self._next_s = now_s + self._every_s
            self._say(b"WATCHDOG=1")

    def _say(self, words: bytes) -> None:
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
            link.sendto(words, self._address)
