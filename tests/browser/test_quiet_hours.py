"""Quiet hours in Chromium: an administrator sets them on the health page, they hold at once, others see them."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
OTHER = "mật khẩu của cán bộ"


@pytest.fixture(scope="module")
def ward(system):
    system.set_up()
    system.post("/api/people", {"login": "canbo", "name": "Cán bộ", "role": "officer", "password": OTHER}, status=201)
    return system


def health_page(page, ward):
    page.goto(f"{ward.address}/#/health")
    page.wait_for_selector("[data-testid=quiet]")


def test_an_administrator_sets_them_and_others_see_them(ward, person, browser, sign_in, until, tmp_path):
    sign_in(person, f"{ward.address}/")
    health_page(person, ward)
    assert "báo ngay, kể cả ban đêm" in person.inner_text("[data-testid=quiet]")
    assert "matpho.toml" in person.inner_text("[data-testid=quiet]")

    person.click("[data-testid=quiet-edit]")
    person.check("[data-testid=quiet-on]")
    assert "8 giờ, qua nửa đêm" in person.inner_text("[data-testid=quiet-length]")
    person.fill("[data-testid=quiet-from]", "21h30")
    person.fill("[data-testid=quiet-to]", "21:30")
    person.click("[data-testid=quiet-save]")
    until(lambda: person.query_selector("[data-testid=quiet-problem]"), 15, "the refusal")
    assert "không có độ dài" in person.inner_text("[data-testid=quiet-problem]")
    assert ward.get("/api/health")["quiet"]["own"] is False

    person.fill("[data-testid=quiet-to]", "5h")
    person.check("[data-testid=quiet-urgent]")
    person.keyboard.press("Tab")
    assert "7 giờ 30 phút, qua nửa đêm" in person.inner_text("[data-testid=quiet-length]")
    person.screenshot(path=str(tmp_path / "dialog.png"))
    person.click("[data-testid=quiet-save]")
    until(lambda: not person.query_selector("[data-testid=quiet-dialog]"), 15, "the dialog closed")
    shown = person.inner_text("[data-testid=quiet]")
    assert "21:30 – 05:00" in shown
    assert "Sự cố khẩn cấp vẫn báo ngay" in shown
    assert "Đặt trên trang này" in shown
    kept = ward.get("/api/health")["quiet"]
    assert (kept["hours"], kept["urgent_always"], kept["own"]) == ("21:30-05:00", True, True)
    (row,) = [r for r in ward.get("/api/audit")["items"] if r["action"] == "set_quiet_hours"]
    assert row["detail"]["new"] == "21:30-05:00"

    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="vi-VN")
    page = context.new_page()
    sign_in(page, f"{ward.address}/", "canbo", OTHER)
    health_page(page, ward)
    assert "21:30 – 05:00" in page.inner_text("[data-testid=quiet]")
    assert not page.query_selector("[data-testid=quiet-edit]")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    context.close()

    person.click("[data-testid=quiet-edit]")
    person.click("[data-testid=quiet-file]")
    until(lambda: "matpho.toml" in person.inner_text("[data-testid=quiet]"), 15, "those of the file again")
    assert ward.get("/api/health")["quiet"]["hours"] == ""
