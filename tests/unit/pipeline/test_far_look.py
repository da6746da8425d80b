"""Tiles for what is far: asked for where small motion goes on unexplained, kept while they find something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.camera import Purpose, Zone
from matpho.domain.geometry import Box, polygon
from matpho.domain.ids import ZoneId
from matpho.domain.observation import Group, Observation, Track, TrackPoint
from matpho.pipeline.far_look import REST_S, SMALL, STAY_S, TILE, FarLook
from matpho.testing.builders import at, camera

pytestmark = pytest.mark.unit

FAR = Box(0.70, 0.20, 0.01, 0.04)
UPPER = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5)]


def look(purpose=Purpose.RESTRICTED, corners=UPPER):
    return FarLook(camera(zones=(Zone(id=ZoneId("z"), purpose=purpose, polygon=polygon(corners)),)))


def feed(far, since_s, length_s, motion=(FAR,), tracks=()):
    for step in range(round(length_s * 5) + 1):
        far.moved(at(since_s + step / 5), motion, tracks)
    return since_s + length_s


def person(box=FAR):
    return Observation(Group.PERSON, "person", box, 0.5)


def test_small_motion_that_goes_on_is_looked_at_closely():
    far = look()
    feed(far, 0, 0.6)
    assert far.wants(at(0.6)) is None
    now = feed(far, 0.8, 0.6)
    tile = far.wants(at(now))
    assert tile is not None
    assert tile.overlap(FAR) == pytest.approx(FAR.area)
    assert tile.w == pytest.approx(TILE)


def test_a_tile_that_found_something_stays_and_then_is_left_alone():
    far = look()
    now = feed(far, 0, 2)
    tile = far.wants(at(now))
    far.looked(at(now), [person()])
    assert far.wants(at(now + STAY_S - 0.1)) == tile
    feed(far, now, STAY_S + 0.2)
    assert far.wants(at(now + STAY_S + 0.2)) is not None
    far.looked(at(now + STAY_S + 0.2), [])
    later = feed(far, now + STAY_S + 0.4, REST_S - 1)
    assert far.wants(at(later)) is None, "what found nothing is left alone"
    later = feed(far, later, 3)
    assert far.wants(at(later)) is not None, "but not for ever"


def test_what_a_track_covers_is_explained():
    far = look()
    track = Track(1, Group.PERSON, "person", 0.5, at(0), (TrackPoint(at(0), FAR, seen=True),))
    now = feed(far, 0, 3, tracks=(track,))
    assert far.wants(at(now)) is None


@pytest.mark.parametrize(
    "far",
    [
        look(Purpose.NO_DUMPING),
        look(corners=[(0.0, 0.6), (1.0, 0.6), (1.0, 1.0), (0.0, 1.0)]),
    ],
)
def test_motion_that_no_rule_follows_is_not_looked_at(far):
    now = feed(far, 0, 3)
    assert far.wants(at(now)) is None


def test_large_motion_and_single_flickers_are_not_far_things():
    far = look()
    now = feed(far, 0, 3, motion=(Box(0.6, 0.1, 0.1, SMALL + 0.01),))
    for step in range(20):
        far.moved(at(now + 1 + step / 5), (FAR,) if step % 4 == 0 else (), ())
    assert far.wants(at(now + 5)) is None


@given(st.floats(0, 1), st.floats(0, 0.44))  # the grid decides by the middles of its cells
def test_a_tile_lies_inside_the_picture_and_holds_its_motion(x, y):
    far, box = look(), Box(x, y, 0.0, 0.0)
    feed(far, 0, 2, motion=(box,))
    tile = far.wants(at(2))
    assert tile is not None
    assert tile.x >= 0
    assert tile.y >= 0
    assert tile.right <= 1 + 1e-9
    assert tile.bottom <= 1 + 1e-9
    assert tile.x - 0.04 <= x <= tile.right + 0.04
