"""A whole running system for tests: real processes on a home of their own, spoken to over HTTP like a browser does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from matpho.pipeline.supervisor import start_ticks
from matpho.settings import Settings, load

PASSWORD = "đèn-đường-sáng-9"  # noqa: S105 - of an account that lives as long as a test
IN_ORDER = {"purpose": "Thử nghiệm", "sign_at": "2026-01-02", "retention_days": 30}
"""What a camera's register must say before it runs."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], Any], seconds: float = 30.0, why: str = "it") -> Any:
    """Ask until the answer is true; raises TimeoutError with ``why``."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{why} did not happen within {seconds:.0f} s")
        time.sleep(0.1)


class RunningSystem:
    """``matpho run`` on ``home``; use as a context manager."""

    def __init__(self, home: Path, toml: str = "", *, under: tuple[str, ...] = ()) -> None:
        """``under`` is a command that runs the system, such as a tracer."""
        self.home = home
        self._under = under
        home.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        here = "" if "[cameras]" in toml else '\n[cameras]\nnetworks = "private, loopback"\n'  # tests' cameras are here
        (home / "matpho.toml").write_text(f"port = {self.port}\n{toml}{here}", "utf-8")
        self.settings: Settings = load(home, {})
        self.http = httpx.Client(base_url=self.address, timeout=20, headers={"Origin": self.address})
        self._own: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Start and wait until the desk listens."""
        command = [*self._under, sys.executable, "-m", "matpho.cli.main", "run", "--home", str(self.home)]
        with (self.home / "run.log").open("ab") as log:
            self._own = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603 - ours
        wait_for(self.answers, 40, "the desk answering")
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        """Stop everything, whatever was killed meanwhile."""
        boss = self.pid("supervisor")
        if boss:
            os.kill(boss, signal.SIGTERM)
            deadline = time.monotonic() + 15
            while time.monotonic() < deadline and any(self.pid(n) for n in (*self.workers, "supervisor")):
                time.sleep(0.1)
        (self.settings.run / "stopping").touch()
        for name in (*self.workers, "supervisor"):
            pid = self.pid(name)
            if pid:
                os.kill(pid, signal.SIGKILL)
        self.http.close()
        if self._own:
            self._own.wait(10)

    @property
    def workers(self) -> tuple[str, ...]:
        """The processes below the supervisor."""
        return ("recorder", "vision-0", "desk")

    def pid(self, name: str) -> int | None:
        """The process id of a running process, else None."""
        try:
            told = json.loads((self.settings.run / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None
        pid = int(told["pid"])
        started = start_ticks(pid)
        return pid if started is not None and told.get("start", started) == started else None

    def kill(self, name: str) -> int:
        """Kill -9 a process; its old process id."""
        pid = self.pid(name)
        assert pid is not None, f"{name} is not running"
        os.kill(pid, signal.SIGKILL)
        return pid

    def answers(self) -> bool:
        """Whether the page is being served."""
        try:
            return self.http.get("/healthz").status_code in (200, 503)
        except httpx.TransportError:
            return False

    def setup_link(self) -> str:
        """The one-time link, as ``matpho run`` prints it."""
        told = wait_for(self._announced, 20, "the set-up link")
        return str(told["setup"])

    def _announced(self) -> dict[str, Any] | None:
        try:
            told: dict[str, Any] = json.loads((self.settings.run / "desk.json").read_text())
        except (OSError, ValueError):
            return None
        return told if told.get("setup") else None

    def set_up(self) -> None:
        """Open the first account through the link; :attr:`http` is signed in afterwards."""
        token = self.setup_link().rpartition("/")[2]
        self.http.headers["X-CSRF-Token"] = self.http.get("/api/session").json()["csrf"]
        form = {
            "token": token,
            "ward_name": "Phường Thử",
            "name": "Trần Quản Trị",
            "login": "quantri",
            "password": PASSWORD,
        }
        answer = self.http.post("/api/setup", json=form)
        assert answer.status_code == 200, answer.text
        self.http.headers["X-CSRF-Token"] = answer.json()["csrf"]

    def get(self, path: str) -> Any:
        """A JSON answer; fails on anything but 200."""
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def add_camera(self, body: Mapping[str, Any]) -> Any:
        """Put a camera in service, with what lets it run where ``body`` does not say otherwise."""
        return self.post("/api/cameras", {"register": IN_ORDER, **body}, status=201)

    def post(self, path: str, body: Any, *, status: int = 200) -> Any:
        """A JSON answer to a JSON body; fails on any other status."""
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json()
