"""Small pictures for lists: a still scaled down, with private areas covered where they must be, kept in memory."""

import threading
from collections import OrderedDict
from pathlib import Path

import av
import av.error

from matpho.domain.evidence import Evidence
from matpho.errors import BadVideo
from matpho.video.still import jpeg

WIDTH = 480
_ROOM = 400  # of about 20 KB each


class Thumbs:
    """Makes each small picture once while it is in demand."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._made: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, evidence: Evidence, sealed: Path, *, masked: bool) -> bytes:
        """A JPEG of at most :data:`WIDTH` pixels across. Raises BadVideo when the still cannot be decoded."""
        masks = evidence.masks if masked else ()
        key = (evidence.sha256, masks)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        picture = jpeg(_small(sealed), masks, quality=5)
        with self._lock:
            self._made[key] = picture
            while len(self._made) > self._room:
                self._made.popitem(last=False)
        return picture


def _small(sealed: Path) -> av.VideoFrame:
    try:
        with av.open(str(sealed), "r") as container:
            frame = next(container.decode(video=0))
    except (av.error.FFmpegError, StopIteration) as e:
        raise BadVideo("The picture cannot be decoded.", "Không giải mã được hình.") from e
    width = min(WIDTH, frame.width) // 2 * 2
    height = max(2, round(frame.height * width / frame.width) // 2 * 2)
    return frame.reformat(width=width, height=height, format="yuvj420p")
