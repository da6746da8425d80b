"""What the web layer asks of the paths to households: a port that the composition root fills."""

from collections.abc import Callable, Sequence
from typing import Protocol

from matpho.casework.uplink_records import UplinkMade, UplinkSight
from matpho.domain.uplink import Hub, Peer
from matpho.domain.uplink_check import Found


class Uplinks(Protocol):
    """The ward's paths to cameras behind household routers. All calls block.

    ``first`` hears of the path that is meant before anything is done; what it raises leaves everything as it was.
    """

    def look(self) -> UplinkSight:
        """The ward's end, without trying anything at a household. Raises Corrupt."""
        ...

    def add(self, name: str, cameras: Sequence[str], endpoint: str | None, first: Callable[[Peer], None]) -> UplinkMade:
        """Make a path; the only time that its private key is seen. Raises BadInput or StorageProblem."""
        ...

    def check(self, name: str, first: Callable[[Peer], None]) -> Found:
        """Try what answers through a path, and say what is wrong. Raises NotFound."""
        ...

    def remove(self, name: str, first: Callable[[Peer], None]) -> Hub:
        """Forget a path. Raises NotFound or StorageProblem."""
        ...
