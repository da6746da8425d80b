"""The scene composer: draws what a script stages into the pictures of an ordinary clip.

A staged thing takes light from the ground (shadow), covers what is behind it, and is covered in turn by passers-by
whose feet are lower in the picture: on level ground they are nearer. Drawn pixels get the clip's softness and noise.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.sim.actors import Actor, Figure, Standing, actors
from matpho.sim.background import Background
from matpho.sim.lens import Lens
from matpho.sim.render import Layer, Sprite, draw, mirrored
from matpho.sim.script import Act, Action, Expected, Script
from matpho.vision.frame import Image

OCCUPIED = "sidewalk_occupied"
_KEPT_SPRITES = 96  # a walker's gait and what stands; older poses are drawn again
_NOISE_FIELDS = 5
_LIGHT_STEP = 0.08  # what moves is drawn anew when the light on it differs by this much
_WHOLE = (Act.COVER, Act.DEFOCUS, Act.TURN, Act.CUT)


def _as_one(found: list[Expected]) -> list[Expected]:
    """The pieces of one stall are one occupied stretch of pavement, from the first set down to the last taken away."""
    pieces = [e for e in found if e.type == OCCUPIED]
    others = [e for e in found if e.type != OCCUPIED]
    for zone in dict.fromkeys(e.zone for e in pieces):
        mine = [e for e in pieces if e.zone == zone]
        boxes = [e.box for e in mine if e.box is not None]
        others.append(
            Expected(
                type=OCCUPIED, start_s=min(e.start_s for e in mine), end_s=max(e.end_s for e in mine),
                box=functools.reduce(Box.join, boxes) if boxes else None, zone=zone,
                note=", ".join(e.note for e in mine),
            )
        )  # fmt: skip
    return others


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sprite and the part of the picture it falls on (rows, columns), with the matching part of the sprite."""

    sprite: Sprite
    rows: slice
    columns: slice
    inner_rows: slice
    inner_columns: slice
    foot_row: float


