"""Precision and proposals over the API."""

import csv
import io
from dataclasses import replace

import pytest

from matpho.casework.commands import Decide
from matpho.domain.camera import Zone
from matpho.domain.incident import Move, RejectReason
from matpho.domain.people import Actor, Role
from matpho.domain.proposal import Proposal, ProposalId, Weighed

pytestmark = pytest.mark.unit


@pytest.fixture
def ward(office):
    office.build()
    office.camera = office.add_camera()
    return office


def proposal(ward, **changes):
    now = ward.clock.now()
    weighed = Weighed(spared=7, rejected=9, lost=0, confirmed=12)
    values = {"id": ProposalId("p1"), "camera_id": ward.camera.id, "zone_id": ward.camera.zones[0].id}
    values |= {"kind": "illegal_dumping", "setting": "min_duration_s", "new": 60.0}
    one = Proposal(**(values | changes), weighed=weighed, since=now, made=now)
    with ward.store.write() as unit:
        unit.proposals.put(one)
    return one


def zones(ward) -> tuple[Zone, ...]:
    return ward.parts.views.camera(ward.camera.id).zones


def test_precision_is_told_by_kind_camera_and_light_and_as_a_table(ward):
    with ward.store.write() as unit:
        unit.cameras.put(replace(ward.camera, name="=Cổng chợ"), ward.clock.now())
    other = ward.add_camera("khac")
    for number in range(12):
        name = ward.add_incident(ward.camera if number < 8 else other, number % 8 + 1)
        move, reason = (Move.REJECT, RejectReason.NOTHING_THERE) if number % 4 == 0 else (Move.CONFIRM, None)
        decide = Decide(incident_id=name, version=1, move=move, reason=reason)
        ward.desk.handle(decide, Actor("somebody", Role.SUPERVISOR))
    browser = ward.as_role("observer")
    body = browser.get("/api/feedback/precision").json()
    assert body["least"] == 10
    (kind,) = body["kinds"]
    assert (kind["tally"]["confirmed"], kind["tally"]["rejected"], kind["tally"]["precision"]) == (9, 3, 0.75)
    assert kind["tally"]["low"] < 0.75 < kind["tally"]["high"]
    row, second = body["rows"]
    assert (row["camera_name"], row["light"], row["tally"]["precision"]) == ("=Cổng chợ", None, None)
    assert second["tally"]["confirmed"] == 3
    assert sum(week["tally"]["confirmed"] for week in body["weeks"]) == 9
    answer = browser.get("/api/feedback/precision.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    head, line, _ = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(head) == len(line)
    assert line[4] == "'=Cổng chợ"  # no formula
    assert line[6:8] == ["6", "2"]


def test_days_out_of_range_are_refused(ward):
    assert ward.as_role("observer").get("/api/feedback/precision?days=0").status_code == 422


def test_a_supervisor_accepts_and_takes_back(ward):
    proposal(ward)
    officer = ward.as_role("officer")
    (shown,) = officer.get("/api/feedback/proposals").json()
    assert (shown["state"], shown["may_answer"]) == ("open", False)
    browser = ward.as_role("supervisor")
    done = browser.ask("POST", "/api/feedback/proposals/p1/answer", json={"accept": True}).json()
    assert (done["state"], done["may_answer"], done["may_revert"]) == ("accepted", False, True)
    assert zones(ward)[0].rules == {"illegal_dumping": {"min_duration_s": 60.0}}
    again = browser.ask("POST", "/api/feedback/proposals/p1/answer", json={"accept": True})
    assert again.status_code == 409
    back = browser.ask("POST", "/api/feedback/proposals/p1/revert", json={}).json()
    assert back["state"] == "reverted"
    assert zones(ward)[0].rules == {}


def test_declining_asks_for_a_reason_and_nothing_is_found_that_is_not_there(ward):
    proposal(ward)
    browser = ward.as_role("supervisor")
    assert browser.ask("POST", "/api/feedback/proposals/p1/answer", json={"accept": False}).status_code == 422
    told = browser.ask("POST", "/api/feedback/proposals/p1/answer", json={"accept": False, "reason": "chưa rõ"}).json()
    assert told["steps"][0]["reason"] == "chưa rõ"
    assert browser.ask("POST", "/api/feedback/proposals/none/answer", json={"accept": True}).status_code == 404
    assert browser.ask("POST", "/api/feedback/proposals/p1/revert", json={}).status_code == 409
