"""Small pictures for scrubbing: one key picture decoded, covered where it must be, scaled down."""

from collections.abc import Sequence

import av
import av.error

from matpho.domain.geometry import Polygon
from matpho.errors import BadVideo
from matpho.video.footage import Footage, opened
from matpho.video.fragments import Fragment
from matpho.video.mask import masked_frame
from matpho.video.still import jpeg

WIDTH = 256


def small_picture(footage: Footage, fragment: Fragment, masks: Sequence[Polygon]) -> bytes:
    """The first picture of a fragment as JPEG, :data:`WIDTH` pixels across. Raises BadVideo when it cannot be decoded.

    Private areas are covered at full size, so that nothing of them reaches a pixel beside them.
    """
    try:
        with opened(footage, (fragment,)) as container:
            container.streams.video[0].thread_type = "NONE"
            frame = next(container.decode(video=0))
    except (av.error.FFmpegError, StopIteration) as e:
        raise BadVideo("the recording cannot be decoded", "không giải mã được bản ghi hình") from e
    if masks:
        frame = masked_frame(frame, masks)
    width = min(WIDTH, frame.width) // 2 * 2
    height = max(2, round(frame.height * width / frame.width) // 2 * 2)
    return jpeg(frame.reformat(width=width, height=height, format="yuvj420p"), quality=6)