class Composer:
    """Composes one script over one background."""

    def __init__(self, background: Background, script: Script, seed: int = 0) -> None:
        self.background, self.script = background, script
        view = background.view
        self._size = (view.width, view.height)
        self._actors: list[tuple[Action, Actor]] = [
            (action, actor) for action in script.actions for actor in actors(action, background.ground, self._size)
        ]
        self._lens = Lens(script.actions, *self._size)
        rng = np.random.default_rng(seed)
        shape = (view.height, view.width, 3)
        self._noise = [rng.normal(0, background.noise, shape).astype(np.float32) for _ in range(_NOISE_FIELDS)]
        self._kept: dict[tuple[object, ...], Sprite] = {}

    def pictures(self) -> Iterator[Image]:
        """The scene, picture by picture, (H, W, 3) uint8 BGR."""
        count = round(self.script.duration_s * self.script.fps)
        for i, picture in enumerate(self.background.pictures(count, self.script.fps)):
            t = i / self.script.fps
            figures = [f for _, actor in self._actors if (f := actor.at(t)) is not None]
            shown = self._staged(picture, figures, i) if figures else picture
            yield self._lens.apply(shown, t)

    @property
    def expected(self) -> list[Expected]:
        """What somebody watching should find, with boxes read off the drawn things."""
        found = list(self.script.known)
        for action in self.script.actions:
            if not action.event:
                continue
            box = None if action.do in _WHOLE else self._box_of(action)
            moves = {Act.WAIT: "person", Act.WALK: "person", Act.RIDE: "rider"}
            name = action.thing or moves.get(action.do, "")
            found.append(
                Expected(
                    type=action.event, start_s=action.start_s, end_s=action.end_s, box=box, zone=action.zone, note=name
                )
            )
        return sorted(_as_one(found), key=lambda e: e.start_s)

    def _box_of(self, action: Action) -> Box | None:
        width, height = self._size
        mine = [actor for owner, actor in self._actors if owner is action]
        standing = next((a for a in mine if isinstance(a, Standing)), mine[0] if mine else None)
        figure = standing.at((action.start_s + action.end_s) / 2) if standing else None
        if figure is None:
            return None
        sprite = self._sprite(figure)
        x = figure.foot[0] - sprite.foot[0] + sprite.box[0]
        y = figure.foot[1] - sprite.foot[1] + sprite.box[1]
        left, top = max(0.0, x / width), max(0.0, y / height)
        right, bottom = min(1.0, (x + sprite.box[2]) / width), min(1.0, (y + sprite.box[3]) / height)
        return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def _sprite(self, figure: Figure) -> Sprite:
        lit = self.background.light_at(figure.foot)
        key = (*figure.key, round(lit / _LIGHT_STEP))
        if key not in self._kept:
            if len(self._kept) >= _KEPT_SPRITES:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = draw(figure.mesh, self.background.ground.look(figure.foot[1], gain=lit))
        return self._kept[key]

    def _place(self, figure: Figure, *, image: bool = False) -> _Placed | None:
        """Where a figure, or its ``image`` in wet ground, falls on the picture; None: nowhere."""
        sprite = self._sprite(figure)
        sprite = mirrored(sprite, self.background.source.wet) if image else sprite
        width, height = self._size
        left, top = round(figure.foot[0]) - sprite.foot[0], round(figure.foot[1]) - sprite.foot[1]
        h, w = sprite.cover.shape
        x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + w), min(height, top + h)
        if x0 >= x1 or y0 >= y1:
            return None
        return _Placed(
            sprite, slice(y0, y1), slice(x0, x1), slice(y0 - top, y1 - top), slice(x0 - left, x1 - left), figure.foot[1]
        )

    def _staged(self, picture: Image, figures: list[Figure], index: int) -> Image:
        placed = [p for f in sorted(figures, key=lambda f: f.foot[1]) for p in self._with_image(f)]
        labels, blobs = self.background.blobs(picture)
        staged = picture.copy()
        noise = self._noise[index % _NOISE_FIELDS]
        for one in placed:
            here = (one.rows, one.columns)
            inner = (one.inner_rows, one.inner_columns)
            below = staged[here].astype(np.float32)
            cover = one.sprite.cover[inner][..., None]
            drawn = below * (1 - one.sprite.shade[inner][..., None])
            drawn = drawn * (1 - cover) + one.sprite.colour[inner] + cover * noise[here]
            front = self._in_front(picture, labels, blobs, one)
            if front is not None:
                drawn = drawn * (1 - front[..., None]) + picture[here] * front[..., None]
            staged[here] = np.clip(drawn, 0, 255).astype(np.uint8)
        return staged

    def _with_image(self, figure: Figure) -> list[_Placed]:
        """A figure on the picture, after its image in the ground where that is wet."""
        image = self._place(figure, image=True) if self.background.source.wet > 0 else None
        return [one for one in (image, self._place(figure)) if one is not None]

    def _in_front(
        self, picture: Image, labels: npt.NDArray[np.int32], blobs: npt.NDArray[np.int32], one: _Placed
    ) -> Layer | None:
        """How much of each pixel under the sprite belongs to passers-by nearer than its foot, 0..1; None for nobody."""
        x0, y0, x1, y1 = one.columns.start, one.rows.start, one.columns.stop, one.rows.stop
        near = [
            i
            for i, (x, y, w, h, _) in enumerate(blobs)
            if i and 2 * x < x1 and 2 * (x + w) > x0 and 2 * y < y1 and 2 * (y + h) > y0
            and 2 * (y + h) > one.foot_row + 2 and h >= 6
        ]  # fmt: skip
        if not near:
            return None
        part = np.isin(labels[y0 // 2 : (y1 + 1) // 2, x0 // 2 : (x1 + 1) // 2], near).astype(np.float32)
        whole = cv2.resize(part, (2 * part.shape[1], 2 * part.shape[0]), interpolation=cv2.INTER_LINEAR)
        whole = whole[y0 % 2 : y0 % 2 + y1 - y0, x0 % 2 : x0 % 2 + x1 - x0]
        apart = cv2.absdiff(picture[one.rows, one.columns], self.background.plate[one.rows, one.columns]).max(axis=2)
        sure = np.clip((apart.astype(np.float32) - 14) / 16, 0, 1)
        core = cv2.GaussianBlur(cv2.erode(whole, np.ones((5, 5), np.uint8)), (0, 0), 1.0)
        return np.asarray(np.maximum(core, cv2.GaussianBlur(whole * sure, (0, 0), 0.7)), np.float32)
