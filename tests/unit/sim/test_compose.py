"""Composing over a small made-up place where one passer-by walks through."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from matpho.domain.camera import Camera
from matpho.domain.geometry import Point
from matpho.domain.ids import CameraId
from matpho.sim.actors import Standing, Walker, actors
from matpho.sim.background import Background, Source, View
from matpho.sim.compose import Composer
from matpho.sim.ground import Ground
from matpho.sim.script import Act, Action, Script
from matpho.vision.frame import Image

pytestmark = pytest.mark.unit

WIDTH, HEIGHT = 320, 240
GROUND = Ground(0.28, -20.0, 350.0)
CAMERA = Camera(id=CameraId("a"), name="a", staged=True)


class Plaza(Source):
    """Six seconds; a white block as tall as a person walks from left to right, its feet at row ``feet``."""

    fps = 10.0
    length = 60

    def __init__(self, feet: int = 0) -> None:
        rng = np.random.default_rng(5)
        self.empty = cv2.GaussianBlur(rng.normal(110, 25, (HEIGHT, WIDTH, 3)), (0, 0), 2).clip(0, 255).astype(np.uint8)
        self.feet = feet

    def pictures(self, start: int = 0, step: int = 1) -> Iterator[Image]:
        for i in range(start, self.length, step):
            picture = self.empty.copy()
            if self.feet:
                x = i * WIDTH // self.length
                picture[self.feet - 55 : self.feet, max(0, x - 9) : x + 9] = 250
            yield picture


def view() -> View:
    return View(width=WIDTH, height=HEIGHT)


def composed(*actions: Action, feet: int = 0, length_s: float = 6.0) -> tuple[Composer, list[Image]]:
    background = Background(Plaza(feet), view(), GROUND)
    composer = Composer(background, Script(name="s", duration_s=length_s, camera=CAMERA, view=view(), actions=actions))
    return composer, list(composer.pictures())


def box_action(**more: object) -> Action:
    return Action(
        do=Act.STAND, start_s=1, end_s=5, thing="cardboard_box", at=Point(0.5, 0.6), event="abandoned_object", **more
    )


def test_a_thing_is_there_for_its_time_and_nothing_else_changes():
    composer, shown = composed(box_action())
    plain = Plaza().empty
    assert np.array_equal(shown[5], plain)
    assert np.array_equal(shown[55], plain)
    changed = np.abs(shown[30].astype(int) - plain).max(axis=2) > 24
    ys, xs = np.nonzero(changed)
    (found,) = composer.expected
    assert found.box is not None
    assert abs(xs.min() / WIDTH - found.box.x) < 0.02
    assert abs(xs.max() / WIDTH - found.box.right) < 0.03
    assert abs(ys.max() / HEIGHT - found.box.bottom) < 0.04
    assert (found.start_s, found.end_s, found.type) == (1, 5, "abandoned_object")


@pytest.mark.parametrize(("feet", "in_front"), [(190, True), (130, False)])
def test_who_stands_lower_in_the_picture_passes_in_front(feet, in_front):
    composer, shown = composed(box_action(size=1.6), feet=feet)
    (found,) = composer.expected
    assert found.box is not None
    i = next(i for i in range(60) if abs(i * WIDTH / 60 - found.box.centre.x * WIDTH) < 4)
    row = round((found.box.y + 0.35 * found.box.h) * HEIGHT)
    if not feet - 55 < row < feet:
        row = feet - 8
    pixel = shown[i][row, round(found.box.centre.x * WIDTH)]
    assert bool(pixel.min() > 235) is in_front


def test_the_same_seed_gives_the_same_pictures_and_another_one_other_noise():
    background = Background(Plaza(), view(), GROUND)
    script = Script(name="s", duration_s=2.0, camera=CAMERA, view=view(), actions=(box_action(),))
    one, same, other = (list(Composer(background, script, seed).pictures())[15] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_owner_brings_it_sets_it_down_and_goes():
    leave = Action(do=Act.LEAVE, start_s=8, end_s=20, thing="rubbish_bag", at=Point(0.5, 0.6), taken=True)
    standing, owner, taker = actors(leave, GROUND, (WIDTH, HEIGHT))
    assert isinstance(standing, Standing)
    assert isinstance(owner, Walker)
    assert isinstance(taker, Walker)
    assert standing.at(7.9) is None
    assert standing.at(8.1) is not None
    assert standing.at(20.1) is None
    before, during, after = owner.at(7.0), owner.at(8.0), owner.at(10.5)
    assert before is not None
    assert during is not None
    assert after is not None
    assert before.foot[0] < during.foot[0] < after.foot[0]
    assert len(before.mesh) > len(after.mesh)  # what was carried is left behind
    assert taker.start_s < 20 < taker.end_s


def test_people_walk_at_a_persons_speed():
    walk = Action(do=Act.WALK, start_s=20, end_s=20, path=(Point(0.0, 0.7), Point(1.0, 0.7)))
    (walker,) = actors(walk, GROUND, (WIDTH, HEIGHT))
    metres = WIDTH / GROUND.look(0.7 * HEIGHT).px_per_m
    assert walker.end_s - walker.start_s == pytest.approx(metres / 1.25, rel=0.02)


def test_a_rider_goes_along_the_path_at_the_told_pace():
    far, near = Point(-0.1, 0.9), Point(1.1, 0.9)
    ride = Action(do=Act.RIDE, start_s=1, end_s=3, path=(far, near), amount=4.0)
    (rider,) = actors(ride, GROUND, (WIDTH, HEIGHT))
    first, later = rider.at(1.0), rider.at(1.5)
    assert first is not None
    assert later is not None
    assert GROUND.metres(first.foot, later.foot)[0] == pytest.approx(2.0)
    assert rider.at(0.9) is None
    composer, pictures = composed(ride, length_s=3.0)
    assert np.abs(pictures[13].astype(int) - pictures[0]).max() > 60
    assert composer.expected == []


def test_someone_who_waits_stays_at_the_middle_of_the_path():
    wait = Action(do=Act.WAIT, start_s=10, end_s=14, path=(Point(0.1, 0.7), Point(0.5, 0.7), Point(0.9, 0.7)))
    (walker,) = actors(wait, GROUND, (WIDTH, HEIGHT))
    spots = [f.foot for t in (10.1, 12.0, 13.9) if (f := walker.at(t)) is not None]
    assert spots == [(0.5 * WIDTH, 0.7 * HEIGHT)] * 3


def test_pieces_of_a_stall_are_one_event():
    pieces = [
        Action(
            do=Act.STAND, start_s=1 + i, end_s=5, thing="stools", at=Point(x, 0.7), event="sidewalk_occupied", zone="z"
        )
        for i, x in enumerate((0.3, 0.7))
    ]
    composer, _ = composed(*pieces, length_s=0.5)
    (found,) = composer.expected
    assert (found.start_s, found.end_s, found.zone) == (1, 5, "z")
    assert found.box is not None
    assert found.box.x < 0.3
    assert found.box.right > 0.7


def edges(picture: Image) -> float:
    return float(np.abs(np.diff(picture.astype(int), axis=1)).mean())


def test_mishaps_of_the_camera_last_their_time():
    cover = Action(do=Act.COVER, start_s=1, end_s=3, event="camera_tampering")
    blur = Action(do=Act.DEFOCUS, start_s=4, end_s=6)
    composer, shown = composed(cover, blur)
    assert composer.expected[0].box is None
    assert shown[20].mean() < 0.5 * shown[0].mean()
    assert np.array_equal(shown[35], shown[0])
    assert edges(shown[50]) < 0.6 * edges(shown[0])


def test_light_and_turning_change_the_whole_picture():
    light = Action(do=Act.LIGHT, start_s=1, end_s=3, amount=0.6)
    turn = Action(do=Act.TURN, start_s=4, end_s=6)
    _, shown = composed(light, turn)
    assert shown[20].mean() == pytest.approx(0.6 * shown[0].mean(), rel=0.03)
    assert abs(np.corrcoef(shown[50].ravel(), shown[0].ravel())[0, 1]) < 0.3


def test_a_cut_leaves_the_pictures_alone():
    _, shown = composed(Action(do=Act.CUT, start_s=1, end_s=3, event="stream_cut"))
    assert np.array_equal(shown[20], shown[0])


def test_a_view_crops_mirrors_and_starts_later():
    plaza = Plaza(feet=190)
    background = Background(plaza, View(width=WIDTH, height=HEIGHT, mirror=True, shift_s=1.0), GROUND)
    first = next(iter(background.pictures(1, 10)))
    assert np.array_equal(first[:, ::-1], list(plaza.pictures())[10])
    doubled = list(background.pictures(8, 20))
    assert np.array_equal(doubled[0], doubled[1])


def test_the_plate_is_empty_and_blobs_are_who_walks():
    background = Background(Plaza(feet=190), view(), GROUND)
    assert np.abs(background.plate.astype(int) - Plaza().empty).mean() < 1.0
    picture = list(background.source.pictures())[30]
    _, blobs = background.blobs(picture)
    x, y, w, h = 2 * blobs[1:, :4][blobs[1:, 4].argmax()]
    assert abs(x + w / 2 - 160) < 8
    assert abs(y + h - 190) < 8
