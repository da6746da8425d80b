"""One picture out of a recording or a live stream, as JPEG."""

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from matpho.domain.geometry import Polygon
from matpho.domain.system_words import not_written
from matpho.domain.time import SECOND, Instant, Span, after
from matpho.errors import BadVideo, NotFound, StorageProblem
from matpho.video.footage import Footage, RecordedFile, load, opened
from matpho.video.mask import masked_frame

NEAR_S = 1.0  # a picture further away than this is not "the picture at that instant"


def take(files: Sequence[RecordedFile], at: Instant, out: Path, *, masks: Sequence[Polygon] = ()) -> Instant:
    """Write the picture shown at ``at`` to ``out``, a JPEG of the recording's size; the instant of the picture.

    Raises NotFound when there is none within a second, BadVideo or StorageProblem.
    """
    found = nearest(files, at)
    if found is None or abs(found[0] - at) > NEAR_S * SECOND:
        raise NotFound("no picture of that time was recorded", "không có hình ghi lại ở thời điểm đó")
    try:
        out.write_bytes(jpeg(found[1], masks))
    except OSError as e:
        raise not_written(StorageProblem, out.name, e) from e
    return found[0]


def nearest(files: Sequence[RecordedFile], at: Instant) -> tuple[Instant, Any] | None:
    """The last picture captured at or before ``at`` (else the first after it), an ``av.VideoFrame``; its instant."""
    footage = load(files)
    holding = {f.path for f in files if f.end is not None and f.start <= at < f.end}
    candidates = [f for f in footage if f.path in holding][:1]  # the first: a sharper file ends where it was to end
    candidates = candidates or [f for f in footage if f.start <= at][-1:]
    if not candidates or candidates[0].span.end < at:
        candidates += [f for f in footage if f.start > at][:1]  # the next file may begin a moment later
    found = [_shown(f, at) for f in candidates]
    return min((f for f in found if f is not None), key=lambda f: abs(f[0] - at), default=None)


def _shown(footage: Footage, at: Instant) -> tuple[Instant, Any] | None:
    from_here = Instant(max(at, footage.start))
    return _last_before(footage, footage.around(Span(from_here, after(from_here, 0.001))), at)


def _last_before(footage: Footage, fragments: Sequence[Any], at: Instant) -> tuple[Instant, Any] | None:
    best: tuple[Instant, Any] | None = None
    try:
        with opened(footage, fragments) as container:
            for frame in container.decode(video=0):
                captured = footage.instant(frame.pts)
                if captured > at and best is not None:
                    break
                best = captured, frame
    except av.error.FFmpegError as e:
        if best is None:
            raise BadVideo(f"{footage.path.name} cannot be decoded", f"không giải mã được {footage.path.name}") from e
    return best


def from_live(init: bytes, fragments: Sequence[bytes], masks: Sequence[Polygon] = ()) -> bytes:
    """The newest picture of an init segment and fragments (from a key picture on) as JPEG; raises BadVideo."""
    newest = None
    try:
        with av.open(io.BytesIO(init + b"".join(fragments)), "r", format="mp4") as container:
            for frame in container.decode(video=0):
                newest = frame
    except av.error.FFmpegError:
        pass  # a stream cut in the middle still has the pictures before
    if newest is None:
        raise BadVideo("the live picture cannot be decoded", "không giải mã được hình trực tiếp")
    return jpeg(newest, masks)


def jpeg(frame: Any, masks: Sequence[Polygon] = (), *, quality: int = 3) -> bytes:
    """A decoded picture, upright and masked, as JPEG; ``quality`` is FFmpeg's 2 (best) to 31."""
    picture = masked_frame(frame, masks).reformat(format="yuvj420p")
    encoder: Any = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"qmin": str(quality), "qmax": str(quality)}
    picture.pts = 0
    return b"".join(bytes(p) for p in [*encoder.encode(picture), *encoder.encode(None)])
