"""The part of a picture that is looked at between two looks at the whole of it."""

import numpy as np
import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Group, Observation
from matpho.domain.time import Instant, after
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.moving_part import LARGEST, cuts, moving_part
from matpho.pipeline.pace import FILE, LIVE, Pace, live_pace
from matpho.testing.scripted_detector import ScriptedDetector
from matpho.vision.frame import Frame, Image

pytestmark = pytest.mark.unit

WALKER = Box(0.4, 0.4, 0.05, 0.2)
GROUND = np.random.default_rng(3).integers(90, 165, (36, 64)).repeat(10, 0).repeat(10, 1).astype(np.uint8)


def holds(part: Box, box: Box) -> bool:
    return part.x <= box.x and part.y <= box.y and part.right >= box.right - 1e-9 and part.bottom >= box.bottom - 1e-9


def test_it_holds_what_moves_with_all_of_the_tracks_there_and_what_is_in_doubt():
    legs, resting, doubted = Box(0.41, 0.5, 0.03, 0.1), Box(0.8, 0.2, 0.05, 0.2), Box(0.1, 0.6, 0.1, 0.1)
    part = moving_part([legs], [WALKER, resting])
    assert part is not None
    assert holds(part, WALKER)
    assert part.overlap(resting) == 0
    wider = moving_part([legs], [WALKER, resting], [doubted])
    assert wider is not None
    assert holds(wider, WALKER)
    assert holds(wider, doubted)


def test_it_ends_on_a_grid_inside_the_picture_and_is_none_where_it_would_be_most_of_it():
    part = moving_part([Box(0.0, 0.9, 0.31, 0.1)], [])
    assert part == Box(0.0, 9 / 12, 8 / 20, 3 / 12)
    assert moving_part([Box(0.0, 0.0, 1.0, 1.0)], []) is None
    assert moving_part([Box(0.0, 0.0, 0.05, 0.05), Box(0.95, 0.95, 0.05, 0.05)], []) is None
    assert moving_part([], []) is None
    assert LARGEST < 1


def test_its_edge_may_cut_what_rests_but_not_what_moves():
    part = Box(0.25, 0.25, 0.5, 0.5)
    at_the_edge = Observation(Group.PERSON, "person", Box(0.65, 0.4, 0.1, 0.2), 0.8)
    inside = Observation(Group.PERSON, "person", Box(0.4, 0.4, 0.1, 0.2), 0.8)
    assert cuts(part, [at_the_edge], [at_the_edge.box])
    assert not cuts(part, [at_the_edge], [inside.box])
    assert not cuts(part, [inside], [inside.box])


def camera(purpose: Purpose = Purpose.NO_DUMPING) -> Camera:
    shape = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))
    return Camera(id=CameraId("cam"), name="c", zones=(Zone(id=ZoneId("z"), purpose=purpose, polygon=shape),))


class Watcher:
    """A detector that sees what is bright, and remembers how much of the picture it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, int]] = []

    def __call__(self, image: Image) -> list[Observation]:
        height, width = image.shape[:2]
        self.shown.append((width, height))
        rows, columns = np.nonzero(image[:, :, 1] > 200)
        if not len(rows):
            return []
        left, right, top, bottom = columns.min(), columns.max() + 1, rows.min(), rows.max() + 1
        box = Box(left / width, top / height, (right - left) / width, (bottom - top) / height)
        return [Observation(Group.PERSON, "person", box, 0.9)]


def walked(pace: Pace, *, parts: bool = True, px: int = 4, pictures: int = 100) -> tuple[Watcher, CameraPipeline]:
    """Somebody of 30 by 90 pixels walks by, so many pixels a picture, five pictures a second."""
    watcher = Watcher()
    pipeline = CameraPipeline(camera(), ScriptedDetector(watcher, parts=parts), [], pace=pace)
    for number in range(pictures):
        luma = GROUND.copy()
        left = 40 + px * number
        luma[150:240, left : left + 30] = 240
        pipeline.step(Frame(after(Instant(0), number / 5), luma))
    return watcher, pipeline


def test_between_looks_at_the_whole_picture_it_looks_where_somebody_walks_and_loses_nobody():
    watcher, pipeline = walked(live_pace(camera()))
    parts = [size for size in watcher.shown if size != (640, 360)]
    assert len(parts) >= 0.6 * len(watcher.shown)
    assert sum(w * h for w, h in parts) < 0.4 * len(parts) * 640 * 360
    assert pipeline.scene is not None
    (track,) = pipeline.scene.tracks
    assert len([p for p in track.path if p.seen]) >= 0.9 * len(watcher.shown) - 1
    assert track.now.box.centre.x == pytest.approx((40 + 4 * 99 + 15) / 640, abs=0.03)


def test_a_track_that_stands_outside_the_part_is_not_missed():
    watcher = Watcher()
    stood = Observation(Group.PERSON, "person", Box(0.9, 0.1, 0.05, 0.2), 0.9)

    def script(image: Image) -> list[Observation]:
        return [*watcher(image), *([stood] if image.shape[1] == 640 else [])]

    pipeline = CameraPipeline(camera(), ScriptedDetector(script, parts=True), [], pace=live_pace(camera()))
    for number in range(100):
        luma = GROUND.copy()
        luma[150:240, 40 + 4 * number : 70 + 4 * number] = 240
        pipeline.step(Frame(after(Instant(0), number / 5), luma))
    assert pipeline.scene is not None
    assert len(pipeline.scene.tracks) == 2
    assert any(w < 640 for w, _ in watcher.shown)


def walked_past_a_bag(purpose: Purpose) -> tuple[Watcher, int]:
    """Somebody walks by, again and again, and after 15 of 40 seconds a bag lies there; how many looks came before."""
    watcher, before = Watcher(), 0
    pipeline = CameraPipeline(
        camera(purpose), ScriptedDetector(watcher, parts=True), [], pace=live_pace(camera(purpose))
    )
    for number in range(200):
        luma = GROUND.copy()
        left = 40 + 4 * (number % 125)
        luma[150:240, left : left + 30] = 240
        if number >= 75:
            luma[280:320, 500:540] = 15
        elif number == 74:
            before = len(watcher.shown)
        pipeline.step(Frame(after(Instant(0), number / 5), luma))
    assert any(size != (640, 360) for size in watcher.shown[:before])
    assert pipeline.scene is not None
    assert pipeline.scene.static
    return watcher, before


def test_while_something_is_at_rest_it_looks_at_the_whole_picture():
    watcher, _ = walked_past_a_bag(Purpose.NO_DUMPING)
    assert set(watcher.shown[-8:]) == {(640, 360)}


def test_with_traffic_rules_it_looks_at_the_whole_picture_once_a_second_and_at_what_moves_in_between():
    watcher, before = walked_past_a_bag(Purpose.ROADWAY)
    whole = [number for number, size in enumerate(watcher.shown[before:]) if size == (640, 360)]
    assert len(whole) >= 25, "the bag lies there for 25 seconds, and is looked at as often as anywhere"
    assert len(watcher.shown) - before > 2 * len(whole)


@pytest.mark.parametrize(("pace", "parts"), [(FILE, True), (LIVE, False)])
def test_files_and_detectors_that_would_enlarge_a_part_are_looked_at_whole(pace: Pace, *, parts: bool):
    watcher, _ = walked(pace, parts=parts, pictures=60)
    assert set(watcher.shown) == {(640, 360)}
