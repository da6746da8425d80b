"""Pictures of search results: kept while in demand, made two at a time, audited with the search that showed them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

_ROOM_BYTES = 24_000_000
_OFFERED = 20_000


class TrackThumbs:
    """What was made lately, and which pictures each session was offered by an audited search."""

    def __init__(self, room_bytes: int = _ROOM_BYTES) -> None:
        self._room = room_bytes
        self._bytes = 0
        self._made: OrderedDict[Hashable, bytes] = OrderedDict()
        self._offered: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.BoundedSemaphore(2)

    def offer(self, session: str, urls: list[str]) -> None:
        """Remember that a search, audited as a whole, showed these."""
        with self._lock:
            for url in urls:
                self._offered[session, url] = None
                self._offered.move_to_end((session, url))
            while len(self._offered) > _OFFERED:
                self._offered.popitem(last=False)

    def offered(self, session: str, url: str) -> bool:
        """Whether the viewing of this picture is in the audit trail already."""
        with self._lock:
            return (session, url) in self._offered

    def of(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The picture of a key, made when it is not at hand; raises what ``make`` raises."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        with self._making:
            picture = make()
        with self._lock:
            if key not in self._made:
                self._bytes += len(picture)
            self._made[key] = picture
            while self._bytes > self._room:
                self._bytes -= len(self._made.popitem(last=False)[1])
        return picture
