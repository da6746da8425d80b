"""Another place for the camera: what was drawn and annotated stays on what it was drawn on."""

import numpy as np
import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.permitted import Permitted
from matpho.domain.time import Instant
from matpho.pipeline.score import Event
from matpho.pipeline.viewpoint import Viewpoint
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 320, 240
ASPECT = WIDTH / HEIGHT
MIRRORED = Viewpoint(xx=-1.0, x0=1.0)
CLOSER = Viewpoint(xx=1.25, x0=-0.125, yy=1.25, y0=-0.125, grown=(0.8, 0.8))  # a tenth cut off at each side


def marked(box: Box) -> Frame:
    """A dark picture with one bright, red rectangle."""
    luma = np.full((HEIGHT, WIDTH), 40, np.uint8)
    v = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    rows, columns = (
        slice(int(box.y * HEIGHT), int(box.bottom * HEIGHT)),
        slice(int(box.x * WIDTH), int(box.right * WIDTH)),
    )
    luma[rows, columns] = 200
    v[rows.start // 2 : rows.stop // 2, columns.start // 2 : columns.stop // 2] = 200
    return Frame(Instant(5), luma, np.full_like(v, 128), v)


def bright(frame: Frame) -> Box:
    """The rectangle that is bright, and whether it is red there too."""
    rows, columns = np.nonzero(frame.luma > 120)
    width, height = frame.size
    assert frame.v is not None
    reds = np.nonzero(frame.v > 160)
    assert abs(2 * reds[1].mean() - columns.mean()) <= 2
    assert abs(2 * reds[0].mean() - rows.mean()) <= 2
    left, top = columns.min() / width, rows.min() / height
    return Box(left, top, (columns.max() + 1) / width - left, (rows.max() + 1) / height - top)


def event(box: Box | None, *, sure: bool = True) -> Event:
    return Event("a.mp4", "red_light_running", 3.0, 4.0, box, sure, ("red_light",))


def camera(zone: Zone) -> Camera:
    ground = (Point(0.1, 0.9), Point(0.6, 0.9), Point(0.5, 0.4), Point(0.2, 0.4))
    return Camera(id=CameraId("c"), name="c", zones=(zone,), ground=ground, ground_size_m=(3.0, 9.0))


@pytest.mark.parametrize(
    "view",
    [
        MIRRORED,
        CLOSER,
        Viewpoint(grown=(0.75, 0.75)),
        Viewpoint(grown=(1.5, 1.5)),
        Viewpoint(xx=0.75, x0=0.125, grown=(4 / 3, 1.0), bars=True),
    ],
)
def test_a_box_goes_where_the_pixels_go(view: Viewpoint):
    box = Box(0.3, 0.25, 0.2, 0.3)
    shown, expected = bright(view(marked(box))), view.box(box)
    for name in ("x", "y", "right", "bottom"):
        assert getattr(shown, name) == pytest.approx(getattr(expected, name), abs=0.01)


def test_a_picture_between_bars_is_black_beside_what_was_taken():
    frame = Viewpoint(xx=0.75, x0=0.125, grown=(4 / 3, 1.0), bars=True)(marked(Box(0.3, 0.3, 0.2, 0.2)))
    assert frame.at == Instant(5)
    assert frame.size == (426, 240)
    assert (frame.luma[:, :50] == 16).all()
    assert (frame.luma[:, -50:] == 16).all()
    assert frame.luma[:, 60:360].min() >= 39


def test_a_mirrored_street_runs_the_other_way_and_keeps_its_ground():
    zone = Zone(
        id=ZoneId("v"),
        purpose=Purpose.STOP_LINE,
        line=(Point(0.1, 0.7), Point(0.6, 0.8)),
        direction=(0.6, -0.8),
        lamp=Box(0.8, 0.2, 0.1, 0.2),
    )
    seen = MIRRORED.camera(camera(zone), ASPECT)
    (mirrored,) = seen.zones
    assert mirrored.line == (pytest.approx((0.9, 0.7)), pytest.approx((0.4, 0.8)))
    assert mirrored.direction == pytest.approx((-0.6, -0.8))
    assert mirrored.lamp is not None
    assert (mirrored.lamp.x, mirrored.lamp.w) == (pytest.approx(0.1), pytest.approx(0.1))
    assert seen.ground is not None
    assert seen.ground[0] == pytest.approx((0.9, 0.9))


def test_bars_make_places_narrower_and_turn_no_street():
    zone = Zone(
        id=ZoneId("d"),
        purpose=Purpose.ROADWAY,
        polygon=polygon([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]),
        direction=(0.6, -0.8),
        permitted=(Permitted(id="p", outline=polygon([(0.2, 0.0), (0.4, 0.0), (0.4, 0.2)])),),
    )
    view = Viewpoint(xx=0.75, x0=0.125, grown=(4 / 3, 1.0), bars=True)
    (shown,) = view.camera(camera(zone), ASPECT).zones
    assert shown.direction == pytest.approx((0.6, -0.8))
    assert shown.polygon is not None
    assert max(p.x for p in shown.polygon.points) == pytest.approx(0.875)
    assert shown.permitted[0].outline.points[0] == pytest.approx((0.275, 0.0))


def test_what_has_left_the_picture_is_cut_off_or_gone():
    wide = Zone(id=ZoneId("w"), purpose=Purpose.SIDEWALK, polygon=polygon([(0, 0), (1, 0), (1, 1), (0, 1)]))
    rim = Zone(id=ZoneId("r"), purpose=Purpose.SIDEWALK, polygon=polygon([(0, 0), (0.05, 0), (0.05, 1), (0, 1)]))
    line = Zone(
        id=ZoneId("l"), purpose=Purpose.STOP_LINE, line=(Point(0.0, 0.5), Point(0.5, 0.5)), direction=(0.0, -1.0)
    )
    (whole,) = CLOSER.camera(camera(wide), ASPECT).zones
    assert whole.polygon is not None
    assert whole.polygon.area == pytest.approx(1.0)
    assert CLOSER.camera(camera(rim), ASPECT).zones == ()
    (cut,) = CLOSER.camera(camera(line), ASPECT).zones
    assert cut.line is not None
    assert sorted(cut.line) == [pytest.approx((0.0, 0.5)), pytest.approx((0.5, 0.5))]


def test_an_event_that_the_picture_cuts_in_half_is_no_sure_one():
    inside, cut = (
        CLOSER.event(event(Box(0.4, 0.4, 0.2, 0.2)), ASPECT),
        CLOSER.event(event(Box(0.0, 0.3, 0.15, 0.2)), ASPECT),
    )
    gone = CLOSER.event(event(Box(0.0, 0.0, 0.05, 0.05)), ASPECT)
    assert inside.sure
    assert inside.box is not None
    assert inside.box.w == pytest.approx(0.25)
    assert inside.size_px == pytest.approx((0.25 * 640 * 0.25 * 480) ** 0.5, rel=0.01)
    assert not cut.sure
    assert (gone.box, gone.sure) == (None, False)
    assert not CLOSER.event(event(Box(0.4, 0.4, 0.2, 0.2), sure=False), ASPECT).sure
    assert CLOSER.event(event(None), ASPECT) == event(None)
