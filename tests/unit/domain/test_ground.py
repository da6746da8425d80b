"""The ground in metres, held against a pinhole camera that is worked out by itself."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matpho.domain.camera import Camera
from matpho.domain.geometry import Box, Point, polygon
from matpho.domain.ground import GroundPlane
from matpho.domain.ids import CameraId

pytestmark = pytest.mark.unit

FRAME = (1280, 720)


class Pinhole:
    """A camera ``height`` m above flat ground, looking down by ``tilt`` radians and turned by ``pan``."""

    def __init__(self, height: float, tilt: float, pan: float, focal: float) -> None:
        self.height, self.tilt, self.pan, self.focal = height, tilt, pan, focal

    def seen(self, x: float, y: float) -> tuple[Point, float]:
        """Where the ground point (x right, y ahead, metres) is on the picture, and how far ahead of the lens."""
        right = x * math.cos(self.pan) - y * math.sin(self.pan)
        ahead = x * math.sin(self.pan) + y * math.cos(self.pan)
        depth = ahead * math.cos(self.tilt) + self.height * math.sin(self.tilt)
        down = self.height * math.cos(self.tilt) - ahead * math.sin(self.tilt)
        u, v = self.focal * right / depth, self.focal * down / depth
        return Point(0.5 + u / FRAME[0], 0.5 + v / FRAME[1]), depth


cameras = st.builds(Pinhole, st.floats(3, 8), st.floats(0.2, 0.9), st.floats(-0.3, 0.3), st.floats(500, 1500))
spots = st.tuples(st.floats(-6, 10), st.floats(1, 40))


def plane(camera: Pinhole, width: float = 4.0, depth: float = 8.0, near: float = 6.0) -> GroundPlane:
    """The plane as a person draws it: a rectangle whose near left corner lies ``near`` m ahead."""
    corners = [(0.0, near), (width, near), (width, near + depth), (0.0, near + depth)]
    a, b, c, d = (camera.seen(*corner)[0] for corner in corners)
    return GroundPlane((a, b, c, d), (width, depth))


@given(cameras, spots)
def test_it_measures_what_a_pinhole_camera_sees(camera, spot):
    ground = plane(camera)
    seen, ahead = camera.seen(*spot)
    assume(ahead > 0.5)
    x, y = ground.metres(seen)
    assert (x, y) == pytest.approx((spot[0], spot[1] - 6.0), abs=1e-5)
    assert ground.picture((x, y)) == pytest.approx(seen, abs=1e-6)


@given(cameras, spots)
def test_the_scale_across_is_the_focal_length_over_the_distance(camera, spot):
    seen, ahead = camera.seen(*spot)
    assume(ahead > 0.5)
    assert plane(camera).pixels_per_metre(seen, FRAME) == pytest.approx(camera.focal / ahead, rel=1e-5)


@given(cameras, spots, st.floats(0.1, 3), st.floats(0.1, 3))
def test_areas_and_lengths_are_those_of_the_ground(camera, spot, width, depth):
    x, y = spot
    corners = [camera.seen(*c) for c in [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)]]
    assume(min(ahead for _, ahead in corners) > 0.5)
    points = [p for p, _ in corners]
    ground = plane(camera)
    assert ground.area_m2(points) == pytest.approx(width * depth, rel=1e-4)
    assert ground.distance_m(points[0], points[1]) == pytest.approx(width, rel=1e-4)


@given(cameras, st.floats(0.001, 0.4), st.floats(0, 1))
def test_nothing_is_measured_above_the_horizon(camera, above, x):
    horizon = 0.5 - camera.focal * math.tan(camera.tilt) / FRAME[1]
    sky = Point(x, horizon - above)
    ground = plane(camera)
    assert ground.metres(sky) is None
    assert ground.pixels_per_metre(sky, FRAME) is None
    assert ground.cell_m2(sky, FRAME) is None
    assert ground.distance_m(sky, ground.corners[0]) is None
    assert ground.area_m2([*ground.corners, sky]) is None


@given(cameras)
def test_the_pixels_of_an_area_add_up_to_it(camera):
    ground = plane(camera)
    middle = camera.seen(2.0, 10.0)[0]
    half_w, half_h = 2 / FRAME[0], 2 / FRAME[1]
    patch = [
        Point(middle.x + i * half_w, middle.y + j * half_h) for i, j in [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    ]  # 4 by 4 pixels
    assert ground.area_m2(patch) == pytest.approx(16 * ground.cell_m2(middle, FRAME), rel=0.02)


def test_a_drawn_polygon_is_measured_like_its_corners():
    ground = GroundPlane((Point(0, 1), Point(1, 1), Point(1, 0), Point(0, 0)), (10.0, 5.0))
    assert ground.area_m2(polygon([(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)])) == pytest.approx(25.0)


def test_things_on_the_ground_have_a_width_and_about_a_height():
    ground = GroundPlane((Point(0, 1), Point(1, 1), Point(1, 0), Point(0, 0)), (10.0, 5.0))
    box = Box(0.2, 0.1, 0.1, 0.4)
    assert ground.width_m(box) == pytest.approx(1.0)
    assert ground.height_m(box, (1000, 500)) == pytest.approx(2.0)


@pytest.mark.parametrize("place", [(2.0, -60.0), (0.0, -1000.0)])
def test_what_is_behind_the_camera_is_not_on_the_picture(place):
    assert plane(Pinhole(5.0, 0.4, 0.0, 900)).picture(place) is None


@pytest.mark.parametrize(
    ("corners", "size"),
    [
        ([(0.1, 0.9), (0.9, 0.9), (0.5, 0.8), (0.3, 0.3)], (5.0, 9.0)),  # a dent
        ([(0.1, 0.9), (0.5, 0.9), (0.9, 0.9), (0.3, 0.3)], (5.0, 9.0)),  # three on one line
        ([(0.1, 0.9), (0.7, 0.3), (0.9, 0.9), (0.3, 0.3)], (5.0, 9.0)),  # a bow tie
        ([(0.1, 0.9), (0.1, 0.9), (0.9, 0.9), (0.3, 0.3)], (5.0, 9.0)),  # one corner twice
        ([(0.1, 0.9), (0.9, 0.9), (0.7, 0.3), (0.3, 0.3)], (0.0, 9.0)),
        ([(0.1, 0.9), (0.9, 0.9), (0.7, 0.3), (0.3, 0.3)], (5.0, math.nan)),
    ],
)
def test_what_cannot_be_a_rectangle_on_the_ground_is_refused(corners, size):
    with pytest.raises(ValueError, match=r"rectangle|length"):
        GroundPlane(tuple(Point(*c) for c in corners), size)


def test_the_corners_may_go_round_either_way():
    way = (Point(0.3, 0.3), Point(0.7, 0.3), Point(0.9, 0.9), Point(0.1, 0.9))
    assert GroundPlane(way, (5.0, 9.0)).metres(Point(0.3, 0.3)) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_a_camera_without_calibration_has_no_ground():
    bare = Camera(id=CameraId("a"), name="A")
    assert GroundPlane.of(bare) is None
    corners = (Point(0.1, 0.9), Point(0.9, 0.9), Point(0.7, 0.3), Point(0.3, 0.3))
    drawn = Camera(id=CameraId("a"), name="A", ground=corners, ground_size_m=(7.0, 20.0))
    assert GroundPlane.of(drawn) == GroundPlane(corners, (7.0, 20.0))
    bow_tie = (corners[0], corners[2], corners[1], corners[3])
    assert GroundPlane.of(Camera(id=CameraId("a"), name="A", ground=bow_tie, ground_size_m=(7.0, 20.0))) is None
