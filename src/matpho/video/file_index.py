"""Where each fragment of a recording lies, read once from the file's boxes and kept while it is asked for."""

import struct
import threading
from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from matpho.domain.time import SECOND, Instant
from matpho.errors import Corrupt
from matpho.video.footage import Footage
from matpho.video.fragments import Fragment, read_map
from matpho.video.parameters import codec_string
from matpho.video.source import StreamInfo

_ENTRIES = {b"avc1": "h264", b"avc3": "h264", b"hvc1": "hevc", b"hev1": "hevc"}
_RECORDS = {"h264": b"avcC", "hevc": b"hvcC"}
_ROOM = 1024  # maps of about 2 kB each


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A recording file ready to be served: its map, its initialisation segment, its codec as a browser names it."""

    footage: Footage
    init: bytes
    codec: str
    name: str
    width: int
    height: int

    @property
    def origin(self) -> Instant:
        """The wall clock at time stamp 0 of the file."""
        return self.footage.instant(0)

    def shown(self, fragment: Fragment) -> tuple[Instant, Instant]:
        """When a fragment's first picture was captured, and its end."""
        return self.footage.instant(fragment.shown_start), self.footage.instant(fragment.shown_end)

    def groups(self, at: Instant, *, exactly: bool = False) -> list[tuple[Fragment, ...]]:
        """Groups of pictures, each from a key picture to the next, beginning with the one that shows ``at``.

        With ``exactly`` the first one that begins at ``at`` or later (less two milliseconds, for rounding).
        """
        groups: list[list[Fragment]] = []
        for fragment in self.footage.map.fragments:
            if fragment.key or not groups:
                groups.append([])
            groups[-1].append(fragment)
        starts = [self.footage.instant(g[0].shown_start) for g in groups]
        if exactly:
            first = next((i for i, s in enumerate(starts) if s >= at - SECOND // 500), len(groups))
        else:
            first = max((i for i, s in enumerate(starts) if s <= at), default=0)
        return [tuple(g) for g in groups[first:]]


class FileIndex:
    """Maps of files by path; one that has grown is read anew."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._known: OrderedDict[Path, tuple[tuple[int, int], IndexedFile]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, path: Path, start: Instant) -> IndexedFile | None:
        """The index of a file; None when it is gone, unreadable, or holds no whole fragment yet."""
        try:
            told = path.stat()
            mark = (told.st_size, told.st_mtime_ns)
            with self._lock:
                found = self._known.get(path)
                if found is not None and found[0] == mark:
                    self._known.move_to_end(path)
                    return found[1]
            made = _index(path, start)
        except (OSError, Corrupt):
            return None
        if made is None:
            return None
        with self._lock:
            self._known[path] = (mark, made)
            self._known.move_to_end(path)
            while len(self._known) > self._room:
                self._known.popitem(last=False)
        return made


def _index(path: Path, start: Instant) -> IndexedFile | None:
    mapped = read_map(path)
    if not mapped.fragments:
        return None
    with path.open("rb") as file:
        init = file.read(mapped.fragments[0].offset)
    codec, name, width, height = described(init)
    return IndexedFile(Footage(path, start, mapped), init, codec, name, width, height)


def described(init: bytes) -> tuple[str, str, int, int]:
    """Codec string, codec, width and height out of an initialisation segment (ISO/IEC 14496-12, 12.1.3).

    Raises Corrupt when it describes no H.264 or H.265 track.
    """
    for kind, codec in _ENTRIES.items():
        at = init.find(kind)
        if at < 4:
            continue
        width, height = struct.unpack_from(">HH", init, at + 4 + 24)
        record = init.find(_RECORDS[codec], at)
        if record < 4:
            continue
        size = struct.unpack_from(">I", init, record - 4)[0]
        extradata = init[record + 4 : record - 4 + size]
        info = StreamInfo(codec, width, height, extradata, Fraction(1, 90_000), None)
        return codec_string(info), codec, width, height
    raise Corrupt("a recording without pictures", "tệp ghi hình không có hình")
