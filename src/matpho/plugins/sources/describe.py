"""What an RTSP server says of a stream before anything plays: DESCRIBE (RFC 2326, 10.2), its login, its redirects.

FFmpeg follows a redirect to any host and hides whether there is sound, so a camera that nobody knows yet is asked
here first. Bounded in time and size.
"""

import base64
import hashlib
import re
import secrets
import socket
import ssl
from dataclasses import dataclass
from typing import NoReturn

from matpho.domain.address import Address
from matpho.domain.network import NetworkPolicy
from matpho.domain.time import Clock, SystemClock
from matpho.errors import BadAddress, SourceLost, SourceRefused, SourceStalled
from matpho.plugins.sources.door import at_place, checked, port_of

LONGEST_S = 8.0
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Described:
    """What the session description (RFC 8866) offers; ``audio`` whether there is sound."""

    video: bool
    audio: bool


class _Talk:
    """One connection on which questions are asked."""

    def __init__(self, address: Address, rules: NetworkPolicy | None, clock: Clock) -> None:
        place = checked(address, rules)
        self._clock, self._end = clock, clock.monotonic_s() + LONGEST_S
        self._number = 0
        host = place or address.host.strip("[]")
        self._socket: socket.socket = socket.create_connection((host, port_of(address)), LONGEST_S / 2)
        if address.scheme == "rtsps":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # cameras sign their own
            self._socket = context.wrap_socket(self._socket)

    def ask(self, url: str, login: str) -> tuple[int, dict[str, list[str]], str]:
        """Status, headers by lower-case name, body."""
        self._number += 1
        lines = [f"DESCRIBE {url} RTSP/1.0", f"CSeq: {self._number}", "Accept: application/sdp", "User-Agent: matpho"]
        lines += [f"Authorization: {login}"] if login else []
        self._socket.settimeout(self._left())
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(data)
        head, _, body = data.partition(b"\r\n\r\n")
        status, headers = _head(head.decode("utf-8", "replace"))
        length = headers.get("content-length", ["0"])[0]
        while length.isdecimal() and len(length) < 8 and len(body) < int(length):
            body += self._more(body)
        return status, headers, body.decode("utf-8", "replace")

    def _more(self, had: bytes) -> bytes:
        self._socket.settimeout(self._left())
        data = self._socket.recv(4096)
        if not data or len(had) + len(data) > MOST_BYTES:
            raise SourceLost("the camera answers what is not RTSP", "camera trả lời không đúng giao thức RTSP")
        return data

    def _left(self) -> float:
        left = self._end - self._clock.monotonic_s()
        if left <= 0:
            raise TimeoutError
        return left

    def close(self) -> None:
        self._socket.close()


def _head(text: str) -> tuple[int, dict[str, list[str]]]:
    first, *lines = text.split("\r\n")
    found = re.match(r"RTSP/\d\.\d (\d{3})", first)
    if found is None:
        raise SourceLost("what answers there is no RTSP camera", "nơi đó trả lời nhưng không phải camera RTSP")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return int(found[1]), headers


def _login(address: Address, url: str, challenges: list[str]) -> str:
    """The answer to a challenge: digest (RFC 2617, MD5) where offered, else basic."""
    for challenge in challenges:
        if challenge.lower().startswith("digest"):
            given = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge))
            if given.get("algorithm", "MD5").upper() != "MD5":
                continue
            return _digest(address, url, given)
    if any(challenge.lower().startswith("basic") for challenge in challenges):
        return "Basic " + base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
    return ""


def _digest(address: Address, url: str, given: dict[str, str]) -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    realm, nonce = given.get("realm", ""), given.get("nonce", "")
    one, two = md5(f"{address.user}:{realm}:{address.password}"), md5(f"DESCRIBE:{url}")
    parts = {"username": address.user, "realm": realm, "nonce": nonce, "uri": url}
    more = ""
    if "auth" in given.get("qop", ""):
        mine = secrets.token_hex(8)
        parts |= {"response": md5(f"{one}:{nonce}:00000001:{mine}:auth:{two}"), "cnonce": mine}
        more = ", qop=auth, nc=00000001"
    else:
        parts["response"] = md5(f"{one}:{nonce}:{two}")
    if "opaque" in given:
        parts["opaque"] = given["opaque"]
    clean = {name: value.replace('"', "").replace("\r", "").replace("\n", "") for name, value in parts.items()}
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in clean.items()) + more


def describe(address: Address, rules: NetworkPolicy | None = None, clock: Clock | None = None) -> Described:
    """Ask what the stream is.

    Raises SourceRefused for a wrong login, BadAddress for a redirect or a place that is not allowed, SourceStalled or
    SourceLost otherwise; none of them names a password.
    """
    plain = address.__class__(
        kind=address.kind, scheme=address.scheme, host=address.host, port=address.port, path=address.path
    )
    url = at_place(plain, plain.host.strip("[]")).reveal()
    talk: _Talk | None = None
    try:
        talk = _Talk(address, rules, clock or SystemClock())
        status, headers, body = talk.ask(url, "")
        if status == 401 and address.user:
            status, headers, body = talk.ask(url, _login(address, url, headers.get("www-authenticate", [])))
    except TimeoutError:
        raise SourceStalled("the camera does not answer", "camera không trả lời") from None
    except ConnectionRefusedError:
        raise SourceLost(
            "nothing answers at the camera's address and port", "không có gì trả lời ở địa chỉ và cổng của camera"
        ) from None
    except OSError:
        raise SourceLost("the camera cannot be reached", "không kết nối được camera") from None
    finally:
        if talk is not None:
            talk.close()
    if status != 200:
        _refused(status)
    media = re.findall(r"(?m)^m=(\w+)", body)
    return Described(video="video" in media, audio="audio" in media)


def _refused(status: int) -> NoReturn:
    if status in (401, 403):
        raise SourceRefused("the camera refuses the user name or password", "camera từ chối tên hoặc mật khẩu")
    if 300 <= status < 400:
        raise BadAddress(
            "the camera sends us on to another address; enter that address itself",
            "camera chuyển hướng sang địa chỉ khác; hãy nhập thẳng địa chỉ đó",
        )
    if status == 404:
        raise SourceLost("the camera has no stream of this name", "camera không có luồng tên này")
    raise SourceLost(f"the camera answers with error {status}", f"camera trả lời lỗi {status}")
