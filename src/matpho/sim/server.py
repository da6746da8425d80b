"""Start and stop the demonstration's camera server."""

import json
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import quote

from matpho.domain.codec import to_plain
from matpho.errors import SetupProblem
from matpho.sim.serve import ServedStream, ServeOrder

_STOP_S = 3.0


class StagedCameras:
    """A running server of staged streams; ends with this process, whatever happens to it.

    Raises SetupProblem from :meth:`start` when the server does not come up (``aio-rtsp-toolkit`` is not installed, the
    port is taken, a file cannot be read).
    """

    def __init__(self, streams: Sequence[ServedStream], *, port: int = 0, login: str = "", password: str = "") -> None:
        self._order = ServeOrder(port=port, streams=tuple(streams), login=login, password=password)
        self._process: subprocess.Popen[str] | None = None
        self._port = port

    def start(self) -> None:
        """Start the server and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "matpho.sim.serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        try:
            self._process.stdin.write(json.dumps(to_plain(self._order)) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it died at once: what it said is read below
        line = self._process.stdout.readline().strip()
        if not line.isdecimal():
            said = self._process.stderr.read().strip().rsplit("\n", 1)[-1]
            self.stop()
            raise SetupProblem(
                f"The local camera server did not start: {said or 'no reason given'}",
                f"Máy chủ camera cục bộ không khởi động được: {said or 'không rõ lý do'}",
            )
        self._port = int(line)

    def stop(self) -> None:
        """Stop the server; does nothing when it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it is not running."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def address(self, camera: str, role: str) -> str:
        """The stream's address, with name and password where they are asked for."""
        order = self._order
        who = f"{quote(order.login, safe='')}:{quote(order.password, safe='')}@" if order.login else ""
        return f"rtsp://{who}{order.host}:{self._port}/{camera}/{role}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
