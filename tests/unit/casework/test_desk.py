from dataclasses import replace

import pytest

from matpho.casework import commands as c
from matpho.casework.decisions import permitted
from matpho.casework.register_records import AddCameras
from matpho.domain.audit import first_break
from matpho.domain.camera import Purpose
from matpho.domain.events import CamerasChanged, EvidenceChanged, IncidentChanged, IncidentOpened, PeopleChanged
from matpho.domain.evidence import EvidenceState
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, IncidentId
from matpho.domain.incident import IncidentState, Move, RejectReason, Source
from matpho.domain.messages import HitSeen
from matpho.domain.people import PROGRAM, Actor, Role
from matpho.errors import BadInput, Conflict, NotAllowed, NotFound
from matpho.testing.builders import at, camera, hit, in_order, masked_camera

pytestmark = pytest.mark.unit

CAMERA = camera().id


def _hit_taken(office, *hits):
    with office.store.read() as unit:
        start = unit.notes.offset("j")
    facts = tuple(HitSeen(one) for one in hits)
    office.desk.handle(c.TakeFacts(journal="j", start=start, end=start + 1, facts=facts), PROGRAM)
    return office.incidents()[0]


def _decide(office, login, move, *, reason=None, version=None, note=""):
    one = office.incidents()[0]
    command = c.Decide(incident_id=one.id, version=version or one.version, move=move, reason=reason, note=note)
    return office.desk.handle(command, office.actor(login))


def test_a_hit_opens_an_incident_and_asks_for_its_evidence(office):
    opened = _hit_taken(office, hit())
    assert (opened.kind, opened.state, opened.source) == ("illegal_dumping", IncidentState.SUSPECTED, Source.RULE)
    assert isinstance(office.told[0], IncidentOpened)
    assert [e.state for e in office.told if isinstance(e, EvidenceChanged)] == [EvidenceState.MAKING] * 5


def test_one_key_confirms_a_suspected_incident_with_both_steps_on_record(office):
    _hit_taken(office, hit())
    office.told.clear()
    _decide(office, "officer", Move.CONFIRM, note="  rõ ràng ")
    one = office.incidents()[0]
    assert one.state is IncidentState.CONFIRMED
    assert [(h.action, h.note) for h in one.history[1:]] == [("start_review", ""), ("confirm", "rõ ràng")]
    assert office.told == [IncidentChanged(one.id, one.kind, CAMERA, IncidentState.CONFIRMED, one.version)]
    assert office.trail()[-1].action == "confirm"


def test_two_people_cannot_decide_on_the_same_version(office):
    seen = _hit_taken(office, hit())
    _decide(office, "officer", Move.REJECT, reason=RejectReason.PERMITTED)
    with pytest.raises(Conflict) as moved:
        _decide(office, "supervisor", Move.CONFIRM, version=seen.version)
    assert moved.value.vi == "vụ việc vừa được người khác cập nhật, hãy xem lại"
    assert office.incidents()[0].state is IncidentState.REJECTED


def test_what_one_officer_reviews_another_leaves_alone(office):
    _hit_taken(office, hit())
    _decide(office, "officer", Move.START_REVIEW)
    with pytest.raises(NotAllowed):
        _decide(office, "officer2", Move.CONFIRM)
    _decide(office, "supervisor", Move.CONFIRM)


@pytest.mark.parametrize("move", [m for m in Move if m is not Move.EXPIRE])
def test_an_observer_moves_nothing_and_leaves_no_trace(office, move):
    _hit_taken(office, hit())
    before = office.trail()
    with pytest.raises(NotAllowed):
        _decide(office, "observer", move, reason=RejectReason.TEST)
    assert office.trail() == before


def test_only_supervisors_go_back_on_a_decision(office):
    _hit_taken(office, hit())
    _decide(office, "officer", Move.CONFIRM)
    with pytest.raises(NotAllowed):
        _decide(office, "officer", Move.REOPEN)
    _decide(office, "supervisor", Move.REOPEN)
    assert office.incidents()[0].state is IncidentState.IN_REVIEW


def test_the_program_decides_nothing(office):
    one = _hit_taken(office, hit())
    for move in Move:
        with pytest.raises((NotAllowed, Conflict)):
            office.desk.handle(
                c.Decide(incident_id=one.id, version=one.version, move=move, reason=RejectReason.TEST), PROGRAM
            )


