"""Draw a small solid as a camera would see it: a picture with soft edges, and the shadow where it touches the ground.

A thing is small against its distance, so one scale holds for all of it (weak perspective): the ground runs up the
picture with the sine of the camera's pitch and heights with its cosine. Flat daylight: a large share of even light, a
small directed one, darker towards the ground. Drawn at four times the size and averaged down, so edges are soft.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matpho.sim.mesh import Mesh

Layer = npt.NDArray[np.float32]

_FINE = 4  # drawn this many times larger, then averaged
_LIGHT = np.array([-0.35, -0.45, 0.82])


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn thing.

    ``colour`` (h, w, 3) float32 BGR 0..255, already multiplied by ``cover``; ``cover`` (h, w) 0..1; ``shade`` (h, w)
    0..1: what its shadow takes from the ground. ``foot``: the pixel (x, y) of the layers that stands on the place.
    ``box``: the tight (x, y, w, h) of the cover in pixels of the layers.
    """

    colour: Layer
    cover: Layer
    shade: Layer
    foot: tuple[int, int]
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """How the camera sees a place: pixels per metre there, pitch below the horizon, brightness (1: day)."""

    px_per_m: float
    pitch_deg: float
    gain: float = 1.0
    blur_px: float = 0.6


@dataclass(frozen=True, slots=True)
class _Packed:
    """A mesh as arrays: all corners, where each face's begin, and per face normal, middle, lowest point and colour."""

    corners: npt.NDArray[np.float64]
    starts: npt.NDArray[np.intp]
    normals: npt.NDArray[np.float64]
    middles: npt.NDArray[np.float64]
    lowest: npt.NDArray[np.float64]
    colours: npt.NDArray[np.float64]
    two_sided: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, mesh: Mesh) -> "_Packed":
        counts = np.array([len(f.points) for f in mesh])
        corners = np.concatenate([f.points for f in mesh])
        starts = np.concatenate([[0], np.cumsum(counts)])
        first = starts[:-1]
        normals = np.cross(corners[first + 1] - corners[first], corners[first + 2] - corners[first + 1])
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = np.where(length > 1e-12, normals / np.maximum(length, 1e-12), 0.0)
        middles = np.add.reduceat(corners, first, axis=0) / counts[:, None]
        lowest = np.minimum.reduceat(corners[:, 2], first)
        colours = np.array([f.colour for f in mesh], float)
        return cls(corners, starts, normals, middles, lowest, colours, np.array([f.two_sided for f in mesh]))


def _angles(look: Look) -> tuple[float, float]:
    return math.sin(math.radians(look.pitch_deg)), math.cos(math.radians(look.pitch_deg))


def _projected(corners: npt.NDArray[np.float64], look: Look) -> npt.NDArray[np.float64]:
    sine, cosine = _angles(look)
    x, y, z = corners.T
    return np.stack([x, -(z * cosine + y * sine)], axis=1) * look.px_per_m


