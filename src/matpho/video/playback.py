"""Recorded video for a browser: whole groups of pictures from the nearest key picture on, across files and past gaps.

Nothing is decoded or encoded, except where private areas must be covered or a codec does not play. What is served is
the file's own initialisation segment and byte ranges of its own fragments, also of the file that is still growing.
"""

import hashlib
import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from matpho.domain.codec import dumps
from matpho.domain.geometry import Polygon
from matpho.domain.time import SECOND, Instant, after
from matpho.errors import BadVideo, Corrupt, NotFound, StorageProblem
from matpho.video.disk_cache import DiskCache
from matpho.video.file_index import FileIndex, IndexedFile
from matpho.video.footage import RecordedFile
from matpho.video.fragments import Fragment
from matpho.video.key_pictures import key_fragment
from matpho.video.previews import small_picture
from matpho.video.rendition import Encoders, Rendered

SEAM_S = 0.5
"""Files of one connection touch; a hole up to this long between two files is no gap worth telling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What follows is of this kind. ``origin``: the wall clock at time stamp 0. ``made``: original, h264 or covered."""

    codec: str
    width: int
    height: int
    origin: Instant
    made: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Pictures captured from ``at`` to ``end``, beginning with a key picture; bytes of fragments in ``data``."""

    at: Instant
    end: Instant
    pictures: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Nothing was recorded (or is kept) between two instants."""

    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The stretch ends. ``next`` is where the following one begins; ``growing``: it is not recorded yet."""

    next: Instant
    growing: bool


Piece = Head | Part | Hole | End


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see. ``exactly``: go on at ``at`` rather than show it.

    ``masks`` must be covered. ``hevc``: the browser plays H.265. ``keys_only``: for looking through fast.
    """

    at: Instant
    length_s: float
    exactly: bool = False
    keys_only: bool = False
    masks: tuple[Polygon, ...] = ()
    hevc: bool = False


