"""A thing set down on a ghost is one resting region with it: what came is looked for before all of it is learned.

On a frequented square somebody stands in every corner while the empty scene is learned; where they stood stays
foreground until it is learned anew. A bag set down there in these seconds is connected with it, and the outline of both
says "went". The pixels of the bag have been still for less long than those of the ghost.
"""

import numpy as np

from matpho.vision.background import Levels, Look, Mask
from matpho.vision.ghosts import evidence
from matpho.vision.imprint import Imprint
from matpho.vision.opencv import cv
from matpho.vision.static_census import Region, regions
from matpho.vision.stillness import Stillness

_LATEST = (0.3, 0.5, 0.7, 0.85)  # of the pixels: those that came to rest later than so many of them
_MOST_PARTS = 3
_CAME = 0.4  # what its outline must say against the ground as it is guessed: plain words, for a guess
_WHOLE = 0.75  # a part that is nearly all of it is no part
_SQUARE = np.ones((3, 3), np.uint8)


def what_came(
    whole: Imprint, look: Look, empty: Levels, stillness: Stillness, least_px: float
) -> tuple[Imprint, Levels] | None:
    """The part of a ghost's region that speaks plainly for a thing, and the ground of the region with and beneath it.

    The ground is (H, W) like ``empty``; None when there is no such part.
    """
    since = stillness.since_s(whole.window, np.ones_like(whole.mask)).reshape(whole.mask.shape)
    best: tuple[float, Imprint, Levels] | None = None
    for share in _LATEST:
        late = (whole.mask & (since > np.quantile(since[whole.mask], share))).view(np.uint8) * np.uint8(255)
        parts = regions(cv.morphologyEx(late, cv.MORPH_OPEN, _SQUARE), least_px, _WHOLE * whole.area_px)
        for part in sorted(parts, key=lambda p: -p.area_px)[:_MOST_PARTS]:
            mask = _placed(part, whole, look.level.shape)
            ground = _ground(mask, whole, look, empty)
            others = np.where(whole.place(mask.shape), np.uint8(0), look.foreground)
            imprint = Imprint.take(mask, look.level, ground, others)
            came = evidence(imprint).came
            if came >= _CAME and (best is None or came > best[0]):
                best = came, imprint, ground
    return None if best is None else best[1:]


def _placed(part: Region, whole: Imprint, shape: tuple[int, ...]) -> Mask:
    x, y, w, h = part.bounds
    mask: Mask = np.zeros(shape, np.uint8)
    mask[whole.top + y : whole.top + y + h, whole.left + x : whole.left + x + w] = part.mask
    return mask


def _ground(mask: Mask, whole: Imprint, look: Look, empty: Levels) -> Levels:
    """The empty scene as it is known when the ghost is gone: what shows now, and beneath the part what is around it.

    What was learned beneath it is whoever stood there, which says nothing (inpainting: Telea 2004).
    """
    ground = np.where(whole.place(mask.shape), look.level, empty)
    beneath = cv.dilate(mask, _SQUARE, iterations=2)
    ground[whole.window] = cv.inpaint(ground[whole.window], beneath[whole.window], 3, cv.INPAINT_TELEA)
    return ground