def _brightness(normals: npt.NDArray[np.float64], heights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    direct = np.maximum(0.0, normals @ _LIGHT)
    sky = 0.5 + 0.5 * normals[:, 2]
    grounded = 0.78 + 0.22 * np.minimum(1.0, heights / 0.35)
    return np.asarray((0.42 + 0.28 * sky + 0.42 * direct) * grounded)


def _paint(solid: _Packed, look: Look, size: tuple[int, int], origin: tuple[float, float]) -> Layer:
    """(h, w, 4) float32: colour times cover, and cover 0..255."""
    sine, cosine = _angles(look)
    away = solid.normals @ np.array([0.0, cosine, -sine])  # above zero: turned away from the camera
    normals = np.where((away > 0)[:, None], -solid.normals, solid.normals)
    seen = (np.abs(solid.normals).sum(axis=1) > 0) & ((away < 0) | solid.two_sided)
    tones = np.minimum(255.0, solid.colours * _brightness(normals, solid.middles[:, 2])[:, None] * look.gain)
    depth = solid.middles[:, 1] * cosine - solid.middles[:, 2] * sine
    fixed = np.round((_projected(solid.corners, look) + np.array(origin)) * _FINE * 16).astype(np.int32)
    canvas = np.zeros((size[1] * _FINE, size[0] * _FINE, 4), np.uint8)
    for i in np.argsort(-depth, kind="stable"):
        if seen[i]:
            corners = fixed[solid.starts[i] : solid.starts[i + 1]]
            cv2.fillConvexPoly(canvas, corners, (*tones[i].tolist(), 255), cv2.LINE_8, 4)
    return cv2.resize(canvas, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _shadow(solid: _Packed, look: Look, size: tuple[int, int], origin: tuple[float, float]) -> Layer:
    """Contact shadow (tight, dark, of what is near the ground) and the soft one of the whole under an even sky."""
    sine, _ = _angles(look)
    x, y, z = solid.corners.T
    ground = np.stack([x + 0.12 * z, -(y + 0.18 * z) * sine], axis=1) * look.px_per_m + np.array(origin)
    fixed = np.round(ground * 16).astype(np.int32)
    whole = np.zeros((size[1], size[0]), np.float32)
    touch = np.zeros_like(whole)
    for i in range(len(solid.lowest)):
        corners = fixed[solid.starts[i] : solid.starts[i + 1]]
        cv2.fillConvexPoly(whole, corners, 1.0, cv2.LINE_8, 4)
        if solid.lowest[i] < 0.06:
            cv2.fillConvexPoly(touch, corners, 1.0, cv2.LINE_8, 4)
    soft = cv2.GaussianBlur(whole, (0, 0), max(1.2, 0.10 * look.px_per_m))
    tight = cv2.GaussianBlur(touch, (0, 0), max(0.7, 0.035 * look.px_per_m))
    return np.clip(0.34 * soft + 0.34 * tight, 0.0, 0.62).astype(np.float32)


def draw(mesh: Mesh, look: Look) -> Sprite:
    """The solid seen at its place. Raises ValueError for an empty mesh."""
    if not mesh:
        raise ValueError("nothing to draw")
    solid = _Packed.of(mesh)
    corners = _projected(solid.corners, look)
    margin = math.ceil(look.px_per_m * (0.35 + 0.3 * float(solid.corners[:, 2].max()))) + 4
    left, top = np.floor(corners.min(axis=0)).astype(int) - margin
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + margin
    size, origin = (int(right - left), int(bottom - top)), (float(-left), float(-top))
    layer = _paint(solid, look, size, origin)
    if look.blur_px > 0:
        layer = np.asarray(cv2.GaussianBlur(layer, (0, 0), look.blur_px), np.float32)
    cover = (layer[..., 3] / 255).astype(np.float32)
    seen = np.argwhere(cover > 0.4)
    y0, x0 = seen.min(axis=0) if len(seen) else (0, 0)
    y1, x1 = seen.max(axis=0) + 1 if len(seen) else (1, 1)
    shade = _shadow(solid, look, size, origin)
    used = np.argwhere((cover > 0) | (shade > 0.004))
    top, left = used.min(axis=0) if len(used) else (0, 0)
    bottom, right = used.max(axis=0) + 1 if len(used) else cover.shape
    part = (slice(int(top), int(bottom)), slice(int(left), int(right)))
    return Sprite(
        layer[part][..., :3].copy(),
        cover[part].copy(),
        shade[part].copy(),
        (int(origin[0] - left), int(origin[1] - top)),
        (int(x0 - left), int(y0 - top), int(x1 - x0), int(y1 - y0)),
    )


def mirrored(sprite: Sprite, share: float) -> Sprite:
    """The sprite's image in wet ground below it: upside down, ``share`` of it at the foot, less farther down."""
    h = sprite.cover.shape[0]
    away = np.abs(np.arange(h, dtype=np.float32) - (h - 1 - sprite.foot[1])) / h
    fading = (share * np.maximum(0.0, 1 - 1.1 * away))[:, None].astype(np.float32)
    colour = cv2.GaussianBlur(sprite.colour[::-1] * fading[..., None], (0, 0), sigmaX=1.2, sigmaY=3.5)
    cover = cv2.GaussianBlur(sprite.cover[::-1] * fading, (0, 0), sigmaX=1.2, sigmaY=3.5)
    return Sprite(
        np.asarray(colour, np.float32),
        np.asarray(cover, np.float32),
        np.zeros_like(sprite.shade),
        (sprite.foot[0], h - 1 - sprite.foot[1]),
        sprite.box,
    )
