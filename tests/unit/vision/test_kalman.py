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
