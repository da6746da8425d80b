"""A camera that speaks RTSP as it is told to: with a login, odd packets, no markers, a short session, a broken line."""

import base64
import contextlib
import hashlib
import re
import secrets
import select
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from matpho.testing.rtp_packets import framed, payloads, rtp, sender_report
from matpho.video.parameters import nal_type, units
from matpho.video.source import Packet

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(kw_only=True)
class Manners:
    """How a camera behaves; may be changed while it runs.

    ``challenge`` is ``Basic`` or an algorithm of Digest, ``nonce_lives`` how many requests a nonce is good for.
    ``marker``: behind a picture's ``last`` packet, ``never``, or those of parameter ``sets`` too. ``orders`` sends
    pictures by these numbers instead of one after another. ``statuses`` are answers to methods instead of 200.
    ``drops`` are packets that are not sent, by number. ``ends_after`` and ``silent_after`` count pictures of a
    connection; ``session_s`` is how long it plays without a word from the viewer.
    """

    user: str = ""
    password: str = ""
    challenge: str = "Basic"
    nonce_lives: int = 1000
    codec: str = "h264"
    marker: str = "last"
    together: bool = False
    fps: float = 50.0
    first_stamp: int = 0
    step: int = 1800
    attributes: tuple[str, ...] = ("rtpmap:96 {name}/90000", "fmtp:96 packetization-mode=1", "control:track1")
    session_attributes: tuple[str, ...] = ()
    protocol: str = "RTP/AVP"
    transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1"
    statuses: dict[str, str] = field(default_factory=dict)
    orders: tuple[int, ...] = ()
    drops: frozenset[int] = frozenset()
    ends_after: int = 1_000_000
    silent_after: int = 1_000_000
    session_s: float = 60.0
    before: bytes = b""


class ScriptedCamera:
    """Sends pictures in a circle to whoever plays; use as a context manager. Remembers what it was asked."""

    def __init__(self, pictures: Sequence[Packet], manners: Manners, context: ssl.SSLContext | None = None) -> None:
        self.manners, self._context = manners, context
        self._pictures = [(list(units(bytes(p.payload), 64)), p.key) for p in pictures]
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.asked: list[tuple[str, str, dict[str, str]]] = []  # method, URL, headers
        self.reports: list[bytes] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, login: str = "", path: str = "/live/1") -> str:
        """Its address; ``login`` as in ``user:password``."""
        scheme = "rtsps" if self._context else "rtsp"
        return f"{scheme}://{login}{'@' if login else ''}127.0.0.1:{self.port}{path}"

    @property
    def methods(self) -> list[str]:
        """What was asked, in order."""
        return [method for method, *_ in self.asked]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        """Answer nobody any more."""
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._context:
                client = self._context.wrap_socket(client, server_side=True)
            with client:
                _Viewer(self, client).run()

    def pictures(self) -> list[tuple[list[bytes], bool]]:
        """Units of each picture, and whether it is a key picture, in the order of sending."""
        order = self.manners.orders or range(len(self._pictures))
        return [self._pictures[n] for n in order]


