"""A closer look at a part of a picture, and back: what to cut out, and where what was seen in it lies."""

from collections.abc import Sequence

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation
from matpho.vision.frame import Image

SAME_IOU = 0.45  # from here on two boxes of one group are one thing


def with_surroundings(place: Box, size: tuple[int, int], least_px: int) -> Box:
    """The place, grown to at least ``least_px`` of a picture of that size (width, height) in both directions.

    Without its surroundings a detector names everything something.
    """
    width, height = min(1.0, least_px / size[0]), min(1.0, least_px / size[1])
    return place.grown(max(0.0, width - place.w) / 2, max(0.0, height - place.h) / 2)


def cut(image: Image, place: Box) -> Image:
    """The part of a (H, W, 3) picture, a view of it; at least 2×2 pixels."""
    height, width = image.shape[:2]
    left, top = min(int(place.x * width), width - 2), min(int(place.y * height), height - 2)
    right, bottom = max(left + 2, round(place.right * width)), max(top + 2, round(place.bottom * height))
    return image[top:bottom, left:right]


def placed(seen: Observation, crop: Box) -> Observation:
    """An observation in a crop, in the coordinates of the whole picture."""
    box = seen.box
    whole = Box(crop.x + box.x * crop.w, crop.y + box.y * crop.h, box.w * crop.w, box.h * crop.h)
    return Observation(seen.group, seen.label, whole, seen.score)


def joined(seen: Sequence[Observation], closer: Sequence[Observation]) -> list[Observation]:
    """Both looks together; of two boxes of one thing the surer one."""
    both = list(seen)
    for new in closer:
        twins = [o for o in both if o.group is new.group and o.box.iou(new.box) > SAME_IOU]
        if all(new.score > o.score for o in twins):
            both = [o for o in both if o not in twins] + [new]
    return both
