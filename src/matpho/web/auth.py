"""Passwords and tokens: what is kept of a secret is never the secret.

Passwords: Argon2id (RFC 9106), the RFC's second recommended setting (3 passes, 64 MiB, 4 lanes) unless told otherwise.
Tokens: 256 random bits; the database holds their SHA-256, which is enough because they cannot be guessed.
"""

import hashlib
import hmac
import secrets
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matpho.errors import BadInput

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCost:
    """Argon2id's cost: passes, KiB of memory, lanes. The default takes about 0.1 s on one slow core."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class Passwords:
    """Hashes and verifies passwords; at most two at a time, so that a flood of sign-ins cannot eat the memory."""

    def __init__(self, cost: HashCost | None = None) -> None:
        cost = cost or HashCost()
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._room = threading.BoundedSemaphore(2)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """The PHC string to keep."""
        with self._room:
            return self._hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether the password fits. ``kept`` None (no such person) costs the same time and is never true."""
        with self._room:
            try:
                self._hasher.verify(kept or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def check_password(password: str, login: str) -> None:
    """Raises BadInput when the password is too short, too long, one letter repeated, or the user name itself."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
            f"Mật khẩu phải dài từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự.",
        )
    if password.casefold() == login.casefold() or len(set(password)) < 4:
        raise BadInput("This password is too easy to guess.", "Mật khẩu này quá dễ đoán.")


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_for(token: str) -> str:
    """The CSRF value that belongs to a cookie: derived, so nothing has to be stored, and not reversible."""
    mac = hmac.new(token.encode("utf-8", "surrogatepass"), b"matpho csrf", hashlib.sha256).digest()
    return urlsafe_b64encode(mac[:24]).decode()


def same(a: str, b: str) -> bool:
    """Compare secrets without telling by the time taken where they differ."""
    return hmac.compare_digest(a.encode("utf-8", "surrogatepass"), b.encode("utf-8", "surrogatepass"))
