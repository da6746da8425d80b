"""What may stand in a zone, over the API."""

import pytest

pytestmark = pytest.mark.unit

PLACE = "/api/cameras/cong-cho/zones/via-he/permitted"
FORM = {"note": "Chậu cây của hộ 12", "box": [0.1, 0.7, 0.1, 0.2], "until": "2027-01-31"}


def permitted(browser):
    (camera,) = browser.get("/api/cameras").json()
    return camera["zones"][0]["permitted"]


def test_a_place_is_allowed_listed_with_who_and_taken_back(office):
    office.add_camera()
    supervisor = office.as_role("supervisor")
    answer = supervisor.post(PLACE, FORM)
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["zones"][0]["permitted"]
    assert one["polygon"] == [[0.1, 0.7], [0.2, 0.7], [0.2, pytest.approx(0.9)], [0.1, pytest.approx(0.9)]]
    assert (one["note"], one["until"], one["by_name"]) == ("Chậu cây của hộ 12", "2027-01-31", "Người supervisor")
    assert one["since"].startswith("2026-")
    assert permitted(office.as_role("observer")) == [one]
    (given,) = next(c for c in office.camera_file.cameras if c.id == "cong-cho").zones[0].permitted
    assert given.id == one["id"], "the workers have heard of it"
    gone = supervisor.ask("DELETE", f"{PLACE}/{one['id']}")
    assert gone.status_code == 200
    assert permitted(supervisor) == []
    assert supervisor.ask("DELETE", f"{PLACE}/{one['id']}").status_code == 404
    assert [a for a, _, _ in office.trail() if "permit" in a or "allow" in a] == ["allow_place", "take_back_permit"]


@pytest.mark.parametrize(
    ("path", "form", "word"),
    [
        (PLACE, {**FORM, "box": None}, "box"),
        (PLACE, {**FORM, "box": [0.9, 0.9, 0.3, 0.3]}, "box"),
        (PLACE, {**FORM, "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]], "box": None}, "crosses"),
        (PLACE, {**FORM, "until": "2020-01-01"}, "over"),
        (PLACE, {**FORM, "until": "mai"}, "until"),
        (PLACE, {**FORM, "note": ""}, "note"),
        (PLACE.replace("via-he", "khong-co"), FORM, "khong-co"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(office, path, form, word):
    office.add_camera()
    answer = office.admin.post(path, {k: v for k, v in form.items() if v is not None})
    assert answer.status_code in (404, 422)
    assert word in answer.json()["error"]["en"]
    assert permitted(office.admin) == []


def test_zones_sent_back_as_they_came_keep_who_allowed_what(office):
    office.add_camera()
    office.as_role("supervisor").post(PLACE, FORM)
    (camera,) = office.admin.get("/api/cameras").json()
    before = permitted(office.admin)
    before[0]["by_name"] = "Ai đó"
    answer = office.admin.ask("PUT", "/api/cameras/cong-cho/zones", json=camera["zones"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["zones"][0]["permitted"][0]["by_name"] == "Người supervisor"
    file = office.admin.get("/api/cameras/cong-cho/file").text
    assert "[[zone.permitted]]" in file
    assert office.admin.ask("POST", "/api/cameras/import", content=file).status_code == 200
    assert permitted(office.admin)[0]["by_name"] == "Người supervisor"


def test_an_incident_is_allowed_where_it_is_and_closed_so(office):
    camera = office.add_camera()
    found = office.add_incident(camera)
    supervisor = office.as_role("supervisor")
    incident = supervisor.get(f"/api/incidents/{found}").json()
    assert "allow" in incident["permitted"]
    assert "allow" not in office.as_role("officer").get(f"/api/incidents/{found}").json()["permitted"]
    form = {"note": "Bồn hoa của phường", "version": incident["version"]}
    answer = supervisor.post(f"/api/incidents/{found}/allow", form)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "rejected"
    assert [h["action"] for h in answer.json()["history"]][-3:] == ["allowed", "start_review", "reject"]
    (one,) = permitted(supervisor)
    assert one["note"] == "Bồn hoa của phường"
    assert supervisor.post(f"/api/incidents/{found}/allow", form).status_code == 409
