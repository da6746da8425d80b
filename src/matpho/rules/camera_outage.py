"""Camera outage: no picture has come for a while. The end of a file is no outage."""

from dataclasses import dataclass, replace

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings
from matpho.rules.telling import RETELL_S, Teller

KIND = "camera_outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageSettings(RuleSettings):
    """``min_duration_s``: a camera that reconnects within this is not worth an incident."""

    min_duration_s: float = 10.0


class CameraOutage:
    """The rule of one camera. Scenes stop when the picture does, so the worker also calls ``silent``."""

    def __init__(self, place: Place, settings: OutageSettings | None = None) -> None:
        self._local = place.local
        self._settings = settings or OutageSettings()
        self._teller = Teller(place, KIND)
        self._last: Instant | None = None
        self._hit: RuleHit | None = None

    def update(self, scene: Scene) -> list[RuleHit]:
        """A picture is here: end an outage, or tell one that nobody called while it lasted."""
        last, self._last = self._last, scene.at
        if last is None:
            return []
        if self._hit:
            hit, self._hit = self._hit, None
            return [replace(self._tell(hit.id, hit.start, scene.at), end=scene.at)]
        if seconds(scene.at - last) >= self._settings.min_duration_s:
            return [replace(self._tell(self._teller.new_id(), last, scene.at), end=scene.at)]
        return []

    def arrived(self, at: Instant) -> None:
        """A picture came that nobody had the time to look at: the hole in what was seen is not the camera's."""
        if self._last is not None and self._hit is None:
            self._last = max(self._last, at)

    def silent(self, at: Instant) -> list[RuleHit]:
        """No picture has come up to now; the first call starts the clock where none ever came."""
        if self._last is None:
            self._last = at
        if seconds(at - self._last) < self._settings.min_duration_s:
            return []
        if self._hit and at - self._hit.at < RETELL_S * SECOND:
            return []
        self._hit = self._tell(self._hit.id if self._hit else self._teller.new_id(), self._last, at)
        return [self._hit]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        hit, self._hit = self._hit, None
        return [replace(hit, at=max(at, hit.at), end=max(at, hit.start))] if hit else []

    def _tell(self, hit_id: str, start: Instant, at: Instant) -> RuleHit:
        since, lasted = figures.moment(start, self._local), figures.length(seconds(at - start))
        return self._teller.hit(
            hit_id,
            thing="stream",
            span=(start, at, None),
            box=None,
            score=1.0,
            why=Said(f"Mất hình từ {since.vi}, đã {lasted.vi}.", f"No picture since {since.en}, for {lasted.en}."),
            figures={"lasted_s": seconds(at - start)},
        )
