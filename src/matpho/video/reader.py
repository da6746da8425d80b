"""One connection per stream, whatever the number of listeners: reconnecting, anchoring to the wall clock, fanning out.

A reader owns one thread. Listeners are called in that thread and must not block; one that fails is reported and
goes on being called, so that a broken viewer never stops a recording.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from matpho.domain.address import Address
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, Link, StreamState
from matpho.domain.time import SECOND, Clock, Instant
from matpho.domain.words import NOTHING_SAID, Said
from matpho.errors import BadVideo, MatphoError, SourceLost, SourceRefused, SourceUnreachable
from matpho.video.anchor import StreamClock
from matpho.video.parameters import in_band, probed, same_picture
from matpho.video.source import OpenSource, Packet, PacketSource, StreamInfo

log = logging.getLogger(__name__)

SETTLE_S = 0.4  # packets held at connect until their burst is over
JUMP_S = 3.0  # time stamps that leap further than this begin a new time line
STATE_EVERY_S = 2.0
STEADY_S = 10.0  # a connection is read at once for so long
CAUGHT_UP = 1 / 3  # of a nap: a packet that is later than this has others behind it
WAITED_S = 0.003  # a packet that took so long to come was not lying in the buffer: it was the last one
GATHERED_KBIT = 2400.0  # no more during a nap: what a connection's buffer holds, so that no camera has to hold it
_BACKOFF_S = (1.0, 2.0, 4.0, 8.0)  # however long a camera was away, it is soon recorded again
_REFUSED_S = (2.0, 8.0, 30.0)  # cameras lock an account that is tried again and again
_HEALTHY_S = 20.0  # a connection that lasted this long starts the back-off afresh
UNREADABLE = Said("không đọc được luồng hình", "the stream could not be read")
ENDED = Said("camera đã dừng luồng hình", "the camera ended the stream")


class PacketListener(Protocol):
    """Who gets the packets of a stream. All calls come from the reader's thread."""

    def began(self, info: StreamInfo) -> None:
        """A connection is up, or its parameters or time line changed; the next packet is a key frame."""
        ...

    def packet(self, packet: Packet) -> None:
        """One packet, with ``at`` set."""
        ...

    def lost(self, cause: GapCause, detail: Said) -> None:
        """The connection is gone; told once per loss and again when the reason changes."""
        ...


