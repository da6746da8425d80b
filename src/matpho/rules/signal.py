"""What one signal showed in the last seconds, by its own back-dated account."""

from matpho.domain.observation import LampColour, LampState
from matpho.domain.time import SECOND, Instant

KEPT_S = 600.0


class Signal:
    """The phases of one signal, oldest first."""

    def __init__(self) -> None:
        self._phases: list[LampState] = []

    def hear(self, state: LampState, at: Instant) -> None:
        """What the lamp shows now. A back-dated change takes the time since then from the phase before."""
        if self._phases and self._phases[-1] == state:
            return
        self._phases = [p for p in self._phases if p.since < state.since] + [state]
        while len(self._phases) > 2 and self._phases[1].since < at - KEPT_S * SECOND:
            del self._phases[0]

    def phase(self, at: Instant) -> LampState | None:
        """The phase at an instant; None before the first."""
        return next((p for p in reversed(self._phases) if p.since <= at), None)

    def next(self, colour: LampColour, after: Instant) -> Instant | None:
        """When that colour first came after an instant; None when it has not."""
        return next((p.since for p in self._phases if p.colour is colour and p.since > after), None)
