"""What each rule at a zone goes by where nobody has set anything."""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from matpho.domain.camera import RULE_SETTINGS
from matpho.rules import (
    crowd,
    fight,
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
from matpho.rules.settings import RuleSettings

ZONE_SETTINGS: Mapping[str, type[RuleSettings]] = MappingProxyType(
    {
        illegal_dumping.KIND: illegal_dumping.DumpingSettings,
        unattended_object.KIND: unattended_object.UnattendedSettings,
        sidewalk_encroachment.KIND: sidewalk_encroachment.EncroachmentSettings,
        sidewalk_parking.KIND: sidewalk_parking.SidewalkParkingSettings,
        illegal_parking.KIND: illegal_parking.IllegalParkingSettings,
        stopped_vehicle.KIND: stopped_vehicle.StoppedSettings,
        stopped_on_crosswalk.KIND: stopped_on_crosswalk.CrosswalkSettings,
        riding_on_sidewalk.KIND: riding_on_sidewalk.RidingSettings,
        intrusion.KIND: intrusion.IntrusionSettings,
        rubbish_heap.KIND: rubbish_heap.HeapSettings,
        obstruction.KIND: obstruction.ObstructionSettings,
        red_light.KIND: red_light.RedLightSettings,
        jump_start.KIND: jump_start.JumpStartSettings,
        wrong_way.KIND: wrong_way.WrongWaySettings,
        crowd.KIND: crowd.CrowdSettings,
        fight.KIND: fight.FightSettings,
        person_down.KIND: person_down.PersonDownSettings,
    }
)
"""The settings of each kind that a rule finds at a zone; they name what RULE_SETTINGS names."""


def defaults_of(kind: str) -> dict[str, float]:
    """The numbers of a kind's rule in the order in which a camera file names them; a kind without a rule has none."""
    known = ZONE_SETTINGS.get(kind)
    if known is None:
        return {}
    told = {f.name: f.default for f in fields(known)}
    return {name: float(told[name]) for name in RULE_SETTINGS[kind]}  # type: ignore[arg-type]
