"""Stopped vehicle: something on wheels stands on the roadway and waits in no queue: a breakdown, a blocked lane."""

from dataclasses import dataclass

from matpho.domain.words import Said
from matpho.rules.parking import ParkedVehicles, ParkingSettings
from matpho.rules.queueing import Queueing
from matpho.rules.rule import Place
from matpho.rules.settings import settings_of

KIND = "stopped_vehicle"
_WHERE = Said("dừng trên lòng đường", "has stood on the roadway")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedSettings(ParkingSettings):
    """A minute: sooner than parking, because a lane is blocked; longer than letting somebody off takes."""

    min_duration_s: float = 60.0


class StoppedVehicle(ParkedVehicles):
    """The rule at one zone."""

    def __init__(self, place: Place) -> None:
        settings = settings_of(place.zone, KIND, StoppedSettings)
        super().__init__(place, KIND, settings, _WHERE, Queueing(place.camera))
