"""Law 9: no camera is activated without a registered sign, purpose and retention."""

from dataclasses import replace
from datetime import date

import pytest

from matpho.casework.commands import AddCamera
from matpho.casework.register import GRACE_DAYS, admit, standings
from matpho.casework.register_records import AddCameras, SetRegister
from matpho.domain.ids import CameraId
from matpho.domain.register import NOTHING, RegisterEntry
from matpho.errors import BadInput, Conflict
from matpho.testing.builders import at, camera

pytestmark = pytest.mark.unit

WHOLE = RegisterEntry(purpose="Giữ vệ sinh khu chợ", sign_at=date(2026, 9, 1), retention_days=30)
NEW = camera(id=CameraId("moi"), name="Mới")


def running(office):
    return [c.id for c in office.list.written[-1]]


@pytest.mark.parametrize("lacks", [{"purpose": ""}, {"sign_at": None}, {"retention_days": None}])
def test_a_camera_runs_only_once_sign_purpose_and_retention_stand_in_the_register(office, lacks):
    admin = office.actor("admin")
    short = replace(WHOLE, **lacks)
    office.desk.handle(AddCameras(cameras=((NEW, short),)), admin)
    assert NEW.id not in running(office)
    standing = standings(office.store)[NEW.id]
    assert (standing.active, len(standing.missing)) == (False, 1)
    office.desk.handle(SetRegister(camera_id=NEW.id, entry=WHOLE), admin)
    assert NEW.id in running(office)
    assert standings(office.store)[NEW.id].active


def test_a_camera_of_which_nobody_said_anything_does_not_run(office):
    office.desk.handle(AddCamera(camera=NEW), office.actor("admin"))
    assert NEW.id not in running(office)
    assert standings(office.store)[NEW.id].missing == ("sign", "purpose", "retention")


def test_what_lets_a_camera_run_can_be_changed_but_not_taken_away(office):
    admin = office.actor("admin")
    office.desk.handle(AddCameras(cameras=((NEW, WHOLE),)), admin)
    office.desk.handle(SetRegister(camera_id=NEW.id, entry=replace(WHOLE, purpose="Giao thông")), admin)
    for lacks in ({"purpose": ""}, {"sign_at": None}, {"retention_days": None}):
        with pytest.raises(Conflict):
            office.desk.handle(SetRegister(camera_id=NEW.id, entry=replace(WHOLE, **lacks)), admin)
    assert NEW.id in running(office)
    with office.store.read() as unit:
        assert unit.register.get(NEW.id).purpose == "Giao thông"


def test_a_staged_camera_shows_nobody_and_runs(office):
    office.desk.handle(AddCamera(camera=replace(NEW, staged=True)), office.actor("admin"))
    assert NEW.id in running(office)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_retention_that_is_none_is_refused(office, days):
    with pytest.raises(BadInput, match="retention"):
        office.desk.handle(AddCameras(cameras=((NEW, replace(WHOLE, retention_days=days)),)), office.actor("admin"))


def test_a_camera_that_ran_before_goes_on_and_has_a_day_to_complete_its_entry_by(office):
    admin = office.actor("admin")
    office.desk.handle(AddCamera(camera=NEW), admin)
    with office.store.write() as unit:
        admit(unit, [NEW], office.clock.now())
    office.desk.tell_workers()
    assert NEW.id in running(office)
    standing = standings(office.store)[NEW.id]
    assert standing.active
    assert standing.complete_by is not None
    assert standing.missing == ("sign", "purpose", "retention")
    half = replace(WHOLE, sign_at=None)  # what a person says by and by takes nothing away …
    office.desk.handle(SetRegister(camera_id=NEW.id, entry=half), admin)
    assert standings(office.store)[NEW.id].complete_by == standing.complete_by
    office.clock.at = at(86_400 * (GRACE_DAYS + 5))  # … and the day going by stops no recording
    office.desk.tell_workers()
    assert NEW.id in running(office)
    office.desk.handle(SetRegister(camera_id=NEW.id, entry=WHOLE), admin)
    assert standings(office.store)[NEW.id].complete_by is None
    with pytest.raises(Conflict):
        office.desk.handle(SetRegister(camera_id=NEW.id, entry=NOTHING), admin)
