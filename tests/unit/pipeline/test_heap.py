import sys

import pytest

from matpho.pipeline.heap import Heap

pytestmark = pytest.mark.unit


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="malloc_trim is glibc's")
def test_the_heap_is_trimmed_soon_after_the_start_and_then_now_and_then():
    heap = Heap(100.0)
    trimmed = [at for at in range(100, 500) if heap.tidy(float(at))]
    assert trimmed == [120, 240, 360, 480]
