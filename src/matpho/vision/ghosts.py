"""Did something come, or did something go? And is it a thing at all, or light?

When a car that was parked from the start drives off, the place where it stood differs from the empty scene as
lastingly as a new thing would. The outline tells: its edge lies in the picture when a thing has come, in the empty
scene when one has gone (Tian et al. 2005; San Miguel and Martinez 2008, who also join several such cues). Light and
shadow keep the structure of the ground below (gradient correlation).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matpho.vision.background import Picture
from matpho.vision.imprint import Imprint
from matpho.vision.opencv import cv

NO_LIGHT = 0.3  # likeness of structure below which it is plainly no light: with more it may be a shadow that crept
_FLOOR = 1.5  # grey levels per pixel: gradients below are noise
_BAND_PX = 3
_SWAY_PX = 3
_BINS = np.arange(0.0, 265.0, 8.0)
_SOFTEN = np.array([0.25, 0.5, 0.25])
_SWAY_GAIN = 0.15  # in correlation: a strong edge that has not moved speaks for nothing


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the outline says, each -1 (it went) to +1 (it came), and the likeness of structure, -1 to 1.

    ``edge``: gradient across the outline, picture against empty scene; ``step``: how much the inside differs from the
    surroundings, picture against empty scene; ``blend``: how much less its grey levels are those of the surroundings
    than the empty scene's there; ``structure``: correlation of the gradients inside; ``moved``: best
    correlation of the picture with the empty scene a few pixels away.
    """

    edge: float
    step: float
    blend: float
    structure: float
    moved: float

    @property
    def came(self) -> float:
        """All three together, -1 to 1."""
        return 0.4 * self.edge + 0.25 * self.step + 0.35 * self.blend


def evidence(imprint: Imprint) -> Evidence:
    """Judge an imprint by its own two pictures, taken under one light."""
    mask = imprint.mask.astype(np.float32)
    soft = cv.GaussianBlur(mask, (0, 0), 1.2)
    nx, ny = _gradient(soft)
    outline: Picture = np.hypot(nx, ny, dtype=np.float32)
    length: Picture = np.maximum(outline, np.float32(1e-6), dtype=np.float32)
    weight = outline * imprint.calm
    ours, theirs = _gradient(imprint.picture), _gradient(imprint.ground)
    normal: tuple[Picture, Picture] = (nx / length, ny / length)
    across_ours = _across(ours, normal, weight)
    across_theirs = _across(theirs, normal, weight)
    edge = _contrast(across_ours, across_theirs, _FLOOR)
    step = _contrast(_stands_out(imprint.picture, imprint), _stands_out(imprint.ground, imprint), 2 * _FLOOR)
    return Evidence(edge, step, _blend(imprint), _structure(ours, theirs, _inside(imprint.mask)), _moved(imprint))


def _gradient(picture: Picture) -> tuple[Picture, Picture]:
    gx = cv.Sobel(picture, cv.CV_32F, 1, 0, scale=0.125, borderType=cv.BORDER_REPLICATE)
    gy = cv.Sobel(picture, cv.CV_32F, 0, 1, scale=0.125, borderType=cv.BORDER_REPLICATE)
    return gx, gy


def _across(gradient: tuple[Picture, Picture], normal: tuple[Picture, Picture], weight: Picture) -> float:
    """Mean size of the gradient across the outline, the best within a pixel: masks are never exact."""
    along = cv.dilate(np.abs(gradient[0] * normal[0] + gradient[1] * normal[1]), np.ones((3, 3), np.uint8))
    return float((along * weight).sum() / max(float(weight.sum()), 1e-6))


def _contrast(ours: float, theirs: float, floor: float) -> float:
    return (ours - theirs) / (ours + theirs + floor)


def _stands_out(picture: Picture, imprint: Imprint) -> float:
    """Mean difference between pixels just inside the outline and the surroundings next to them."""
    solid = imprint.mask.view(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    outside = cv.dilate(solid, kernel, iterations=_BAND_PX) - cv.dilate(solid, kernel)
    outside *= imprint.calm
    inside = solid - cv.erode(solid, kernel, iterations=_BAND_PX, borderType=cv.BORDER_CONSTANT, borderValue=0)
    size = (4 * _BAND_PX + 1, 4 * _BAND_PX + 1)
    weight = cv.blur(outside.astype(np.float32), size)
    around = cv.blur(picture * outside, size) / np.maximum(weight, 1e-4)
    use = (inside > 0) & (weight > 0.01)
    return float(np.abs(picture - around)[use].mean()) if use.any() else 0.0


def _blend(imprint: Imprint) -> float:
    """Common part of the histograms of inside and surroundings: of the empty scene's minus the picture's.

    Bare ground goes on under a thing, so the empty scene blends in where a thing has come; a ghost does not.
    """
    inside = imprint.mask
    around = imprint.calm & ~imprint.near
    if around.sum() < 20:
        return 0.0
    return _common(imprint.ground, inside, around) - _common(imprint.picture, inside, around)


def _common(picture: Picture, inside: npt.NDArray[np.bool_], around: npt.NDArray[np.bool_]) -> float:
    one, other = (np.convolve(np.histogram(picture[m], _BINS)[0], _SOFTEN, "same") for m in (inside, around))
    return float(np.minimum(one / max(one.sum(), 1e-6), other / max(other.sum(), 1e-6)).sum())


def _inside(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The mask without its outline, which a hard shadow has too; all of it when it is too small for that."""
    core = cv.erode(mask.view(np.uint8), np.ones((5, 5), np.uint8), borderType=cv.BORDER_CONSTANT, borderValue=0) > 0
    return core if np.count_nonzero(core) >= 0.25 * np.count_nonzero(mask) else mask


def _structure(ours: tuple[Picture, Picture], theirs: tuple[Picture, Picture], where: npt.NDArray[np.bool_]) -> float:
    ax, ay, bx, by = (g[where] for g in (*ours, *theirs))
    floor = 0.5 * where.sum()
    both = float((ax * bx + ay * by).sum())
    return both / float(np.sqrt(((ax**2 + ay**2).sum() + floor) * ((bx**2 + by**2).sum() + floor)))


def _moved(imprint: Imprint) -> float:
    """How well the empty scene, moved by some pixels, explains the picture: a swaying pole is no new thing."""
    part = imprint.picture
    h, w = part.shape
    border = _SWAY_PX
    if h <= 2 * border + 4 or w <= 2 * border + 4:
        border = max(1, min(h, w) // 4)
    inner = part[border : h - border, border : w - border]
    use = imprint.near[border : h - border, border : w - border]
    if use.sum() < 12 or float(inner[use].std()) < 2.0:
        return 0.0
    template, mask = np.ascontiguousarray(inner), use.astype(np.float32)
    scores = cv.matchTemplate(imprint.ground, template, cv.TM_CCOEFF_NORMED, mask=mask)
    scores = np.clip(np.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0), -1, 1)
    best, there = float(scores.max()), float(scores[scores.shape[0] // 2, scores.shape[1] // 2])
    return best if best - there > _SWAY_GAIN else 0.0
