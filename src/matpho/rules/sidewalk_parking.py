"""Sidewalk parking: a motorbike, bicycle or vehicle stands on the sidewalk."""

from dataclasses import dataclass

from matpho.domain.words import Said
from matpho.rules.parking import ParkedVehicles, ParkingSettings
from matpho.rules.rule import Place
from matpho.rules.settings import settings_of

KIND = "sidewalk_parking"
_WHERE = Said("đỗ trên vỉa hè", "has stood on the sidewalk")


@dataclass(frozen=True, slots=True, kw_only=True)
class SidewalkParkingSettings(ParkingSettings):
    """Two minutes: who lets somebody off is gone by then."""

    min_duration_s: float = 120.0


class SidewalkParking(ParkedVehicles):
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, KIND, settings_of(place.zone, KIND, SidewalkParkingSettings), _WHERE)
