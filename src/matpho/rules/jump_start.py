"""Jumping the green: over the stop line on red, in the last seconds before green."""

from dataclasses import dataclass

from matpho.rules.at_the_line import AtTheLine
from matpho.rules.rule import Place
from matpho.rules.settings import RuleSettings, settings_of

KIND = "jump_start"


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpStartSettings(RuleSettings):
    """``min_duration_s``: how long the lamp must have been red when the front crosses.

    ``max_before_green_s``: who crosses so shortly before green jumps it; who crosses earlier runs the red.
    """

    min_duration_s: float = 0.5
    max_before_green_s: float = 4.0


class JumpStart(AtTheLine):
    """The rule at one stop line."""

    def __init__(self, place: Place) -> None:
        told = settings_of(place.zone, KIND, JumpStartSettings)
        super().__init__(place, KIND, jumps=True, min_red_s=told.min_duration_s, window_s=told.max_before_green_s)
