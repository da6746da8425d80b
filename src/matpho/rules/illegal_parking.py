"""Illegal parking: a motorbike, bicycle or vehicle stands where parking is forbidden, and waits in no queue."""

from matpho.domain.words import Said
from matpho.rules.parking import ParkedVehicles, ParkingSettings
from matpho.rules.queueing import Queueing
from matpho.rules.rule import Place
from matpho.rules.settings import settings_of

KIND = "illegal_parking"
_WHERE = Said("đỗ ở nơi cấm đỗ", "has stood where parking is forbidden")


class IllegalParking(ParkedVehicles):
    """The rule at one zone. Who loads for a minute or two is not told: ``min_duration_s``."""

    def __init__(self, place: Place) -> None:
        settings = settings_of(place.zone, KIND, ParkingSettings)
        super().__init__(place, KIND, settings, _WHERE, Queueing(place.camera))
