"""Logging in to a camera: Basic (RFC 7617) and Digest with MD5 or SHA-256 (RFC 7616), as its challenge asks."""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence

_SCHEME = re.compile(r"(?i)(?:^|,)\s*(basic|digest)\s")
_PART = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^",\s]*))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_UNSAFE = re.compile(r'["\r\n]')


class Login:
    """One name and password, and what the camera last asked for."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._basic = False
        self._asked: dict[str, str] = {}
        self._count = 0

    def challenged(self, lines: Sequence[str]) -> bool:
        """Take the values of ``WWW-Authenticate``; whether there is a new answer to them.

        There is none to a camera that has heard one and does not call it stale: it would lock the account. Of several
        challenges the first counts that we know, as the camera prefers; Basic only when no other is known.
        """
        if not self._user:
            return False
        heard = self._basic or bool(self._asked)
        self._basic, self._asked = False, {}
        for scheme, rest in _challenges(lines):
            if scheme == "basic":
                self._basic = True
                continue
            asked = {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(rest)}
            if asked.get("algorithm", "MD5").upper() in _HASHES and asked.get("nonce"):
                self._asked, self._count = asked, 0
                return not heard or asked.get("stale", "").lower() == "true"
        return self._basic and not heard

    def answer(self, method: str, url: str) -> str:
        """The value of ``Authorization`` for a request; empty where nothing was asked for."""
        if self._asked:
            return self._digest(method, url)
        if self._basic:
            return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        return ""

    def _digest(self, method: str, url: str) -> str:
        asked = self._asked
        algorithm = asked.get("algorithm", "MD5").upper()

        def digest(*parts: str) -> str:
            return _HASHES[algorithm](":".join(parts).encode(), usedforsecurity=False).hexdigest()

        realm, nonce = asked.get("realm", ""), asked["nonce"]
        one, two = digest(self._user, realm, self._password), digest(method, url)
        parts = {"username": self._user, "realm": realm, "nonce": nonce, "uri": url}
        more = f", algorithm={algorithm}" if "algorithm" in asked else ""
        if "auth" in re.split(r"[,\s]+", asked.get("qop", "").lower()):
            self._count += 1
            mine, count = secrets.token_hex(8), f"{self._count:08x}"
            parts |= {"response": digest(one, nonce, count, mine, "auth", two), "cnonce": mine}
            more += f", qop=auth, nc={count}"
        else:
            parts["response"] = digest(one, nonce, two)
        if "opaque" in asked:
            parts["opaque"] = asked["opaque"]
        return "Digest " + ", ".join(f'{name}="{_UNSAFE.sub("", value)}"' for name, value in parts.items()) + more


def _challenges(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Scheme and the rest of each challenge: a camera may put several on one line."""
    found = []
    for line in lines:
        begins = list(_SCHEME.finditer(line))
        for begin, after in zip(begins, [*begins[1:], None], strict=False):
            found.append((begin[1].lower(), line[begin.end() : after.start() if after else None]))
    return found
