"""The whole program as it is measured: ``matpho run`` on a home of its own, spoken to over HTTP like a browser does."""

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from matpho.errors import SetupProblem
from matpho.settings import Settings, load

_WAIT_S = 90.0
_IN_ORDER = {"purpose": "Đo", "sign_at": "2026-01-02", "retention_days": 30}


class Measured:
    """A running system; made by :func:`running`."""

    def __init__(self, home: Path, own: subprocess.Popen[bytes], settings: Settings) -> None:
        self.home, self.settings, self._own = home, settings, own
        address = f"http://127.0.0.1:{settings.port}"
        self._http = httpx.Client(base_url=address, timeout=30, headers={"Origin": address})

    @property
    def by_name(self) -> dict[str, int]:
        """The process id of each running process of ours."""
        found = {}
        for file in self.settings.run.glob("*.pid"):
            try:
                found[file.stem] = int(json.loads(file.read_text("utf-8"))["pid"])
            except (OSError, ValueError, KeyError):  # it ends just now
                continue
        return found

    @property
    def tops(self) -> list[int]:
        """The processes whose trees are the program."""
        return [self._own.pid, *self.by_name.values()]

    def begin(self, cameras: Sequence[Mapping[str, Any]]) -> None:
        """Open the first account, put the cameras in service, and wait until both streams of each are live."""
        told = self._await(self._announced, "the set-up link")
        self._http.headers["X-CSRF-Token"] = self.get("/api/session")["csrf"]
        form = {"token": told.rpartition("/")[2], "ward_name": "Đo", "name": "Đo", "login": "do"}
        session = self._post("/api/setup", {**form, "password": secrets.token_urlsafe(16)})
        self._http.headers["X-CSRF-Token"] = session["csrf"]
        for camera in cameras:
            self._post("/api/cameras", {"register": _IN_ORDER, **camera})
        self._await(self._all_live, "all cameras live")

    def get(self, path: str, **query: str) -> Any:
        """A JSON answer. Raises SetupProblem for any other than 200."""
        return self._answer(self._http.get(path, params=query))

    def figures(self) -> dict[str, dict[str, float]]:
        """What each process last said of itself."""
        return {p["name"]: p["figures"] for p in self.get("/api/system")["processes"]}

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._answer(self._http.post(path, json=dict(body)))

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        if answer.status_code not in (200, 201):
            what = f"{answer.request.url.path}: {answer.status_code} {answer.text[:200]}"
            raise SetupProblem(f"The measured system refused {what}", f"Hệ thống đang đo từ chối {what}")
        return answer.json()

    def _announced(self) -> str | None:
        try:
            told = json.loads((self.settings.run / "desk.json").read_text("utf-8"))
            alive = self._http.get("/healthz").status_code in (200, 503)
        except (OSError, ValueError, httpx.TransportError):
            return None
        return told.get("setup") if alive else None

    def _all_live(self) -> bool:
        cameras = self.get("/api/cameras")
        return all((c[role]["state"] or {}).get("link") == "live" for c in cameras for role in ("main", "sub"))

    def _await(self, what: Callable[[], Any], why: str) -> Any:
        end = time.monotonic() + _WAIT_S
        while not (found := what()):
            if time.monotonic() > end or self._own.poll() is not None:
                log = (self.home / "run.log").read_text("utf-8", "replace")[-400:]
                raise SetupProblem(f"{why}: not within {_WAIT_S:.0f} s. {log}", f"Chờ quá {_WAIT_S:.0f} giây. {log}")
            time.sleep(0.3)
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, toml: str) -> Iterator[Measured]:
    """``matpho run`` on a fresh home with these settings; stopped at the end."""
    home.mkdir(parents=True)
    own = f'port = {_free_port()}\n{toml}\n[cameras]\nnetworks = "private, loopback"\n'
    (home / "matpho.toml").write_text(own, "utf-8")
    settings = load(home, {})
    command = [sys.executable, "-m", "matpho.cli.main", "run", "--home", str(home)]
    with (home / "run.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # noqa: S603 - ourselves
    measured = Measured(home, process, settings)
    try:
        yield measured
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        measured.close()
