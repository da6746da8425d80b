"""What a worker does for the system beside its work: it says that it is well, and sees that somebody supervises."""

import fcntl
import subprocess
from collections.abc import Sequence
from pathlib import Path


class Guardian:
    """In each worker: touches the beat file, and brings the supervisor back when it has died."""

    def __init__(self, run: Path, name: str, supervisor_command: Sequence[str]) -> None:
        self._run = run
        self._beat = run / f"{name}.beat"
        self._command = tuple(supervisor_command)
        self._started: subprocess.Popen[bytes] | None = None
        self._waited = 0

    def beat(self) -> None:
        """Say that this process is well; call about once a second from its main loop."""
        self._beat.touch()
        self._watch()

    def _watch(self) -> None:
        lock_file = self._run / "supervisor.lock"
        if (self._run / "stopping").exists() or not lock_file.exists():
            return
        if self._started is not None and self._started.poll() is None and self._waited < 5:
            self._waited += 1  # the one we started is still on its way to the lock
            return
        with lock_file.open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        # Nobody supervises. Two workers may start one each: the second finds the lock taken and ends.
        self._waited = 0
        self._started = subprocess.Popen(  # noqa: S603 - a fixed command of ours
            self._command, stdin=subprocess.DEVNULL, start_new_session=True
        )
