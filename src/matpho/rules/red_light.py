"""Running a red light: over the stop line while the lamp is red, and not just before it turns green.

What comes just before green is a kind of its own, :mod:`matpho.rules.jump_start`; that is known only afterwards, so a
crossing is told some seconds after it happened, with its true time.
"""

from dataclasses import dataclass

from matpho.rules import jump_start
from matpho.rules.at_the_line import AtTheLine
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of

KIND = "red_light"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedLightSettings(RuleSettings):
    """``min_duration_s``: how long the lamp must have been red when the front crosses."""

    min_duration_s: float = 0.5


class RedLight(AtTheLine):
    """The rule at one stop line."""

    def __init__(self, place: Place) -> None:
        told = settings_of(place.zone, KIND, RedLightSettings)
        jump = settings_of(place.zone, jump_start.KIND, jump_start.JumpStartSettings)
        super().__init__(place, KIND, jumps=False, min_red_s=told.min_duration_s, window_s=jump.max_before_green_s)
