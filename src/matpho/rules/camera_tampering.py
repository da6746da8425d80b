"""Camera tampering: the picture itself is covered, out of focus, or shows another place."""

from dataclasses import dataclass, replace

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Fault, PictureState, Scene
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings
from matpho.rules.telling import RETELL_S, Teller

KIND = "camera_tampering"
FAULTS = {
    Fault.COVERED: Said("Ống kính bị che", "The lens is covered"),
    Fault.DEFOCUSED: Said("Hình bị mất nét", "The picture is out of focus"),
    Fault.TURNED: Said("Camera bị xoay sang chỗ khác", "The camera has been turned away"),
}
SURE_S = 3.0  # a fault that changes is told anew at most this often
CALM_S = 5.0  # the picture must be well for this long before the incident is over


@dataclass(frozen=True, slots=True, kw_only=True)
class TamperingSettings(RuleSettings):
    """The picture watch debounces; a further ``min_duration_s`` may be asked for."""

    min_duration_s: float = 0.0


class CameraTampering:
    """The rule of one camera."""

    def __init__(self, place: Place, settings: TamperingSettings | None = None) -> None:
        self._local = place.local
        self._settings = settings or TamperingSettings()
        self._teller = Teller(place, KIND)
        self._hit: RuleHit | None = None
        self._fault: Fault | None = None
        self._last: Instant | None = None

    def update(self, scene: Scene) -> list[RuleHit]:
        """The fault of the picture, where it became worth saying; covered, then turned, is one incident."""
        picture = scene.picture
        if picture.fault is None or picture.since is None:
            return self._calm(scene.at)
        if seconds(scene.at - picture.since) < self._settings.min_duration_s:
            return []
        self._last = scene.at
        told = self._hit
        wait_s = RETELL_S if picture.fault is self._fault else SURE_S
        if told and scene.at - told.at < wait_s * SECOND:
            return []
        self._fault = picture.fault
        self._hit = self._tell(picture, picture.fault, told.start if told else picture.since, scene.at)
        return [self._hit]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        hit, self._hit = self._hit, None
        return [replace(hit, at=max(at, hit.at), end=at)] if hit else []

    def _calm(self, at: Instant) -> list[RuleHit]:
        if self._hit is None or self._last is None or at - self._last < CALM_S * SECOND:
            return []
        hit, self._hit = self._hit, None
        return [replace(hit, at=at, end=max(self._last, hit.start))]

    def _tell(self, picture: PictureState, fault: Fault, start: Instant, at: Instant) -> RuleHit:
        name, since, lasted = FAULTS[fault], figures.moment(start, self._local), figures.length(seconds(at - start))
        return self._teller.hit(
            self._hit.id if self._hit else self._teller.new_id(),
            thing="picture",
            span=(start, at, None),
            box=None,
            score=picture.score,
            why=Said(f"{name.vi} từ {since.vi}, đã {lasted.vi}.", f"{name.en}, since {since.en}, for {lasted.en}."),
            figures={"lasted_s": seconds(at - start), "changed_share": picture.score},
        )
