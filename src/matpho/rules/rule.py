"""The rule port: what every rule is given and what it may say."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol, runtime_checkable

from matpho.domain.camera import Camera, Zone
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene
from matpho.domain.time import Instant


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule watches. ``zone`` is None for rules of the whole camera.

    ``local`` is the ward's time zone, or None when a file without a wall clock is analysed: then permitted and closed
    hours of the whole day still hold, and any other hours are read from midnight at the first frame.
    """

    camera: Camera
    zone: Zone | None
    local: tzinfo | None
    run: str  # makes hit ids unique across restarts: the analysis run's own id


class Rule(Protocol):
    """Watches one place. Keeps its own state; sees nothing but scenes."""

    def update(self, scene: Scene) -> list[RuleHit]:
        """What became worth saying at this scene: new hits, longer ones (same id), and ended ones."""
        ...

    def finish(self, at: Instant) -> list[RuleHit]:
        """The stream is over: end what is open. The end of a file is no outage."""
        ...


@runtime_checkable
class Waiting(Rule, Protocol):
    """A rule that also has something to say while no scene comes."""

    def arrived(self, at: Instant) -> None:
        """A picture was taken at ``at`` that nobody had the time to look at."""
        ...

    def silent(self, at: Instant) -> list[RuleHit]:
        """No picture has come up to ``at``; called about once a second."""
        ...
