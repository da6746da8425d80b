"""Which rules a camera gets: its zones' purposes switch them on (design §4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType

from matpho.domain.camera import PURPOSE_RULES, Camera
from matpho.domain.permit import DECIDED_KINDS
from matpho.rules import (
    camera_outage,
    camera_tampering,
    crowd,
    fight,
    fire_smoke,
    illegal_dumping,
    illegal_parking,
    intrusion,
    jump_start,
    obstruction,
    person_down,
    red_light,
    riding_on_sidewalk,
    rubbish_heap,
    sidewalk_encroachment,
    sidewalk_parking,
    stopped_on_crosswalk,
    stopped_vehicle,
    unattended_object,
    wrong_way,
)
from matpho.rules.decided import Decided
from matpho.rules.rule import Place, Rule
from matpho.rules.settings import RuleSettings


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """What a kind takes at a zone: how its rule is made, and the class of its settings."""

    make: Callable[[Place], Rule]
    settings: type[RuleSettings]


ZONE_RULES: Mapping[str, ZoneRule] = MappingProxyType(
    {
        illegal_dumping.KIND: ZoneRule(illegal_dumping.IllegalDumping, illegal_dumping.DumpingSettings),
        unattended_object.KIND: ZoneRule(unattended_object.UnattendedObject, unattended_object.UnattendedSettings),
        sidewalk_encroachment.KIND: ZoneRule(
            sidewalk_encroachment.SidewalkEncroachment, sidewalk_encroachment.EncroachmentSettings
        ),
        sidewalk_parking.KIND: ZoneRule(sidewalk_parking.SidewalkParking, sidewalk_parking.SidewalkParkingSettings),
        illegal_parking.KIND: ZoneRule(illegal_parking.IllegalParking, illegal_parking.IllegalParkingSettings),
        stopped_vehicle.KIND: ZoneRule(stopped_vehicle.StoppedVehicle, stopped_vehicle.StoppedSettings),
        riding_on_sidewalk.KIND: ZoneRule(riding_on_sidewalk.RidingOnSidewalk, riding_on_sidewalk.RidingSettings),
        stopped_on_crosswalk.KIND: ZoneRule(
            stopped_on_crosswalk.StoppedOnCrosswalk, stopped_on_crosswalk.CrosswalkSettings
        ),
        intrusion.KIND: ZoneRule(intrusion.Intrusion, intrusion.IntrusionSettings),
        rubbish_heap.KIND: ZoneRule(rubbish_heap.RubbishHeap, rubbish_heap.HeapSettings),
        obstruction.KIND: ZoneRule(obstruction.Obstruction, obstruction.ObstructionSettings),
        red_light.KIND: ZoneRule(red_light.RedLight, red_light.RedLightSettings),
        jump_start.KIND: ZoneRule(jump_start.JumpStart, jump_start.JumpStartSettings),
        wrong_way.KIND: ZoneRule(wrong_way.WrongWay, wrong_way.WrongWaySettings),
        crowd.KIND: ZoneRule(crowd.Crowd, crowd.CrowdSettings),
        fight.KIND: ZoneRule(fight.Fight, fight.FightSettings),
        person_down.KIND: ZoneRule(person_down.PersonDown, person_down.PersonDownSettings),
    }
)
"""The kinds that a rule finds at a zone; their settings name what RULE_SETTINGS names."""

CAMERA_RULES: Mapping[str, Callable[[Place], Rule]] = MappingProxyType(
    {
        camera_tampering.KIND: camera_tampering.CameraTampering,
        camera_outage.KIND: camera_outage.CameraOutage,
        fire_smoke.KIND: fire_smoke.FireSmoke,
    }
)
"""The kinds that a rule finds for the camera as a whole."""


def rules_for(camera: Camera, run: str, local: tzinfo | None) -> list[Rule]:
    """The rules of a camera. ``run`` makes hit ids unique; ``local`` is the ward's zone, None for a file.

    Raises BadCameraFile when a zone's override does not fit its rule's settings.
    """
    rules: list[Rule] = []
    for zone in camera.zones:
        for kind in PURPOSE_RULES[zone.purpose]:
            enabled = zone.rules.get(kind, {}).get("enabled", True)
            if kind not in ZONE_RULES or not enabled:
                continue
            place = Place(camera, zone, local, run)
            make = ZONE_RULES[kind].make
            rules.append(Decided(kind, place, make) if kind in DECIDED_KINDS else make(place))
    return rules + [make(Place(camera, None, local, run)) for make in CAMERA_RULES.values()]


def without_rule(camera: Camera) -> tuple[str, ...]:
    """The purposes of this camera's zones for which no rule exists yet: accepted, watched by nobody."""
    silent = {
        str(zone.purpose)
        for zone in camera.zones
        if PURPOSE_RULES[zone.purpose] and not any(kind in ZONE_RULES for kind in PURPOSE_RULES[zone.purpose])
    }
    return tuple(sorted(silent))