class Player:
    """Serves stretches, previews and keeps what it had to make."""

    def __init__(self, renditions: DiskCache, previews: DiskCache, recordings: Path) -> None:
        self._index = FileIndex()
        self._renditions = renditions
        self._previews = previews
        self._recordings = recordings
        self._encoders = Encoders()

    def pieces(self, files: Sequence[RecordedFile], asked: Asked) -> Iterator[Piece]:
        """The stretch, piece by piece; ``files`` by start, each instant in one of them at most.

        Raises NotFound when nothing of these files can be read, StorageProblem when the disk fails in the middle.
        """
        position, until = asked.at, after(asked.at, asked.length_s)
        exactly, any_found = asked.exactly, False
        for file in files:
            if file.end is not None and file.end <= position + SECOND // 500 and file is not files[-1]:
                continue
            if any_found and file.start >= until:
                yield End(next=position, growing=False)
                return
            indexed = self._index.of(file.path, file.start)
            groups = indexed.groups(position, exactly=exactly or any_found) if indexed else []
            if indexed is None or not groups:
                continue
            begins = indexed.footage.instant(groups[0][0].shown_start)
            if begins - position > SEAM_S * SECOND:
                yield Hole(start=position, end=begins)
                until = max(until, after(begins, asked.length_s)) if not any_found else until
            any_found = True
            yield from (head for head in [self._head(indexed, asked)] if head)
            for group in groups:
                at, end = indexed.shown(group[0])[0], indexed.shown(group[-1])[1]
                if at >= until:
                    yield End(next=at, growing=False)
                    return
                if file.end is not None and at >= file.end:
                    break  # a better file takes over
                yield from self._group(indexed, group, at, end, asked)
                position = end
        yield End(next=position, growing=True)

    def _made(self, file: IndexedFile, asked: Asked) -> str:
        if asked.masks:
            return "covered"
        return "original" if file.name == "h264" or asked.hevc else "h264"

    def _head(self, file: IndexedFile, asked: Asked) -> Head | None:
        """Of what is served as it is; a rendition's groups bring their own."""
        if self._made(file, asked) != "original":
            return None
        return Head(
            codec=file.codec,
            width=file.width,
            height=file.height,
            origin=file.origin,
            made="original",
            data=file.init,
        )

    def _group(
        self, file: IndexedFile, group: tuple[Fragment, ...], at: Instant, end: Instant, asked: Asked
    ) -> Iterator[Piece]:
        made = self._made(file, asked)
        pictures = 1 if asked.keys_only else sum(f.samples for f in group)
        try:
            if made != "original":
                wanted = group[:1] if asked.keys_only else group
                done = self._rendered(file, wanted, asked.masks)
                yield Head(codec=done.codec, width=done.width, height=done.height, origin=at, made=made, data=done.init)
                yield Part(at=at, end=end, pictures=pictures, data=done.data)
            elif asked.keys_only:
                lasts = group[-1].shown_end - group[0].shown_start
                data = key_fragment(file.footage.path, group[0], lasts, 1)
                yield Part(at=at, end=end, pictures=1, data=data)
            else:
                for fragment in group:
                    begin, stop = file.shown(fragment)
                    data = _bytes(file.footage.path, fragment)
                    yield Part(at=begin, end=stop, pictures=fragment.samples, data=data)
        except (OSError, Corrupt) as e:
            raise StorageProblem("the recording cannot be read", "không đọc được bản ghi hình") from e

    def _rendered(self, file: IndexedFile, group: Sequence[Fragment], masks: tuple[Polygon, ...]) -> Rendered:
        name = f"{self._name(file)}/{group[0].offset}-{group[-1].offset + group[-1].size}-{_mark(masks)}.fmp4"
        return _unpacked(self._renditions.get(name, lambda: _packed(self._encoders.render(file, group, masks))))

    def _name(self, file: IndexedFile) -> str:
        path = file.footage.path
        inside = path.relative_to(self._recordings) if path.is_relative_to(self._recordings) else Path("x/x", path.name)
        return inside.with_suffix("").as_posix()

    def preview(self, files: Sequence[RecordedFile], at: Instant, masks: tuple[Polygon, ...]) -> tuple[Instant, bytes]:
        """A small JPEG of the key picture at or before ``at``, and when it was captured.

        Raises NotFound when nothing was recorded there, BadVideo when it cannot be decoded.
        """
        for file in files:
            ended = file.end is not None and file.end <= at
            indexed = None if ended or file.start > at else self._index.of(file.path, file.start)
            if indexed is None:
                continue
            group = indexed.groups(at)[0]
            captured = indexed.shown(group[0])[0]
            name = f"{self._name(indexed)}/{group[0].offset}-{_mark(masks)}.jpg"
            make = partial(small_picture, indexed.footage, group[0], masks)
            return captured, self._previews.get(name, make)
        raise NotFound("no picture of that time was recorded", "không có hình ghi lại ở thời điểm đó")

    def follow(self) -> int:
        """Take away what was made from recordings that are gone; how many."""
        return self._renditions.follow(self._recordings) + self._previews.follow(self._recordings)


def _bytes(path: Path, fragment: Fragment) -> bytes:
    with path.open("rb", buffering=0) as file:
        file.seek(fragment.offset)
        data = file.read(fragment.size)
    if len(data) != fragment.size:
        raise Corrupt("a recording became shorter", "tệp ghi hình bị ngắn lại")
    return data


def _mark(masks: tuple[Polygon, ...]) -> str:
    if not masks:
        return "open"
    return hashlib.sha256(b"".join(dumps(mask) for mask in masks)).hexdigest()[:12]


def _packed(one: Rendered) -> bytes:
    told = json.dumps({"init": len(one.init), "codec": one.codec, "width": one.width, "height": one.height}).encode()
    return struct.pack(">I", len(told)) + told + one.init + one.data


def _unpacked(data: bytes) -> Rendered:
    try:
        size = struct.unpack_from(">I", data)[0]
        told = json.loads(data[4 : 4 + size])
        begin = 4 + size + told["init"]
        return Rendered(data[4 + size : begin], data[begin:], told["codec"], told["width"], told["height"])
    except (struct.error, ValueError, KeyError) as e:
        raise BadVideo("a rendition is damaged", "bản chuyển mã bị hỏng") from e
