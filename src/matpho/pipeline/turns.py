"""Whose pictures are analysed next: one camera after another, a few pictures each, never beyond a given moment.

Several threads may go around the same line: who has a turn is out of it meanwhile, so a camera has one thread at a
time. Everybody has a turn in each round, so nobody starves; where movements are measured one turn takes all that waits.

A worker that has more to do than it can would else go once around all its cameras before it says that it lives, half a
minute for thirty cameras on a machine that is short of time, and be killed as one that hangs.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

TOGETHER = 6  # pictures of one camera at a time, on warm memory: no more, for the others wait
ALL = 10


class Worker(Protocol):
    """Something that has work now and then."""

    @property
    def together(self) -> int:
        """How many pieces of it one turn takes, at most."""
        ...

    def step(self) -> bool:
        """Do one piece of it; False when there is none."""
        ...


class Turns:
    """The line of those that have turns."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        """``monotonic_s`` gives seconds that never step."""
        self._now_s = monotonic_s
        self._line: deque[Worker] = deque()
        self._wanted: list[Worker] = []
        self._at_work: list[Worker] = []  # out of the line for a turn
        self._lock = threading.Lock()

    def of(self, workers: Iterable[Worker]) -> None:
        """These have turns from now on; who waited already keeps the place."""
        with self._lock:
            self._wanted = list(workers)
            waiting = [w for w in self._line if w in self._wanted]
            known = [*waiting, *self._at_work]
            self._line = deque([*waiting, *(w for w in self._wanted if w not in known)])

    def round(self, until_s: float) -> bool:
        """Once around the line, or as far as there is time; whether any had work, or is still to be asked."""
        worked = False
        for _ in range(len(self._line)):
            if self._now_s() >= until_s:
                return True
            worker = self._next()
            if worker is None:
                break
            try:
                worked |= _turn(worker)
            finally:
                self._back(worker)
        return worked

    def _next(self) -> Worker | None:
        with self._lock:
            if not self._line:
                return None
            self._at_work.append(self._line.popleft())
            return self._at_work[-1]

    def _back(self, worker: Worker) -> None:
        with self._lock:
            self._at_work.remove(worker)
            if worker in self._wanted:
                self._line.append(worker)


def _turn(worker: Worker) -> bool:
    """Whether it had work."""
    for done in range(worker.together):
        if not worker.step():
            return done > 0
    return True
