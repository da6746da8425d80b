"""A worker process that ends when the process that started it is gone, however that one went."""

import os
import threading
from typing import NoReturn

_EVERY_S = 1.0


def end_with_parent() -> None:
    """Watch the parent from a thread of its own; call it once, early, in the worker."""
    threading.Thread(target=_watch, args=(os.getppid(), threading.Event()), daemon=True).start()


def _watch(parent: int, never: threading.Event) -> NoReturn:
    while os.getppid() == parent:
        never.wait(_EVERY_S)
    os._exit(1)
