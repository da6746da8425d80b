"""The best of several pictures of a place that stays as it is: sharp there, and with nobody before it.

A single instant shows the rain, the passing bus or the blur that it had. Of a thing that stays, and of its place before
it came, any picture of some seconds will do; only key pictures are decoded.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.system_words import not_written
from matpho.domain.time import Instant, Span
from matpho.errors import BadVideo, NotFound, StorageProblem
from matpho.video.footage import RecordedFile, load, opened
from matpho.video.still import jpeg

MOST_PICTURES = 8
_SIDE = 12  # of the small pictures of the place that are compared: blur does not show there, people do
_AROUND = 0.5  # of the box's sides: what stands beside it belongs to the picture
_LIKE = 1.5  # times the median distance from the usual look of the place, and …
_SLACK = 2.0  # … grey levels: so much is noise

Grey = npt.NDArray[np.uint8]


def take_sharpest(files: Sequence[RecordedFile], span: Span, place: Box | None, out: Path) -> Instant:
    """Write the best key picture within ``span`` to ``out``, a JPEG of the recording's size; the instant of it.

    ``place`` is where it must be sharp and unobstructed, None for the whole picture. Raises NotFound when there is no
    key picture, BadVideo or StorageProblem.
    """
    found = _key_pictures(files, span)
    if not found:
        raise NotFound("no picture of that time was recorded", "không có hình ghi lại ở thời điểm đó")
    at, frame = found[best([_cut(frame, place) for _, frame in found])]
    try:
        out.write_bytes(jpeg(frame))
    except OSError as e:
        raise not_written(StorageProblem, out.name, e) from e
    return at


def best(places: Sequence[Grey]) -> int:
    """Which of several pictures of one place, (h, w) uint8 each, is the sharpest of those that look as most do.

    Whoever stands before the place in one of them is in few of the others, so the median of all does not show them.
    """
    small = np.stack([_shrunk(place) for place in places])
    small -= small.mean(axis=(1, 2), keepdims=True)  # a cloud is no obstruction
    far = np.abs(small - np.median(small, axis=0)).mean(axis=(1, 2))
    clear = far <= _LIKE * float(np.median(far)) + _SLACK
    sharp = [_sharpness(place) for place in places]
    return max((i for i in range(len(places)) if clear[i]), key=lambda i: sharp[i])


def _shrunk(place: Grey) -> npt.NDArray[np.float32]:
    """Means over 12×12 cells; what is left over at the right and below is left out."""
    h, w = max(1, place.shape[0] // _SIDE), max(1, place.shape[1] // _SIDE)
    cells = place[: h * _SIDE, : w * _SIDE].reshape(_SIDE, h, _SIDE, w)
    out: npt.NDArray[np.float32] = cells.mean(axis=(1, 3), dtype=np.float32)
    return out


def _sharpness(place: Grey) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000)."""
    p = place.astype(np.float32)
    return float((p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * p[1:-1, 1:-1]).var())


def _key_pictures(files: Sequence[RecordedFile], span: Span) -> list[tuple[Instant, Any]]:
    keys = [
        (footage, fragment)
        for footage in load(files)
        for fragment in footage.map.fragments
        if fragment.key and span.start <= footage.instant(fragment.shown_start) <= span.end
    ]
    step = max(1, -(-len(keys) // MOST_PICTURES))
    found: list[tuple[Instant, Any]] = []
    for footage, fragment in keys[::step]:
        try:
            with opened(footage, [fragment]) as container:
                frame = next(container.decode(video=0))
        except (av.error.FFmpegError, StopIteration, BadVideo):
            continue  # one picture of several
        found.append((footage.instant(frame.pts), frame))
    return found


def _cut(frame: Any, place: Box | None) -> Grey:
    """The luma of the place with what is around it."""
    grey: Grey = frame.to_ndarray(format="gray")
    if place is None:
        return grey
    h, w = grey.shape
    box = place.grown(_AROUND * place.w, _AROUND * place.h)
    top, left = min(int(box.y * h), h - _SIDE), min(int(box.x * w), w - _SIDE)
    return np.ascontiguousarray(
        grey[top : max(top + _SIDE, int(box.bottom * h)), left : max(left + _SIDE, int(box.right * w))]
    )
