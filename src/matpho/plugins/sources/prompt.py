"""A camera over RTSP, taken out of its packets here: each picture is handed over the moment its last packet is there.

FFmpeg's parser hands a picture over when the next one begins, 100 ms later at ten pictures a second. This source
speaks less than FFmpeg does: H.264 and H.265 over one TCP connection, pictures in the order they are shown. Whatever
else a camera sends raises :class:`Unfit`, mostly before the first picture.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NoReturn

import av

from matpho.domain.address import Address, AddressKind
from matpho.domain.network import NetworkPolicy
from matpho.domain.time import Clock, SystemClock
from matpho.errors import BadAddress, BadVideo, SourceLost, SourceRefused, SourceStalled
from matpho.plugins.sources import troubles
from matpho.plugins.sources.conversation import Conversation
from matpho.plugins.sources.door import at_place, told_apart
from matpho.plugins.sources.interleaved import Answer
from matpho.plugins.sources.pictures import Picture, Pictures
from matpho.plugins.sources.rtp import Reports, read_packet
from matpho.plugins.sources.sdp import Offered, offered
from matpho.video.parameters import in_band, probed
from matpho.video.source import Packet, StreamInfo, once

OPEN_TIMEOUT_S = 8.0
SILENT_S = 8.0  # without a picture
LOOKED_AT = 3  # pictures of which the order is known before the first is handed over
MOST_STRIKES = 3  # one may be damage
REPORT_S = 5.0
_TIMEOUT_S = 60.0  # of a session, where the camera names none (RFC 2326, 12.37)


class Unfit(SourceLost):
    """This camera's stream is not for this source; FFmpeg may well understand it."""

    def __init__(self, why: str) -> None:
        """``why`` is for the log; people see the Vietnamese sentence for a moment at most, while FFmpeg takes over."""
        super().__init__(f"the stream cannot be taken out of its packets: {why}", "luồng của camera cần cách đọc khác")


@dataclass(frozen=True, slots=True)
class _Session:
    """What was agreed on: the URL of the whole, the session's name, two channels, how to stay alive."""

    url: str
    name: str
    packets: int
    reports: int
    alive: str
    alive_s: float

    @property
    def named(self) -> dict[str, str]:
        """The header that names it; some cameras give it no name."""
        return {"Session": self.name} if self.name else {}


