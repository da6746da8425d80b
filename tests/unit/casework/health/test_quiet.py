"""Quiet hours set on the page: by whom, what the trail says, and that they hold at once."""

import pytest

from matpho.casework.health.commands import SetQuietHours
from matpho.casework.health.quiet import NOTE, quiet_of
from matpho.domain.people import PROGRAM
from matpho.domain.quiet import QuietHours, read_quiet
from matpho.domain.words import Said
from matpho.errors import BadInput, NotAllowed

pytestmark = pytest.mark.unit
FILE = QuietHours(hours=read_quiet("23:00-05:00", Said("tệp", "file")))


def holds(office):
    with office.store.read() as unit:
        return quiet_of(unit, FILE)


def put(office, hours, login="admin", **more):
    office.desk.handle(SetQuietHours(hours=hours, **more), office.actor(login))


def told(office):
    return [row.detail for row in office.trail() if row.action == "set_quiet_hours"]


def test_those_of_the_file_hold_until_others_are_set_and_again_when_that_is_wished(office):
    assert (holds(office).now, holds(office).own) == (FILE, False)
    put(office, "22:00-06:00", urgent_always=True)
    assert (holds(office).now.text, holds(office).now.urgent_always, holds(office).own) == ("22:00-06:00", True, True)
    assert holds(office).file == FILE
    put(office, "")
    assert (holds(office).now, holds(office).own) == (QuietHours(), True), "none is a wish too"
    put(office, None)
    assert (holds(office).now, holds(office).own) == (FILE, False)
    assert told(office) == [
        {"old": "matpho.toml", "new": "22:00-06:00", "urgent_always": True},
        {"old": "22:00-06:00", "new": "–", "urgent_always": False},
        {"old": "–", "new": "matpho.toml"},
    ]


def test_the_same_again_is_no_change(office):
    put(office, "22:00-06:00")
    put(office, " 22:00 - 6:00 ")
    assert len(told(office)) == 1


@pytest.mark.parametrize("login", ["observer", "officer", "supervisor"])
def test_only_an_administrator_may(office, login):
    with pytest.raises(NotAllowed):
        put(office, "22:00-06:00", login)
    with pytest.raises(NotAllowed):
        office.desk.handle(SetQuietHours(hours="22:00-06:00"), PROGRAM)
    assert not holds(office).own


@pytest.mark.parametrize("hours", ["22:00-22:00", "late", "00:00-24:00", "26:00-06:00"])
def test_what_does_not_fit_changes_nothing(office, hours):
    put(office, "21:00-05:00")
    with pytest.raises(BadInput):
        put(office, hours)
    assert holds(office).now.text == "21:00-05:00"
    assert len(told(office)) == 1


def test_where_the_word_on_them_is_damaged_the_file_s_hold_and_others_can_be_set(office):
    with office.store.write() as unit:
        unit.notes.put(NOTE, "{")
    assert (holds(office).now, holds(office).own) == (FILE, False)
    put(office, "22:00-06:00")
    assert holds(office).now.text == "22:00-06:00"
    assert told(office)[0]["old"] == "?"
