"""Delivers the letters of one target: in order, at least once, again after a growing pause, until it is given up.

A letter is marked as sent after the target took it. A desk that dies in between sends it again, with the same id.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from matpho.casework.desk import Desk
from matpho.casework.outgoing.commands import SettleLetter
from matpho.casework.outgoing.records import Letter, LetterState
from matpho.casework.ports import Store
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock, after, seconds

_log = logging.getLogger(__name__)

IDLE_S = 0.5
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 3600.0
LONGEST_ERROR = 300
GIVE_UP_S = 8 * 86400.0
"""A ward may be a week without internet, and then hear of everything."""


class DeliveryFailed(Exception):
    """The target did not take a letter. ``permanent``: it never will, so the next one may go. Holds no secret."""

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent


class Deliver(Protocol):
    """Hands one letter to a target."""

    def __call__(self, letter: Letter) -> None:
        """Return once the target has it; raises DeliveryFailed."""
        ...


class Post:
    """The letters of one target. One thread calls :meth:`step`."""

    def __init__(
        self,
        target: str,
        deliver: Deliver,
        desk: Desk,
        store: Store,
        clock: Clock,
        *,
        give_up_s: float = GIVE_UP_S,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._target, self._deliver, self._desk, self._store = target, deliver, desk, store
        self._clock, self._give_up_s, self._jitter = clock, give_up_s, jitter

    def step(self) -> float:
        """Deliver the letter that is due, if there is one; seconds until the next step. Raises StorageProblem."""
        with self._store.read() as unit:
            letter = unit.outbox.head(self._target)
        if letter is None:
            return IDLE_S
        wait_s = seconds(letter.next_try - self._clock.now())
        if 0 < wait_s <= 2 * LONGEST_PAUSE_S:  # a longer one is a wall clock that was set back
            return min(IDLE_S, wait_s)
        settled = self._attempt(letter)
        self._desk.handle(SettleLetter(before=letter, after=settled), PROGRAM)
        return 0.0

    def _attempt(self, letter: Letter) -> Letter:
        try:
            self._deliver(letter)
        except DeliveryFailed as e:
            return self._failed(letter, str(e)[:LONGEST_ERROR], permanent=e.permanent)
        except Exception as e:  # noqa: BLE001 - the plug-in's edge: recorded, and tried again
            _log.exception("%s failed on letter %s", self._target, letter.id)
            return self._failed(letter, type(e).__name__, permanent=False)
        return replace(letter, state=LetterState.SENT, tries=letter.tries + 1, done=self._clock.now(), error="")

    def _failed(self, letter: Letter, why: str, *, permanent: bool) -> Letter:
        now, tries = self._clock.now(), letter.tries + 1
        if permanent or seconds(now - letter.created) >= self._give_up_s:
            _log.warning("%s: letter %s is given up: %s", self._target, letter.id, why)
            return replace(letter, state=LetterState.DEAD, tries=tries, done=now, error=why)
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(tries - 1, 20)) * (0.5 + self._jitter())
        return replace(letter, tries=tries, next_try=after(now, pause_s), done=now, error=why)
