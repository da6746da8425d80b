import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matpho.vision.assignment import least_cost

pytestmark = pytest.mark.unit

FAR = 1e6


def gated(rows: int, columns: int, density: float, seed: int) -> np.ndarray:
    dice = np.random.default_rng(seed)
    cost = dice.random((rows, columns)) * 2
    return np.where(dice.random((rows, columns)) < density, cost, FAR)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 14), st.integers(1, 14), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_it_pairs_as_many_and_as_cheaply_as_a_general_solver(rows, columns, density, seed):
    cost = gated(rows, columns, density, seed)
    r, c = least_cost(cost, FAR)
    true_r, true_c = linear_sum_assignment(cost)
    allowed = cost[true_r, true_c] < FAR
    assert len(r) == allowed.sum()
    assert len(set(r.tolist())) == len(set(c.tolist())) == len(r)
    assert (cost[r, c] < FAR).all()
    assert cost[r, c].sum() == pytest.approx(cost[true_r, true_c][allowed].sum())


def test_nothing_allowed_is_nothing_paired():
    r, c = least_cost(np.full((3, 4), FAR), FAR)
    assert r.size == c.size == 0
    assert r.dtype == np.intp


def test_a_crowded_junction_costs_a_few_milliseconds():
    cost = gated(40, 45, 0.1, 3)
    took = []
    for _ in range(5):
        began = time.thread_time()
        least_cost(cost, FAR)
        took.append(time.thread_time() - began)
    assert min(took) < 0.03
