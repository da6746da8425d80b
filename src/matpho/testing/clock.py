"""A clock that goes when it is told to."""

from matpho.domain.time import SECOND, Instant

NOON = Instant(1_767_225_600 * SECOND)  # 2026-01-01T00:00:00Z


class HandClock:
    """A :class:`matpho.domain.time.Clock` for tests."""

    def __init__(self, at: Instant = NOON) -> None:
        self.at = at
        self._passed_s = 1000.0

    def now(self) -> Instant:
        """The wall clock."""
        return self.at

    def monotonic_s(self) -> float:
        """Seconds that never step."""
        return self._passed_s

    def go(self, s: float) -> None:
        """Let time pass."""
        self.at = Instant(self.at + round(s * SECOND))
        self._passed_s += s

    def step(self, s: float) -> None:
        """Somebody sets the wall clock; no time passes."""
        self.at = Instant(self.at + round(s * SECOND))
