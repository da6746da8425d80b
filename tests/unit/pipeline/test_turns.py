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
    turns, _, clock, done = line(10, 10, 10)
    for beat in range(1, 7):
        assert turns.round(clock[0] + 1.0)
        assert len(done) == TOGETHER * beat  # one camera's few, and no more
    assert [done.count(name) for name in "abc"] == [8, 8, 8]


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
