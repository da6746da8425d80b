import pytest

from matpho.web.auth import new_token, token_hash
from matpho.web.setup_link import offer_setup, setup_path

pytestmark = pytest.mark.unit

FORM = {"ward_name": "Phường Hồng Gai", "name": "Lan", "login": "lan", "password": "trâu ơi ta bảo trâu này"}
ADMIN = "mật khẩu của admin"


def test_before_set_up_nobody_can_sign_in_and_there_is_no_default_password(site):
    browser = site.browser()
    told = browser.open()
    assert told["needs_setup"] is True
    assert told["person"] is None
    for login, password in [("admin", "admin"), ("root", "root"), ("admin", "")]:
        assert browser.post("/api/session", {"login": login, "password": password}).status_code in (401, 422)


def test_the_set_up_link_works_once(site):
    token = offer_setup(site.desk, site.store, site.clock)
    assert setup_path(token) == f"/#/setup/{token}"
    browser = site.browser()
    browser.open()
    wrong = browser.post("/api/setup", {"token": new_token(), **FORM})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "not_allowed")
    first = browser.post("/api/setup", {"token": token, **FORM})
    assert first.status_code == 200
    assert first.json()["person"] == {
        "id": first.json()["person"]["id"],
        "login": "lan",
        "name": "Lan",
        "role": "admin",
        "language": "vi",
    }
    assert first.json()["ward_name"] == "Phường Hồng Gai"
    other = site.browser()
    assert other.open()["needs_setup"] is False
    again = other.post("/api/setup", {"token": token, **FORM, "login": "kẻ.trộm"})
    assert again.status_code in (403, 422)
    assert other.post("/api/setup", {"token": token, **FORM, "login": "tuan"}).status_code == 403
    assert offer_setup(site.desk, site.store, site.clock) is None


def test_the_set_up_link_expires_and_a_newer_one_replaces_it(site):
    old = offer_setup(site.desk, site.store, site.clock)
    new = offer_setup(site.desk, site.store, site.clock)
    browser = site.browser()
    browser.open()
    assert browser.post("/api/setup", {"token": old, **FORM}).status_code == 403
    site.clock.go(24 * 3600 + 1)
    assert browser.post("/api/setup", {"token": new, **FORM}).status_code == 403


def test_the_database_holds_no_token_and_no_password(office):
    cookie = office.admin.client.cookies["matpho_session"]
    raw = b"".join(path.read_bytes() for path in office.tmp.glob("matpho.sqlite*"))
    assert token_hash(cookie).encode() in raw
    assert cookie.encode() not in raw
    assert ADMIN.encode() not in raw
    assert b"$argon2id$" in raw


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(office):
    browser = office.browser()
    answer = browser.sign_in("admin", ADMIN)
    cookie = next(v for v in answer.headers.get_list("set-cookie") if v.startswith("matpho_session="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Secure" not in cookie
    assert "Domain" not in cookie


def test_the_cookie_is_secure_where_people_come_by_tls(site):
    site.options = {"https": True}
    site.build()
    browser = site.browser()
    answer = browser.get("/api/session")
    assert "Secure" in answer.headers["set-cookie"]


def test_signing_in_and_out(office):
    browser = office.browser()
    wrong = browser.sign_in("admin", "sai mật khẩu")
    unknown = browser.sign_in("không.có", "sai mật khẩu")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["error"]["code"] == "bad_sign_in"
    assert browser.sign_in("ADMIN", ADMIN).status_code == 200
    assert browser.open()["person"]["login"] == "admin"
    token = browser.client.cookies["matpho_session"]
    assert browser.ask("DELETE", "/api/session").status_code == 204
    browser.client.cookies.set("matpho_session", token, domain="pho.test")
    assert browser.get("/api/incidents").status_code == 401
    actions = [action for action, _, _ in office.trail()]
    assert actions.count("sign_in_refused") == 2
    assert actions.count("sign_out") == 1


def test_a_new_sign_in_ends_the_session_this_browser_had(office):
    browser = office.browser()
    browser.sign_in("admin", ADMIN)
    before = browser.client.cookies["matpho_session"]
    browser.sign_in("admin", ADMIN)
    after = browser.client.cookies["matpho_session"]
    assert before != after
    stale = office.browser()
    stale.client.cookies.set("matpho_session", before, domain="pho.test")
    assert stale.get("/api/incidents").status_code == 401


def test_sessions_end_when_idle_and_after_a_shift_whatever_happens(office):
    assert office.admin.get("/api/incidents").status_code == 200
    office.clock.go(2 * 3600 + 1)
    assert office.admin.get("/api/incidents").status_code == 401
    busy = office.browser()
    busy.sign_in("admin", ADMIN)
    for _ in range(11):
        office.clock.go(3600)
        assert busy.get("/api/incidents").status_code == 200
    office.clock.go(3600)
    assert busy.get("/api/incidents").status_code == 401
    assert busy.open()["person"] is None


def test_guessing_is_slowed_down_for_known_and_unknown_names_alike(office):
    for name in ("admin", "nobody"):
        browser = office.browser(address="10.9.9.9")
        statuses = [browser.sign_in(name, "đoán mò").status_code for _ in range(6)]
        assert statuses == [401, 401, 401, 401, 401, 429]
        last = browser.sign_in(name, "đoán mò")
        assert int(last.headers["retry-after"]) >= 1
    elsewhere = office.browser(address="10.0.0.7")
    assert elsewhere.sign_in("admin", ADMIN).status_code == 200


def test_one_changes_ones_own_language_and_password(office):
    other = office.browser()
    other.sign_in("admin", ADMIN)
    mine = office.admin
    assert mine.ask("PATCH", "/api/session", json={"language": "en"}).json()["person"]["language"] == "en"
    new = "một mật khẩu khác hẳn"
    assert mine.ask("PATCH", "/api/session", json={"password": new}).status_code == 422
    assert mine.ask("PATCH", "/api/session", json={"password": new, "old_password": "sai"}).status_code == 422
    assert mine.ask("PATCH", "/api/session", json={"password": "ngắn", "old_password": ADMIN}).status_code == 422
    assert mine.ask("PATCH", "/api/session", json={"password": new, "old_password": ADMIN}).status_code == 200
    assert mine.get("/api/incidents").status_code == 200
    assert other.get("/api/incidents").status_code == 401
    assert office.browser().sign_in("admin", ADMIN).status_code == 401
    assert office.browser().sign_in("admin", new).status_code == 200


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "'; DROP TABLE sessions; --", "é\u1ea5"])
def test_a_strange_cookie_is_nobody(office, cookie):
    browser = office.browser()
    answer = browser.get("/api/incidents", headers={"Cookie": f"matpho_session={cookie}".encode()})
    assert answer.status_code == 401
