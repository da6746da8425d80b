"""A real RTSP server for tests, in a process of its own, which can be silenced, killed and started again."""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class RtspServer:
    """Serves the video files of a folder, endlessly looped; with a user, only to who knows the password."""

    def __init__(self, folder: Path, user: str = "", password: str = "") -> None:
        self.folder, self.port, self._control = folder, free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._gate = _Gate(self.port, user, password) if user else None
        self.start()

    def url(self, name: str, login: str = "", *, loop: bool = True) -> str:
        """The address of a file; ``login`` as in ``user:password``."""
        port = self._gate.port if self._gate else self.port
        return f"rtsp://{login}{'@' if login else ''}127.0.0.1:{port}/{name}{'?play_count=0' if loop else ''}"

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = Path(sys.executable).with_name("rtsp-server")
        arguments = [
            "--dir",
            str(self.folder),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "-cp",
            str(self._control),
        ]
        self._process = subprocess.Popen(
            [str(command), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.05)
        raise TimeoutError("the RTSP server does not listen")

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def stall(self) -> None:
        """Say nothing more, but stay connected."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Die at once."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def close(self) -> None:
        """Die, and close the gate."""
        self.kill()
        if self._gate:
            self._gate.close()


class _Gate:
    """A door with a password in front of the server: HTTP Basic as RFC 2326 has it, then plain bytes both ways."""

    def __init__(self, behind: int, user: str, password: str) -> None:
        self._behind = behind
        self._wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            while True:
                request = b""
                while b"\r\n\r\n" not in request:
                    if not (more := client.recv(4096)):
                        return
                    request += more
                headers = dict(line.split(": ", 1) for line in request.decode().split("\r\n")[1:] if ": " in line)
                if headers.get("Authorization") == self._wanted:
                    break
                challenge = 'WWW-Authenticate: Basic realm="cam"'
                answer = f"RTSP/1.0 401 Unauthorized\r\nCSeq: {headers['CSeq']}\r\n{challenge}\r\n\r\n"
                client.sendall(answer.encode())
            with socket.create_connection(("127.0.0.1", self._behind)) as server:
                server.sendall(request)
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join(5)

    def close(self) -> None:
        self._socket.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def rtsp_server() -> Iterator[Callable[..., RtspServer]]:
    """``rtsp_server(folder, user="", password="")`` serves a folder until the test ends."""
    servers: list[RtspServer] = []

    def serve(folder: Path, user: str = "", password: str = "") -> RtspServer:
        servers.append(RtspServer(folder, user, password))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()
