"""Decisions of the ward as people enter, confirm and end them, and what the workers hear of it."""

import pytest

from matpho.domain.permit import allows
from matpho.domain.time import after

pytestmark = pytest.mark.unit

DAY = 86_400.0


def form(**changes):
    body = {
        "number": "12/QĐ-UBND",
        "dated": "2026-11-20",
        "issuer": "UBND phường",
        "kinds": ["crowd", "fight"],
        "start": "2026-11-23T00:00:00Z",
        "end": "2026-12-23T00:00:00Z",
        "reason": "Trực chợ đêm dịp lễ",
    }
    return body | changes


@pytest.fixture
def ward(office):
    office.build()
    office.camera = office.add_camera()
    return office


def allowed(ward, kind="crowd"):
    (camera,) = ward.desk._camera_list.cameras
    return allows(camera.permits, kind, None, ward.clock.now())


def test_one_enters_another_confirms_and_only_then_the_workers_hear_of_it(ward):
    boss = ward.as_role("supervisor")
    entered = boss.post("/api/decisions", form())
    assert entered.status_code == 201, entered.text
    decision = entered.json()
    assert (decision["state"], decision["may_confirm"], decision["may_revoke"]) == ("waiting", False, True)
    assert not allowed(ward)
    path = f"/api/decisions/{decision['id']}"
    refused = boss.post(f"{path}/confirm")
    assert refused.status_code == 403
    assert "khác" in refused.json()["error"]["vi"]
    confirmed = ward.as_role("admin").post(f"{path}/confirm")
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "in_force")
    assert allowed(ward, "crowd")
    assert allowed(ward, "fight")
    assert not allowed(ward, "person_down")
    assert ward.as_role("admin").post(f"{path}/confirm").status_code == 409
    acts = [action for action, thing, _ in ward.trail() if thing == f"decision:{decision['id']}"]
    assert acts == ["enter_decision", "confirm_decision"]


def test_it_ends_by_the_clock_and_at_once_when_it_is_revoked(ward):
    ward.as_role("observer")
    boss, admin = ward.as_role("supervisor"), ward.as_role("admin")
    first = boss.post("/api/decisions", form()).json()["id"]
    admin.post(f"/api/decisions/{first}/confirm")
    assert admin.post(f"/api/decisions/{first}/revoke", {"reason": " "}).status_code == 422
    ended = admin.post(f"/api/decisions/{first}/revoke", {"reason": "hết dịp lễ"}).json()
    assert (ended["state"], ended["revoked_why"]) == ("revoked", "hết dịp lễ")
    assert not allowed(ward)
    assert admin.post(f"/api/decisions/{first}/revoke", {"reason": "lại"}).status_code == 409
    second = boss.post("/api/decisions", form()).json()["id"]
    admin.post(f"/api/decisions/{second}/confirm")
    assert allowed(ward)
    ward.clock.at = after(ward.clock.at, 31 * DAY)
    assert not allowed(ward)  # nobody has written the list anew
    observer = ward.browser()
    observer.sign_in("observer", "mật khẩu của observer")
    listed = observer.get("/api/decisions").json()
    assert sorted(d["state"] for d in listed["decisions"]) == ["ended", "revoked"]
    assert listed["may_enter"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": "2026-11-22T00:00:00Z"},
        {"end": "2027-11-23T00:00:00Z"},
        {"kinds": []},
        {"kinds": ["intrusion"]},
        {"reason": "ngắn"},
        {"number": "   "},
    ],
)
def test_a_decision_without_an_end_or_a_reason_is_refused_and_nothing_is_stored(ward, wrong):
    boss = ward.as_role("supervisor")
    assert boss.post("/api/decisions", form(**wrong)).status_code == 422
    assert boss.get("/api/decisions").json()["decisions"] == []


def test_it_names_cameras_and_zones_that_are_there(ward):
    boss = ward.as_role("supervisor")
    assert boss.post("/api/decisions", form(covers=[{"camera_id": "khac"}])).status_code == 404
    assert boss.post("/api/decisions", form(covers=[{"camera_id": "cong-cho", "zone": "khac"}])).status_code == 404
    entered = boss.post("/api/decisions", form(covers=[{"camera_id": "cong-cho"}]))
    assert entered.json()["covers"] == [{"camera_id": "cong-cho", "zone": None}]
    assert boss.post("/api/decisions/khong-co/confirm").status_code == 404
