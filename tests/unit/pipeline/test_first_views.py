"""Looks in the first minutes: where they are had, how they are placed, what they cost."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.unit.pipeline.test_camera import LEFT, WHOLE, camera, frame, play, street, t

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.pipeline.camera import LIVE, CameraPipeline
from matpho.pipeline.first_views import outlines, see
from matpho.rules.table import rules_for
from matpho.testing.scripted_detector import ScriptedDetector
from matpho.vision.frame import Image
from matpho.vision.from_start import MOST_ASKED, View

pytestmark = pytest.mark.unit

BAG = Box(180 / 640, 250 / 360, 50 / 640, 35 / 360)


def sees_bags(image: Image) -> list[Observation]:
    """A bag wherever a dark block lies."""
    dark = (image[:, :, 0] < 50).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    h, w = dark.shape
    return [
        Observation(Group.BAG, "backpack", Box(x / w, y / h, bw / w, bh / h), 0.5)
        for x, y, bw, bh, area in stats[1:].tolist()
        if area > 300
    ]


@pytest.mark.parametrize(
    "view", [View(part, mirrored=m) for part in (WHOLE.bounds, Box(0.1, 0.35, 0.6, 0.6)) for m in (False, True)]
)
def test_what_is_seen_in_a_view_lies_where_it_lies_in_the_picture(view: View):
    picture = np.stack([street(bag=True)] * 3, axis=2)
    (seen,) = see(picture, view, sees_bags)
    assert seen.box.iou(BAG) > 0.85


def test_only_zones_that_ask_for_things_left_alone_are_looked_at():
    assert outlines(camera((Purpose.SIDEWALK, WHOLE), (Purpose.ROADWAY, WHOLE), (Purpose.RESTRICTED, WHOLE))) == ()
    asking = camera((Purpose.WATCH, LEFT), (Purpose.NO_DUMPING, WHOLE))
    assert outlines(asking) == (LEFT, WHOLE)
    (first, second) = asking.zones
    off = replace(first, rules={"unattended_object": {"enabled": False}})
    assert outlines(replace(asking, zones=(off, second))) == (WHOLE,)


def watched(here: Camera, pictures: list[np.ndarray]) -> tuple[list, int]:
    detector = ScriptedDetector(sees_bags)
    pipeline = CameraPipeline(here, detector, rules_for(here, "r", None), pace=LIVE)
    return play(pipeline, pictures), detector.pictures


def test_a_bag_from_the_start_is_told_for_some_looks_more():
    hits, looks = watched(camera((Purpose.NO_DUMPING, WHOLE)), [street(bag=True)] * 200)
    assert [h.kind for h in hits] == ["illegal_dumping"]
    assert hits[0].advisory
    assert hits[0].start == t(0)
    assert hits[0].box is not None
    assert hits[0].box.iou(BAG) > 0.85
    assert looks <= MOST_ASKED / 2


def test_a_quiet_camera_pays_nothing_where_nothing_is_named_or_nobody_asks():
    assert watched(camera((Purpose.NO_DUMPING, WHOLE)), [street()] * 150) == ([], 2)
    lies = [street(bag=True)] * 150
    assert watched(camera((Purpose.SIDEWALK, WHOLE)), lies) == watched(camera(), lies) == ([], 4)


def test_a_change_of_zones_asks_within_the_new_ones():
    pictures = [street(bag=True)] * 200
    before = CameraPipeline(camera((Purpose.SIDEWALK, WHOLE)), ScriptedDetector(sees_bags), [], pace=LIVE)
    here = camera((Purpose.WATCH, WHOLE))
    after = CameraPipeline(here, ScriptedDetector(sees_bags), rules_for(here, "r", None), pace=LIVE)
    play(before, pictures[:5])
    after.take_over(before)
    hits = [hit for i, p in enumerate(pictures) for hit in after.step(frame(1 + i / 5, p))]
    assert [h.kind for h in hits] == ["unattended_object"]
