"""The part of a junction's picture that is looked at five times a second, and what its edge cuts."""

import numpy as np
import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Group, Observation
from matpho.domain.time import Instant, after
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.focus import focus, whole_ones
from matpho.pipeline.pace import live_pace
from matpho.testing.scripted_detector import ScriptedDetector
from matpho.vision.frame import Frame, Image

pytestmark = pytest.mark.unit

STOP = Zone(
    id=ZoneId("vach"),
    purpose=Purpose.STOP_LINE,
    line=(Point(0.3, 0.8), Point(0.7, 0.8)),
    direction=(0.0, -1.0),
    lamp=Box(0.9, 0.1, 0.05, 0.1),
)


def camera(*zones: Zone) -> Camera:
    return Camera(id=CameraId("cam"), name="c", zones=zones)


def area(purpose: Purpose, *corners: tuple[float, float]) -> Zone:
    shape = Polygon(tuple(Point(*c) for c in corners))
    return Zone(id=ZoneId(purpose.value), purpose=purpose, polygon=shape, direction=(0.0, 1.0))


LANE = area(Purpose.ROADWAY, (0.0, 0.8), (0.3, 0.8), (0.3, 1.0), (0.0, 1.0))
EVERYWHERE = area(Purpose.ROADWAY, (0, 0), (1, 0), (1, 1), (0, 1))


def test_it_holds_the_traffic_zones_and_what_stands_beside_them():
    part = focus(camera(STOP, LANE, area(Purpose.NO_DUMPING, (0, 0), (0.2, 0), (0, 0.2))))
    assert part is not None
    assert (part.x, part.bottom) == (0.0, 1.0)
    assert part.y == pytest.approx(0.66)
    assert part.right == pytest.approx(0.84)


def test_there_is_none_without_traffic_or_where_it_is_nearly_everything():
    assert focus(camera(area(Purpose.WATCH, (0, 0), (1, 0), (1, 1)))) is None
    assert focus(camera(EVERYWHERE)) is None
    assert focus(camera(STOP), ("stop_line",)) is None


def test_what_the_edge_of_the_part_cuts_is_left_out_but_not_what_the_picture_ends():
    part = Box(0.0, 0.5, 1.0, 0.5)
    whole, cut, at_the_end = Box(0.4, 0.6, 0.1, 0.2), Box(0.4, 0.5, 0.1, 0.2), Box(0.0, 0.8, 0.1, 0.2)
    seen = [Observation(Group.PERSON, "person", box, 0.8) for box in (whole, cut, at_the_end)]
    assert [o.box for o in whole_ones(seen, part)] == [whole, at_the_end]


def test_the_pace_looks_at_the_junction_often_and_at_the_rest_as_always():
    pace = live_pace(camera(STOP))
    assert (pace.focus_s, pace.moving_s) == (0.2, 1.0)
    everywhere = live_pace(camera(EVERYWHERE))
    assert (everywhere.focus_s, everywhere.moving_s) == (None, 0.2)


GROUND = np.random.default_rng(3).integers(60, 120, (36, 64)).repeat(10, 0).repeat(10, 1).astype(np.uint8)


def pictures(row: int) -> list[np.ndarray]:
    made = []
    for i in range(50):
        picture = GROUND.copy()
        picture[row : row + 60, 30 + 10 * i : 80 + 10 * i] = 230
        made.append(picture)
    return made


def heights_looked_at(row: int) -> list[int]:
    heights: list[int] = []

    def looks(image: Image) -> list[Observation]:
        heights.append(image.shape[0])
        return []

    pipeline = CameraPipeline(camera(STOP), ScriptedDetector(looks), [], pace=live_pace(camera(STOP)))
    for i, picture in enumerate(pictures(row)):
        pipeline.step(Frame(after(Instant(0), i / 5), picture))
    return heights


def test_motion_at_the_line_is_looked_at_five_times_a_second_in_a_small_picture():
    heights = heights_looked_at(260)
    assert len(heights) >= 45
    assert sum(h == 360 for h in heights) <= 14
    assert all(h == 360 or 100 <= h <= 106 for h in heights)


def test_motion_elsewhere_is_looked_at_once_a_second():
    assert len(heights_looked_at(20)) <= 14


def test_a_person_seen_only_in_the_part_stays_one_track_and_who_is_outside_is_not_missed():
    zone = camera(STOP)

    def looks(image: Image) -> list[Observation]:
        inside = Observation(Group.PERSON, "person", Box(0.5, 0.3, 0.1, 0.5), 0.8)
        far = Observation(Group.PERSON, "person", Box(0.1, 0.1, 0.05, 0.2), 0.8)
        near = Observation(Group.PERSON, "person", Box(0.16 + 0.68 * 0.5, 0.66 + 0.28 * 0.3, 0.068, 0.14), 0.8)
        return [near, far] if image.shape[0] == 360 else [inside]

    pipeline = CameraPipeline(zone, ScriptedDetector(looks), [], pace=live_pace(zone))
    for i, picture in enumerate(pictures(260)):
        pipeline.step(Frame(after(Instant(0), i / 5), picture))
    assert pipeline.scene is not None
    assert {track.id for track in pipeline.scene.tracks} == {1, 2}