def test_what_nobody_looked_at_ends_as_not_reviewed(office):
    _hit_taken(office, hit(), hit(id="run1-nga-ba-cho-x-2", thing="static:9", box=Box(0.1, 0.1, 0.05, 0.05)))
    _decide(office, "officer", Move.START_REVIEW)
    office.desk.handle(c.ExpireIncidents(before=at(10**6)), PROGRAM)
    states = sorted(one.state.value for one in office.incidents())
    assert states == ["in_review", "not_reviewed"]
    with pytest.raises(NotAllowed):
        office.desk.handle(c.ExpireIncidents(before=at(10**6)), office.actor("admin"))


@pytest.mark.parametrize(
    ("state", "login", "expected"),
    [
        (IncidentState.SUSPECTED, "officer", ("start_review", "confirm", "reject", "note")),
        (IncidentState.IN_REVIEW, "officer", ("confirm", "reject", "give_back", "note")),
        (IncidentState.CONFIRMED, "officer", ("note",)),
        (IncidentState.CONFIRMED, "supervisor", ("reopen", "note", "allow")),
        (IncidentState.NOT_REVIEWED, "supervisor", ("reopen", "note", "allow")),
        (IncidentState.SUSPECTED, "observer", ()),
    ],
)
def test_buttons(office, state, login, expected):
    one = replace(_hit_taken(office, hit()), state=state)
    assert permitted(office.actor(login), one) == expected


def test_a_person_reports_what_they_saw_by_the_same_path(office):
    seen = c.ReportIncident(camera_id=CAMERA, kind="littering", at=at(90), note="ném túi", box=Box(0.1, 0.1, 0.2, 0.2))
    office.desk.handle(seen, office.actor("officer"))
    one = office.incidents()[0]
    assert (one.source, one.kind, one.start, one.why.vi) == (
        Source.PERSON,
        "littering",
        at(90),
        "Người trực ghi nhận: Vứt rác ra vỉa hè, cống, hồ.",
    )
    with office.store.read() as unit:
        assert len(unit.evidence.of([one.id])[one.id]) == 5
    for wrong, error in (
        (replace(seen, kind="loitering"), BadInput),
        (replace(seen, at=at(200)), BadInput),
        (replace(seen, camera_id=CameraId("khong-co")), NotFound),
        (replace(seen, note="x" * 2001), BadInput),
    ):
        with pytest.raises(error):
            office.desk.handle(wrong, office.actor("officer"))
    with pytest.raises(NotAllowed):
        office.desk.handle(seen, office.actor("observer"))
    assert len(office.incidents()) == 1


def test_notes_are_kept_in_the_history(office):
    one = _hit_taken(office, hit())
    office.desk.handle(c.AddNote(incident_id=one.id, note="đã gọi tổ dân phố"), office.actor("officer"))
    with pytest.raises(BadInput):
        office.desk.handle(c.AddNote(incident_id=one.id, note="  "), office.actor("officer"))
    with pytest.raises(NotFound):
        office.desk.handle(c.AddNote(incident_id=IncidentId("x"), note="x"), office.actor("officer"))
    last = office.incidents()[0]
    assert (last.history[-1].note, last.version) == ("đã gọi tổ dân phố", one.version)


def test_cameras_are_told_to_the_workers_with_their_addresses(office):
    new = camera(id=CameraId("cong-cho"), name="Cổng chợ")
    office.desk.handle(AddCameras(cameras=((new, in_order()),)), office.actor("admin"))
    assert office.list.written[-1] == (camera(), new)
    assert office.told == [CamerasChanged(new.id)]
    office.desk.handle(c.RemoveCamera(camera_id=new.id), office.actor("admin"))
    assert office.list.written[-1] == (camera(),)
    with pytest.raises(Conflict):
        office.desk.handle(c.AddCamera(camera=new), office.actor("admin"))


def test_workers_hear_later_where_the_disk_was_full(office):
    office.list.full = True
    office.desk.handle(c.ChangeCamera(camera=camera(name="Tên mới")), office.actor("admin"))
    assert office.list.written == []
    office.list.full = False
    _hit_taken(office, hit())
    assert office.list.written[-1] == (camera(name="Tên mới"),)


def test_a_hidden_address_keeps_the_stored_one(office):
    shown = camera(name="Tên mới", main="rtsp://***@10.0.0.7:554/main", sub=None)
    office.desk.handle(c.ChangeCamera(camera=shown), office.actor("admin"))
    assert office.list.written[-1] == (camera(name="Tên mới"),)
    office.desk.handle(c.ChangeCamera(camera=camera(main="rtsp://new/1")), office.actor("admin"))
    assert office.list.written[-1][0].main == "rtsp://new/1"


