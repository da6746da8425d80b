import threading
import time

import pytest

from matpho.pipeline.turns import ALL, TOGETHER, Turns

pytestmark = pytest.mark.unit


class Camera:
    """Has ``waiting`` pictures, each a second's work on ``clock``."""

    def __init__(self, name, waiting, clock, done, together=TOGETHER):
        self.name, self.waiting, self.clock, self.done = name, waiting, clock, done
        self.together = together

    def step(self):
        if not self.waiting:
            return False
        self.waiting -= 1
        self.clock[0] += 1.0
        self.done.append(self.name)
        return True


def line(*waiting):
    clock, done = [0.0], []
    turns = Turns(lambda: clock[0])
    cameras = [Camera("abcdef"[n], count, clock, done) for n, count in enumerate(waiting)]
    turns.of(cameras)
    return turns, cameras, clock, done


def test_each_has_its_turn_and_a_line_without_work_says_so():
    turns, _, _, done = line(1, 0, 2)
    assert turns.round(100.0)
    assert done == ["a", "c", "c"]
    assert not turns.round(100.0)


def test_time_that_is_over_ends_the_round_and_the_next_begins_where_it_ended():
    turns, _, clock, done = line(20, 20, 20)
    for beat in range(1, 7):
        assert turns.round(clock[0] + 1.0)
        assert len(done) == TOGETHER * beat  # one camera's few, and no more
    assert [done.count(name) for name in "abc"] == [2 * TOGETHER] * 3


def test_who_comes_waits_behind_and_who_goes_has_no_turn():
    turns, (first, second, third), clock, done = line(4, 4, 4)
    turns.round(1.0)
    fresh = Camera("f", 4, clock, done)
    turns.of([fresh, third, first])
    turns.round(100.0)
    assert "".join(dict.fromkeys(done)) == "acf"
    assert second.waiting == 4


def test_where_movements_are_measured_a_turn_takes_all_that_waits_and_the_others_have_theirs_all_the_same():
    turns, (first, second, third), clock, done = line(20, 8, 20)
    second.together = ALL
    turns.round(100.0)
    assert [done.count(name) for name in "abc"] == [TOGETHER, 8, TOGETHER]
    second.waiting, done[:] = 8, []
    for _ in range(4):
        turns.round(clock[0] + 1.0)
    assert set(done) == {"a", "b", "c"}
    assert (first.waiting, third.waiting) == (20 - 3 * TOGETHER, 20 - 2 * TOGETHER)


class Slow:
    """Says so when two threads are at it at once; which threads were is known."""

    def __init__(self, pieces):
        self.pieces, self.together = pieces, TOGETHER
        self.done, self.twice, self.by = 0, False, set()
        self._busy = False

    def step(self):
        self.twice |= self._busy
        self._busy = True
        time.sleep(0.0005)
        self.by.add(threading.get_ident())
        self._busy = False
        if self.done == self.pieces:
            return False
        self.done += 1
        return True


def at_once(turns, seconds=10.0):
    """Two threads go around until there is no work."""

    def go():
        while turns.round(time.monotonic() + seconds):
            pass

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_threads_share_the_line_and_never_a_camera():
    turns = Turns(time.monotonic)
    cameras = [Slow(40) for _ in range(5)]
    turns.of(cameras)
    at_once(turns)
    turns.round(time.monotonic() + 10.0)  # what a thread left while the other had the only camera with work
    assert [c.done for c in cameras] == [40] * 5
    assert not any(c.twice for c in cameras)
    assert len(set.union(*(c.by for c in cameras))) >= 2


def test_who_is_taken_off_or_kept_during_its_turn_is_in_the_line_as_often_as_wanted():
    turns = Turns(time.monotonic)
    kept, gone = Slow(1), Slow(1)

    def change():
        turns.of([kept])
        turns.of([kept, fresh])
        return False

    fresh = Slow(1)
    kept.step = gone.step = change
    turns.of([kept, gone])
    turns.round(time.monotonic() + 10.0)
    turns.round(time.monotonic() + 10.0)
    assert sorted(map(id, turns._line)) == sorted(map(id, (kept, fresh)))
