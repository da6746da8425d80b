"""Meshes, their rendering, and the catalogue of things."""

import numpy as np
import pytest

from matpho.sim.ground import Ground, assumed, fitted
from matpho.sim.mesh import ball, box, extrude, frustum, moved, ring_plate, rod
from matpho.sim.objects.catalogue import THINGS
from matpho.sim.objects.person import person
from matpho.sim.render import Look, draw

pytestmark = pytest.mark.unit

LOOK = Look(px_per_m=60.0, pitch_deg=25.0)
GREY = (100, 100, 100)


@pytest.mark.parametrize(
    "mesh",
    [
        box((1, 1, 1), GREY),
        frustum(0.5, 0.3, 1.0, GREY),
        rod((0, 0, 0), (1, 0.2, 0.5), 0.1, 0.1, GREY),
        extrude([(0, 0), (1, 0), (1, 1), (0, 1)], 0.3, GREY),
        ball((0.5, 0.4, 0.3), GREY, (0, 0, 0.5)),
    ],
)
def test_faces_look_outwards(mesh):
    middle = np.mean([f.points.mean(axis=0) for f in mesh], axis=0)
    for face in mesh:
        p = face.points
        normal = np.cross(p[1] - p[0], p[2] - p[1])
        if np.linalg.norm(normal) > 1e-9:
            assert normal @ (p.mean(axis=0) - middle) > 0


def test_a_ring_has_a_hole():
    seen = draw(ring_plate(0.5, 0.3, 0.1, GREY, (0, 0, 0.5)), Look(60.0, 8.0, blur_px=0.0))
    middle = (seen.foot[0], seen.foot[1] - round(0.5 * 60 * np.cos(np.radians(8))))
    assert seen.cover[middle[1], middle[0]] == 0
    assert seen.cover.max() > 0.99


def test_turning_keeps_size_and_scaling_changes_it():
    post = box((0.1, 0.1, 2.0), GREY)
    straight, turned, half = (draw(m, LOOK).box for m in (post, moved(post, turn_deg=90), moved(post, scale=0.5)))
    assert abs(straight[3] - turned[3]) <= 1
    assert abs(half[3] - straight[3] / 2) <= 2


def test_the_foot_stands_on_its_place_and_height_follows_the_scale():
    seen = draw(box((0.2, 0.02, 1.7), GREY), LOOK)
    bottom = seen.box[1] + seen.box[3]
    assert abs(bottom - seen.foot[1]) <= 2
    assert abs(seen.box[3] - 1.7 * 60 * np.cos(np.radians(25))) <= 3


def test_the_shadow_lies_where_the_thing_touches_the_ground():
    seen = draw(THINGS["cardboard_box"](0), LOOK)
    x, y = seen.foot
    assert seen.shade[y, x] > 0.25
    assert seen.shade[0].max() < 0.05
    assert seen.shade.max() <= 0.62


def test_light_comes_from_above():
    seen = draw(box((1, 1, 1), GREY), LOOK)
    column = seen.colour[:, seen.foot[0], 0] / np.maximum(seen.cover[:, seen.foot[0]], 1e-3)
    rows = np.flatnonzero(seen.cover[:, seen.foot[0]] > 0.99)
    assert column[rows[2]] > 1.15 * column[rows[-3]]


def test_an_empty_mesh_is_refused():
    with pytest.raises(ValueError, match="nothing to draw"):
        draw([], LOOK)


@pytest.mark.parametrize(
    ("name", "tall"), [("rubbish_bag", 0.6), ("suitcase", 1.0), ("motorbike", 1.2), ("stall", 2.3)]
)
def test_things_have_their_real_size_and_stand_on_the_ground(name, tall):
    points = np.concatenate([f.points for f in THINGS[name](1)])
    assert points[:, 2].max() == pytest.approx(tall, rel=0.12)
    assert -0.03 <= points[:, 2].min() <= 0.02


@pytest.mark.parametrize("name", sorted(THINGS))
def test_every_thing_can_be_drawn_and_is_the_same_each_time(name):
    first, second = draw(THINGS[name](3), LOOK), draw(THINGS[name](3), LOOK)
    assert first.cover.max() > 0.9
    assert np.array_equal(first.colour, second.colour)


def test_a_person_strides_stoops_and_has_a_persons_height():
    standing, stooping = (np.concatenate([f.points for f in person(1, still=True, stoop=s)]) for s in (0.0, 1.0))
    assert standing[:, 2].max() == pytest.approx(1.7, abs=0.12)
    assert stooping[:, 2].max() < 1.35
    reach = [np.ptp(np.concatenate([f.points for f in person(1, phase=p)])[:, 0]) for p in (0.0, 0.25)]
    assert max(reach) > 1.3 * min(reach)


def test_the_scale_is_read_off_people_though_half_the_blobs_are_wrong():
    rng = np.random.default_rng(1)
    feet = rng.uniform(150, 560, 60)
    people = [(f, 0.26 * (f + 56) + rng.normal(0, 2)) for f in feet]
    people += [(f, rng.uniform(20, 200)) for f in rng.uniform(150, 560, 20)]
    ground = fitted(people, 768, 576)
    assert ground.person_px(300) == pytest.approx(0.26 * 356, rel=0.08)
    assert ground.person_px(500) == pytest.approx(0.26 * 556, rel=0.08)


def test_too_few_people_give_the_assumed_scale():
    assert fitted([(300.0, 90.0)] * 3, 768, 576) == assumed(768, 576)


def test_the_view_steepens_towards_the_viewer_and_metres_grow_with_distance():
    ground = Ground(0.26, -56.0, 845.0)
    assert ground.pitch_deg(200) < ground.pitch_deg(500) <= 65
    near, far = (abs(ground.metres((0, y), (100, y))[0]) for y in (500.0, 200.0))
    assert far > 1.8 * near
    assert ground.metres((0, 300), (0, 280))[1] > 0
