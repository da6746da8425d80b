"""Which clips are degraded how: what may be hidden, what may be made up, and each quiet clip once."""

import pytest

from matpho.pipeline.degrade import DEGRADATIONS
from matpho.pipeline.degrade_plan import bears_on

pytestmark = pytest.mark.unit

QUIET = [f"quiet-{n}.mp4" for n in range(60)]


def tried(clip: str, *types: str) -> set[str]:
    return {name for name in DEGRADATIONS if bears_on(name, clip, types)}


def test_a_junction_is_tried_in_rain_and_night_and_a_tampered_lens_in_shake():
    assert {"rain", "night", "dim", "compression", "shake"} == tried("a.mp4", "red_light_running")
    assert tried("a.mp4", "camera_tampering") == {"shake"}
    assert tried("a.mp4", "abandoned_object", "camera_tampering") >= {"headlights", "shadows", "shake", "night"}


def test_a_quiet_clip_is_tried_once_with_what_may_make_something_up_the_same_each_time():
    shares = [tried(name) for name in QUIET]
    assert all(len(share) == 1 for share in shares)
    assert set().union(*shares) == {"dim", "headlights", "shadows", "shake"}
    assert shares == [tried(name) for name in QUIET]


def test_a_type_that_nobody_thought_of_is_tried_with_everything():
    assert tried("a.mp4", "elephant") == set(DEGRADATIONS)
