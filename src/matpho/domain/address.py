"""Where a stream comes from: a typed address that only names RTSP cameras and plain files, and keeps its secret.

What a person types reaches FFmpeg only through here. FFmpeg itself would also follow ``concat:``, ``pipe:``,
``http:`` and dozens of other protocols, so the list of what is allowed is short and everything else is refused.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, unquote

from matpho.errors import BadAddress

HIDDEN = "•••"
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*)(:|,)")  # FFmpeg takes ``proto,option=value:`` too
_HOST = re.compile(r"^(\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9]([A-Za-z0-9._\-]*[A-Za-z0-9.])?)$")
_SECRET_FIELD = re.compile(r"(?i)((?:pass(?:word|wd)?|pwd|psw|token|secret|auth|key)=)[^&?#/]*")
_ANY_LOGIN = re.compile(r"(?i)(rtsps?://[^\s/:@]*:)[^\s/]*@")
_LONGEST = 2000


class AddressKind(StrEnum):
    """What an address names."""

    RTSP = "rtsp"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One stream address. ``password`` never shows in ``repr`` or ``str``; only :meth:`reveal` gives it away.

    For ``FILE`` only ``path`` is set (a file or a folder). For ``RTSP`` ``path`` starts with ``/`` or is empty and
    carries the query.
    """

    kind: AddressKind
    path: str = field(repr=False)
    scheme: str = ""
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.redacted()

    @property
    def file(self) -> Path:
        """The file or folder; only for ``FILE``."""
        return Path(self.path)

    def redacted(self) -> str:
        """For people, logs and answers: the user stays, passwords read •••, in the query and the path too."""
        if self.kind is AddressKind.FILE:
            return self.path
        login = quote(self.user, safe="") + (f":{HIDDEN}" if self.password else "")
        return self._join(login, _SECRET_FIELD.sub(rf"\g<1>{HIDDEN}", self.path))

    def reveal(self) -> str:
        """The whole address with its password, for the library that connects. Never log or return it."""
        if self.kind is AddressKind.FILE:
            return self.path
        login = quote(self.user, safe="") + (f":{quote(self.password, safe='')}" if self.password else "")
        return self._join(login, self.path)

    def scrub(self, text: str) -> str:
        """``text`` without any form of this address's secrets: libraries put addresses into their messages."""
        if self.kind is AddressKind.RTSP:
            text = text.replace(self.reveal(), self.redacted())
            for secret in {self.password, quote(self.password, safe="")} - {""}:
                text = text.replace(secret, HIDDEN)
            text = _SECRET_FIELD.sub(rf"\g<1>{HIDDEN}", text)
        return _ANY_LOGIN.sub(rf"\g<1>{HIDDEN}@", text)

    def _join(self, login: str, path: str) -> str:
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.scheme}://{login}{'@' if login else ''}{self.host}{port}{path}"


def parse(text: str) -> Address:
    """Read an address: ``rtsp://``, ``rtsps://``, or the path of a file or folder.

    A password may hold ``@``, ``:`` or percent-escapes, as cameras' own pages print them. Raises BadAddress
    (its sentences never repeat the text, which may hold a password).
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        raise BadAddress("the stream address is empty or too long", "địa chỉ luồng trống hoặc quá dài")
    if any(not c.isprintable() for c in text):
        raise BadAddress("the stream address holds control characters", "địa chỉ luồng có ký tự điều khiển")
    scheme = _SCHEME.match(text)
    if scheme is None:
        if text == "-":
            raise BadAddress("standard input is not a stream address", "không nhận luồng từ đầu vào chuẩn")
        return Address(kind=AddressKind.FILE, path=text)
    if scheme[1].lower() not in {"rtsp", "rtsps"} or not text[len(scheme[1]) :].startswith("://"):
        raise BadAddress(
            "only rtsp://, rtsps:// and file paths are allowed as stream addresses",
            "địa chỉ luồng chỉ nhận rtsp://, rtsps:// hoặc đường dẫn tệp",
        )
    return _rtsp(scheme[1].lower(), text[len(scheme[1]) + 3 :])


def _rtsp(scheme: str, rest: str) -> Address:
    if " " in rest or "\\" in rest:
        raise BadAddress(
            "the stream address holds a space or backslash", "địa chỉ luồng có dấu cách hoặc gạch chéo ngược"
        )
    authority, path = _split_path(rest)
    login, _, place = authority.rpartition("@")
    user, _, password = login.partition(":")
    host, port = _host_and_port(place)
    return Address(
        kind=AddressKind.RTSP,
        scheme=scheme,
        host=host,
        port=port,
        user=unquote(user),
        password=unquote(password),
        path=path,
    )


def _split_path(rest: str) -> tuple[str, str]:
    """Authority and path; a ``/`` inside a password counts as password when an ``@`` with a host follows."""
    cut = min((i for i in (rest.find(c) for c in "/?#") if i >= 0), default=len(rest))
    authority, path = rest[:cut], rest[cut:]
    if ":" in authority and "@" not in authority and "@" in path:
        host_part = authority.rpartition(":")[2]
        if not host_part.isdecimal():  # "user:pa" – no port, so the password goes on behind the slash
            at = cut + path.index("@")
            end = min((i for i in (rest.find(c, at) for c in "/?#") if i >= 0), default=len(rest))
            return rest[:end], rest[end:]
    return authority, path


def _host_and_port(place: str) -> tuple[str, int | None]:
    host, _, digits = (
        place.rpartition(":") if re.search(r":\d*$", place) and not place.endswith("]") else (place, "", "")
    )
    if not _HOST.match(host):
        raise BadAddress("the stream address has no valid host", "địa chỉ luồng không có tên máy hợp lệ")
    if not digits:
        return host.lower(), None
    if len(digits) > 5 or not digits.isascii() or not 1 <= int(digits) <= 65535:
        raise BadAddress("the port is not between 1 and 65535", "cổng không nằm trong khoảng 1 đến 65535")
    return host.lower(), int(digits)
