"""A commissioning test over the API: started, acted, found, ended, signed by two, fetched as a file."""

import hashlib
import json

import pytest

from matpho.casework.trial_record import TrialSealer
from matpho.plugins.vaults.folder import FolderVault

pytestmark = pytest.mark.unit

DUMP = "cong-cho.via-he.illegal_dumping"


@pytest.fixture
def ward(office):
    office.vault = FolderVault(office.tmp / "vault")
    office.build()
    office.camera = office.add_camera()
    office.boss = office.as_role("supervisor")
    return office


def started(ward, scenes=(DUMP,)):
    form = {"cameras": ["cong-cho"], "scenes": list(scenes), "place": "Ngõ 12"}
    answer = ward.boss.post("/api/trials", form)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_what_can_be_acted_is_said_in_both_languages(ward):
    shown = ward.as_role("officer").get("/api/trials/scenes?camera=cong-cho").json()
    dump = next(s for s in shown if s["id"] == DUMP)
    assert "túi rác" in dump["says"]["vi"]
    assert dump["kind"]["en"] == "Illegal dumping"
    assert next(s for s in shown if s["act"] == "walk_past")["kind"] is None
    assert ward.boss.get("/api/trials/scenes?camera=khac").status_code == 404
    assert ward.boss.get("/api/trials/scenes").status_code == 422


def test_a_whole_test(ward):
    trial = started(ward)
    assert (trial["state"], trial["place"], trial["may_change"], trial["may_sign"]) == (
        "running",
        "Ngõ 12",
        True,
        False,
    )
    base = f"/api/trials/{trial['id']}"
    assert ward.boss.get(f"{base}/record.json").status_code == 409
    ward.clock.go(5)
    shown = ward.boss.post(f"{base}/scenes/{DUMP}/acted", {"now": True}).json()
    assert shown["scenes"][0]["outcome"] == "waiting"
    ward.clock.go(25)
    incident = ward.add_incident(ward.camera)
    assert ward.boss.get("/api/incidents").json()["items"] == []
    assert ward.boss.get(f"/api/incidents/{incident}").json()["trial"] == trial["id"]
    shown = ward.as_role("officer").get(base).json()
    scene = shown["scenes"][0]
    assert (scene["outcome"], scene["delay_s"], scene["incident_id"]) == ("found", 25.0, incident)
    assert scene["acted_by"] == "Người supervisor"
    assert (shown["counts"]["found"], shown["others"], shown["may_change"]) == (1, 0, False)

    over = ward.boss.post(f"{base}/end", {"note": "trời khô"}).json()
    assert (over["state"], over["first"]["name"], over["may_sign"]) == ("ended", "Người supervisor", False)
    assert ward.boss.post(f"{base}/sign").status_code == 403
    signed = ward.as_role("officer").post(f"{base}/sign").json()
    assert (signed["state"], signed["second"]["role"], signed["sha256"]) == ("signed", "officer", None)
    TrialSealer(ward.store, ward.desk, ward.vault).step()
    kept = ward.boss.get(base).json()
    file = ward.boss.get(f"{base}/record.json")
    assert file.headers["content-disposition"].endswith(f'nghiem-thu-{trial["id"]}.json"')
    assert hashlib.sha256(file.content).hexdigest() == kept["sha256"]
    assert json.loads(file.content)["scenes"][0]["outcome"] == "found"
    (line,) = ward.boss.get("/api/trials").json()
    assert (line["state"], line["counts"]["found"]) == ("signed", 1)


def test_what_nobody_acted_is_listed_and_can_be_taken_out_as_real(ward):
    trial = started(ward, scenes=())
    incident = ward.add_incident(ward.camera)
    shown = ward.boss.get(f"/api/trials/{trial['id']}").json()
    assert [r["incident_id"] for r in shown["reported"]] == [incident]
    assert ward.boss.ask("DELETE", f"/api/trials/incidents/{incident}").status_code == 204
    assert [i["id"] for i in ward.boss.get("/api/incidents").json()["items"]] == [incident]
    assert ward.boss.get(f"/api/trials/{trial['id']}").json()["reported"] == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"cameras": []}, 422),
        ({"cameras": ["khac"]}, 404),
        ({"cameras": ["cong-cho"], "scenes": ["cong-cho.via-he.bay"]}, 422),
        ({"cameras": ["cong-cho"], "extra": 1}, 422),
    ],
)
def test_a_test_that_makes_no_sense_is_refused(ward, form, status):
    answer = ward.boss.post("/api/trials", form)
    assert answer.status_code == status
    assert answer.json()["error"]["vi"]
    assert ward.boss.get("/api/trials").json() == []


def test_a_time_by_hand_is_taken_and_taken_back(ward):
    trial = started(ward)
    ward.clock.go(60)
    path = f"/api/trials/{trial['id']}/scenes/{DUMP}/acted"
    assert ward.boss.post(path, {"at": "2026-11-23T06:00:10Z"}).status_code == 200
    assert ward.boss.post(path, {"at": "2026-11-23T07:00:10Z"}).status_code == 422
    assert ward.boss.post(path, {}).json()["scenes"][0]["outcome"] == "not_acted"
    assert ward.boss.post(f"/api/trials/{trial['id']}/scenes/none/acted", {"now": True}).status_code == 404
    gone = ward.boss.post(f"/api/trials/{trial['id']}/cancel", {"note": "mưa"}).json()
    assert (gone["state"], gone["note"]) == ("cancelled", "mưa")
