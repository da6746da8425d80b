import pytest

from matpho.domain.camera import RULE_SETTINGS
from matpho.domain.evidence import EvidenceKind
from matpho.domain.incident import RejectReason
from matpho.domain.kinds import KINDS

pytestmark = pytest.mark.unit


@pytest.fixture
def ward(office):
    office.camera = office.add_camera()
    return office


def decide(browser, incident, decision, version, **more):
    return browser.post(f"/api/incidents/{incident}/decision", {"decision": decision, "version": version, **more})


def test_an_incident_in_the_list_and_in_full(ward):
    incident = ward.add_incident(ward.camera)
    still = ward.add_file(incident, ward.camera, kind=EvidenceKind.STILL, content=b"jpeg")
    ward.add_file(incident, ward.camera)
    browser = ward.as_role("officer")
    page = browser.get("/api/incidents").json()
    [brief] = page["items"]
    assert page["counts"]["suspected"] == 1
    assert page["next"] is None
    assert brief == {
        "id": incident,
        "kind": "illegal_dumping",
        "kind_vi": "Đổ trộm rác",
        "kind_en": "Illegal dumping",
        "camera_id": "cong-cho",
        "camera_name": "Cổng cong-cho",
        "zone_id": "via-he",
        "state": "suspected",
        "source": "rule",
        "start": "2026-11-23T05:59:30.000Z",
        "end": None,
        "at": "2026-11-23T06:00:00.000Z",
        "score": 0.8,
        "advisory": False,
        "staged": False,
        "trial": None,
        "box": [0.1, 0.6, 0.05, 0.05],
        "why": {"vi": "Túi rác nằm lại 30 s.", "en": "A bag was left for 30 s."},
        "thumb_url": f"/api/incidents/{incident}/evidence/{still.id}?size=small",
        "has_clip": True,
        "version": 1,
    }
    detail = browser.get(f"/api/incidents/{incident}").json()
    assert {key: detail[key] for key in brief} == brief
    assert detail["hits"][0]["figures"] == {"dwell_s": 30.0}
    assert detail["permitted"] == ["start_review", "confirm", "reject", "note"]
    ready = [file for file in detail["evidence"] if file["state"] == "ready"]
    assert {file["kind"] for file in ready} == {"clip", "still"}
    making = [file for file in detail["evidence"] if file["state"] == "making"]
    assert making
    assert all(file["url"] is None for file in making)
    clip = next(file for file in ready if file["kind"] == "clip")
    assert clip["boxes"][0]["group"] == "hit"
    assert clip["masked"] is False


def test_the_list_is_filtered_and_paged_without_losing_or_repeating_any(ward):
    wanted = []
    for number in range(1, 8):
        ward.clock.go(700)
        wanted.append(ward.add_incident(ward.camera, number))
    other = ward.add_incident(ward.add_camera("khac"), 8, kind="intrusion")
    browser = ward.as_role("observer")
    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = browser.get("/api/incidents", params={"camera": "cong-cho", "limit": 3, **more}).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == wanted[::-1]
    by_kind = browser.get("/api/incidents", params={"kind": ["intrusion", "littering"]}).json()
    assert [item["id"] for item in by_kind["items"]] == [other]
    none = browser.get("/api/incidents", params={"state": ["confirmed", "rejected"]}).json()
    assert none["items"] == []
    assert none["counts"]["suspected"] == 8
    at = browser.get(f"/api/incidents/{wanted[3]}").json()["at"]
    late = browser.get("/api/incidents", params={"from": at, "camera": "cong-cho"}).json()
    assert [item["id"] for item in late["items"]] == wanted[:2:-1]


def test_people_decide_once_and_on_what_they_read(ward):
    incident = ward.add_incident(ward.camera)
    mine, theirs = ward.as_role("officer"), ward.as_role("supervisor")
    taken = decide(mine, incident, "start_review", 1)
    assert taken.status_code == 200
    assert taken.json()["state"] == "in_review"
    assert taken.json()["history"][-1]["who"] == "Người officer"
    late = decide(theirs, incident, "reject", 1, reason="duplicate")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "conflict")
    version = taken.json()["version"]
    assert decide(mine, incident, "reject", version).status_code == 422
    done = decide(mine, incident, "reject", version, reason="permitted", note="có giấy phép").json()
    assert done["state"] == "rejected"
    assert done["history"][-1]["reason"] == "permitted"
    assert done["history"][-1]["note"] == "có giấy phép"
    assert done["permitted"] == ["note"]
    assert decide(mine, incident, "reopen", done["version"]).status_code == 403
    again = decide(theirs, incident, "reopen", done["version"]).json()
    assert again["state"] == "in_review"
    assert decide(theirs, incident, "expire", again["version"]).status_code == 422
    acts = [action for action, thing, _ in ward.trail() if thing == f"incident:{incident}"]
    assert acts[-3:] == ["start_review", "reject", "reopen"]


def test_a_person_reports_what_the_rules_do_not_see(ward):
    browser = ward.as_role("officer")
    form = {"camera_id": "cong-cho", "kind": "loose_animals", "at": "2026-11-23T05:58:00+00:00", "note": "chó thả rông"}
    made = browser.post("/api/incidents", {**form, "box": [0.2, 0.3, 0.1, 0.1]})
    assert made.status_code == 201
    detail = made.json()
    assert (detail["source"], detail["state"], detail["at"]) == ("person", "suspected", "2026-11-23T05:58:00.000Z")
    assert detail["history"][0]["note"] == "chó thả rông"
    assert {file["kind"] for file in detail["evidence"]} == {"clip", "still", "manifest"}
    for wrong in (
        {"box": [0.9, 0.9, 0.5, 0.5]},
        {"box": [0, 0, 0, 0]},
        {"box": ["nan", 0, 1, 1]},
        {"kind": "loitering"},
        {"at": "2026-11-23T08:00:00Z"},
        {"at": "2026-11-23T05:00:00"},
        {"note": "x" * 2001},
        {"mood": "bad"},
    ):
        assert browser.post("/api/incidents", {**form, **wrong}).status_code == 422, wrong
    assert browser.post("/api/incidents", {**form, "camera_id": "khong-co"}).status_code == 404


def test_notes_are_kept_in_the_history(ward):
    incident = ward.add_incident(ward.camera)
    browser = ward.as_role("officer")
    noted = browser.post(f"/api/incidents/{incident}/notes", {"note": "đã gọi tổ trưởng"}).json()
    assert noted["history"][-1]["note"] == "đã gọi tổ trưởng"
    assert browser.post(f"/api/incidents/{incident}/notes", {"note": ""}).status_code == 422


def test_the_catalogue_and_the_reasons(ward):
    browser = ward.as_role("observer")
    kinds = browser.get("/api/kinds").json()
    assert [kind["kind"] for kind in kinds] == list(KINDS)
    assert {"kind", "vi", "en", "group", "advisory", "found_by_rule"} <= set(kinds[0])
    told = {kind["kind"]: {s["name"]: s for s in kind["settings"]} for kind in kinds}
    assert told["littering"] == {}
    share = {"name": "min_share", "unit": "share", "default": 0.5, "least": 0.0, "most": 1.0}
    assert told["illegal_parking"]["min_share"] == share
    assert {kind for kind, settings in told.items() if settings} == set(RULE_SETTINGS)
    assert {reason["code"] for reason in browser.get("/api/reasons").json()} == {r.value for r in RejectReason}
