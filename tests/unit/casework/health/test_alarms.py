"""When people are told."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from matpho.casework.health import alarms
from matpho.casework.health.alarms import Manners, Telling
from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import Severity
from matpho.domain.camera import Hours
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

UTC = ZoneInfo("UTC")
BY_DAY = Manners(zone=UTC)
NIGHT = Manners(zone=UTC, quiet=Hours(time(22), time(6)))  # the builders' noon is midnight UTC


def problem(severity=Severity.URGENT, **more):
    return Problem(id="p", trouble="offline", subject="camera:a", severity=severity, since=at(0), raised=at(60), **more)


def test_an_urgent_one_is_told_at_once_and_a_notice_only_on_the_page():
    after, told = alarms.raised(problem(), BY_DAY, at(60))
    assert (told.why, after.told, after.told_at) == (Telling.RAISED, 1, at(60))
    assert alarms.raised(problem(Severity.NOTICE), BY_DAY, at(60))[1] is None


def test_by_night_it_waits_for_the_digest():
    queued, told = alarms.raised(problem(), NIGHT, at(60))
    assert told is None
    assert queued.queued
    assert alarms.digest([queued], NIGHT, at(5 * 3600)) is None
    morning = alarms.digest([queued], NIGHT, at(6 * 3600))
    assert morning.why is Telling.DIGEST
    assert (morning.problems[0].queued, morning.problems[0].told) == (False, 1)
    assert alarms.digest([], NIGHT, at(6 * 3600)) is None
    always = Manners(zone=UTC, quiet=NIGHT.quiet, urgent_always=True)
    assert alarms.raised(problem(), always, at(60))[1] is not None


def test_the_end_is_told_to_whom_the_beginning_was():
    assert alarms.cleared(problem(told=1), BY_DAY, at(90)).why is Telling.CLEARED
    assert alarms.cleared(problem(queued=True), BY_DAY, at(90)) is None
    assert alarms.cleared(problem(), BY_DAY, at(90)) is None


def test_reminders_until_somebody_answers_and_never_for_ever():
    told = problem(told=1, told_at=at(0))
    day = 24 * 3600
    assert alarms.reminders([told], BY_DAY, at(day - 1)) == ()
    (again,) = alarms.reminders([told], BY_DAY, at(day))
    assert (again.why, again.problems[0].told) == (Telling.REMINDER, 2)
    assert alarms.reminders([problem(told=1, told_at=at(0), acknowledged_at=at(5))], BY_DAY, at(day)) == ()
    assert alarms.reminders([problem(told=6, told_at=at(0))], BY_DAY, at(day)) == ()
