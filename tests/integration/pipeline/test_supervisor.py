"""The supervisor over real processes and real kill -9."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from matpho.domain.time import SECOND, Instant, SystemClock
from matpho.pipeline import supervisor as supervisor_module
from matpho.pipeline.supervisor import ProcessSpec, Supervisor, start_ticks

pytestmark = pytest.mark.integration

# A worker that only beats, and a supervisor over two of them; both are real processes of this module.
PROGRAM = """
import sys, time, signal
from pathlib import Path
from matpho.domain.time import SECOND, Instant, SystemClock
from matpho.pipeline.guardian import Guardian
from matpho.pipeline.supervisor import ProcessSpec, Supervisor

run, what = Path(sys.argv[1]), sys.argv[2]
me = [sys.executable, __file__, str(run)]
if what == "supervisor":
    specs = [ProcessSpec(n, (*me, n)) for n in ("one", "two")]
    boss = Supervisor(specs, run, SystemClock(), lambda line: print(line, flush=True))
    signal.signal(signal.SIGTERM, lambda *_: boss.stop())
    sys.exit(0 if boss.run() else 7)
guardian = Guardian(run, what, (*me, "supervisor"))
while True:
    guardian.beat()
    time.sleep(0.2)
"""


def pid_of(run: Path, name: str) -> int | None:
    try:
        pid = json.loads((run / f"{name}.pid").read_text())["pid"]
    except (OSError, ValueError):
        return None
    return pid if start_ticks(pid) is not None else None


def wait_for(what, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s")


@pytest.fixture
def ward(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    run = tmp_path / "run"
    boss = subprocess.Popen([sys.executable, str(program), str(run), "supervisor"])
    try:
        wait_for(lambda: pid_of(run, "one") and pid_of(run, "two"))
        yield run
    finally:
        (run / "stopping").touch()
        for name in ("supervisor", "one", "two"):
            pid = pid_of(run, name)
            if pid:
                os.kill(pid, signal.SIGKILL)
        boss.kill()
        boss.wait()


def test_a_killed_worker_is_up_again_within_five_seconds(ward):
    first, other = pid_of(ward, "one"), pid_of(ward, "two")
    os.kill(first, signal.SIGKILL)
    again = wait_for(lambda: (p := pid_of(ward, "one")) and p != first and p, 5.0)
    assert again != first
    assert pid_of(ward, "two") == other


def test_a_killed_supervisor_comes_back_and_adopts_the_workers(ward):
    workers = pid_of(ward, "one"), pid_of(ward, "two")
    boss = pid_of(ward, "supervisor")
    os.kill(boss, signal.SIGKILL)
    again = wait_for(lambda: (p := pid_of(ward, "supervisor")) and p != boss and p, 5.0)
    assert (pid_of(ward, "one"), pid_of(ward, "two")) == workers, "recording must go on"
    os.kill(workers[0], signal.SIGKILL)  # and the new one really supervises
    wait_for(lambda: (p := pid_of(ward, "one")) and p != workers[0], 5.0)
    os.kill(again, signal.SIGTERM)
    wait_for(lambda: pid_of(ward, "supervisor") is None)
    assert (pid_of(ward, "one"), pid_of(ward, "two")) == (None, None)


def test_a_hanging_worker_is_told_from_a_busy_one_by_its_beat(ward):
    pid = pid_of(ward, "two")
    beat = ward / "two.beat"
    before = beat.stat().st_mtime_ns
    wait_for(lambda: beat.stat().st_mtime_ns > before)
    assert pid_of(ward, "two") == pid


class JumpingClock(SystemClock):
    """The machine's clock, set forward and back by hours."""

    offset_ns = 0

    def now(self):
        return Instant(super().now() + self.offset_ns)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_machine_clock_that_is_set_kills_nobody(tmp_path, hours):
    clock, said = JumpingClock(), []
    beat = tmp_path / "run" / "one.beat"
    code = f"import time, pathlib\nwhile True: pathlib.Path({str(beat)!r}).touch(); time.sleep(.1)"
    boss = Supervisor([ProcessSpec("one", (sys.executable, "-c", code))], tmp_path / "run", clock, said.append)
    thread = threading.Thread(target=boss.run)
    thread.start()
    try:
        wait_for(lambda: beat.exists() and pid_of(tmp_path / "run", "one"))
        boss._children[0].started_s -= 3600  # it has been up for long
        pid = pid_of(tmp_path / "run", "one")
        clock.offset_ns = hours * 3600 * SECOND
        time.sleep(1.0)
        assert pid_of(tmp_path / "run", "one") == pid, said
        assert not [line for line in said if "hangs" in line]
    finally:
        boss.stop()
        thread.join(15)


