"""Which way a camera is read: its pictures taken out of the packets here, at once; or by FFmpeg, which knows more.

A camera that works must never be lost by the quicker way. So FFmpeg is asked on the spot where the stream is not
understood, and with the next connection where the camera twice running refused, was silent, or hung up soon. Where
FFmpeg does better it keeps the camera for a while; where it fails too, the quicker way was not to blame.
"""

import logging
import threading

from matpho.domain.address import Address, AddressKind
from matpho.domain.network import NetworkPolicy
from matpho.domain.time import Clock, SystemClock
from matpho.errors import MatphoError, SourceLost
from matpho.plugins.sources import open_source
from matpho.plugins.sources.prompt import PromptSource, Unfit
from matpho.video.source import PacketSource

log = logging.getLogger(__name__)

SOON_S = 150.0  # sessions that are not kept alive as a camera wants it end after a minute or two
KEPT_S = 6 * 3600.0
_MOST = 4096


class Ways:
    """Opens cameras; remembers by address which of them FFmpeg has to read."""

    def __init__(self, rules: NetworkPolicy | None = None, clock: Clock | None = None) -> None:
        self._rules, self._clock = rules, clock or SystemClock()
        self._lock = threading.Lock()
        self._until: dict[Address, float] = {}  # monotonic seconds
        self._failed: set[Address] = set()  # the last time, not by lack of a connection
        self._told: set[Address] = set()

    def open(self, address: Address) -> PacketSource:
        """Open what an address names; as :data:`matpho.video.source.OpenSource`."""
        if address.kind is not AddressKind.RTSP:
            return open_source(address, self._rules)
        if not self._by_ffmpeg(address):
            try:
                return PromptSource(
                    address, self._clock, rules=self._rules, lost=lambda e, s: self._ended(address, e, s)
                )
            except Unfit as e:
                self._leave(address, e)
        try:
            return open_source(address, self._rules)
        except MatphoError:
            self._forget(address)
            raise

    def _ended(self, address: Address, error: SourceLost, lasted_s: float) -> None:
        if isinstance(error, Unfit):
            self._leave(address, error)
            return
        with self._lock:
            again = address in self._failed
            self._failed.discard(address)
            if lasted_s < SOON_S and not again:
                self._failed.add(address)
        if lasted_s < SOON_S and again:
            self._leave(address, error)

    def _by_ffmpeg(self, address: Address) -> bool:
        with self._lock:
            return self._until.get(address, 0.0) > self._clock.monotonic_s()

    def _leave(self, address: Address, error: SourceLost) -> None:
        with self._lock:
            if len(self._until) >= _MOST:
                self._until.clear()
                self._failed.clear()
                self._told.clear()
            self._until[address] = self._clock.monotonic_s() + KEPT_S
            told = address in self._told
            self._told.add(address)
        if not told:
            log.info("%s is read by FFmpeg from now on: %s", address.redacted(), error.en)

    def _forget(self, address: Address) -> None:
        with self._lock:
            self._until.pop(address, None)
