"""Live pictures as HLS, for browsers without Media Source Extensions: the same fragments, cut at key pictures.

One feed serves all who watch the same rendition this way; it holds a few seconds of it, and ends when nobody has asked
for some seconds. Each viewer is audited as over the WebSocket: a row before the first byte, one with the length.
Format: RFC 8216, with fMP4 segments (3.3) and a map for each header.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from math import ceil

from anyio import to_thread

from matpho.domain.camera import Camera, StreamRole
from matpho.domain.geometry import Polygon
from matpho.domain.time import Clock, Instant, seconds, to_iso
from matpho.errors import MatphoError, NotFound
from matpho.video.live_parts import LiveFragment, LiveInit, LiveLost, LivePart
from matpho.web.answers import Unavailable
from matpho.web.parts import LivePictures
from matpho.web.sessions import Visitor
from matpho.web.viewings import Viewings

KEPT = 8  # segments; the playlist names the last six, the others are for players that are a little late
NAMED = 6
MOST_BYTES = 24_000_000
LEAST_S = 0.9
IDLE_S = 12.0
FIRST_WAIT_S = 8.0
MOST_FEEDS = 64
Key = tuple[str, StreamRole, bool, tuple[Polygon, ...]]


@dataclass(slots=True)
class Segment:
    """Whole groups of pictures; ``header`` is the number of the initialisation segment they need."""

    number: int
    header: int
    at: Instant
    length_s: float
    data: bytes


@dataclass(slots=True)
class Feed:
    """A few seconds of one rendition. Grown by :meth:`take`, one part after another."""

    segments: deque[Segment] = field(default_factory=deque)
    headers: dict[int, bytes] = field(default_factory=dict)
    _open: list[LiveFragment] = field(default_factory=list)
    _next: int = 0

    def take(self, part: LivePart) -> bool:
        """Whether a segment has become whole."""
        match part:
            case LiveInit():
                self._open = []
                self.headers[max(self.headers, default=-1) + 1] = part.data
            case LiveLost():
                self._open = []
            case LiveFragment():
                return self._add(part)
        return False

    def _add(self, fragment: LiveFragment) -> bool:
        whole = fragment.key and bool(self._open) and seconds(fragment.captured - self._open[0].captured) >= LEAST_S
        if whole:
            first = self._open[0]
            data = b"".join(f.data for f in self._open)
            length_s = seconds(fragment.captured - first.captured)
            self.segments.append(Segment(self._next, max(self.headers), first.captured, length_s, data))
            self._next += 1
            self._open = []
            self._trim()
        if self._open or fragment.key:
            self._open.append(fragment)
        if sum(len(f.data) for f in self._open) > MOST_BYTES:
            self._open = []
        return whole

    def _trim(self) -> None:
        while len(self.segments) > KEPT or sum(len(s.data) for s in self.segments) > MOST_BYTES:
            self.segments.popleft()
        needed = {s.header for s in self.segments} | {max(self.headers)}
        self.headers = {n: data for n, data in self.headers.items() if n in needed}

    def playlist(self, query: str) -> str:
        """The newest segments. ``query`` is what their addresses carry."""
        shown = list(self.segments)[-NAMED:]
        longest = max((s.length_s for s in shown), default=1.0)
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, ceil(longest))}"]
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{shown[0].number if shown else 0}", "#EXT-X-INDEPENDENT-SEGMENTS"]
        header: int | None = None
        for segment in shown:
            if segment.header != header:
                lines += ["#EXT-X-DISCONTINUITY"] if header is not None else []
                lines.append(f'#EXT-X-MAP:URI="live/header-{segment.header}.mp4?{query}"')
                header = segment.header
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{to_iso(segment.at)}")
            lines += [f"#EXTINF:{segment.length_s:.3f},", f"live/{segment.number}.m4s?{query}"]
        return "\n".join([*lines, ""])

    def piece(self, name: str) -> bytes:
        """A header or a segment by its name in the playlist; raises NotFound when it is no longer kept."""
        stem = name.partition(".")[0]
        number = stem.removeprefix("header-")
        if number.isascii() and number.isdecimal() and len(number) < 10:
            if number != stem:
                found = self.headers.get(int(number))
            else:
                found = next((s.data for s in self.segments if s.number == int(number)), None)
            if found is not None:
                return found
        raise NotFound("this part of the live picture is gone", "đoạn hình trực tiếp này không còn")


@dataclass(slots=True)
class _Running:
    feed: Feed
    task: "asyncio.Task[None]"
    news: asyncio.Event
    viewers: dict[str, "_Viewer"] = field(default_factory=dict)


@dataclass(slots=True)
class _Viewer:
    visitor: Visitor
    camera: Camera
    began_s: float
    seen_s: float


class HlsFeeds:
    """The feeds that somebody watches. All calls in the server's event loop."""

    def __init__(self, viewings: Viewings, clock: Clock) -> None:
        self._viewings = viewings
        self._clock = clock
        self._running: dict[Key, _Running] = {}
        self._opening = asyncio.Lock()

    async def feed(
        self, live: LivePictures, visitor: Visitor, camera: Camera, role: StreamRole, *, masked: bool, wait: bool
    ) -> Feed:
        """The feed of a rendition, audited for this visitor; with ``wait`` once it has something to show.

        Raises Unavailable when no picture comes, or too many feeds are open.
        """
        key = (camera.id, role, masked, camera.masks if masked else ())
        async with self._opening:
            running = self._alive(key)
            if running is None or visitor.session not in running.viewers:
                if running is None and len(self._running) >= MOST_FEEDS:
                    raise Unavailable("Too many pictures are open.", "Đang mở quá nhiều hình trực tiếp.")
                now_s = self._clock.monotonic_s()
                viewer = _Viewer(visitor, camera, now_s, now_s)
                await to_thread.run_sync(self._audit, "live", viewer, key, None)
                running = self._alive(key) or self._begin(key, live(camera, role, masked=masked))
                running.viewers[visitor.session] = viewer
            running.viewers[visitor.session].seen_s = self._clock.monotonic_s()
        if wait and not running.feed.segments:
            try:
                await asyncio.wait_for(running.news.wait(), FIRST_WAIT_S)
            except TimeoutError:
                raise Unavailable("The camera shows no picture now.", "Camera hiện không có hình.") from None
        return running.feed

    def _alive(self, key: Key) -> _Running | None:
        running = self._running.get(key)
        return running if running is not None and not running.task.done() else None

    def _begin(self, key: Key, parts: AsyncGenerator[LivePart]) -> _Running:
        feed, news = Feed(), asyncio.Event()
        running = _Running(feed, asyncio.ensure_future(self._run(key, feed, news, parts)), news)
        self._running[key] = running
        return running

    async def _run(self, key: Key, feed: Feed, news: asyncio.Event, parts: AsyncGenerator[LivePart]) -> None:
        """Until nobody has asked for a while."""
        filling = asyncio.ensure_future(_fill(feed, news, parts, masked=key[2]))
        try:
            while not filling.done():
                await asyncio.wait({filling}, timeout=1.0)
                await self._reap(key)
                running = self._running.get(key)
                if running is None or not running.viewers:
                    break
        finally:
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)
            running = self._running.pop(key, None)
            for viewer in running.viewers.values() if running else ():
                await asyncio.shield(self._ended(key, viewer))

    async def _reap(self, key: Key) -> None:
        running = self._running.get(key)
        if running is None:
            return
        now_s = self._clock.monotonic_s()
        for session, viewer in list(running.viewers.items()):
            if now_s - viewer.seen_s > IDLE_S:
                del running.viewers[session]
                await self._ended(key, viewer)

    async def _ended(self, key: Key, viewer: _Viewer) -> None:
        length_s = round(viewer.seen_s - viewer.began_s, 1)
        await to_thread.run_sync(self._audit, "live_end", viewer, key, length_s)

    def _audit(self, act: str, viewer: _Viewer, key: Key, length_s: float | None) -> None:
        detail: dict[str, str | int | float | bool | None] = {"stream": key[1].value, "by": "hls"}
        if length_s is not None:
            detail["seconds"] = length_s
        try:
            self._viewings.note(viewer.visitor, viewer.camera, act, masked=key[2], detail=detail)
        except MatphoError:
            if act == "live":  # whoever has lost the right meanwhile gets no further row; the first one stands
                raise

    async def close(self) -> None:
        """End every feed."""
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _fill(feed: Feed, news: asyncio.Event, parts: AsyncGenerator[LivePart], *, masked: bool) -> None:
    async with aclosing(parts):
        async for part in parts:
            if masked and isinstance(part, LiveInit) and not part.masked:
                return  # never a byte of an uncovered picture
            if feed.take(part):
                news.set()
