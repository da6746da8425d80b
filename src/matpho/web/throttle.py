"""Slows down guessing of passwords: back-off per login and address, and per address, in bounded memory."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from matpho.domain.time import Clock
from matpho.errors import MatphoError


class TooManyTries(MatphoError):
    """Too many failed attempts; ``wait_s`` says for how long to wait."""

    code = "too_many_tries"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, round(wait_s))
        super().__init__(
            f"Too many failed attempts. Try again in {self.wait_s} seconds.",
            f"Sai quá nhiều lần. Hãy thử lại sau {self.wait_s} giây.",
        )


@dataclass(slots=True)
class _Misses:
    count: int
    last_s: float


class Throttle:
    """Counts failures by key; after ``free`` of them each further one doubles the wait, up to ``longest_s``.

    A key is forgotten ``forget_s`` after its last failure. At most ``room`` keys are held; the stalest goes first,
    so an attacker who cycles through names fills his own address's counter, never our memory.
    """

    def __init__(
        self, clock: Clock, *, free: int, longest_s: float = 300, forget_s: float = 900, room: int = 10_000
    ) -> None:
        self._clock = clock
        self._free = free
        self._longest_s = longest_s
        self._forget_s = forget_s
        self._room = room
        self._misses: OrderedDict[str, _Misses] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, key: str) -> None:
        """Count one attempt as failed until told otherwise, so that parallel guesses cannot slip past the count.

        Raises TooManyTries while the key has to wait; that attempt is not counted.
        """
        now = self._clock.monotonic_s()
        with self._lock:
            misses = self._alive(key, now)
            if misses is not None and misses.count >= self._free:
                wait_s = min(self._longest_s, 2.0 ** min(misses.count - self._free, 30)) - (now - misses.last_s)
                if wait_s > 0:
                    raise TooManyTries(wait_s)
            self._misses[key] = _Misses(1 if misses is None else misses.count + 1, now)
            self._misses.move_to_end(key)
            while len(self._misses) > self._room:
                self._misses.popitem(last=False)

    def forgive(self, key: str) -> None:
        """The last attempt was no failure."""
        with self._lock:
            misses = self._misses.get(key)
            if misses is not None:
                misses.count -= 1

    def clear(self, key: str) -> None:
        """Success: the key is free again."""
        with self._lock:
            self._misses.pop(key, None)

    def _alive(self, key: str, now: float) -> _Misses | None:
        misses = self._misses.get(key)
        if misses is not None and now - misses.last_s > self._forget_s:
            del self._misses[key]
            return None
        return misses


class SignInThrottle:
    """The two counters of signing in: a person's name from one address (5 free), and the address as a whole (30)."""

    def __init__(self, clock: Clock) -> None:
        self._pair = Throttle(clock, free=5)
        self._address = Throttle(clock, free=30)

    def attempt(self, login: str, address: str) -> None:
        """Before a password is looked at. Raises TooManyTries."""
        self._address.attempt(address)
        self._pair.attempt(self._key(login, address))

    def fits(self, login: str, address: str) -> None:
        """The password was right. The address keeps its other failures: other names may be under attack from it."""
        self._address.forgive(address)
        self._pair.clear(self._key(login, address))

    @staticmethod
    def _key(login: str, address: str) -> str:
        return f"{address}|{login.casefold()[:100]}"
