"""Which rules a camera gets, and settings that do not fit."""

from dataclasses import fields
from typing import Any

import pytest
from tests.unit.rules.scenes import LEFT_HALF, t

from matpho.domain.camera import PURPOSE_RULES, RULE_SETTINGS, Camera, Purpose, Zone
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.rule_setting import Unit, bounds_of
from matpho.errors import BadCameraFile
from matpho.rules.defaults import defaults_of
from matpho.rules.figures import length, moment
from matpho.rules.table import CAMERA_RULES, ZONE_RULES, rules_for, without_rule

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
    assert set(ZONE_RULES) == set(RULE_SETTINGS)
    for kind, rule in ZONE_RULES.items():
        assert {f.name for f in fields(rule.settings)} == {"enabled", *RULE_SETTINGS[kind]}


def test_what_a_rule_goes_by_of_itself_lies_within_the_bounds_of_its_settings():
    assert defaults_of("wrong_way") == {"min_duration_s": 0.6, "min_advance": 1.0}
    assert defaults_of("littering") == {}
    for kind in ZONE_RULES:
        for name, value in defaults_of(kind).items():
            assert bounds_of(name).hold(value), (kind, name)


@pytest.mark.parametrize(
    ("name", "unit", "outside"),
    [
        ("min_duration_s", Unit.SECONDS, 86_401),
        ("min_area_m2", Unit.SQUARE_METRES, -1),
        ("min_free_m", Unit.METRES, 5000),
        ("min_share", Unit.SHARE, 1.01),
        ("min_people", Unit.COUNT, 0),
        ("min_advance", Unit.BODIES, 101),
    ],
)
def test_a_setting_has_a_unit_and_bounds(name: str, unit: Unit, outside: float):
    bounds = bounds_of(name)
    assert bounds.unit is unit
    assert bounds.hold(bounds.least)
    assert bounds.hold(bounds.most)
    assert not bounds.hold(outside)
    assert not bounds.hold(float("nan"))


def test_figures_read_as_people_write_them():
    assert length(24.4).vi == "24 giây"
    assert length(320).vi == "5 phút 20 giây"
    assert length(3 * 3600 + 60).en == "3 h 1 min"
    assert moment(t(14.8), None).vi == "giây 14,8"
