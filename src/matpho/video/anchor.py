"""The wall clock of a connection: one offset between the stream's time stamps and ours, held steady.

A packet cannot arrive before it was captured, and of many packets some arrive almost at once: so the smallest
difference "arrival minus time stamp" is the best offset known (the minimum filter of NTP, RFC 5905 section 10).
At connect a library or a camera may hand over a backlog in one burst; packets are therefore held until the burst
is over and the offset is taken from all of them.
"""

from collections import deque
from collections.abc import Sequence

from matpho.domain.time import SECOND, Instant

DRIFT_S = 0.5  # a larger error is corrected, at the next key frame
WINDOW_S = 30.0
STRAY = 200e-6  # no crystal strays more: whatever grows faster than this is lateness, not drift


class StreamClock:
    """Maps time stamps (ns) of one connection to instants.

    ``observe`` every packet and ask ``instant``. ``drifted_ns`` is the error that the caller may ``correct`` at a
    key frame; nothing moves otherwise, so that segments of one connection touch exactly.
    """

    def __init__(self, seen: Sequence[tuple[int, Instant]]) -> None:
        """Anchor by the first packets: pairs of time stamp (ns) and arrival; at least one."""
        self._offset = min(arrived - stamp for stamp, arrived in seen)
        self._recent: deque[tuple[float, int]] = (
            deque()
        )  # (monotonic s, difference): differences rise (sliding minimum)
        self._since: float | None = None
        self._quickest = self._offset  # the smallest difference, growing as fast as a crystal may stray
        self._quickest_s: float | None = None
        self.camera_offset_ms: float | None = None

    def observe(self, stamp_ns: int, arrived: Instant, monotonic_s: float, camera_at: Instant | None = None) -> None:
        """Note when a packet came, and what the camera's own clock says of it."""
        if self._since is None:
            self._since = monotonic_s
        difference = arrived - stamp_ns
        self._note_quickest(difference, monotonic_s)
        while self._recent and self._recent[-1][1] >= difference:
            self._recent.pop()
        self._recent.append((monotonic_s, difference))
        while self._recent[0][0] < monotonic_s - WINDOW_S:
            self._recent.popleft()
        if camera_at is not None:
            self.camera_offset_ms = (camera_at - self.instant(stamp_ns)) / 1e6

    def _note_quickest(self, difference: int, monotonic_s: float) -> None:
        if self._quickest_s is not None:
            self._quickest += round((monotonic_s - self._quickest_s) * STRAY * SECOND)
        self._quickest_s = monotonic_s
        self._quickest = min(self._quickest, difference)

    def late_ns(self, stamp_ns: int, arrived: Instant) -> int:
        """How much later than the quickest packets of the connection this observed one came; 0 for the quickest.

        The comparison forgets only as slowly as crystals stray: a reader that stays behind stays late by it.
        """
        return arrived - stamp_ns - self._quickest

    def instant(self, stamp_ns: int) -> Instant:
        """When the picture with this time stamp was captured."""
        return Instant(stamp_ns + self._offset)

    @property
    def drifted_ns(self) -> int:
        """By how much instants are too early (positive) or too late (negative); 0 within the tolerance.

        Too late is certain from one packet (it would have come before it was captured). Too early is believed only
        after a whole window of late packets, for a network may be slow for a while.
        """
        if self._since is None:
            return 0
        error = self._recent[0][1] - self._offset
        late_for_long = self._recent[-1][0] - self._since >= WINDOW_S
        if error < -DRIFT_S * SECOND or (error > DRIFT_S * SECOND and late_for_long):
            return error
        return 0

    def correct(self) -> None:
        """Move the anchor by ``drifted_ns``."""
        self._offset += self.drifted_ns
        self._since = None
        self._recent.clear()
        self._quickest = self._offset