@dataclass(slots=True)
class _Meter:
    """Packets and bits per second over the last few seconds."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def add(self, at_s: float, size: int) -> None:
        self.seen.append((at_s, size))
        while self.seen[0][0] < at_s - 5:
            self.seen.popleft()

    def rates(self) -> tuple[float, float]:
        """Packets per second and kbit/s."""
        if len(self.seen) < 2 or (span := self.seen[-1][0] - self.seen[0][0]) <= 0:
            return 0.0, 0.0
        return (len(self.seen) - 1) / span, sum(size for _, size in list(self.seen)[1:]) * 8 / 1000 / span


def paced(source: Iterable[Packet], clock: Clock, wait: Callable[[float], object]) -> Iterator[Packet]:
    """Packets of a file no faster than its time stamps say, so that it stands in for a camera."""
    first_s: float | None = None
    for packet in source:
        stamp_s = float(packet.dts * packet.time_base)
        first_s = clock.monotonic_s() - stamp_s if first_s is None else first_s
        ahead_s = first_s + stamp_s - clock.monotonic_s()
        if ahead_s > 0:
            wait(min(ahead_s, JUMP_S))
        yield packet


def pause_s(link: Link, failures: int) -> float:
    """How long to wait before the next try, after so many failures before this one."""
    pauses = _REFUSED_S if link is Link.REFUSED else _BACKOFF_S
    return pauses[min(failures, len(pauses) - 1)]


class StreamReader:
    """Reads one stream of one camera for as long as it runs."""

    def __init__(
        self,
        camera_id: CameraId,
        role: StreamRole,
        address: Address,
        *,
        open_source: OpenSource,
        listeners: Sequence[PacketListener],
        tell: Callable[[StreamState], None],
        clock: Clock,
        nap_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """``nap_s`` says for how long packets may gather now before the next is read: ten at once cost far less than
        ten times one. A reader that has not caught up never naps: what stays unread would make every picture late, and
        the stream's clock would take that for the camera's.
        """
        self._nap_s = nap_s
        self.camera_id, self.role, self.address = camera_id, role, address
        self._open, self._listeners, self._tell, self._clock = open_source, listeners, tell, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"read-{camera_id}-{role}", daemon=True)
        self._meter = _Meter()
        self._link, self._since, self._detail = Link.CONNECTING, clock.now(), NOTHING_SAID
        self._last_packet: Instant | None = None
        self._info: StreamInfo | None = None
        self._stream_clock: StreamClock | None = None
        self._told_s = self._kbit_s = 0.0
        self._last_dts: int | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self, wait_s: float = 2.0) -> bool:
        """Ask the thread to end; whether it has within ``wait_s`` (a silent camera can hold it a few seconds more)."""
        self._stop.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began_s = self._clock.monotonic_s()
            if self._link not in (Link.LOST, Link.REFUSED):  # what is wrong stays said until it is right again
                self._say(Link.CONNECTING)
            cause, detail, link = self._one_connection()
            if self._stop.is_set():
                break
            if self._clock.monotonic_s() - began_s > _HEALTHY_S:
                failures = 0
            self._each(lambda listener, c=cause, d=detail: listener.lost(c, d))  # type: ignore[misc]
            self._say(link, detail)
            pause = pause_s(link, failures)
            failures += 1
            self._stop.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads cameras, guards nothing
        self._say(Link.OFF)

    def _one_connection(self) -> tuple[GapCause, Said, Link]:
        """Connect and read to the end; why it ended."""
        source: PacketSource | None = None
        try:
            source = self._open(self.address)
            self._read(source)
        except SourceRefused as e:
            return GapCause.CAMERA, Said(e.vi, e.en), Link.REFUSED
        except (BadVideo, SourceLost) as e:
            cause = GapCause.NETWORK if isinstance(e, SourceUnreachable) else GapCause.CAMERA
            return cause, Said(e.vi, e.en), Link.LOST
        except MatphoError as e:
            return GapCause.CAMERA, Said(self.address.scrub(e.vi), self.address.scrub(e.en)), Link.LOST
        except Exception as e:  # noqa: BLE001 - the edge of a worker thread: a stream must come back whatever happened
            log.warning(
                "reading %s/%s: %s: %s", self.camera_id, self.role, type(e).__name__, self.address.scrub(str(e))
            )
            return GapCause.CAMERA, UNREADABLE, Link.LOST
        finally:
            if source is not None:
                source.close()
        return GapCause.CAMERA, ENDED, Link.LOST

    def _read(self, source: PacketSource) -> None:
        """Deliver packets until the source ends, raises or we are stopped."""
        self._info, self._stream_clock, self._last_dts = source.info, None, None
        held: list[tuple[Packet, Instant]] = []
        deadline = 0.0
        asked_s = self._clock.monotonic_s()
        steady_s = asked_s + STEADY_S
        started = False
        stopped, wall, monotonic = self._stop.is_set, self._clock.now, self._clock.monotonic_s
        for packet in source if source.live else paced(source, self._clock, self._stop.wait):
            if stopped():
                return
            now, now_s = wall(), monotonic()
            self._meter.add(now_s, packet.size)
            self._last_packet = now
            if self._stream_clock is None:
                deadline = deadline or now_s + SETTLE_S
                held.append((packet, now))
                if now_s < deadline:
                    continue
                self._stream_clock = StreamClock([(p.offset_ns, at) for p, at in held])
                self._meter = _Meter()  # neither the burst nor what came before a loss says how much this stream sends
                for earlier, arrived in held:
                    started = self._deliver(earlier, arrived, now_s, started=started)
                held.clear()
            else:
                started = self._deliver(packet, now, now_s, started=started)
            self._refresh(now_s)
            if now_s >= steady_s and source.live and now_s - asked_s >= WAITED_S:
                self._nap(packet, now)
            asked_s = monotonic()

    def _nap(self, packet: Packet, arrived: Instant) -> None:
        """Let packets gather in the connection's buffer while nobody waits for them and none is left there.

        Both signs are asked for: a packet that had to be waited for (though a thread that waits for its turn looks
        the same), and one that is hardly later than the quickest (though what lies unread makes the quickest late).
        """
        nap_s = self._nap_s()
        if not nap_s or self._stream_clock is None:
            return
        nap_s = min(nap_s, GATHERED_KBIT / max(self._kbit_s, 1.0))
        if self._stream_clock.late_ns(packet.offset_ns, arrived) < CAUGHT_UP * nap_s * SECOND:
            self._stop.wait(nap_s)

    def _deliver(self, packet: Packet, arrived: Instant, now_s: float, *, started: bool) -> bool:
        """Hand one packet on; whether the time line is running (it starts at a key frame)."""
        assert self._stream_clock is not None
        if self._leapt(packet):
            log.info("%s/%s: time stamps leapt", self.camera_id, self.role)
            self._stream_clock = StreamClock([(packet.offset_ns, arrived)])
            started = False
        self._last_dts = packet.dts
        stamp_ns = packet.offset_ns
        self._stream_clock.observe(stamp_ns, arrived, now_s, packet.camera_at)
        if packet.key:
            started = self._at_key_frame(packet) and started
        elif not started:
            return False
        packet.at = self._stream_clock.instant(stamp_ns)
        if not started:
            info = self._info
            assert info is not None
            self._each(lambda listener: listener.began(info))
            self._say(Link.LIVE)
        for listener in self._listeners:
            try:
                listener.packet(packet)
            except Exception:
                log.exception("%s/%s: a listener failed", self.camera_id, self.role)
        return True

    def _leapt(self, packet: Packet) -> bool:
        if self._last_dts is None:
            return False
        step = packet.dts - self._last_dts
        # whole numbers: arithmetic of fractions costs more than the copying itself
        numerator, denominator = packet.time_base.as_integer_ratio()
        return step < 0 or step * numerator > JUMP_S * denominator

    def _at_key_frame(self, packet: Packet) -> bool:
        """Notice changed parameters and a drifted clock; False when a new time line must begin here."""
        assert self._info is not None
        assert self._stream_clock is not None
        same = True
        sets = in_band(self._info.codec, bytes(packet.payload)[:4096])
        if sets and not same_picture(self._info.codec, sets, self._info.extradata):
            try:
                self._info = probed(self._info, sets, bytes(packet.payload))
                same = False
            except BadVideo as e:  # damaged on the way: the next key frame tells
                log.warning("%s/%s: %s", self.camera_id, self.role, e.en)
        if self._stream_clock.drifted_ns:
            self._stream_clock.correct()
            same = False
        return same

    def _each(self, call: Callable[[PacketListener], None]) -> None:
        for listener in self._listeners:
            try:
                call(listener)
            except Exception:
                log.exception("%s/%s: a listener failed", self.camera_id, self.role)

    def _refresh(self, now_s: float) -> None:
        if now_s - self._told_s >= STATE_EVERY_S:
            self._tell_state(now_s)

    def _say(self, link: Link, detail: Said = NOTHING_SAID) -> None:
        if (link, detail) != (self._link, self._detail):
            self._link, self._detail, self._since = link, detail, self._clock.now()
            log.info("%s/%s %s: %s %s", self.camera_id, self.role, self.address.redacted(), link, detail.en)
        self._tell_state(self._clock.monotonic_s())

    def _tell_state(self, now_s: float) -> None:
        self._told_s = now_s
        fps, kbit_s = self._meter.rates() if self._link is Link.LIVE else (0.0, 0.0)
        self._kbit_s = kbit_s
        info = self._info
        self._tell(
            StreamState(
                camera_id=self.camera_id,
                role=self.role,
                link=self._link,
                since=self._since,
                last_packet=self._last_packet,
                fps=round(fps, 2),
                kbit_s=round(kbit_s, 1),
                codec=info.codec if info else "",
                width=info.width if info else 0,
                height=info.height if info else 0,
                clock_offset_ms=self._stream_clock.camera_offset_ms if self._stream_clock else None,
                detail=self._detail,
            )
        )
