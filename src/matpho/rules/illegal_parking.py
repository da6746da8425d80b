"""Illegal parking: a motorbike, bicycle or vehicle stands where parking is forbidden, and waits in no queue."""

from dataclasses import dataclass

from matpho.domain.words import Said
from matpho.rules.parking import ParkedVehicles, ParkingSettings
from matpho.rules.queueing import Queueing
from matpho.rules.rule import Place
from matpho.rules.settings import settings_of

KIND = "illegal_parking"
_WHERE = Said("đỗ ở nơi cấm đỗ", "has stood where parking is forbidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class IllegalParkingSettings(ParkingSettings):
    """Two minutes: who loads for a moment is gone by then."""

    min_duration_s: float = 120.0


class IllegalParking(ParkedVehicles):
    """The rule at one zone. Who loads for a minute or two is not told: ``min_duration_s``."""

    def __init__(self, place: Place) -> None:
        settings = settings_of(place.zone, KIND, IllegalParkingSettings)
        super().__init__(place, KIND, settings, _WHERE, Queueing(place.camera))
