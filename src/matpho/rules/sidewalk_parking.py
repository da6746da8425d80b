"""Sidewalk parking: a motorbike, bicycle or vehicle stands on the sidewalk."""

from matpho.domain.words import Said
from matpho.rules.parking import ParkedVehicles, ParkingSettings
from matpho.rules.rule import Place
from matpho.rules.settings import settings_of

KIND = "sidewalk_parking"
_WHERE = Said("đỗ trên vỉa hè", "has stood on the sidewalk")


class SidewalkParking(ParkedVehicles):
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, KIND, settings_of(place.zone, KIND, ParkingSettings), _WHERE)
