"""Speaking RTSP (RFC 2326) with a camera over one TCP connection, or TLS, that leads to the place that was judged."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator

from matpho.domain.address import Address
from matpho.domain.network import NetworkPolicy
from matpho.domain.time import Clock
from matpho.errors import SourceLost, SourceStalled
from matpho.plugins.sources import troubles
from matpho.plugins.sources.door import checked, port_of
from matpho.plugins.sources.interleaved import Answer, Piece, Pieces, no_rtsp
from matpho.plugins.sources.login import Login

CHUNK = 65_536  # bytes asked of the system at once: what gathers while a reader naps
_MOST_EARLY = 4_000_000  # bytes of packets that come before the answer to PLAY
_HANG_UP_S = 0.2


class Conversation:
    """Questions and answers, then packets. Everything of the first part happens ``within_s`` seconds."""

    def __init__(self, address: Address, rules: NetworkPolicy | None, clock: Clock, *, within_s: float) -> None:
        """Connect. Raises BadAddress, SourceStalled or SourceLost (SourceUnreachable where no way leads there)."""
        self.place = place = checked(address, rules)
        self.host, self.port = place or address.host.strip("[]"), port_of(address)
        self._clock, self._end = clock, clock.monotonic_s() + within_s
        self._login = Login(address.user, address.password)
        self._number = 0
        self._pieces = Pieces()
        self._early: list[Piece] = []
        self._early_size = 0
        try:
            self._socket: socket.socket = socket.create_connection((self.host, self.port), within_s / 2)
        except (OSError, UnicodeError) as e:  # a time that is up included: who is there answers or refuses
            raise troubles.unreachable(e) from None
        if address.scheme == "rtsps":
            self._encrypt()

    def _encrypt(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # cameras sign their own
        plain = self._socket
        try:
            self._socket = context.wrap_socket(plain)
        except TimeoutError:
            plain.close()
            raise troubles.unanswered() from None
        except OSError as e:
            plain.close()
            raise troubles.unreachable(e) from None

    def ask(self, method: str, url: str, **headers: str) -> Answer:
        """The camera's answer; logs in where it wants that. Raises SourceStalled or SourceLost."""
        answer = self._ask_once(method, url, headers)
        if answer.status == 401 and self.challenged(answer):
            answer = self._ask_once(method, url, headers)
        return answer

    def challenged(self, answer: Answer) -> bool:
        """Take over what the camera asks for before it lets in; whether there is a new answer to that."""
        return self._login.challenged(answer.headers.get("www-authenticate", []))

    def _ask_once(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        self.tell(method, url, **headers)
        answer: Answer | None = None
        while answer is None:
            for piece in self._next(self._end - self._clock.monotonic_s()):
                if not isinstance(piece, Answer):
                    self._early.append(piece)
                    self._early_size += len(piece[1])
                elif answer is None and piece.status and piece.first("cseq") in ("", str(self._number)):
                    answer = piece
            if self._early_size > _MOST_EARLY:
                raise no_rtsp()
        return answer

    def tell(self, method: str, url: str, **headers: str) -> None:
        """Ask, and let the answer come among the packets. Raises SourceLost."""
        self._number += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._number}", "User-Agent: matpho"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if login := self._login.answer(method, url):
            lines.append(f"Authorization: {login}")
        self._send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def frame(self, channel: int, packet: bytes) -> None:
        """Send one packet of ours. Raises SourceLost."""
        self._send(b"$%c%b%b" % (channel, len(packet).to_bytes(2, "big"), packet))

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError:
            raise troubles.closed() from None

    def pieces(self, timeout_s: float) -> Iterator[list[Piece]]:
        """What comes, as it comes, for ever. Raises SourceStalled after silence, SourceLost at the end."""
        early, self._early = self._early, []
        yield early
        self._socket.settimeout(timeout_s)
        while True:
            yield self._received(troubles.silent)

    def _next(self, timeout_s: float) -> list[Piece]:
        if timeout_s <= 0:
            raise troubles.unanswered()
        self._socket.settimeout(timeout_s)
        return self._received(troubles.unanswered)

    def _received(self, late: Callable[[], SourceStalled]) -> list[Piece]:
        try:
            data = self._socket.recv(CHUNK)
        except TimeoutError:
            raise late() from None
        except OSError:
            raise troubles.closed() from None
        if not data:
            raise troubles.closed()
        return self._pieces.feed(data)

    def close(self, method: str = "", url: str = "", **headers: str) -> None:
        """Hang up, with a last word if there is one; safe to call twice."""
        with contextlib.suppress(OSError, SourceLost):
            if method and self._socket.fileno() >= 0:
                self._socket.settimeout(_HANG_UP_S)
                self.tell(method, url, **headers)
        self._socket.close()
