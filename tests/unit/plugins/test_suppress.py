import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.observation import Group
from matpho.plugins.detectors.suppress import GROUPS, LIMITS, overlaps, survivors

pytestmark = pytest.mark.unit

PERSON, BIKE, VEHICLE, BAG = Group.PERSON, Group.TWO_WHEELER, Group.VEHICLE, Group.BAG


def keep(*rows):
    boxes = np.array([r[0] for r in rows], np.float32)
    return survivors(boxes, np.array([r[1] for r in rows], np.float32), [r[2] for r in rows])


def test_of_two_alike_the_stronger_stays():
    assert keep(((0, 0, 10, 10), 0.4, PERSON), ((0, 1, 10, 11), 0.6, PERSON), ((30, 0, 40, 10), 0.3, PERSON)) == [1, 2]


def test_a_box_that_fell_itself_suppresses_nothing():
    # b falls to a; c overlaps b only, so it stays
    a, b, c = ((0, 0, 10, 10), 0.9, PERSON), ((0, 3, 10, 13), 0.8, PERSON), ((0, 6, 10, 16), 0.7, PERSON)
    assert keep(a, b, c) == [0, 2]


def test_one_thing_seen_as_two_groups_is_one():
    assert keep(((0, 0, 10, 10), 0.5, VEHICLE), ((0, 0, 10, 8), 0.6, BIKE)) == [1]
    assert keep(((0, 0, 10, 10), 0.5, PERSON), ((0, 0, 10, 6), 0.3, BAG)) == [0]


def test_a_rider_and_the_motorbike_are_two():
    assert keep(((0, 0, 10, 10), 0.5, PERSON), ((0, 3, 10, 13), 0.6, BIKE)) == [1, 0]


def test_a_person_before_a_lorry_is_not_part_of_it():
    assert keep(((0, 0, 100, 60), 0.9, VEHICLE), ((40, 20, 50, 55), 0.5, PERSON)) == [0, 1]


def test_nothing_in_nothing_out():
    assert survivors(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), []) == []


def test_overlap_of_half_shifted_squares():
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 5, 5]], np.float32)
    assert overlaps(boxes) == pytest.approx(np.array([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 0]]))


def greedy(boxes, scores, groups):
    """Textbook non-maximum suppression, one box at a time."""
    kept = []
    for i in sorted(range(len(boxes)), key=lambda n: -scores[n]):
        limit = [LIMITS[GROUPS.index(groups[i]), GROUPS.index(groups[k])] for k in kept]
        if all(overlaps(boxes[[i, k]])[0, 1] <= most for k, most in zip(kept, limit, strict=True)):
            kept.append(i)
    return kept


@given(st.integers(0, 10_000), st.integers(1, 40))
def test_whole_matrix_rounds_give_exactly_the_greedy_result(seed, count):
    noise = np.random.default_rng(seed)
    corner = noise.uniform(0, 6, (count, 2))
    boxes = np.concatenate([corner, corner + noise.uniform(1, 5, (count, 2))], axis=1).astype(np.float32)
    scores = noise.permutation(count).astype(np.float32)
    groups = [GROUPS[n] for n in noise.integers(0, len(GROUPS), count)]
    assert survivors(boxes, scores, groups) == greedy(boxes, scores, groups)
