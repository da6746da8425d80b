"""The detector budget: the average is kept, and nobody starves."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from matpho.domain.ids import CameraId
from matpho.pipeline.budget import TokenBudget, Unlimited, Urgency

pytestmark = pytest.mark.unit


def serve(budget: TokenBudget, cameras: list[str], *, seconds: float, fps: float = 5.0) -> Counter[str]:
    granted: Counter[str] = Counter()
    for step in range(round(seconds * fps)):
        for camera in cameras:
            granted[camera] += budget.ask(CameraId(camera), step / fps)
    return granted


def test_the_average_rate_is_kept_whatever_is_asked():
    granted = serve(TokenBudget(6.0, burst=4), [f"c{i}" for i in range(8)], seconds=60)
    assert 355 <= granted.total() <= 366


def test_all_that_ask_get_their_share():
    granted = serve(TokenBudget(6.0, burst=4), [f"c{i}" for i in range(8)], seconds=60)
    assert min(granted.values()) >= 40
    assert max(granted.values()) <= 50


def test_more_cameras_than_the_burst_holds_do_not_starve_either():
    granted = serve(TokenBudget(2.0, burst=4), [f"c{i:02}" for i in range(30)], seconds=120)
    assert min(granted.values()) >= 5
    assert 230 <= granted.total() <= 245


def test_one_camera_alone_gets_what_it_asks_within_the_rate():
    assert serve(TokenBudget(6.0), ["a"], seconds=20)["a"] == 100


def test_one_that_asks_for_two_is_served_too():
    budget, double, single = TokenBudget(3.0, burst=4), 0, 0
    for step in range(500):
        double += budget.ask(CameraId("a"), step / 5, 2.0)
        single += budget.ask(CameraId("b"), step / 5)
    assert double >= 60
    assert single >= 60


def test_a_camera_that_went_away_is_not_waited_for():
    budget = TokenBudget(1.0, burst=1)
    budget.ask(CameraId("a"), 0.0)
    assert not budget.ask(CameraId("gone"), 0.1)
    assert budget.ask(CameraId("a"), 7.0)


def test_a_clock_that_steps_back_gives_no_tokens():
    budget = TokenBudget(1.0, burst=1)
    assert budget.ask(CameraId("a"), 100.0)
    assert not budget.ask(CameraId("a"), 0.0)
    assert not budget.ask(CameraId("a"), 100.5)


def test_a_budget_needs_tokens():
    with pytest.raises(ValueError, match="needs tokens"):
        TokenBudget(0.0)
    assert Unlimited().ask(CameraId("a"), 0.0)


def test_what_is_urgent_comes_first_and_still_nobody_starves():
    budget, granted, waited = TokenBudget(2.0), Counter[str](), {"calm": 0.0, "urgent": 0.0}
    began = dict.fromkeys(waited, 0.0)
    for step in range(1500):
        at_s = step / 5
        for camera, urgency in (("calm", Urgency.ROUTINE), ("urgent", Urgency.DECIDING), ("other", Urgency.DECIDING)):
            if budget.ask(CameraId(camera), at_s, urgency=urgency):
                granted[camera] += 1
                waited[camera] = max(waited.get(camera, 0.0), at_s - began.get(camera, 0.0))
                began[camera] = at_s
    assert granted["urgent"] > 1.5 * granted["calm"]
    assert waited["calm"] <= 6.0, "a head start of 3 s and its own turn"
    assert 590 <= granted.total() <= 610


def test_one_whose_wish_becomes_urgent_moves_up_the_queue():
    budget = TokenBudget(1.0, burst=2)
    assert budget.ask(CameraId("a"), 0.0, 2.0)
    assert not budget.ask(CameraId("first"), 0.1, urgency=Urgency.MOVING)
    assert not budget.ask(CameraId("second"), 0.2, urgency=Urgency.ROUTINE)
    assert not budget.ask(CameraId("second"), 0.3, urgency=Urgency.DECIDING)
    assert not budget.ask(CameraId("first"), 1.0)
    assert budget.ask(CameraId("second"), 1.1, urgency=Urgency.DECIDING)


def test_what_can_wait_for_minutes_gets_what_is_left_over_and_keeps_nobody_from_a_look():
    budget = TokenBudget(10.0, burst=10)
    idle = sum(budget.spare(step / 5, 30.0) for step in range(50))
    assert 8 <= idle <= 9  # what comes in a second, about once a second
    granted, busy = 0, TokenBudget(10.0, burst=10)
    for step in range(50):
        granted += busy.ask(CameraId("c"), step / 5, price=2.0)
        assert not busy.spare(step / 5, 30.0)
    assert granted == 50
    half = TokenBudget(10.0, burst=10)
    had = [(half.ask(CameraId("c"), step / 5), half.spare(step / 5, 30.0)) for step in range(50)]
    assert all(look for look, _ in had), "what is saved up is not spent on it"
    assert 3 <= sum(idle for _, idle in had) <= 5  # five tokens a second are left over
    short = TokenBudget(1.0, burst=1)
    assert not short.spare(0.0, 1.0)  # nothing is left over yet
    assert short.ask(CameraId("a"), 5.0)
    assert not short.ask(CameraId("b"), 5.2)
    assert not short.spare(6.3, 1.0)  # b waits for it
    assert Unlimited().spare(0.0, 30.0)


def test_two_threads_get_no_more_than_one_would():
    budget = TokenBudget(1.0, burst=500)
    with ThreadPoolExecutor(4) as threads:
        granted = list(threads.map(lambda _: budget.ask(CameraId("a"), 0.0), range(4000)))
    assert sum(granted) == 500