def test_supervisors_set_zones_and_nothing_else(office):
    zones = masked_camera().zones
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=zones), office.actor("supervisor"))
    assert office.list.written[-1][0].zones == zones
    for command, login in (
        (c.SetZones(camera_id=CAMERA, zones=()), "officer"),
        (c.ChangeCamera(camera=camera(name="x")), "supervisor"),
        (c.RemoveCamera(camera_id=CAMERA), "supervisor"),
        (c.AddCamera(camera=camera(id=CameraId("moi"))), "supervisor"),
    ):
        with pytest.raises(NotAllowed):
            office.desk.handle(command, office.actor(login))
    twice = (*zones, replace(zones[0], purpose=Purpose.WATCH))
    with pytest.raises(BadInput, match="two zones"):
        office.desk.handle(c.SetZones(camera_id=CAMERA, zones=twice), office.actor("supervisor"))


def test_viewing_is_audited_and_only_by_who_may(office):
    seen = c.NoteViewing(thing=masked_camera(), act="live", masked=True, detail={"seconds": 12.5})
    office.desk.handle(seen, office.actor("officer"))
    row = office.trail()[-1]
    assert (row.action, row.thing, row.detail) == (
        "view_live",
        "camera:nga-ba-cho",
        {"seconds": 12.5, "masked": True},
    )
    with pytest.raises(NotAllowed):
        office.desk.handle(replace(seen, masked=False), office.actor("officer"))
    with pytest.raises(NotAllowed):
        office.desk.handle(seen, office.actor("observer"))


def test_everything_that_was_done_is_on_a_whole_trail_without_names(office):
    _hit_taken(office, hit())
    _decide(office, "officer", Move.CONFIRM)
    rows = office.trail()
    assert first_break(rows) is None
    assert {row.action for row in rows} >= {"set_up", "add_person", "add_camera", "confirm"}
    assert "Người" not in repr(rows)
    assert "bi-mat" not in repr(rows)


def test_setting_up_happens_once_with_the_link(office):
    with pytest.raises(Conflict):
        office.desk.handle(c.OfferSetup(token_hash="x", expires=at(900)), PROGRAM)
    again = c.SetUp(token_hash="t", ward_name="X", login="evil", name="Y", password_hash="h")
    with pytest.raises(NotAllowed):
        office.desk.handle(again, Actor(None, None))


def test_somebody_remains_administrator(office):
    admin = office.actor("admin")
    for change in ({"active": False}, {"role": Role.OFFICER}):
        with pytest.raises(Conflict):
            office.desk.handle(c.ChangePerson(person_id=admin.id, **change), admin)
    with pytest.raises(NotAllowed):
        office.desk.handle(c.ChangePerson(person_id=admin.id, name="x"), office.actor("supervisor"))
    new = c.AddPerson(login="moi", name="x", role=Role.OFFICER, password_hash="h")
    with pytest.raises(NotAllowed):
        office.desk.handle(new, office.actor("supervisor"))


@pytest.mark.parametrize(("login", "error"), [("officer", Conflict), ("a", BadInput), ("có dấu cách", BadInput)])
def test_logins_are_checked(office, login, error):
    person = c.AddPerson(login=login, name="x", role=Role.OFFICER, password_hash="h")
    with pytest.raises(error):
        office.desk.handle(person, office.actor("admin"))


def _session(office, token):
    with office.store.read() as unit:
        return unit.people.session(token)


def test_sessions_end_with_what_they_stood_on(office):
    officer, admin = office.actor("officer"), office.actor("admin")
    for token in ("one", "two"):
        office.desk.handle(c.SignIn(token_hash=token, csrf="c", expires=at(999)), officer)
    office.desk.handle(c.SignOut(token_hash="one"), admin)
    assert _session(office, "one") is not None  # somebody else's
    office.desk.handle(c.ChangeSelf(password_hash="new", keep_session="one"), officer)
    assert (_session(office, "one") is None, _session(office, "two") is None) == (False, True)
    office.desk.handle(c.ChangePerson(person_id=officer.id, name="Tên khác"), admin)
    assert _session(office, "one") is not None
    office.desk.handle(c.ChangePerson(person_id=officer.id, active=False), admin)
    assert _session(office, "one") is None
    assert isinstance(office.told[-1], PeopleChanged)
    with pytest.raises(NotAllowed):
        office.actor("officer")


@pytest.mark.errors_expected
def test_a_listener_that_fails_does_not_keep_others_from_hearing(office):
    def fail(event):
        raise RuntimeError

    office.desk.listen(fail)
    heard = []
    stop = office.desk.listen(heard.append)
    _hit_taken(office, hit())
    assert heard
    stop()
    heard.clear()
    _decide(office, "officer", Move.CONFIRM)
    assert not heard
