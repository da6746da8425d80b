"""Key pictures of a stretch of recordings, decoded one by one: minutes of a street for the price of seconds."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import av.error
import numpy as np
import numpy.typing as npt

from matpho.domain.time import Instant, Span, seconds
from matpho.video.footage import Footage, RecordedFile, load, opened

Picture = npt.NDArray[np.uint8]


def glances(files: Sequence[RecordedFile], span: Span, most: int) -> Iterator[tuple[Instant, Picture]]:
    """At most ``most`` key pictures inside the span, evenly chosen, in order of time, as (h, w, 3) BGR.

    What cannot be decoded is left out. Raises BadVideo when none of the files can be read, StorageProblem.
    """
    keys = [(f, one) for f in load(files) for one in f.map.fragments if one.key]
    inside = [(f, one) for f, one in keys if span.start <= f.instant(one.shown_start) <= span.end]
    step = max(1.0, len(inside) / most)
    for number in range(min(most, len(inside))):
        footage, fragment = inside[int(number * step)]
        try:
            with opened(footage, [fragment]) as container:
                container.streams.video[0].thread_type = "NONE"
                frame = next(container.decode(video=0))
                yield footage.instant(fragment.shown_start), frame.to_ndarray(format="bgr24")
        except (av.error.FFmpegError, StopIteration):
            continue


def longest_gop_s(files: Sequence[RecordedFile]) -> float | None:
    """The longest distance of two key pictures in some files, in seconds; None where there are not two.

    Raises BadVideo, StorageProblem.
    """
    found = [gap for footage in load(files) for gap in _gaps(footage)]
    return max(found, default=None)


def _gaps(footage: Footage) -> Iterator[float]:
    at = [footage.instant(f.shown_start) for f in footage.map.fragments if f.key]
    yield from (seconds(later - earlier) for earlier, later in pairwise(at))
