"""All tests, three parts at a time: two that mostly wait for real servers, streams and processes, one that computes.

A part is one run of pytest. Parts begin in the order of :func:`parts`, each as soon as one before it has ended: first
the unit tests, which compute all the time and are nice to the others, which have clocks to meet; then the rest, the
longest first, so that no part is left to run alone at the end. On two cores they last about so many seconds beside each
other: unit 570, browser 420, integration/system 390, video 180, store 80, sim 60, bad_input 35, notify 45, the other
folders of integration 90 together; in three lanes that is 550 to 670. Three at once need some 3 GB. More at once would
be no faster, for the processors are busy, and streams and pages would begin to miss their clocks.

A new folder below ``tests/integration`` belongs to the last part until it is named here. Ports are the system's choice,
folders pytest's own, and every server is a part's own, so parts share nothing. A part's output is printed whole when it
ends. Ends with 0 when every part passed, else with the code of one that did not.
"""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")  # two at once would write one cache
AT_ONCE = 3
NICE = ("nice", "-n", "5")
LONG = ("system", "video", "sim", "store", "bad_input", "notify")
"""Folders of integration tests that are a part of their own, the longest first."""
TOLD_EVERY_S = 30.0
_SHARE = re.compile(r"\[ *(\d+)%\]")


class Part:
    """One run of pytest over some folders."""

    def __init__(self, name: str, *folders: str, under: tuple[str, ...] = ()) -> None:
        self.name, self.folders, self.code, self.took_s = name, folders or (name,), 1, 0.0
        self._command = (*under, *PYTEST, *self.folders)
        self._process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None

    def run(self) -> None:
        """Run it, then print what it said."""
        began = time.monotonic()
        with tempfile.TemporaryFile() as out:
            self._out = out
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
            self.code = self._process.wait()
            self.took_s = time.monotonic() - began
            print(f"\n===== {self.name}: {self.took_s:.0f} s\n{self.said()}", flush=True)
            self._out = None

    def said(self) -> str:
        """The output so far."""
        if self._out is None:
            return ""
        with contextlib.suppress(ValueError, OSError), Path(f"/proc/self/fd/{self._out.fileno()}").open("rb") as read:
            return read.read().decode("utf-8", "replace")
        return ""

    @property
    def runs(self) -> bool:
        """Whether it has begun and not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it as Ctrl-C does, which lets it close what it started."""
        if self.runs and self._process:
            self._process.send_signal(signal.SIGINT)


def parts() -> list[Part]:
    """All tests but the fault suite, in the order in which they begin; each folder is in one part."""
    below = "tests/integration"
    short = sorted(p.name for p in (ROOT / below).iterdir() if any(p.glob("test_*.py")) and p.name not in LONG)
    longest, *others = (Part(f"{below}/{name}") for name in LONG)
    rest = Part(f"{below}, the rest", *(f"{below}/{name}" for name in short))
    return [Part("tests/unit", under=NICE), Part("tests/browser"), longest, *others, rest]


def progress(parts: list[Part]) -> str:
    """How far those that run have come."""
    told = [(part.name, _SHARE.findall(part.said())) for part in parts if part.runs]
    return ", ".join(f"{name} {shares[-1] if shares else 0} %" for name, shares in told)


def main() -> int:
    """Run all parts to their ends."""
    planned = parts()
    waiting, stopped = deque(planned), threading.Event()

    def run() -> None:
        with contextlib.suppress(IndexError):  # none left to begin
            while not stopped.is_set():
                waiting.popleft().run()

    def stop(number: int, _frame: object) -> None:
        stopped.set()
        if number != signal.SIGINT:  # Ctrl-C reaches the parts by itself, and twice would cut their tidying up short
            for part in planned:
                part.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    began = told = time.monotonic()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.5)
        if time.monotonic() - told > TOLD_EVERY_S:
            told = time.monotonic()
            print(progress(planned), flush=True)
    print(f"{time.monotonic() - began:.0f} s: " + ", ".join(f"{p.name} {p.took_s:.0f}" for p in planned), flush=True)
    failed = [part for part in planned if part.code]
    print(f"Không đạt / Failed: {', '.join(p.name for p in failed)}" if failed else "Đạt cả / All passed", flush=True)
    return failed[0].code if failed else 0


if __name__ == "__main__":
    sys.exit(main())
