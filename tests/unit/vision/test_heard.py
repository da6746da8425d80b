import pytest

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.heard import Heard, newest

pytestmark = pytest.mark.unit

BAG = Observation(Group.BAG, "backpack", Box(0.2, 0.2, 0.1, 0.1), 0.8)
PART = Box(0.1, 0.1, 0.3, 0.3)


def test_a_look_at_a_part_says_nothing_of_what_lies_outside_or_half_outside():
    look = Heard([BAG], PART)
    assert look.speaks_of(BAG.box)
    assert not look.speaks_of(Box(0.35, 0.2, 0.1, 0.1))
    assert not look.speaks_of(Box(0.6, 0.6, 0.1, 0.1))
    assert Heard([BAG]).speaks_of(Box(0.6, 0.6, 0.1, 0.1))


def test_a_later_look_counts_but_none_at_a_part_in_place_of_one_at_the_whole():
    whole, part = Heard([]), Heard([], PART)
    assert newest(None, [BAG], PART) == Heard([BAG], PART)
    assert newest(part, [BAG], PART) == Heard([BAG], PART)
    assert newest(part, [BAG], None) == Heard([BAG])
    assert newest(whole, [BAG], PART) is whole
