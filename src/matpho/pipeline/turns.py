"""Whose pictures are analysed next: one camera after another, a few pictures each, never beyond a given moment.

Everybody has a turn in each round, so nobody starves; where movements are measured one turn takes all that waits.

A worker that has more to do than it can would else go once around all its cameras before it says that it lives, half a
minute for thirty cameras on a machine that is short of time, and be killed as one that hangs.
"""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

TOGETHER = 4  # pictures of one camera at a time, on warm memory: no more, for the others wait
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

    def of(self, workers: Iterable[Worker]) -> None:
        """These have turns from now on; who waited already keeps the place."""
        wanted = list(workers)
        waiting = [w for w in self._line if w in wanted]
        self._line = deque([*waiting, *(w for w in wanted if w not in waiting)])

    def round(self, until_s: float) -> bool:
        """Once around the line, or as far as there is time; whether any had work, or is still to be asked."""
        worked = False
        for _ in range(len(self._line)):
            if self._now_s() >= until_s:
                return True
            self._line.rotate(-1)
            for _ in range(self._line[-1].together):
                if not self._line[-1].step():
                    break
                worked = True
        return worked