class _Viewer:
    """One connection."""

    def __init__(self, camera: ScriptedCamera, client: socket.socket) -> None:
        self._camera, self._client = camera, client
        self._data = b""
        self._nonce, self._left = "", 0
        self._playing = False
        self._sequence, self._number = 65_530, 0  # it wraps soon
        self._heard = self._due = time.monotonic()

    def run(self) -> None:
        manners = self._camera.manners
        while True:
            wait_s = max(0.0, self._due - time.monotonic()) if self._playing else 0.2
            if select.select([self._client], [], [], min(wait_s, 0.2))[0] and not self._hear():
                return
            if self._playing and time.monotonic() - self._heard > manners.session_s:
                return
            while self._playing and time.monotonic() >= self._due:
                if self._number >= manners.ends_after:
                    return
                if self._number < manners.silent_after:
                    self._send()
                self._number += 1
                self._due += 1 / manners.fps

    def _hear(self) -> bool:
        more = self._client.recv(65_536)
        self._data += more
        while self._data:
            if self._data[:1] == b"$":
                stop = 4 + int.from_bytes(self._data[2:4], "big")
                if len(self._data) < max(4, stop):
                    break
                self._camera.reports.append(self._data[4:stop])
            else:
                stop = self._data.find(b"\r\n\r\n") + 4
                if stop < 4:
                    break
                self._answer(self._data[: stop - 4].decode())
            self._data = self._data[stop:]
            self._heard = time.monotonic()
        return bool(more)

    def _answer(self, head: str) -> None:
        manners = self._camera.manners
        first, *lines = head.split("\r\n")
        method, url, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        self._camera.asked.append((method, url, headers))
        status, more, body = manners.statuses.get(method, "200 OK"), [f"CSeq: {headers['cseq']}"], ""
        if manners.user and not self._let_in(method, headers.get("authorization", "")):
            status = "401 Unauthorized"
            more.append(f"WWW-Authenticate: {self._challenge()}")
        elif method == "OPTIONS":
            more.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN")
        elif method == "DESCRIBE" and status.startswith("200"):
            body = self._description()
            more += ["Content-Type: application/sdp", f"Content-Base: {url}/", f"Content-Length: {len(body)}"]
        elif method == "SETUP":
            more += [f"Transport: {manners.transport}", "Session: 12ab;timeout=60"]
        elif method == "PLAY" and status.startswith("200"):
            self._playing, self._due = True, time.monotonic()
        answer = "\r\n".join([f"RTSP/1.0 {status}", *more]) + "\r\n\r\n" + body
        self._client.sendall((manners.before if method == "PLAY" else b"") + answer.encode())
        if method == "TEARDOWN":
            raise ConnectionError

    def _challenge(self) -> str:
        manners = self._camera.manners
        if manners.challenge == "Basic":
            return 'Basic realm="cam"'
        stale = bool(self._nonce) and not self._left
        self._nonce, self._left = secrets.token_hex(8), manners.nonce_lives
        more = f'nonce="{self._nonce}", algorithm={manners.challenge}{", stale=TRUE" if stale else ""}'
        return f'Digest realm="a, cam", qop="auth", {more}'

    def _let_in(self, method: str, word: str) -> bool:
        """Whether the authorization is right, worked out as RFC 7616 says."""
        manners = self._camera.manners
        if manners.challenge == "Basic":
            pair = f"{manners.user}:{manners.password}".encode()
            return word == "Basic " + base64.b64encode(pair).decode()
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', word.replace('"a, cam"', "cam")))
        if not self._left or given.get("nonce") != self._nonce:
            return False
        self._left -= 1

        def digest(text: str) -> str:
            return _HASHES[manners.challenge](text.encode(), usedforsecurity=False).hexdigest()

        one, two = digest(f"{manners.user}:a, cam:{manners.password}"), digest(f"{method}:{given['uri']}")
        return str(given["response"]) == digest(f"{one}:{self._nonce}:{given['nc']}:{given['cnonce']}:auth:{two}")

    def _description(self) -> str:
        manners = self._camera.manners
        name = "H264" if manners.codec == "h264" else "H265"
        own = [f"a={a.format(name=name)}" for a in manners.attributes]
        session = [f"a={a}" for a in manners.session_attributes]
        lines = ["v=0", "s=-", *session, f"m=video 0 {manners.protocol} 96", *own, "m=audio 0 RTP/AVP 8"]
        return "\r\n".join(lines) + "\r\n"

    def _send(self) -> None:
        """One picture."""
        manners, pictures = self._camera.manners, self._camera.pictures()
        found, _ = pictures[self._number % len(pictures)]
        at = manners.orders[self._number] if manners.orders else self._number
        stamp = manners.first_stamp + at * manners.step
        packed = payloads(manners.codec, found, together=manners.together)
        for n, payload in enumerate(packed):
            last = n == len(packed) - 1
            small = nal_type(manners.codec, payload) in {7, 8, 24, 32, 33, 34, 48}
            marker = (last and manners.marker != "never") or (small and manners.marker == "sets")
            packet = rtp(payload, sequence=self._sequence, stamp=stamp, marker=marker)
            self._sequence += 1
            if self._sequence - 65_530 not in manners.drops:
                self._client.sendall(framed(0, packet))
        if self._number % 20 == 0:
            self._client.sendall(framed(1, sender_report(stamp, time.time_ns())))
