"""Rules that sleep unless a decision of the ward is in force (law 10): expiry by the clock needs nobody."""

from collections.abc import Callable

from matpho.domain.camera import Zone
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene
from matpho.domain.permit import allows
from matpho.domain.time import Instant
from matpho.rules.rule import Place, Rule


class Decided:
    """One such rule at one zone. A file has no ward: there the camera file's own switch decides."""

    def __init__(self, kind: str, place: Place, make: Callable[[Place], Rule]) -> None:
        self._kind, self._place, self._make = kind, place, make
        self._rule: Rule | None = None
        make(place)  # settings that do not fit are refused now and not when a decision comes into force

    @property
    def kind(self) -> str:
        """What it would tell."""
        return self._kind

    @property
    def zone(self) -> Zone | None:
        """Where it watches."""
        return self._place.zone

    def awake(self, at: Instant) -> bool:
        """Whether it may watch at this moment."""
        zone = self._place.zone
        told = zone.rules.get(self._kind, {}).get("enabled") if zone else None
        if self._place.local is None:
            return told is True
        return told is not False and allows(self._place.camera.permits, self._kind, zone.id if zone else None, at)

    def update(self, scene: Scene) -> list[RuleHit]:
        """What the rule says while it may; what is open when it may no longer is ended, and nothing is remembered."""
        if not self.awake(scene.at):
            return self.finish(scene.at)
        self._rule = self._rule or self._make(self._place)
        return self._rule.update(scene)

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open, and forget."""
        rule, self._rule = self._rule, None
        return rule.finish(at) if rule else []
