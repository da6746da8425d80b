"""The box filters: they learn a speed, trust measurements by size, and stand still when told."""

import numpy as np
import pytest

from matpho.vision.kalman import BoxFilters

pytestmark = pytest.mark.unit


def moving(speed: float, steps: int, *, dt: float = 0.2) -> BoxFilters:
    filters = BoxFilters()
    filters.add(np.array([[0.1, 0.5, 0.1, 0.2]]))
    for step in range(1, steps + 1):
        filters.predict(dt)
        filters.correct(np.array([0]), np.array([[0.1 + speed * dt * step, 0.5, 0.1, 0.2]]))
    return filters


def test_a_steady_speed_is_learnt_within_a_second_and_a_half():
    filters = moving(0.3, 8)
    assert filters.mean[0, 0, 1] == pytest.approx(0.3, rel=0.1)
    assert abs(filters.mean[0, 1, 1]) < 0.01
    filters.predict(0.2)
    assert filters.mean[0, 0, 0] == pytest.approx(0.1 + 0.3 * 0.2 * 9, abs=0.01)


def test_uncertainty_grows_unseen_and_shrinks_when_seen():
    filters = moving(0.1, 5)
    before = filters.cov[0, 0, 0]
    filters.predict(0.6)
    unseen = filters.cov[0, 0, 0]
    filters.correct(np.array([0]), np.array([[0.2, 0.5, 0.1, 0.2]]))
    assert unseen > 2 * before
    assert filters.cov[0, 0, 0] < unseen
    assert (filters.cov[:, :, 0] > 0).all()
    assert (filters.cov[:, :, 2] > 0).all()


def test_many_boxes_are_one_call_each_and_can_be_dropped():
    filters = BoxFilters()
    filters.predict(0.2)
    filters.add(np.tile([0.5, 0.5, 0.1, 0.1], (3, 1)))
    filters.correct(np.array([0, 2]), np.array([[0.6, 0.5, 0.1, 0.1], [0.4, 0.5, 0.1, 0.1]]))
    assert filters.mean[0, 0, 0] > 0.5 > filters.mean[2, 0, 0]
    assert filters.mean[1, 0, 0] == 0.5
    filters.keep(np.array([True, False, True]))
    assert filters.mean.shape == (2, 4, 2)


def test_a_box_told_to_stand_stands():
    filters = moving(0.3, 8)
    filters.stop(np.array([True]))
    place = filters.mean[0, 0, 0]
    filters.predict(1.0)
    assert filters.mean[0, 0, 0] == place


def test_a_rest_in_many_steps_makes_as_unsure_as_each_step_by_itself():
    at_once, stepwise = moving(0.3, 8), moving(0.3, 8)
    for filters in (at_once, stepwise):
        filters.stop(np.array([True]))
    for dt in (0.2, 0.2, 0.35, 1.0, 0.2):
        at_once.predict(dt)
        stepwise.predict(dt)
        assert stepwise.cov[0, 0, 0] > 0  # asking is what applies the step
    at_once.add(np.array([[0.7, 0.5, 0.1, 0.1]]))
    stepwise.add(np.array([[0.7, 0.5, 0.1, 0.1]]))
    assert at_once.cov == pytest.approx(stepwise.cov, rel=1e-9)
    assert at_once.still


def test_what_moves_beside_what_stands_grows_unsure_by_the_known_formulas():
    filters = moving(0.3, 8)
    p, c, v = (float(x) for x in filters.cov[0, 0])
    noise = (0.9 * float(filters.mean[0, 3, 0])) ** 2
    filters.predict(0.5)
    grown = (p + c + v / 4 + noise / 64, c + v / 2 + noise / 16, v + noise / 4)
    assert tuple(filters.cov[0, 0]) == pytest.approx(grown, rel=1e-9)
    assert not filters.still


def test_what_came_in_over_an_edge_goes_on_as_its_far_end_did_and_grows_no_more():
    filters = BoxFilters()
    filters.add(np.array([[0.5, 0.975, 0.06, 0.05]]))
    for step in range(1, 6):  # its upper end moves up by 0.04 a step, its lower end is the picture's
        filters.predict(0.2)
        height = 0.05 + 0.04 * step
        filters.correct(np.array([0]), np.array([[0.5, 1 - height / 2, 0.06, height]]))
    filters.come_in(0, np.array([0.5, 0.85, 0.06, 0.24]), (0, 1))
    assert filters.mean[0, 3].tolist() == [0.24, 0.0]
    assert filters.mean[0, 1, 1] == pytest.approx(-0.2, rel=0.15)
    filters.predict(0.2)
    assert filters.mean[0, 3, 0] == pytest.approx(0.24)
