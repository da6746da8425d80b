import pytest

from matpho.web.auth import csrf_for
from matpho.web.security import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.unit

ADMIN = "mật khẩu của admin"


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/incidents", "/nothing.js", "/healthz", "/api/nothing"])
def test_every_answer_carries_the_security_headers(office, path):
    headers = office.browser().get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_the_policy_allows_nothing_inline_and_nobody_to_frame_us():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


def test_an_unsafe_request_needs_the_csrf_value_of_its_own_session(office):
    admin, other = office.admin, office.as_role("officer")
    form = {"login": "moi", "name": "Mới", "role": "observer", "password": "một mật khẩu dài"}
    for csrf in ("", "x", other.csrf):
        answer = admin.post("/api/people", form, csrf=csrf)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf")
    assert admin.post("/api/people", form).status_code == 201


def test_a_planted_cookie_cannot_lend_its_csrf_value_to_the_real_session(office):
    real = office.admin.client.cookies["matpho_session"]
    form = {"login": "moi", "name": "Mới", "role": "observer", "password": "một mật khẩu dài"}
    planted = "x" * 43
    for both in (
        f"matpho_session={planted}; matpho_session={real}",
        f"matpho_session={real}; matpho_session={planted}",
    ):
        browser = office.browser()
        answer = browser.post("/api/people", form, csrf=csrf_for(planted), headers={"Cookie": both})
        assert answer.status_code in (401, 403)
    assert len(office.admin.get("/api/people").json()) == 1


def test_signing_in_needs_one_too(office):
    browser = office.browser()
    form = {"login": "admin", "password": ADMIN}
    assert browser.post("/api/session", form).status_code == 403
    browser.open()
    assert browser.post("/api/session", form, csrf="").status_code == 403
    assert browser.post("/api/session", form).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://pho.test"},
        {"Origin": "http://pho.test:81"},
        {"Origin": "http://pho.test.evil.example"},
        {"Origin": "http://pho.test:notaport"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_can_start_nothing(office, headers):
    answer = office.admin.ask("DELETE", "/api/session", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "bad_origin")
    assert office.admin.get("/api/incidents").status_code == 200


def test_an_address_behind_a_proxy_can_be_allowed(office):
    office.options = {"origins": ("https://pho.example.vn",)}
    office.build()
    browser = office.browser()
    browser.open()
    answer = browser.post(
        "/api/session", {"login": "admin", "password": ADMIN}, headers={"Origin": "https://pho.example.vn"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused(office, announced):
    async def pieces():
        for _ in range(20):
            yield b" " * 100_000

    content = b" " * 2_000_000 if announced else pieces()
    answer = office.admin.ask("POST", "/api/cameras/import", content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("PUT", "/api/session", 404, "not_found"),
        ("GET", "/api/incidents?limit=0", 422, "bad_input"),
        ("GET", "/api/incidents?state=wrong", 422, "bad_input"),
        ("GET", "/api/incidents?cursor=wrong", 422, "bad_input"),
        ("GET", "/api/incidents?from=yesterday", 422, "bad_input"),
        ("GET", "/api/audit?cursor=-1", 422, "bad_input"),
        ("GET", "/api/cameras/none/recordings", 404, "not_found"),
        ("GET", "/api/incidents/none", 404, "not_found"),
        ("PATCH", "/api/people/none", 422, "bad_input"),
    ],
)
def test_every_failure_has_the_one_shape_in_both_languages(office, method, path, status, code):
    answer = office.admin.ask(method, path)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["vi"]
    assert error["en"]
    assert error["vi"] != error["en"]


def test_what_was_typed_never_comes_back_in_an_error(office):
    answer = office.admin.post("/api/people", {"login": "x", "name": "", "role": "boss", "password": "bí mật của tôi"})
    assert answer.status_code == 422
    assert "bí mật" not in answer.text
    assert "role" in answer.json()["error"]["vi"]


def test_a_body_that_is_no_json_is_told(office):
    answer = office.admin.ask("POST", "/api/people", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_input"


@pytest.mark.errors_expected
def test_what_nobody_foresaw_is_recorded_and_told_without_details(office, caplog):
    def broken():
        raise RuntimeError("rtsp://xem:bi-mat@10.0.0.1")

    office.parts.views.ward_name = broken
    answer = office.browser().get("/api/session")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "error"
    assert "bi-mat" not in answer.text
    assert "content-security-policy" in answer.headers


def test_the_page_and_its_parts(office):
    folder = office.tmp / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Mắt Phố</title>", "utf-8")
    (folder / "assets" / "app-Bx1.js").write_text("console.log(1)")
    (folder / "favicon.svg").write_text("<svg/>")
    (office.tmp / "secret.txt").write_text("bí mật")
    browser = office.browser()
    for path in ("/", "/index.html", "/incidents/1"):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert "Mắt Phố" in answer.text
    script = browser.get("/assets/app-Bx1.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in script.headers["content-type"]
    assert browser.get("/favicon.svg").headers["cache-control"] == "no-cache"
    assert browser.get("/assets/gone.js").status_code == 404
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"):
        assert "bí mật" not in browser.get(path).text


def test_without_a_built_page_the_server_says_so(office):
    answer = office.browser().get("/")
    assert answer.status_code == 200
    assert "chưa được dựng" in answer.text
