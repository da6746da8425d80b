"""The planes of a decoded picture as arrays: luma and half-size chroma, upright, whatever the camera's pixel format."""

from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane | None, Plane | None]

_READY = {"yuv420p", "yuvj420p"}
_GREY = {"gray", "grayj"}


def planes(frame: Any, *, size: tuple[int, int] | None = None) -> Planes:
    """Luma (H, W), and u and v (ceil(H/2), ceil(W/2)) or None for a grey picture; all uint8.

    The range (full or video) stays as the camera sends it. Formats other than 4:2:0, NV12 and grey are converted.
    A rotation in the stream (phones, turned cameras) is applied. ``size`` is the width and height wanted before that;
    a picture of another size is scaled. Arrays may share memory with the frame: do not write into them.
    """
    if size is not None and (frame.width, frame.height) != size:
        frame = frame.reformat(width=size[0], height=size[1], format="yuv420p")
    name = frame.format.name
    if name in _READY:
        found: Planes = (_plane(frame, 0), _plane(frame, 1), _plane(frame, 2))
    elif name in _GREY:
        found = (_plane(frame, 0), None, None)
    elif name == "nv12":
        pair = _plane(frame, 1)
        found = (_plane(frame, 0), np.ascontiguousarray(pair[:, 0::2]), np.ascontiguousarray(pair[:, 1::2]))
    else:
        grey = name.startswith(("gray", "mono", "ya"))
        target = "gray" if grey else "yuvj420p" if name.startswith("yuvj") else "yuv420p"
        return planes_upright(_split(frame.reformat(format=target)), frame.rotation)
    return planes_upright(found, frame.rotation)


def planes_upright(found: Planes, rotation: int) -> Planes:
    """Turn planes by the counter-clockwise degrees that the stream asks for (quarter turns only)."""
    turns = round(rotation / 90) % 4
    if not turns:
        return found
    luma, u, v = (None if p is None else np.ascontiguousarray(np.rot90(p, turns)) for p in found)
    assert luma is not None
    return luma, u, v


def _split(frame: Any) -> Planes:
    if frame.format.name == "gray":
        return _plane(frame, 0), None, None
    return _plane(frame, 0), _plane(frame, 1), _plane(frame, 2)


def _plane(frame: Any, index: int) -> Plane:
    plane = frame.planes[index]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    width = plane.width * (2 if frame.format.name == "nv12" and index == 1 else 1)
    return rows[: plane.height, :width]
