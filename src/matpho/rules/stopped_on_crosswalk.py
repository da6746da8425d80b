"""Stopped on a crosswalk: vehicles or motorbikes stand where people should cross. One hit per group, while it lasts.

Motorbikes at a red light stop on the zebra by the dozen, and one comes as another goes. To whoever has to look at it
that is one thing that happened, from the first that stood there to the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene
from matpho.domain.time import SECOND, Instant, after
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.parking import NAMES, around, share_in
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of
from matpho.rules.standing import Stand, StandingVehicles
from matpho.rules.telling import RETELL_S, Teller

KIND = "stopped_on_crosswalk"
CLEAR_S = 5.0  # nobody has stood on it for this long: the episode is over
GROWN_S = 3.0  # a group that grows is told again at most this often


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkSettings(RuleSettings):
    """Five seconds: longer than braking for somebody who steps out, shorter than waiting for a green light.

    ``min_share``: how much of the standing part must be on the crosswalk; a front wheel on it is no offence.
    """

    min_duration_s: float = 5.0
    min_share: float = 0.5


@dataclass(slots=True)
class _Episode:
    """A group that stands on the crosswalk: as told last, and when somebody last stood there."""

    hit: RuleHit
    last: Instant
    most: int = 1
    longest_s: float = 0.0


class StoppedOnCrosswalk:
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings = settings_of(place.zone, KIND, CrosswalkSettings)
        self._teller = Teller(place, KIND)
        self._standing = StandingVehicles(around(place.zone))
        self._episode: _Episode | None = None

    def update(self, scene: Scene) -> list[RuleHit]:
        """The group on the crosswalk, where it became worth saying."""
        blocking = [s for s in self._standing.update(scene) if self._blocks(s)]
        if not blocking:
            over = self._episode is not None and scene.at > after(self._episode.last, CLEAR_S)
            return self._end() if over else []
        since = min(s.since for s in blocking)
        longest_s = max(s.stood_s for s in blocking)
        episode = self._episode
        if episode is None:
            hit = self._tell(blocking, since, scene.at, longest_s, len(blocking))
            self._episode = _Episode(hit, max(s.seen_at for s in blocking), len(blocking), longest_s)
            return [hit]
        episode.last = max(episode.last, *(s.seen_at for s in blocking))
        grown = len(blocking) > episode.most
        episode.longest_s = max(episode.longest_s, longest_s)
        if scene.at - episode.hit.at < (GROWN_S if grown else RETELL_S) * SECOND:
            return []
        episode.most = max(episode.most, len(blocking))
        episode.hit = self._tell(blocking, min(since, episode.hit.start), scene.at, episode.longest_s, episode.most)
        return [episode.hit]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        del at  # the last of them was seen when it was seen
        return self._end()

    def _blocks(self, stand: Stand) -> bool:
        zone, told = self._place.zone, self._settings
        if zone is None or stand.gone or stand.hidden or stand.stood_s < told.min_duration_s:
            return False
        return share_in(zone, stand) >= told.min_share

    def _end(self) -> list[RuleHit]:
        episode, self._episode = self._episode, None
        if episode is None:
            return []
        end = max(episode.last, episode.hit.start)
        return [replace(episode.hit, at=max(episode.hit.at, end), end=end)]

    def _tell(self, blocking: Sequence[Stand], since: Instant, at: Instant, longest_s: float, most: int) -> RuleHit:
        known = self._episode.hit if self._episode else None
        begun, long = figures.moment(since, self._place.local), figures.length(longest_s)
        who = NAMES[blocking[0].group] if most == 1 else Said(f"{most} xe", f"{most} vehicles")
        have = "has" if most == 1 else "have"
        box = blocking[0].box
        for stand in blocking[1:]:
            box = box.join(stand.box)
        return self._teller.hit(
            known.id if known else self._teller.new_id(),
            thing=known.thing if known else blocking[0].thing,
            span=(since, at, None),
            box=box,
            score=max(s.score for s in blocking),
            why=Said(
                f"{who.vi} dừng trên vạch qua đường từ {begun.vi}, lâu nhất {long.vi}.",
                f"{who.en} {have} stood on the crosswalk since {begun.en}, the longest for {long.en}.",
            ),
            figures={"dwell_s": longest_s, "vehicles": float(most)},
            tracks=tuple(s.track for s in blocking if s.track is not None),
        )
