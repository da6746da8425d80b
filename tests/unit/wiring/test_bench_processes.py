"""The kernel's accounts as the live bench reads them, on a real child."""

import os
import subprocess
import sys
import time

import pytest

from matpho.wiring.bench.processes import open_files, private_mb, pss_mb, spent, tree

pytestmark = pytest.mark.unit

BUSY = "import sys,time\nx = bytearray(b'x') * 60_000_000\nsys.stdout.write('on\\n'); sys.stdout.flush()\n"
SPIN = "end = time.process_time() + 0.3\nwhile time.process_time() < end: pass\nsys.stdin.read()\n"


@pytest.fixture
def child():
    with subprocess.Popen(
        [sys.executable, "-c", BUSY + SPIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        yield process
        process.stdin.close()


def test_a_child_is_in_the_tree_and_its_cost_is_counted(child):
    assert {os.getpid(), child.pid} <= tree([os.getpid()])
    before = spent([child.pid])
    deadline = time.monotonic() + 20
    while (spent([child.pid]) - before).cpu_s < 0.2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert pss_mb([child.pid]) > 55
    assert 55 < private_mb([child.pid]) <= pss_mb([child.pid]) + 1
    assert open_files([child.pid]) >= 3


def test_a_process_that_has_gone_costs_nothing():
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    assert spent([process.pid]).cpu_s == 0
    assert pss_mb([process.pid]) == 0
    assert open_files([process.pid]) == 0
