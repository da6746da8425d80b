"""Which rules a camera gets, and settings that do not fit."""

from dataclasses import fields
from typing import Any

import pytest
from tests.unit.rules.scenes import LEFT_HALF, t

from matpho.domain.camera import PURPOSE_RULES, RULE_SETTINGS, Camera, Purpose, Zone
from matpho.domain.ids import CameraId, ZoneId
from matpho.errors import BadCameraFile
from matpho.rules.crowd import CrowdSettings
from matpho.rules.fight import FightSettings
from matpho.rules.figures import length, moment
from matpho.rules.illegal_dumping import DumpingSettings
from matpho.rules.illegal_parking import IllegalParkingSettings
from matpho.rules.intrusion import IntrusionSettings
from matpho.rules.jump_start import JumpStartSettings
from matpho.rules.obstruction import ObstructionSettings
from matpho.rules.person_down import PersonDownSettings
from matpho.rules.red_light import RedLightSettings
from matpho.rules.riding_on_sidewalk import RidingSettings
from matpho.rules.rubbish_heap import HeapSettings
from matpho.rules.sidewalk_encroachment import EncroachmentSettings
from matpho.rules.sidewalk_parking import SidewalkParkingSettings
from matpho.rules.stopped_on_crosswalk import CrosswalkSettings
from matpho.rules.stopped_vehicle import StoppedSettings
from matpho.rules.table import CAMERA_RULES, ZONE_RULES, rules_for, without_rule
from matpho.rules.unattended_object import UnattendedSettings
from matpho.rules.wrong_way import WrongWaySettings

pytestmark = pytest.mark.unit


def camera(purpose: Purpose, rules: dict[str, dict[str, Any]] | None = None) -> Camera:
    zone = Zone(id=ZoneId("a"), purpose=purpose, polygon=LEFT_HALF, rules=rules or {})
    return Camera(id=CameraId("c"), name="c", zones=(zone,))


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [
        (
            Purpose.SIDEWALK,
            {"SidewalkEncroachment", "SidewalkParking", "RidingOnSidewalk", "IllegalDumping", "Obstruction"},
        ),
        (Purpose.NO_DUMPING, {"IllegalDumping", "RubbishHeap"}),
        (Purpose.COLLECTION_POINT, {"IllegalDumping", "RubbishHeap"}),
        (Purpose.WATCH, {"UnattendedObject"}),
        (Purpose.RESTRICTED, {"Intrusion"}),
        (Purpose.NO_PARKING, {"IllegalParking"}),
        (Purpose.ROADWAY, {"Obstruction", "StoppedVehicle", "WrongWay"}),
        (Purpose.STOP_LINE, {"RedLight", "JumpStart"}),
        (Purpose.CROSSWALK, {"StoppedOnCrosswalk"}),
        (Purpose.PRIVACY_MASK, set()),
    ],
)
def test_a_purpose_switches_on_its_rules(purpose: Purpose, expected: set[str]):
    names = {type(rule).__name__ for rule in rules_for(camera(purpose), "r", None)}
    assert names == expected | {"CameraTampering", "CameraOutage", "FireSmoke"}


def test_a_rule_can_be_switched_off():
    names = {
        type(r).__name__ for r in rules_for(camera(Purpose.WATCH, {"unattended_object": {"enabled": False}}), "r", None)
    }
    assert "UnattendedObject" not in names


@pytest.mark.parametrize(
    "told", [{"min_duratoin_s": 3.0}, {"min_duration_s": "long"}, {"min_duration_s": True}, {"min_share": -1.0}]
)
def test_a_setting_that_does_not_fit_is_refused_by_zone_and_field(told: dict[str, Any]):
    with pytest.raises(BadCameraFile) as caught:
        rules_for(camera(Purpose.NO_DUMPING, {"illegal_dumping": told}), "r", None)
    for sentence in (caught.value.en, caught.value.vi):
        assert '"a"' in sentence
        assert f"rules.illegal_dumping.{next(iter(told))}" in sentence


def test_purposes_that_nothing_watches_are_named(monkeypatch: pytest.MonkeyPatch):
    assert without_rule(camera(Purpose.GATHERING)) == ()
    assert without_rule(camera(Purpose.SIDEWALK)) == ()
    monkeypatch.setattr("matpho.rules.table.ZONE_RULES", {})
    assert without_rule(camera(Purpose.GATHERING)) == ("gathering",)
    assert without_rule(camera(Purpose.IGNORE)) == ()


def test_every_rule_belongs_to_a_purpose_or_the_camera():
    known = {kind for kinds in PURPOSE_RULES.values() for kind in kinds}
    assert set(ZONE_RULES) <= known
    assert set(CAMERA_RULES) == {"camera_tampering", "camera_outage", "fire_smoke"}


def test_the_settings_that_a_camera_file_may_name_are_those_of_the_rules():
    known = {
        "illegal_dumping": DumpingSettings,
        "unattended_object": UnattendedSettings,
        "sidewalk_encroachment": EncroachmentSettings,
        "sidewalk_parking": SidewalkParkingSettings,
        "illegal_parking": IllegalParkingSettings,
        "stopped_vehicle": StoppedSettings,
        "stopped_on_crosswalk": CrosswalkSettings,
        "riding_on_sidewalk": RidingSettings,
        "intrusion": IntrusionSettings,
        "rubbish_heap": HeapSettings,
        "obstruction": ObstructionSettings,
        "red_light": RedLightSettings,
        "jump_start": JumpStartSettings,
        "wrong_way": WrongWaySettings,
        "crowd": CrowdSettings,
        "fight": FightSettings,
        "person_down": PersonDownSettings,
    }
    assert set(known) == set(ZONE_RULES) == set(RULE_SETTINGS)
    for kind, settings in known.items():
        assert {f.name for f in fields(settings)} == {"enabled", *RULE_SETTINGS[kind]}


def test_figures_read_as_people_write_them():
    assert length(24.4).vi == "24 giây"
    assert length(320).vi == "5 phút 20 giây"
    assert length(3 * 3600 + 60).en == "3 h 1 min"
    assert moment(t(14.8), None).vi == "giây 14,8"