class PromptSource:
    """An open RTSP stream; implements :class:`matpho.video.source.PacketSource`.

    ``lost`` is told, with the seconds that it played, when a connection that had come about ends by itself.
    """

    live = True

    def __init__(
        self,
        address: Address,
        clock: Clock | None = None,
        *,
        rules: NetworkPolicy | None = None,
        lost: Callable[[SourceLost, float], None] = lambda _error, _lasted_s: None,
    ) -> None:
        """Connect, where the rules allow it, and look at the first pictures.

        Raises Unfit once there is a connection, SourceLost where there is none, SourceRefused, SourceStalled or
        BadAddress; none of them names a password.
        """
        if address.kind is not AddressKind.RTSP:
            raise BadAddress("not an RTSP address", "không phải địa chỉ RTSP")
        self._clock, self._lost = clock or SystemClock(), lost
        self._session: _Session | None = None
        self._talk = Conversation(address, rules, self._clock, within_s=OPEN_TIMEOUT_S)
        try:
            plain = replace(address, user="", password="")
            url = (at_place(plain, self._talk.place) if self._talk.place else plain).reveal()
            self._offer, base, alive = self._describe(url)
            self._session = self._set_up(self._offer, base, alive)
            self._pictures = Pictures(self._offer.codec, self._offer.clock_rate)
            self._reports = Reports(self._offer.clock_rate)
            self._most_strikes = 1
            self._coming = self._incoming()
            self._first = self._look()
            self._info = self._probed(self._first)
            self._most_strikes = MOST_STRIKES
        except (SourceRefused, SourceStalled) as e:
            self.close()
            lost(e, 0.0)
            raise
        except SourceLost as e:
            self.close()
            raise e if isinstance(e, Unfit) else Unfit(e.en) from None
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> StreamInfo:
        """The stream as its first key picture says."""
        return self._info

    def _describe(self, url: str) -> tuple[Offered, str, str]:
        """What is offered, the URL of the whole, and the method that keeps a session alive."""
        options = self._talk.ask("OPTIONS", url)
        if options.status == 401:
            raise troubles.refused()
        methods = options.first("public").upper()
        answer = self._talk.ask("DESCRIBE", url, Accept="application/sdp")
        if answer.status != 200:
            _refuse(answer.status)
        offer = offered(answer.body)
        if offer is None or not offer.codec or not offer.plain or offer.clock_rate != 90_000:
            raise Unfit("another codec or another form of packets than H.264 or H.265 over RTP")
        base = answer.first("content-base") or answer.first("content-location") or url
        if offer.session.lower().startswith(("rtsp://", "rtsps://")):
            base = offer.session
        return offer, base, "GET_PARAMETER" if "GET_PARAMETER" in methods else "OPTIONS"

    def _set_up(self, offer: Offered, base: str, alive: str) -> _Session:
        """Agree on the channels, and let it play."""
        url = offer.control
        if not url.lower().startswith(("rtsp://", "rtsps://")):
            url = base if url in {"", "*"} else f"{base.rstrip('/')}/{url}"
        answer = self._talk.ask("SETUP", url, Transport="RTP/AVP/TCP;unicast;interleaved=0-1")
        transport = answer.first("transport").lower().replace(" ", "")
        channels = [part.partition("=")[2] for part in transport.split(";") if part.startswith("interleaved=")]
        pair = (channels or ["0-1"])[0].split("-")
        if answer.status != 200 or "rtp/avp/tcp" not in transport or not all(c.isdecimal() for c in pair):
            raise Unfit("no transport over the same connection")
        name, _, more = answer.first("session").partition(";")
        told = more.lower().partition("timeout=")[2].strip()
        timeout_s = float(told) if told.isascii() and told.isdecimal() and len(told) < 5 else 0.0
        session = _Session(
            base, name.strip(), int(pair[0]), int(pair[-1]), alive, min(timeout_s or _TIMEOUT_S, _TIMEOUT_S) / 2
        )
        if self._talk.ask("PLAY", base, Range="npt=0.000-", **session.named).status != 200:
            raise Unfit("the camera does not play")
        return session

    def _look(self) -> list[Picture]:
        """The first key picture and the next ones, by which the order is known. What came before it is of no use."""
        found: list[Picture] = []
        end_s = self._clock.monotonic_s() + OPEN_TIMEOUT_S
        for picture in self._coming:
            if found or picture.key:
                found.append(picture)
            if len(found) >= LOOKED_AT and found[-1].stamp > found[0].stamp:
                break
            if self._clock.monotonic_s() > end_s or len(found) > 2 * LOOKED_AT:
                raise Unfit("no key picture soon, or pictures without time stamps")
        return found

    def _probed(self, first: list[Picture]) -> StreamInfo:
        key, rate, codec = first[0], self._offer.clock_rate, self._offer.codec
        sets = in_band(codec, key.data)
        missing = b"" if sets else self._offer.sets
        try:
            blank = StreamInfo(codec, 0, 0, sets or missing, Fraction(1, rate), None)
            info = probed(blank, missing, key.data)
        except BadVideo as e:
            raise Unfit("its first picture cannot be read") from e
        if info.template.codec_context.has_b_frames:
            raise Unfit("pictures come in another order than they are shown")
        self._step = max(1, (first[-1].stamp - key.stamp) // (len(first) - 1))
        return replace(info, extradata=sets or missing, fps=round(rate / self._step, 2))

    def __iter__(self) -> Iterator[Packet]:
        """Packets in decoding order. Raises SourceStalled, SourceUnreachable and SourceLost."""
        return once(self._stamped())

    def _stamped(self) -> Iterator[Packet]:
        began_s = self._clock.monotonic_s()
        last = self._first[0].stamp - self._step
        first, self._first = self._first, []
        try:
            for pictures in (first, self._coming):
                for picture in pictures:
                    if 0 < picture.stamp - last <= self._offer.clock_rate:
                        self._step = picture.stamp - last
                    last = picture.stamp
                    yield self._packet(picture)
        except SourceLost as e:
            told = told_apart(e, self._talk.host, self._talk.port)
            if told is e:  # a line that is cut says nothing about this way of reading
                self._lost(e, self._clock.monotonic_s() - began_s)
            raise told from None

    def _packet(self, picture: Picture) -> Packet:
        payload: Any = av.Packet(picture.data)
        payload.is_keyframe = picture.key
        return Packet(
            payload=payload,
            pts=picture.stamp,
            dts=picture.stamp,
            duration=self._step,
            time_base=self._info.time_base,
            key=picture.key,
            size=len(picture.data),
            camera_at=self._reports.clock(picture.stamp) if picture.key else None,
        )

    def _incoming(self) -> Iterator[Picture]:
        """Pictures as they become whole, for ever."""
        session, reports, stamps = self._session, self._reports, self._pictures.stamps
        assert session is not None
        monotonic_s = self._clock.monotonic_s
        heard_s = monotonic_s()
        self._alive_s, self._report_s = heard_s + session.alive_s, heard_s + REPORT_S
        for pieces in self._talk.pieces(SILENT_S):
            now_s = monotonic_s()
            for piece in pieces:
                if isinstance(piece, Answer):
                    if piece.status == 401:  # the word of before has expired
                        self._talk.challenged(piece)
                        self._alive_s = now_s + session.alive_s / 4
                elif piece[0] == session.packets:
                    for picture in self._taken(piece[1]):
                        heard_s = now_s
                        yield picture
                elif piece[0] == session.reports:
                    reports.hear(piece[1], now_s, stamps)
            if now_s - heard_s > SILENT_S:
                raise troubles.silent()
            self._stay(session, now_s)

    def _taken(self, data: bytes) -> list[Picture]:
        """The pictures that are whole with this packet."""
        packet = read_packet(data)
        if packet is None or packet.payload_type != self._offer.payload_type:
            return []
        self._reports.seen(packet.sequence, packet.sender)
        found = self._pictures.feed(packet)
        if self._pictures.strikes >= self._most_strikes:
            raise Unfit(self._pictures.unfit)
        return found

    def _stay(self, session: _Session, now_s: float) -> None:
        """What a camera wants to hear so that it goes on sending."""
        if now_s >= self._alive_s:
            self._alive_s = now_s + session.alive_s
            self._talk.tell(session.alive, session.url, **session.named)
        if now_s >= self._report_s:
            self._report_s = now_s + REPORT_S
            self._talk.frame(session.reports, self._reports.mine(now_s))

    def close(self) -> None:
        """Hang up."""
        if self._session is None:
            self._talk.close()
        else:
            self._talk.close("TEARDOWN", self._session.url, **self._session.named)


def _refuse(status: int) -> NoReturn:
    if status in {401, 403}:
        raise troubles.refused()
    if status == 404:
        raise troubles.no_such_stream()
    raise Unfit(f"the camera answers with {status}")
