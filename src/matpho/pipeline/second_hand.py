"""A second thread of the analysis, for the minutes in which one is not enough.

Two thirds of what a busy street costs is done outside the interpreter's lock (inference, decoding, OpenCV), so two
threads over one detector use two processors nearly as two processes do, without the second's hundred megabytes. It
sleeps while the first thread has pauses: two that are not needed would only wake one another.
"""

import os
import threading
from collections.abc import Callable

from matpho.domain.time import Clock
from matpho.pipeline.turns import Turns

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LOOK_S = 0.25  # between two questions whether it is needed
AT_ONCE_S = 1.0  # it works before it asks again


class SecondHand:
    """Goes around the same line as the first thread while ``is_needed``."""

    def __init__(self, turns: Turns, is_needed: Callable[[], bool], clock: Clock) -> None:
        """Begins at once."""
        self._turns, self._is_needed, self._clock = turns, is_needed, clock
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="second-hand", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise what ended it: then the process must end too, as by a failure in its own thread."""
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End it, within :data:`AT_ONCE_S`."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                if not (self._is_needed() and self._turns.round(self._clock.monotonic_s() + AT_ONCE_S)):
                    self._stop.wait(LOOK_S)
        except Exception as e:  # noqa: BLE001 - the edge of a thread: told by check()
            self._failure = e
