"""What one signal showed in the last seconds, by its own back-dated account."""

from matpho.domain.observation import LampColour, LampState
from matpho.domain.time import SECOND, Instant

KEPT_S = 600.0
HIDDEN_S = 6.0
"""A lamp that was hidden for so long between the same colour and the same was lit throughout: the least green and its
amber take longer, so no other phase fits in."""


class Signal:
    """The phases of one signal, oldest first."""

    def __init__(self) -> None:
        self._phases: list[LampState] = []
        self._heard: LampState | None = None

    def hear(self, state: LampState, at: Instant) -> None:
        """What the lamp shows now. A back-dated change takes the time since then from the phase before."""
        if state == self._heard:
            return
        self._heard = state
        self._phases = [p for p in self._phases if p.since < state.since]
        if self._was_hidden(state):
            self._phases.pop()
        else:
            self._phases.append(state)
        while len(self._phases) > 2 and self._phases[1].since < at - KEPT_S * SECOND:
            del self._phases[0]

    def _was_hidden(self, state: LampState) -> bool:
        """Whether the lamp shows again what it showed before something hid it for a moment."""
        if len(self._phases) < 2 or state.colour is LampColour.UNKNOWN:
            return False
        before, hidden = self._phases[-2:]
        same = hidden.colour is LampColour.UNKNOWN and before.colour is state.colour
        return same and state.since - hidden.since <= HIDDEN_S * SECOND

    def may_be_hidden(self, instant: Instant, now: Instant) -> bool:
        """Whether the lamp could not be seen at an instant, and may yet show what it was."""
        there = self.phase(instant)
        unknown = there is not None and there.colour is LampColour.UNKNOWN and there is self._phases[-1]
        return unknown and there is not None and now - there.since <= HIDDEN_S * SECOND

    def phase(self, at: Instant) -> LampState | None:
        """The phase at an instant; None before the first."""
        return next((p for p in reversed(self._phases) if p.since <= at), None)

    def next(self, colour: LampColour, after: Instant) -> Instant | None:
        """When that colour first came after an instant; None when it has not."""
        return next((p.since for p in self._phases if p.colour is colour and p.since > after), None)
