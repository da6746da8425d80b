"""Commissioning tests as they are run: who starts, acts, ends and signs; what stays out of figures and alarms."""

import json
from dataclasses import replace
from datetime import date

import pytest

from matpho.casework import commands as c
from matpho.casework import decision_records as dr
from matpho.casework import trial_commands as tc
from matpho.casework.check import check_casework
from matpho.casework.manifest import About
from matpho.casework.outgoing.letters import Letters, Target
from matpho.casework.trial_record import TrialSealer, record_text
from matpho.casework.trial_views import possible_scenes, trial_view
from matpho.casework.trials import fingerprint, told_of, trial_of
from matpho.domain.camera import Purpose
from matpho.domain.events import IncidentOpened
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.incident import IncidentState, RejectReason
from matpho.domain.messages import HitSeen
from matpho.domain.people import PROGRAM
from matpho.domain.trial import LONGEST_S, Outcome, TrialId, TrialState
from matpho.errors import BadInput, Conflict, NotAllowed, NotFound
from matpho.plugins.vaults.folder import FolderVault
from matpho.testing.builders import at, camera, hit, zone

pytestmark = pytest.mark.unit

CAMERA = camera().id
ID = TrialId("trial0000000001")
DUMP, QUIET = "nga-ba-cho.goc-pho.illegal_dumping", "nga-ba-cho.goc-pho.walk_past"
ABOUT = About(software="matpho 9", detector="nano", detector_sha256="ef" * 32)


def take(office, *hits):
    with office.store.read() as unit:
        begin = unit.notes.offset("j")
    facts = tuple(HitSeen(one) for one in hits)
    office.desk.handle(c.TakeFacts(journal="j", start=begin, end=begin + 1, facts=facts), PROGRAM)


def start(office, *, who="supervisor", scenes=(DUMP, QUIET), trial_id=ID):
    office.clock.at = at(0)
    office.desk.handle(tc.StartTrial(id=trial_id, cameras=(CAMERA,), scenes=scenes), office.actor(who))


def act(office, name, when):
    office.desk.handle(tc.ActScene(trial_id=ID, scene_id=name, at=at(when)), office.actor("supervisor"))


def stored(office, trial_id=ID):
    with office.store.read() as unit:
        return trial_of(unit, trial_id)


def run(office):
    """A bag is put down at 5 s and found at 30 s; somebody walks past at 200 s."""
    start(office)
    office.clock.at = at(10)
    act(office, DUMP, 5)
    take(office, hit(at=at(30)))
    office.clock.at = at(400)
    act(office, QUIET, 200)


def end(office, who="supervisor", note="trời khô"):
    office.desk.handle(tc.EndTrial(trial_id=ID, note=note, about=ABOUT), office.actor(who))


def test_what_is_reported_during_a_test_is_a_test_and_in_no_figure(office):
    run(office)
    assert office.incidents() == ()
    with office.store.read() as unit:
        (known,) = told_of(unit, ID)
        assert unit.incidents.open_by_camera() == {}
    assert known.incident.trial == ID
    take(office, hit(id="later", thing="static:99", at=at(5 * 3600), start=at(5 * 3600), box=Box(0.7, 0.2, 0.1, 0.1)))
    assert [i.trial for i in office.incidents()] == [None], "a test that nobody ended is over after four hours"
    assert stored(office).until == at(LONGEST_S)


def test_before_a_test_nothing_is_marked(office):
    start(office)
    take(office, hit(at=at(-1), start=at(-30)))
    assert [i.trial for i in office.incidents()] == [None]


def test_a_test_tells_nobody_outside_and_a_real_incident_taken_out_of_it_does(office):
    office.desk.post_with(Letters([Target("ward", ("incident",))], "http://pho"))
    run(office)
    with office.store.read() as unit:
        assert unit.outbox.waiting("ward") == 0
        (known,) = told_of(unit, ID)
    office.told.clear()
    office.desk.handle(tc.TakeFromTrial(incident_id=known.incident.id), office.actor("supervisor"))
    with office.store.read() as unit:
        assert unit.outbox.waiting("ward") == 1
    assert any(isinstance(e, IncidentOpened) for e in office.told)
    (real,) = office.incidents()
    assert (real.trial, real.history[-1].action) == (None, "not_a_test")
    with pytest.raises(Conflict):
        office.desk.handle(tc.TakeFromTrial(incident_id=real.id), office.actor("supervisor"))


def test_the_end_freezes_the_result_signs_it_and_closes_what_was_acted(office):
    run(office)
    end(office)
    one = stored(office)
    assert [r.outcome for r in one.results] == [Outcome.FOUND, Outcome.QUIET]
    assert (one.state, one.first.name, one.first.role, one.detector) == (
        TrialState.ENDED,
        "Người supervisor",
        "supervisor",
        "nano",
    )
    with office.store.read() as unit:
        (known,) = told_of(unit, ID)
    assert (known.incident.state, known.incident.history[-1].reason) == (IncidentState.REJECTED, RejectReason.TEST)
    ended = next(row for row in office.trail() if row.action == "end_trial")
    assert ended.detail["found"] == 1
    with pytest.raises(Conflict):
        end(office)
    with pytest.raises(Conflict):
        act(office, DUMP, 6)


CROWD = "nga-ba-cho.san.crowd"


