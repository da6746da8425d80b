"""A run of the staged suite that is stopped ends at once, and leaves no worker behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matpho.testing.system import wait_for

pytestmark = pytest.mark.integration

PROGRAM = """
import signal, sys, time
from pathlib import Path
from matpho.sim.places.catalogue import Footage
from matpho.sim.suite import chosen, suite
from matpho.sim.suite_run import run
from matpho.testing.scripted_detector import ScriptedDetector

def slow(_image):
    Path(sys.argv[1]).touch()
    time.sleep(3)
    return []

def load():
    return ScriptedDetector(slow)

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the command line does
    here = Footage(Path("nowhere"), None)
    run(chosen(suite([]), ("motorbike-street", "bag-street"), 0), here, load)
"""


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_its_workers_end_when_it_is_told_to_end(tmp_path: Path):
    program, looked = tmp_path / "staged.py", tmp_path / "looked"
    program.write_text(PROGRAM)
    running = subprocess.Popen([sys.executable, str(program), str(looked)], stderr=subprocess.DEVNULL)
    try:
        wait_for(looked.exists, 60, "a scene being staged")
        workers = children(running.pid)
        assert workers
        since = time.monotonic()
        running.send_signal(signal.SIGTERM)
        running.wait(20)
        wait_for(lambda: not any(alive(pid) for pid in workers), 10, "its workers gone")
        assert time.monotonic() - since < 20
    finally:
        for pid in [running.pid, *(children(running.pid) if running.poll() is None else [])]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
