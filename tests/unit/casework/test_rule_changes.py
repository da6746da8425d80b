"""What the trail says when the settings of a zone's rules are changed."""

from dataclasses import replace

import pytest

from matpho.casework import commands as c
from matpho.casework.rule_changes import MOST, rule_changes
from matpho.domain.camera import Purpose, Zone
from matpho.domain.geometry import Point, Polygon
from matpho.domain.ids import ZoneId
from matpho.testing.builders import camera

pytestmark = pytest.mark.unit

AREA = Polygon((Point(0.1, 0.1), Point(0.9, 0.1), Point(0.9, 0.9)))
PLAIN = Zone(id=ZoneId("via-he"), purpose=Purpose.SIDEWALK, polygon=AREA)


def told(old, new):
    return rule_changes((replace(PLAIN, rules=old),), (replace(PLAIN, rules=new),))


def test_each_setting_is_told_with_what_it_was_and_what_it_is():
    old = {"sidewalk_parking": {"min_share": 0.5}, "obstruction": {"min_free_m": 2.0}}
    new = {"sidewalk_parking": {"min_share": 0.7, "enabled": False}}
    assert told(old, new) == (
        "via-he obstruction.min_free_m 2 → -; "
        "via-he sidewalk_parking.enabled - → false; "
        "via-he sidewalk_parking.min_share 0.5 → 0.7"
    )


def test_what_stayed_is_not_told_and_neither_is_a_zone_that_went():
    rules = {"obstruction": {"min_free_m": 2.0}}
    assert told(rules, rules) == ""
    assert rule_changes((replace(PLAIN, rules=rules),), ()) == ""
    assert rule_changes((), (replace(PLAIN, rules=rules),)) == "via-he obstruction.min_free_m - → 2"


def test_a_row_of_the_trail_stays_readable():
    zones = tuple(replace(PLAIN, id=ZoneId(f"z{n}"), rules={"intrusion": {"min_duration_s": 9.0}}) for n in range(50))
    written = rule_changes((), zones)
    assert written.count(";") == MOST
    assert written.endswith("; …")


def test_saving_zones_writes_it_into_the_trail(office):
    zones = (replace(PLAIN, rules={"sidewalk_parking": {"min_duration_s": 300.0}}),)
    office.desk.handle(c.SetZones(camera_id=camera().id, zones=zones), office.actor("supervisor"))
    assert office.trail()[-1].detail["rules"] == "via-he sidewalk_parking.min_duration_s - → 300"
    office.desk.handle(c.SetZones(camera_id=camera().id, zones=zones), office.actor("supervisor"))
    assert "rules" not in office.trail()[-1].detail
