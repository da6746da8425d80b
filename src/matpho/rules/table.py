"""Which rules a camera gets: its zones' purposes switch them on (design §4)."""

from collections.abc import Callable, Mapping
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

ZONE_RULES: Mapping[str, Callable[[Place], Rule]] = MappingProxyType(
    {
        illegal_dumping.KIND: illegal_dumping.IllegalDumping,
        unattended_object.KIND: unattended_object.UnattendedObject,
        sidewalk_encroachment.KIND: sidewalk_encroachment.SidewalkEncroachment,
        sidewalk_parking.KIND: sidewalk_parking.SidewalkParking,
        illegal_parking.KIND: illegal_parking.IllegalParking,
        stopped_vehicle.KIND: stopped_vehicle.StoppedVehicle,
        riding_on_sidewalk.KIND: riding_on_sidewalk.RidingOnSidewalk,
        stopped_on_crosswalk.KIND: stopped_on_crosswalk.StoppedOnCrosswalk,
        intrusion.KIND: intrusion.Intrusion,
        rubbish_heap.KIND: rubbish_heap.RubbishHeap,
        obstruction.KIND: obstruction.Obstruction,
        red_light.KIND: red_light.RedLight,
        jump_start.KIND: jump_start.JumpStart,
        wrong_way.KIND: wrong_way.WrongWay,
        crowd.KIND: crowd.Crowd,
        fight.KIND: fight.Fight,
        person_down.KIND: person_down.PersonDown,
    }
)
"""The kinds that a rule finds at a zone."""

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
            make = ZONE_RULES[kind]
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
