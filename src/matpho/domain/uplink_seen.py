"""How the paths were when WireGuard was last asked, and what may be said of each from that and from its pictures."""

from dataclasses import dataclass, replace
from enum import StrEnum

from matpho.domain.time import Instant, after, seconds
from matpho.domain.uplink import HANDSHAKE_LATE_S, Hub, PathNow, PathState, Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What WireGuard said at an instant, without any secret: of each peer its public key, handshake and bytes."""

    at: Instant
    paths: tuple[PathNow, ...] = ()

    def path(self, peer: Peer) -> PathNow | None:
        """What was said of one household; None: the running interface did not know it."""
        return next((p for p in self.paths if p.public_key == peer.public_key), None)

    def fresh(self, now: Instant) -> bool:
        """Whether it still says how the paths are: a path in use shakes hands within this time."""
        return abs(seconds(now - self.at)) <= HANDSHAKE_LATE_S

    def handshake_at(self, peer: Peer) -> Instant | None:
        """When a household last shook hands, as far as was said."""
        path = self.path(peer)
        return None if path is None or path.handshake_s is None else after(self.at, -path.handshake_s)

    def strangers(self, hub: Hub) -> int:
        """How many keys the running interface still opens to although their households were taken away."""
        known = {peer.public_key for peer in hub.peers}
        return sum(path.public_key not in known for path in self.paths)


def without_places(paths: dict[str, PathNow]) -> tuple[PathNow, ...]:
    """The paths as they may be kept: where a household called from is nobody's business later."""
    return tuple(replace(path, endpoint="") for path in paths.values())


class Standing(StrEnum):
    """How a path is, as far as it is known."""

    UP = "up"
    LATE = "late"
    NEVER = "never"
    UNKNOWN = "unknown"  # the running interface does not know this household
    UNSURE = "unsure"  # nobody has asked lately


_STANDINGS = {PathState.UP: Standing.UP, PathState.LATE: Standing.LATE, PathState.NEVER: Standing.NEVER}


def standing(peer: Peer, seen: Seen | None, now: Instant, *, live: bool = False) -> Standing:
    """How a household's path is. ``live``: a picture of one of its cameras is arriving, which no dead path brings."""
    if live:
        return Standing.UP
    if seen is None or not seen.fresh(now):
        return Standing.UNSURE
    path = seen.path(peer)
    return Standing.UNKNOWN if path is None else _STANDINGS.get(path.state, Standing.UNKNOWN)
