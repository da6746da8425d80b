"""All tests in two lanes at once: what computes beside what mostly waits for real servers, streams and processes.

The unit tests are nice to the others, which have clocks to meet; Chromium comes after them. A part's output is printed
whole when it ends. Ends with 0 when every part passed, else with the code of one that did not.
"""

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")  # two at once would write one cache
LANES = (
    (("tests/unit", ("nice", "-n", "5")), ("tests/browser", ())),
    (("tests/integration", ()),),
)
TOLD_EVERY_S = 30.0
_SHARE = re.compile(r"\[ *(\d+)%\]")


class Part:
    """One run of pytest over one folder."""

    def __init__(self, folder: str, under: tuple[str, ...]) -> None:
        self.folder, self.code = folder, 1
        self._command = (*under, *PYTEST, folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._out: IO[bytes] | None = None

    def run(self) -> None:
        """Run it, then print what it said."""
        began = time.monotonic()
        with tempfile.TemporaryFile() as out:
            self._out = out
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
            self.code = self._process.wait()
            print(f"\n===== {self.folder}: {time.monotonic() - began:.0f} s\n{self.said()}", flush=True)
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


def progress(parts: list[Part]) -> str:
    """How far those that run have come."""
    told = [(part.folder, _SHARE.findall(part.said())) for part in parts if part.runs]
    return ", ".join(f"{folder} {shares[-1] if shares else 0} %" for folder, shares in told)


def main() -> int:
    """Run both lanes to their ends."""
    lanes = [[Part(folder, under) for folder, under in lane] for lane in LANES]
    parts = [part for lane in lanes for part in lane]
    stopped = threading.Event()

    def run(lane: list[Part]) -> None:
        for part in lane:
            if not stopped.is_set():
                part.run()

    def stop(number: int, _frame: object) -> None:
        stopped.set()
        if number != signal.SIGINT:  # Ctrl-C reaches the parts by itself, and twice would cut their tidying up short
            for part in parts:
                part.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    threads = [threading.Thread(target=run, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    told = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.5)
        if time.monotonic() - told > TOLD_EVERY_S:
            told = time.monotonic()
            print(progress(parts), flush=True)
    failed = [part for part in parts if part.code]
    print(f"Không đạt / Failed: {', '.join(p.folder for p in failed)}" if failed else "Đạt cả / All passed", flush=True)
    return failed[0].code if failed else 0


if __name__ == "__main__":
    sys.exit(main())
