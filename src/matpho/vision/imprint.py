"""How a thing looked when it first stood still, and the empty ground under it: the memory it is recognised by.

Pixel by pixel a thing is soon lost: a lamp goes on, somebody stands in front, dusk falls. Its *picture as a whole*
against the *picture of the ground without it* holds: normalised cross-correlation (Lewis 1995) leaves brightness and
contrast out, so a step of the light just after the set-down takes nothing away.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from matpho.vision.background import Levels, Mask, Picture
from matpho.vision.opencv import cv

_MARGIN_LEAST_PX, _MARGIN_MOST_PX = 5, 14  # ground around the mask: the outline, and what the ground is like
_AROUND = np.ones((7, 7), np.uint8)
_OUTLINE = np.ones((5, 5), np.uint8)
_PASSES = 0.1  # of the surroundings


@dataclass(frozen=True, slots=True)
class Likeness:
    """Correlation with the thing's picture and with the empty ground, each -1 to 1."""

    thing: float
    ground: float

    @property
    def stands(self) -> bool:
        """More like the thing than like the ground, and like it at all."""
        return self.thing > 0.45 and self.thing > self.ground + 0.08

    @property
    def cleared(self) -> bool:
        """More like the ground."""
        return self.ground > 0.45 and self.ground > self.thing + 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Imprint:
    """A thing's mask and pictures at its place.

    ``left`` and ``top`` place the arrays in the working picture; ``mask`` (h, w) bool is the thing, ``picture`` and
    ``ground`` (h, w) float32 are grey levels with and without it, ``near`` (h, w) bool the mask grown by the outline,
    ``calm`` (h, w) bool where nothing else was in the picture when it was taken, ``area_px`` the pixels of the thing.
    """

    left: int
    top: int
    mask: npt.NDArray[np.bool_]
    near: npt.NDArray[np.bool_]
    picture: Picture
    ground: Picture
    calm: npt.NDArray[np.bool_]
    area_px: int
    _known: npt.NDArray[np.float32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep both pictures, (2, pixels of ``near``), less their means, and of length 1."""
        both = np.stack([self.picture[self.near], self.ground[self.near]])
        object.__setattr__(self, "_known", np.stack([_direction(picture) for picture in both]))

    @classmethod
    def take(
        cls,
        mask: Mask,
        level: Levels,
        empty: Levels,
        foreground: Mask,
        bounds: tuple[int, int, int, int] | None = None,
    ) -> "Imprint":
        """Freeze the non-zero part of ``mask`` (H, W) within ``bounds``; raises ValueError when there is none."""
        x, y, w, h = bounds or cv.boundingRect(mask)
        if not w:
            raise ValueError("an imprint of nothing")
        margin = round(float(np.clip(0.4 * np.sqrt(w * h), _MARGIN_LEAST_PX, _MARGIN_MOST_PX)))
        left, top = max(0, x - margin), max(0, y - margin)
        rows = slice(top, min(mask.shape[0], y + h + margin))
        columns = slice(left, min(mask.shape[1], x + w + margin))
        part = mask[rows, columns]
        near = cv.dilate(part, _OUTLINE)
        others = cv.dilate(cv.subtract(foreground[rows, columns], near), _AROUND)
        pictures = level[rows, columns].astype(np.float32), empty[rows, columns].astype(np.float32)
        return cls(left, top, part > 0, near > 0, *pictures, others == 0, cv.countNonZero(part))

    def again(self, level: Levels, empty: Levels) -> "Imprint":
        """The same mask with the pictures of now: the light has changed, the thing has not."""
        here = self.window
        pictures = level[here].astype(np.float32), empty[here].astype(np.float32)
        return Imprint(self.left, self.top, self.mask, self.near, *pictures, np.ones_like(self.calm), self.area_px)

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the working picture."""
        h, w = self.mask.shape
        return slice(self.top, self.top + h), slice(self.left, self.left + w)

    def place(self, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
        """The mask grown by the outline, in a working picture of that shape (H, W)."""
        where = np.zeros(shape, np.bool_)
        where[self.window] = self.near
        return where

    def meets(self, bounds: tuple[int, int, int, int]) -> bool:
        """Whether its arrays overlap the rectangle left, top, width, height of the working picture."""
        x, y, w, h = bounds
        rows, columns = self.mask.shape
        return x < self.left + columns and self.left < x + w and y < self.top + rows and self.top < y + h

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Left, top, width, height of the mask in the working picture."""
        x, y, w, h = cv.boundingRect(self.mask.view(np.uint8))
        return self.left + x, self.top + y, w, h

    @property
    def clear(self) -> float:
        """Share of the outline, 0..1, that nothing else touched when the imprint was taken."""
        outline = self.near & ~self.mask
        return int(np.count_nonzero(self.calm & outline)) / max(int(np.count_nonzero(outline)), 1)

    def likeness(self, level: Levels | Picture) -> Likeness:
        """What the working picture shows at this place now."""
        thing, ground = self._known @ _direction(level[self.window][self.near].astype(np.float32))
        return Likeness(float(thing), float(ground))

    def covers(self, mask: Mask) -> float:
        """Share of the thing's pixels where ``mask`` (H, W) is not zero."""
        return float(np.count_nonzero(mask[self.window][self.mask])) / max(self.area_px, 1)

    def is_passed(self, foreground: Mask, resting: Mask) -> bool:
        """Whether something foreign that is not at rest shows around the thing: somebody who passes before it.

        ``foreground`` (H, W) is that of a picture, ``resting`` (h, w) where something rests at this place.
        """
        own = self.near.view(np.uint8) * np.uint8(255)
        moving = cv.countNonZero(cv.subtract(cv.subtract(foreground[self.window], resting), own))
        return bool(moving > _PASSES * max(own.size - cv.countNonZero(own), 1))

    def shares(self, place: "Imprint") -> float:
        """Share of the thing's pixels that lie on the other's place."""
        top, left = max(self.top, place.top), max(self.left, place.left)
        bottom = min(self.top + self.mask.shape[0], place.top + place.mask.shape[0])
        right = min(self.left + self.mask.shape[1], place.left + place.mask.shape[1])
        if bottom <= top or right <= left:
            return 0.0
        ours = self.mask[top - self.top : bottom - self.top, left - self.left : right - self.left]
        theirs = place.near[top - place.top : bottom - place.top, left - place.left : right - place.left]
        return float(np.count_nonzero(ours & theirs)) / max(self.area_px, 1)

    def samples(self, most: int = 64) -> npt.NDArray[np.float64]:
        """Up to ``most`` (x, y) pixel centres spread evenly over the mask, working pixels."""
        rows, columns = np.nonzero(self.mask)
        pick = np.linspace(0, rows.size - 1, min(most, rows.size)).astype(int)
        return np.stack([columns[pick] + self.left + 0.5, rows[pick] + self.top + 0.5], axis=1)


def _direction(levels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Less their mean, and of length 1; with a floor on the contrast, so that the noise of a flat patch is no likeness.

    The product of two is their normalised cross-correlation.
    """
    levels = levels - np.add.reduce(levels) / np.float32(levels.size)
    floor = np.float32(2.0 * levels.size)  # (1.4 grey levels)² per pixel
    out: npt.NDArray[np.float32] = levels / np.sqrt(levels @ levels + floor)
    return out
