"""Looks in a camera's first minutes that tell what lies there from the start: where they matter, how one is had."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box, Polygon
from matpho.domain.observation import Observation
from matpho.pipeline.crops import cut, placed
from matpho.vision.frame import Image
from matpho.vision.from_start import View

ASKING = {Purpose.WATCH: "unattended_object", Purpose.NO_DUMPING: "illegal_dumping"}
"""Zones where a thing is told for lying there at all. On a pavement bins, boxes and stalls always stand."""


def outlines(camera: Camera) -> tuple[Polygon, ...]:
    """The zones of a camera where it matters what has lain there from the start."""
    return tuple(
        z.polygon
        for z in camera.zones
        if z.polygon is not None and z.purpose in ASKING and z.rules.get(ASKING[z.purpose], {}).get("enabled", True)
    )


def see(image: Image, view: View, detect: Callable[[Image], Sequence[Observation]]) -> list[Observation]:
    """What the detector sees in a view of a (H, W, 3) picture, in coordinates of the whole of it."""
    part = cut(image, view.part)
    if not view.mirrored:
        return [placed(o, view.part) for o in detect(part)]
    return [placed(_mirrored(o), view.part) for o in detect(np.ascontiguousarray(part[:, ::-1]))]


def _mirrored(seen: Observation) -> Observation:
    box = seen.box
    return replace(seen, box=Box(max(0.0, 1.0 - box.right), box.y, box.w, box.h))
