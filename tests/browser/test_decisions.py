"""Decisions of the ward in Chromium: one enters, another confirms, and it ends at once when it is revoked."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
OTHER = "mật khẩu của giám sát"


@pytest.fixture(scope="module")
def ward(system):
    system.set_up()
    body = {"login": "giamsat", "name": "Giám sát viên", "role": "supervisor", "password": OTHER}
    system.post("/api/people", body, status=201)
    return system


def decisions(page, ward):
    page.goto(f"{ward.address}/#/system/decisions")
    page.wait_for_selector("[data-testid=decisions-never]")


def test_one_enters_another_confirms_and_any_ends_it(ward, person, browser, sign_in, until, tmp_path):
    sign_in(person, f"{ward.address}/")
    decisions(person, ward)
    assert "đám tang" in person.inner_text("[data-testid=decisions-never]")
    person.wait_for_selector("[data-testid=decisions-none]")
    person.click("[data-testid=decision-enter]")
    assert "đám tang" in person.inner_text("[data-testid=decision-never]")
    person.fill("[data-testid=decision-number]", "12/QĐ-UBND")
    person.fill("[data-testid=decision-dated]", "2026-11-20")
    person.fill("[data-testid=decision-issuer]", "UBND phường")
    person.check("[data-testid=decision-kind-crowd]")
    person.fill("[data-testid=decision-from]", "2020-01-01")
    person.fill("[data-testid=decision-to]", "2099-01-01")
    person.fill("[data-testid=decision-reason]", "Trực chợ đêm dịp lễ")
    person.screenshot(path=str(tmp_path / "dialog.png"))
    person.click("[data-testid=decision-save]")
    until(lambda: "180 ngày" in person.inner_text("[data-testid=decision-dialog]"), 15, "the refusal in words")
    today = person.evaluate("() => new Date().toISOString().slice(0, 10)")
    later = person.evaluate("() => new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10)")
    person.fill("[data-testid=decision-from]", today)
    person.fill("[data-testid=decision-to]", later)
    person.click("[data-testid=decision-save]")
    until(lambda: person.query_selector("[data-testid=decision][data-state=waiting]"), 15, "the decision")
    assert person.query_selector("[data-testid=decision-confirm]") is None
    person.screenshot(path=str(tmp_path / "decisions.png"), full_page=True)

    second = browser.new_page(viewport={"width": 390, "height": 844}, locale="vi-VN")
    sign_in(second, f"{ward.address}/", "giamsat", OTHER)
    decisions(second, ward)
    second.click("[data-testid=decision-confirm]")
    until(lambda: second.query_selector("[data-testid=decision]:not([data-state=waiting])"), 15, "the confirmation")
    second.screenshot(path=str(tmp_path / "phone.png"), full_page=True)
    assert second.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    second.click("[data-testid=decision-revoke]")
    second.fill("[data-testid=revoke-reason]", "hết dịp lễ")
    second.click("[data-testid=revoke-save]")
    until(lambda: second.query_selector("[data-testid=decision][data-state=revoked]"), 15, "the end")
    second.close()
