"""Small pictures out of recordings: the key picture nearest to an instant, whole or cut to a place.

A key picture is decoded alone, so a page of sixty costs no more than two seconds of playing.
"""

from collections.abc import Callable, Sequence
from typing import Any

import av
import av.error

from matpho.domain.geometry import Box, Polygon
from matpho.domain.time import SECOND, Instant
from matpho.errors import BadVideo, NotFound
from matpho.video.footage import RecordedFile, load, opened
from matpho.video.mask import masked_frame
from matpho.video.still import jpeg

NEAR_S = 12.0  # cameras with a group of pictures of ten seconds exist
ASPECT = 4 / 3


def key_picture(files: Sequence[RecordedFile], at: Instant) -> tuple[Instant, Any]:
    """The key picture nearest to ``at``, an ``av.VideoFrame``, and its instant.

    Raises NotFound when there is none near, BadVideo or StorageProblem.
    """
    keys = [(footage, f) for footage in load(files) for f in footage.map.fragments if f.key]
    if not keys:
        raise _none()
    footage, fragment = min(keys, key=lambda k: abs(k[0].instant(k[1].shown_start) - at))
    if abs(footage.instant(fragment.shown_start) - at) > NEAR_S * SECOND:
        raise _none()
    try:
        with opened(footage, [fragment]) as container:
            frame = next(container.decode(video=0))
    except (av.error.FFmpegError, StopIteration) as e:
        raise BadVideo(f"{footage.path.name} cannot be decoded", f"không giải mã được {footage.path.name}") from e
    return footage.instant(frame.pts), frame


def _none() -> NotFound:
    return NotFound("no picture of that time was recorded", "không có hình ghi lại ở thời điểm đó")


def small(
    files: Sequence[RecordedFile],
    at: Instant,
    *,
    place: Callable[[Instant], Box] | None,
    masks: Sequence[Polygon],
    width: int,
) -> bytes:
    """A JPEG of at most ``width`` pixels across: around ``place`` of the picture's instant, or the whole picture.

    Masks are burnt in before anything is cut. Raises as :func:`key_picture`.
    """
    shown, frame = key_picture(files, at)
    picture = masked_frame(frame, masks)
    if place is not None:
        picture = _cut(picture, around(place(shown), picture.width / picture.height))
    across = min(width, picture.width) // 2 * 2
    down = max(2, round(picture.height * across / picture.width) // 2 * 2)
    return jpeg(picture.reformat(width=across, height=down), quality=5)


def around(box: Box, frame_aspect: float) -> Box:
    """A cut-out with room around the box, inside the frame, at least a sixth of it wide; 4:3 or wider."""
    width = max(box.w * 1.7, box.h * 1.4 * ASPECT / frame_aspect, 1 / 6)
    height = width * frame_aspect / ASPECT
    if height > 1:
        width, height = width / height, 1.0
    width = min(1.0, max(width, box.w))
    height = min(1.0, height)
    x = min(max(0.0, box.centre.x - width / 2), 1 - width)
    y = min(max(0.0, box.centre.y - height / 2), 1 - height)
    return Box(x, y, width, height)


def _cut(picture: Any, box: Box) -> Any:
    pixels = picture.to_ndarray(format="rgb24")
    height, width = pixels.shape[:2]
    left, top = int(box.x * width) // 2 * 2, int(box.y * height) // 2 * 2
    right, bottom = left + max(16, int(box.w * width) // 2 * 2), top + max(16, int(box.h * height) // 2 * 2)
    return av.VideoFrame.from_ndarray(pixels[top:bottom, left:right].copy(), format="rgb24")
