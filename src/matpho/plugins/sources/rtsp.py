"""A camera over RTSP, always over TCP: one connection, one video stream, no sound."""

import contextlib
from collections.abc import Iterator
from typing import Any

import av.error

from matpho.domain.address import Address, AddressKind
from matpho.domain.network import NetworkPolicy
from matpho.domain.time import Clock, Instant, SystemClock
from matpho.errors import BadAddress, SourceLost
from matpho.plugins.sources import troubles
from matpho.plugins.sources.door import at_place, checked, port_of, told_apart
from matpho.plugins.sources.straight import open_straight
from matpho.video.parameters import detached
from matpho.video.source import Packet, StreamInfo, once

OPEN_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 4.0  # a stall is told after about twice this (the library waits once more after its poll)
SILENT_S = 8.0  # packets come, but none of them is video

_OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",  # sound is never asked of the camera
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls",
    "fpsprobesize": "0",  # do not wait seconds to guess a frame rate
    "analyzeduration": "2000000",
    "max_delay": "500000",
}
_REFUSED = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)


class RtspSource:
    """An open RTSP stream; implements :class:`matpho.video.source.PacketSource`."""

    live = True

    def __init__(self, address: Address, clock: Clock | None = None, *, rules: NetworkPolicy | None = None) -> None:
        """Connect, where the rules allow it, and read what the stream is.

        Raises SourceRefused, SourceStalled, SourceUnreachable, SourceLost, BadVideo or BadAddress.
        """
        if address.kind is not AddressKind.RTSP:
            raise BadAddress("not an RTSP address", "không phải địa chỉ RTSP")
        self._clock = clock or SystemClock()
        place = checked(address, rules)
        self._host, self._port = place or address.host, port_of(address)
        self._container = self._open(address if place is None else at_place(address, place))
        try:
            self._stream = next(iter(self._container.streams.video), None)
            self._info = self._read_info()
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> StreamInfo:
        """The stream as announced."""
        return self._info

    def _open(self, address: Address) -> Any:
        try:
            return open_straight(address.reveal(), options=dict(_OPTIONS), timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S))
        except (av.error.FFmpegError, OSError, ValueError) as e:
            # "from None": the library's message holds the address with its password
            raise told_apart(_lost(e, opening=True), self._host, self._port) from None

    def _read_info(self) -> StreamInfo:
        stream = self._stream
        if stream is None or stream.codec_context is None or not stream.codec_context.width:
            raise troubles.no_video()
        context = stream.codec_context
        return StreamInfo(
            codec=context.codec.canonical_name,
            width=context.width,
            height=context.height,
            extradata=bytes(context.extradata or b""),
            time_base=stream.time_base,
            template=detached(stream),
            fps=float(stream.average_rate or 0),
        )

    def __iter__(self) -> Iterator[Packet]:
        """Packets in decoding order. Raises SourceStalled, SourceUnreachable and SourceLost."""
        return once(self._stamped())

    def _stamped(self) -> Iterator[Packet]:
        """Packets that all have time stamps."""
        held: Any = None  # the first packets of a connection may come without time stamps
        last_dts: int | None = None
        monotonic_s, stream = self._clock.monotonic_s, self._stream
        step, heard = 0, monotonic_s()
        for payload in self._packets():
            if payload is None or payload.stream is not stream or not payload.size:
                if monotonic_s() - heard > SILENT_S:
                    raise troubles.silent()
                continue
            heard = monotonic_s()
            step = payload.duration or step
            dts = payload.dts if payload.dts is not None else payload.pts
            if dts is None:
                if last_dts is None:
                    held = payload if payload.is_keyframe else None
                    continue
                dts = last_dts + step
            if held is not None:
                yield self._packet(held, dts - step, dts - step, held.duration or step)
                held = None
            last_dts = dts
            yield self._packet(payload, payload.pts if payload.pts is not None else dts, dts, step)

    def _packets(self) -> Iterator[Any]:
        try:
            yield from self._container.demux()
        except (av.error.FFmpegError, OSError, ValueError) as e:
            raise told_apart(_lost(e, opening=False), self._host, self._port) from None

    def _packet(self, payload: Any, pts: int, dts: int, step: int) -> Packet:
        key = payload.is_keyframe
        return Packet(
            payload=payload,
            pts=pts,
            dts=dts,
            duration=step,
            time_base=self._info.time_base,
            key=key,
            size=payload.size,
            camera_at=_camera_clock(payload) if key else None,
        )

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(av.error.FFmpegError, OSError):
            self._container.close()


def _camera_clock(payload: Any) -> Instant | None:
    """What the camera's clock said: FFmpeg's producer reference time, microseconds since 1970, little endian."""
    for data in payload.iter_sidedata():
        if data.data_type == "prft":
            return Instant(int.from_bytes(bytes(data)[:8], "little", signed=True) * 1000)
    return None


def _lost(error: Exception, *, opening: bool) -> SourceLost:
    """The library's error as ours, told by its type alone because its text holds the address."""
    if isinstance(error, _REFUSED):
        return troubles.refused()
    if isinstance(error, (av.error.ExitError, TimeoutError)):
        return troubles.unanswered() if opening else troubles.silent()
    if not opening:
        return troubles.closed()
    if isinstance(error, av.error.HTTPNotFoundError):
        return troubles.no_such_stream()
    if isinstance(error, av.error.HTTPError | av.error.HTTPClientError):
        return troubles.not_now()
    return troubles.unreachable(error)