def decided(office, start_s, end_s):
    """A decision of the ward on crowds, entered by one and confirmed by another."""
    office.desk.handle(
        dr.EnterDecision(
            id="d1",
            number="12/QĐ",
            dated=date(2026, 11, 1),
            issuer="UBND phường",
            kinds=("crowd",),
            covers=(),
            start=at(start_s),
            end=at(end_s),
            reason="Theo dõi lễ hội ở sân chợ trong tuần này.",
        ),
        office.actor("supervisor"),
    )
    office.desk.handle(dr.ConfirmDecision(decision_id="d1"), office.actor("admin"))


def test_a_scene_that_no_decision_lets_be_found_is_said_and_not_acted_in_vain(office):
    office.clock.at = at(-60)
    boss = office.actor("supervisor")
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=(zone(Purpose.GATHERING, "san"),)), boss)

    def said():
        now = office.clock.at
        return {p.scene.id: p.undecided for p in possible_scenes(office.store, [CAMERA], boss, now)}[CROWD]

    assert said()
    with pytest.raises(Conflict, match="no decision"):
        start(office, scenes=(CROWD,))
    decided(office, 0, 300)
    start(office, scenes=(CROWD,))
    assert not said()
    office.clock.at = at(20)
    act(office, CROWD, 10)
    office.desk.handle(tc.AddScene(trial_id=ID, scene=CROWD), boss)
    office.clock.at = at(310)  # the decision has ended meanwhile
    assert trial_view(office.store, ID, boss, at(310)).undecided == {f"{CROWD}.2"}
    with pytest.raises(Conflict, match="no decision"):
        act(office, f"{CROWD}.2", 305)
    assert stored(office).scene(CROWD).acted == at(10)


def test_two_people_sign_and_the_record_is_sealed_and_checked(office, tmp_path):
    run(office)
    end(office)
    with pytest.raises(NotAllowed):
        office.desk.handle(tc.SignTrial(trial_id=ID), office.actor("supervisor"))
    with pytest.raises(NotAllowed):
        office.desk.handle(tc.SignTrial(trial_id=ID), office.actor("observer"))
    office.desk.handle(tc.SignTrial(trial_id=ID), office.actor("officer"))
    vault = FolderVault(tmp_path / "vault")
    sealer = TrialSealer(office.store, office.desk, vault)
    assert sealer.step() == 0.0
    assert sealer.step() > 0
    kept = stored(office)
    told_record = json.loads(vault.file(kept.path).read_text("utf-8"))
    assert [s["name"] for s in told_record["signatures"]] == ["Người supervisor", "Người officer"]
    assert [(s["outcome"], s["delay_s"]) for s in told_record["scenes"]] == [("found", 25.0), ("quiet", None)]
    assert told_record["cameras"][0]["settings_sha256"] == fingerprint(camera())
    assert told_record["same_settings"] is True
    assert any(r.action == "seal_trial" and r.detail["sha256"] == kept.sha256 for r in office.trail())
    assert check_casework(office.store, vault).well
    path = vault.file(kept.path)
    path.chmod(0o600)
    path.write_text(record_text(replace(kept, note="khác")), "utf-8")
    assert not check_casework(office.store, vault).well


def test_a_change_of_settings_during_a_test_is_told(office):
    run(office)
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=(zone(Purpose.WATCH),)), office.actor("supervisor"))
    end(office)
    assert not stored(office).same_settings


def test_a_scene_can_be_acted_again_and_taken_back(office):
    start(office)
    boss = office.actor("supervisor")
    office.desk.handle(tc.AddScene(trial_id=ID, scene=DUMP), boss)
    assert [s.id for s in stored(office).scenes] == [DUMP, QUIET, f"{DUMP}.2"]
    office.clock.at = at(60)
    act(office, f"{DUMP}.2", 50)
    assert stored(office).scene(f"{DUMP}.2").acted == at(50)
    office.desk.handle(tc.ActScene(trial_id=ID, scene_id=f"{DUMP}.2", at=None), boss)
    assert stored(office).scene(f"{DUMP}.2").acted is None


@pytest.mark.parametrize("when", [-5, 61])
def test_a_time_outside_the_test_or_to_come_is_refused(office, when):
    start(office)
    office.clock.at = at(60)
    with pytest.raises(BadInput):
        act(office, DUMP, when)


def test_what_cannot_start_is_refused_and_changes_nothing(office):
    boss = office.actor("supervisor")
    with pytest.raises(NotAllowed):
        start(office, who="officer", trial_id=TrialId("third"))
    for cameras, scenes, wrong in (
        ((), (), BadInput),
        ((CameraId("khac"),), (), NotFound),
        ((CAMERA,), ("nga-ba-cho.goc-pho.flying",), BadInput),
    ):
        with pytest.raises(wrong):
            office.desk.handle(tc.StartTrial(id=TrialId("x"), cameras=cameras, scenes=scenes), boss)
    start(office)
    before = office.trail()
    with pytest.raises(Conflict):
        start(office, trial_id=TrialId("second"))
    with pytest.raises(BadInput):
        end(office)
    assert office.trail() == before
    with office.store.read() as unit:
        assert len(unit.trials.newest(9)) == 1


def test_a_cancelled_test_stays_listed_and_frees_the_camera(office):
    start(office)
    office.clock.at = at(20)
    office.desk.handle(tc.CancelTrial(trial_id=ID, note="mưa to"), office.actor("supervisor"))
    assert (stored(office).state, stored(office).note, stored(office).ended) == (TrialState.CANCELLED, "mưa to", at(20))
    office.clock.at = at(21)
    office.desk.handle(tc.StartTrial(id=TrialId("b"), cameras=(CAMERA,), scenes=()), office.actor("supervisor"))
    with pytest.raises(Conflict):
        office.desk.handle(tc.CancelTrial(trial_id=ID, note=""), office.actor("supervisor"))
