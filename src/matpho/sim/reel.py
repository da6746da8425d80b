"""Where each coded picture of a file lies, so that a server can send it again and again without holding it."""

import bisect
import os
from dataclasses import dataclass
from pathlib import Path

import av

from matpho.domain.system_words import because
from matpho.errors import BadVideo


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded picture: seconds from the file's first, its bytes in the file, whether decoding can start here."""

    at_s: float
    offset: int
    size: int
    key: bool


class Reel:
    """The coded pictures of a file that holds one video stream without reordering (no B-frames)."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            with av.open(str(file)) as container:
                stream = container.streams.video[0]
                rate = float(stream.average_rate or 10)
                packets = [p for p in container.demux(stream) if p.size and p.pts is not None and p.pos is not None]
                first = float((packets[0].pts or 0) * packets[0].time_base)
                self.coded = [
                    Coded(float((p.pts or 0) * p.time_base) - first, p.pos or 0, p.size, p.is_keyframe) for p in packets
                ]
        except (av.error.FFmpegError, IndexError, OSError) as e:
            why = because(e)
            raise BadVideo(f"{file} cannot be served: {why.en}", f"không phát được tệp {file}: {why.vi}") from e
        self.length_s = self.coded[-1].at_s + 1 / rate
        self._keys = [c.at_s for c in self.coded if c.key]

    def next_key(self, at_s: float) -> float:
        """The first moment at or after ``at_s`` (which may lie in a later lap) where decoding can start."""
        lap, inside = divmod(max(0.0, at_s), self.length_s)
        i = bisect.bisect_left(self._keys, inside - 1e-6)
        return lap * self.length_s + (self._keys[i] if i < len(self._keys) else self.length_s)

    def read(self, descriptor: int, coded: Coded) -> bytes:
        """The bytes of one coded picture, as the file's container writes them (length-prefixed units)."""
        return os.pread(descriptor, coded.size, coded.offset)
