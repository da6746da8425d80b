import pytest

pytestmark = pytest.mark.unit

FORM = {"login": "tuan", "name": "Tuấn", "role": "officer", "password": "một mật khẩu dài"}


def test_an_account_is_opened_used_changed_and_closed(office):
    made = office.admin.post("/api/people", FORM)
    assert made.status_code == 201
    person = made.json()
    assert {key: person[key] for key in ("login", "name", "role", "active")} == {
        "login": "tuan",
        "name": "Tuấn",
        "role": "officer",
        "active": True,
    }
    assert "password" not in made.text
    browser = office.browser()
    assert browser.sign_in("tuan", FORM["password"]).status_code == 200
    place = f"/api/people/{person['id']}"
    assert office.admin.ask("PATCH", place, json={"name": "Tuấn Anh"}).json()["name"] == "Tuấn Anh"
    assert browser.get("/api/kinds").status_code == 200
    assert office.admin.ask("PATCH", place, json={"password": "mật khẩu thứ hai"}).status_code == 200
    assert browser.get("/api/kinds").status_code == 401
    assert browser.sign_in("tuan", FORM["password"]).status_code == 401
    assert browser.sign_in("tuan", "mật khẩu thứ hai").status_code == 200
    assert office.admin.ask("PATCH", place, json={"active": False}).json()["active"] is False
    assert browser.get("/api/kinds").status_code == 401
    assert [p["login"] for p in office.admin.get("/api/people").json()] == ["admin", "tuan"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"login": "admin"}, 409),
        ({"login": "ADMIN"}, 409),
        ({"login": "a b"}, 422),
        ({"login": "<script>"}, 422),
        ({"name": ""}, 422),
        ({"role": "root"}, 422),
        ({"password": "ngắn"}, 422),
        ({"password": "aaaaaaaaaaaaaa"}, 422),
        ({"admin": True}, 422),
    ],
)
def test_an_account_that_cannot_be_is_refused(office, wrong, status):
    assert office.admin.post("/api/people", {**FORM, **wrong}).status_code == status
    assert len(office.admin.get("/api/people").json()) == 1


def test_somebody_remains_administrator(office):
    [admin] = office.admin.get("/api/people").json()
    for change in ({"active": False}, {"role": "officer"}):
        answer = office.admin.ask("PATCH", f"/api/people/{admin['id']}", json=change)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert office.admin.ask("PATCH", "/api/people/khong-co", json={"name": "x"}).status_code == 404
