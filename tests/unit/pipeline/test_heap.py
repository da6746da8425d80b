import platform
import subprocess
import sys

import pytest

from matpho.pipeline.heap import Heap

pytestmark = pytest.mark.unit


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="malloc_trim is glibc's")
def test_the_heap_is_trimmed_soon_after_the_start_and_then_now_and_then():
    heap = Heap(100.0)
    trimmed = [at for at in range(100, 500) if heap.tidy(float(at))]
    assert trimmed == [120, *range(180, 500, 60)]


_THREADS = """
import sys, threading
from pathlib import Path
from matpho.pipeline.heap import one_arena

if len(sys.argv) > 1:
    assert one_arena()
held, done = [], threading.Barrier(5)

def work():
    held.append([bytearray(1000) for _ in range(2000)])
    done.wait()
    done.wait()

for _ in range(4):
    threading.Thread(target=work).start()
done.wait()
lines = Path("/proc/self/maps").read_text().splitlines()
starts = [line.split("-")[0] for line in lines if " rw-p 00000000 00:00 0" in line]
print(sum(int(s, 16) % (64 << 20) == 0 for s in starts))  # arenas of threads begin at whole 64 MB
done.wait()
"""


def _arenas(*words):
    done = subprocess.run(
        [sys.executable, "-c", _THREADS, *words], check=True, capture_output=True, text=True, timeout=60
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_threads_share_one_arena_when_told_to():
    assert _arenas() > 0
    assert _arenas("one") == 0
