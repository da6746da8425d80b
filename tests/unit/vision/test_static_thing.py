import pytest

from matpho.domain.observation import Group
from matpho.vision.static_thing import Looks

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("named", "group"), [(0.12, None), (0.34, Group.TWO_WHEELER)])
def test_a_motorbike_that_is_named_in_one_look_of_three_is_known(named: float, group: Group | None) -> None:
    looks = Looks(total=100)
    looks.votes = {(Group.TWO_WHEELER, "motorcycle"): 50 * named, (Group.FURNITURE, "bench"): 5.0}
    looks.best = dict.fromkeys(looks.votes, 0.5)
    assert (looks.word[0] if looks.word else None) is group
