"""Memory that was freed is used again, or goes back to the machine.

A worker with a thread per camera leaves holes all over glibc's arenas: the first seconds of thirty cameras took a
hundred megabytes that were never used again. So all threads share one arena (they rarely allocate at the same time:
the interpreter lets one at a time in anyway), and it is trimmed now and then. Other C libraries have neither
``mallopt`` nor ``malloc_trim``, and nothing is done there.
"""

import ctypes
import gc
import sys

_AFTER_S, _EVERY_S = 20.0, 60.0
_M_ARENA_MAX = -8  # malloc.h


def one_arena() -> bool:
    """All threads allocate from one place from now on; call it before there are any. Whether the C library can."""
    mallopt = _of_libc("mallopt")
    return mallopt is not None and mallopt(_M_ARENA_MAX, 1) == 1


def settle() -> None:
    """What was made while starting stays: the collector of cycles need not walk it again, nor look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class Heap:
    """Trims the process's heap: soon after the start, then now and then (some tens of milliseconds each)."""

    def __init__(self, now_s: float) -> None:
        """``now_s`` are seconds that never step, as in :meth:`tidy`."""
        self._due_s = now_s + _AFTER_S
        self._trim = _of_libc("malloc_trim")

    def tidy(self, now_s: float) -> bool:
        """Call it often; whether anything was trimmed this time."""
        if self._trim is None or now_s < self._due_s:
            return False
        self._due_s = now_s + _EVERY_S
        self._trim(0)
        return True


def _of_libc(name: str) -> "ctypes._NamedFuncPointer | None":
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), name, None)