def test_a_worker_that_stops_beating_is_killed_and_started_again(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor_module, "SILENT_S", 0.8)
    said = []
    code = "import time; time.sleep(60)"
    boss = Supervisor([ProcessSpec("one", (sys.executable, "-c", code))], tmp_path / "run", SystemClock(), said.append)
    thread = threading.Thread(target=boss.run)
    thread.start()
    try:
        wait_for(lambda: sum("hangs: killed" in line for line in said) and sum("started" in line for line in said) > 1)
    finally:
        boss.stop()
        thread.join(15)


def test_an_ordered_stop_leaves_nothing_running(ward):
    pids = [pid_of(ward, n) for n in ("one", "two")]
    os.kill(pid_of(ward, "supervisor"), signal.SIGTERM)
    wait_for(lambda: all(start_ticks(p) is None for p in pids))
    time.sleep(1.0)
    assert pid_of(ward, "supervisor") is None, "nobody brings it back after an ordered stop"


def supervise(folder, code, *, hopeless):
    """Two workers, one of which says why it cannot work and ends with ``code``; the supervisor and its words."""
    failing = (sys.executable, "-c", f"print('Lỗi: cổng bận'); print('Error: port taken', flush=True); exit({code})")
    sleeping = (sys.executable, "-c", "import time; time.sleep(60)")
    specs = [ProcessSpec("well", sleeping, folder / "a.log"), ProcessSpec("ill", failing, folder / "b.log")]
    (folder / "b.log").write_text("Error: of another day\n")
    told = []
    return Supervisor(specs, folder / "run", SystemClock(), told.append, hopeless=hopeless), told


def test_a_first_start_that_cannot_succeed_ends_everything_and_says_why(tmp_path):
    boss, told = supervise(tmp_path, 4, hopeless=frozenset({3, 4}))
    assert boss.run() is True
    assert (boss.failure.name, boss.failure.code) == ("ill", 4)
    assert boss.failure.words == ("Lỗi: cổng bận", "Error: port taken")
    assert not list((tmp_path / "run").glob("*.pid")), "the other worker was ended too"
    assert sum("started" in line for line in told) == 2


@pytest.mark.parametrize(("code", "hopeless"), [(5, frozenset({3, 4})), (4, frozenset())])
def test_other_failures_are_tried_again(tmp_path, code, hopeless):
    boss, told = supervise(tmp_path, code, hopeless=hopeless)
    thread = threading.Thread(target=boss.run)
    thread.start()
    wait_for(lambda: sum("started ill" in line for line in told) >= 2)
    boss.stop()
    thread.join(20)
    assert boss.failure is None
    assert any("Error: port taken" in line for line in told)


# As on a disk that is full to the last byte: files can be made and their times set, and nothing can be written.
NO_ROOM = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"


def beating(run: Path) -> set[int]:
    """The processes of this ward, whoever knows of them."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = process.joinpath("cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if str(run) in words:
            found.add(int(process.name))
    return found


def test_a_disk_without_room_for_a_byte_costs_no_supervisor_and_no_worker_twice(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(NO_ROOM + PROGRAM)
    run, nowhere = tmp_path / "run", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    boss = subprocess.Popen([sys.executable, str(program), str(run), "supervisor"], **nowhere)
    try:
        wait_for(lambda: len(beating(run)) == 3)
        time.sleep(3)
        assert boss.poll() is None, "who supervises lives on"
        assert len(beating(run)) == 3, "one supervisor, and each worker once"
        one = min(beating(run) - {boss.pid})
        os.kill(one, signal.SIGKILL)
        wait_for(lambda: one not in beating(run) and len(beating(run)) == 3, 5.0)
        resource.prlimit(boss.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_for(lambda: pid_of(run, "one") and pid_of(run, "two"), 15.0)  # there is room again: all is written down
        boss.send_signal(signal.SIGTERM)
        assert boss.wait(15) == 0
        assert beating(run) == set()
    finally:
        for pid in beating(run):
            os.kill(pid, signal.SIGKILL)
        boss.kill()
        boss.wait()
