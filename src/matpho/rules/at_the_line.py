"""Crossings of a stop line on red, held until it is known what they are: a red run, or a green jumped."""

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Group, LampColour, Scene
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.rule import Place
from matpho.rules.signal import Signal
from matpho.rules.stop_line import Crossing, StopLine
from matpho.rules.telling import Teller

WHO = {
    Group.TWO_WHEELER: Said("Xe hai bánh", "A two-wheeler"),
    Group.VEHICLE: Said("Ô tô", "A vehicle"),
}
UNSURE_S = 0.3  # before green, and less: neither the lamp nor the front is known so exactly
CONFIRMED_S = 0.8  # so late a change of the lamp may be known


class AtTheLine:
    """One stop line and its lamp. ``jumps``: this rule tells of greens that were jumped, else of reds that were run.

    ``min_red_s`` is how long the lamp must have been red, ``window_s`` how long before green a crossing is a jump.
    """

    def __init__(self, place: Place, kind: str, *, jumps: bool, min_red_s: float, window_s: float) -> None:
        zone = place.zone
        self._place, self._jumps = place, jumps
        self._teller = Teller(place, kind)
        self._min_red_s, self._window_s = min_red_s, window_s
        self._line = StopLine(zone.line, zone.direction) if zone and zone.line and zone.direction else None
        self._signal = Signal()
        self._held: list[Crossing] = []

    def update(self, scene: Scene) -> list[RuleHit]:
        """Crossings on red of which it has become known what they are."""
        zone = self._place.zone
        lamp = scene.lamps.get(zone.id) if zone else None
        if self._line is None or lamp is None:
            return []
        self._signal.hear(lamp, scene.at)
        self._held += self._line.update(scene)
        return self._judged(scene.at, known_until=Instant(scene.at - round(CONFIRMED_S * SECOND)))

    def finish(self, at: Instant) -> list[RuleHit]:
        """The stream is over: what was held is judged by what was seen of the lamp."""
        return self._judged(at, known_until=Instant(at + round(self._window_s * SECOND)))

    def _judged(self, at: Instant, *, known_until: Instant) -> list[RuleHit]:
        told, held = [], []
        for crossing in self._held:
            green = self._signal.next(LampColour.GREEN, crossing.at)
            window_ends = crossing.at + round(self._window_s * SECOND)
            waits = at < crossing.at + CONFIRMED_S * SECOND or self._signal.may_be_hidden(crossing.at, known_until)
            if waits or (green is None and known_until < window_ends):
                held.append(crossing)
                continue
            before_green_s = seconds(green - crossing.at) if green is not None and green <= window_ends else None
            hit = self._hit(crossing, at, before_green_s)
            told += [hit] if hit else []
        self._held = held
        return told

    def _red_s(self, crossing: Crossing) -> float | None:
        """How long the lamp had been red at the crossing; None where it was not, or not for long enough."""
        phase = self._signal.phase(crossing.at)
        if phase is None or phase.colour is not LampColour.RED:
            return None
        red_s = seconds(crossing.at - phase.since)
        return red_s if red_s >= self._min_red_s else None

    def _hit(self, crossing: Crossing, at: Instant, before_green_s: float | None) -> RuleHit | None:
        red_s = self._red_s(crossing)
        if red_s is None or (before_green_s is not None and before_green_s < UNSURE_S):
            return None
        if (before_green_s is not None) is not self._jumps:
            return None
        measured = {"red_s": red_s} | ({} if before_green_s is None else {"before_green_s": before_green_s})
        return self._teller.hit(
            self._teller.new_id(),
            thing=f"track:{crossing.track_id}",
            span=(crossing.at, at, max(crossing.cleared, crossing.at)),
            box=crossing.box,
            score=crossing.score,
            why=self._why(crossing, red_s, before_green_s),
            figures=measured,
            tracks=(crossing.track_id,),
        )

    def _why(self, crossing: Crossing, red_s: float, before_green_s: float | None) -> Said:
        who, when = WHO[crossing.group], figures.moment(crossing.at, self._place.local)
        if before_green_s is not None:
            short = figures.tenths(before_green_s)
            return Said(
                f"{who.vi} qua vạch dừng lúc {when.vi}, {short.vi} trước khi đèn xanh.",
                f"{who.en} crossed the stop line at {when.en}, {short.en} before the light turned green.",
            )
        lasted = figures.length(red_s)
        return Said(
            f"{who.vi} qua vạch dừng lúc {when.vi}, khi đèn đã đỏ {lasted.vi}.",
            f"{who.en} crossed the stop line at {when.en}, when the light had been red for {lasted.en}.",
        )
