"""A poor picture and a clock that is off become one incident each, with why and end; other troubles do not."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from matpho.casework.health.alarms import Manners
from matpho.casework.health.commands import NoteProblems
from matpho.casework.health.incidents import TOLD_AS
from matpho.casework.health.trouble import TROUBLES
from matpho.domain.kinds import KINDS, KindGroup
from matpho.domain.people import PROGRAM
from matpho.testing.builders import at, camera

pytestmark = pytest.mark.unit

MANNERS = Manners(zone=ZoneInfo("UTC"))
CAMERA = f"camera:{camera().id}"


def note(office, *raised, changed=()):
    office.desk.handle(NoteProblems(raised=tuple(raised), changed=tuple(changed), manners=MANNERS), PROGRAM)


def open_problem(office):
    with office.store.read() as unit:
        return unit.health.open_problems()[0]


def test_a_clock_that_is_off_is_one_incident_that_ends_with_the_trouble(office):
    note(office, (CAMERA, "clock", at(0), {"offset_s": 125.0}))
    (incident,) = office.incidents()
    assert (incident.kind, incident.camera_id, incident.end) == ("clock_drift", camera().id, None)
    assert incident.start == at(0)
    assert "nhanh 2,1 phút" in incident.why.vi
    note(office, (CAMERA, "clock", at(10), {"offset_s": 125.0}))
    note(office, changed=[replace(open_problem(office), until=at(90))])
    (ended,) = office.incidents()
    assert (ended.id, ended.end) == (incident.id, at(90))


def test_a_frozen_picture_is_poor_quality(office):
    note(office, (CAMERA, "frozen", at(0), {"frozen_s": 60.0}))
    (incident,) = office.incidents()
    assert incident.kind == "picture_quality"


def test_what_a_rule_tells_already_is_not_told_twice(office):
    covered, away = (CAMERA, "covered", at(0), {}), (CAMERA, "offline", at(0), {})
    note(office, covered, away)
    assert office.incidents() == ()


def test_trouble_of_the_machine_or_of_a_camera_that_is_gone_is_no_incident(office):
    note(office, ("disk", "disk_full", at(0), {}), ("camera:khong-co", "clock", at(0), {"offset_s": 9.0}))
    assert office.incidents() == ()


def test_every_kind_told_is_of_the_equipment():
    assert set(TOLD_AS) <= set(TROUBLES)
    assert all(KINDS[kind].group is KindGroup.TB for kind in TOLD_AS.values())
