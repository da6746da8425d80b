"""A thing set down on a ghost, or in a patch of new light, is one resting region with it.

What came is looked for before all of it is learned. A lamp that lights a part of the scene leaves it structured as it
was and all a factor brighter; what still differs when the patch is compared in its own light came with it, or before.

On a frequented square somebody stands in every corner while the empty scene is learned; where they stood stays
foreground until it is learned anew. A bag set down there in these seconds is connected with it, and the outline of both
says "went". The pixels of the bag have been still for less long than those of the ghost.
"""

import numpy as np

from matpho.vision.background import Levels, Look, Mask
from matpho.vision.ghosts import NO_LIGHT, evidence
from matpho.vision.imprint import Imprint
from matpho.vision.light import gain, spread
from matpho.vision.opencv import cv
from matpho.vision.static_census import regions
from matpho.vision.stillness import Stillness

_LATEST = (0.3, 0.5, 0.7, 0.85)  # of the pixels: those that came to rest later than so many of them
_MOST_PARTS = 3
_CAME = 0.4  # what its outline must say against the ground as it is guessed: plain words, for a guess
_WHOLE = 0.75  # a part that is nearly all of it is no part
_CAME_IN_LIGHT = 0.2  # the ground beneath is known
_PART, _ROUNDS = 0.5, 3  # of a lit region; how often its light is measured anew without what is no light
_SQUARE, _ROUND = np.ones((3, 3), np.uint8), cv.getStructuringElement(cv.MORPH_ELLIPSE, (5, 5))


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
            mask = part.placed(look.level.shape, whole.left, whole.top)
            ground = _ground(mask, whole, look, empty)
            others = np.where(whole.place(mask.shape), np.uint8(0), look.foreground)
            imprint = Imprint.take(mask, look.level, ground, others)
            came = evidence(imprint).came
            if came >= _CAME and (best is None or came > best[0]):
                best = came, imprint, ground
    return None if best is None else best[1:]


def what_light_left(whole: Imprint, look: Look, empty: Levels, least_px: float) -> tuple[Imprint, Levels] | None:
    """The part of a lit region that is no light, and the ground in the region's light; as :func:`what_came`."""
    place = whole.place(look.level.shape)
    elsewhere: Mask = np.where(place, np.uint8(0), np.uint8(255))
    left: Mask = np.zeros_like(elsewhere)
    ground = empty
    for _ in range(_ROUNDS):
        cells, _ = gain(look.level, empty, elsewhere | left)
        ground = np.where(place, cv.multiply(empty, spread(cells, empty.shape), dtype=cv.CV_8U), empty)
        off = cv.subtract(cv.compare(cv.absdiff(look.level, ground), look.tolerance, cv.CMP_GT), elsewhere)
        left = cv.morphologyEx(cv.morphologyEx(off, cv.MORPH_OPEN, _SQUARE), cv.MORPH_CLOSE, _ROUND)
    best: tuple[float, Imprint] | None = None
    for part in sorted(regions(left, least_px, _PART * whole.area_px), key=lambda p: -p.area_px)[:_MOST_PARTS]:
        mask = part.placed(left.shape)
        imprint = Imprint.take(mask, look.level, ground, np.where(place, np.uint8(0), look.foreground), part.bounds)
        verdict = evidence(imprint)
        if verdict.came >= _CAME_IN_LIGHT and verdict.structure < NO_LIGHT and (best is None or verdict.came > best[0]):
            best = verdict.came, imprint
    return None if best is None else (best[1], ground)


def _ground(mask: Mask, whole: Imprint, look: Look, empty: Levels) -> Levels:
    """The empty scene as it is known when the ghost is gone: what shows now, and beneath the part what is around it.

    What was learned beneath it is whoever stood there, which says nothing (inpainting: Telea 2004).
    """
    ground = np.where(whole.place(mask.shape), look.level, empty)
    beneath = cv.dilate(mask, _SQUARE, iterations=2)
    ground[whole.window] = cv.inpaint(ground[whole.window], beneath[whole.window], 3, cv.INPAINT_TELEA)
    return ground
