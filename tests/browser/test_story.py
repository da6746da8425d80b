"""From the printed link to a decided incident, in Chromium, over real RTSP. The tests tell one story, in order."""

import re

import pytest

from matpho.testing.system import IN_ORDER, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_1_the_printed_link_sets_the_ward_up(system, person):
    person.goto(system.setup_link())
    person.fill("[data-testid=setup-ward]", "Phường Thử Nghiệm")
    person.fill("[data-testid=setup-name]", "Trần Thị Bình")
    person.fill("[data-testid=setup-login]", "quantri")
    person.fill("[data-testid=setup-password]", PASSWORD)
    person.keyboard.press("Enter")
    person.wait_for_selector("[data-testid=nav-incidents]")
    assert "Phường Thử Nghiệm" in person.inner_text("body")


def test_2_the_link_works_only_once(system, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{system.address}/")
    page.wait_for_selector("[data-testid=sign-in-form]")
    session = context.request.get(f"{system.address}/api/session").json()
    assert session["needs_setup"] is False
    assert session["person"] is None
    context.close()


def test_3_cameras_are_added_and_live_on_the_wall(system, cameras, person, until):
    token = person.evaluate("fetch('/api/session').then(r => r.json()).then(s => s.csrf)")
    for camera, name in (("dau-hem", "Đầu hẻm 12"), ("san-truong", "Sân trường")):
        addresses = {r: cameras.address(camera, r) for r in ("main", "sub")}
        body = {"id": camera, "name": name, "register": IN_ORDER, **addresses}
        if camera == "san-truong":
            body["zones"] = [{"id": "san", "purpose": "restricted", "polygon": [[0.1, 0.5], [0.9, 0.5], [0.9, 0.95]]}]
        status = person.evaluate(
            """([body, token]) => fetch('/api/cameras', {method: 'POST', body: JSON.stringify(body),
               headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token}}).then(r => r.status)""",
            [body, token],
        )
        assert status == 201
    person.goto(f"{system.address}/#/")

    def states():
        tiles = "[...document.querySelectorAll('[data-testid=tile]')]"
        return person.evaluate(f"{tiles}.map(t => [t.dataset.camera, t.dataset.state])")

    until(lambda: sorted(states()) == [["dau-hem", "live"], ["san-truong", "live"]], 60, "both tiles live")
    moved = "[...document.querySelectorAll('[data-testid=tile] video')].map(v => v.currentTime)"
    before = person.evaluate(moved)
    until(lambda: all(b > a for a, b in zip(before, person.evaluate(moved), strict=True)), 10, "pictures moving")


def test_4_a_covered_lens_becomes_an_incident_with_a_clip_that_plays(system, person, until):
    person.goto(f"{system.address}/#/incidents")
    row = "[data-testid=incident-row]"
    until(lambda: person.query_selector(row), 120, "the first incident")
    person.click(row)
    person.wait_for_selector("[data-testid=why]")
    assert re.search(r"Ống kính bị che|Camera", person.inner_text("[data-testid=why]"))
    video = "document.querySelector('[data-testid=clip]')"
    until(lambda: person.evaluate(f"{video} && {video}.readyState >= 2"), 60, "the clip ready")
    person.evaluate(f"{video}.play()")
    at = f"{video}.currentTime"
    start = person.evaluate(at)
    until(lambda: person.evaluate(at) > start + 0.5, 15, "the clip playing")
    assert person.evaluate(f"{video}.videoWidth") == 640, "cut from the main stream"
    assert person.evaluate(f"{video}.error") is None


def test_5_one_key_confirms_it_and_the_history_says_who(person, until):
    person.keyboard.press("c")
    until(lambda: "Trần Thị Bình" in person.inner_text("[data-testid=history]"), 15, "the decision in the history")
    assert person.get_attribute("[data-testid=incident]", "data-state") == "confirmed"


def test_6_a_zone_is_drawn_on_the_live_still_and_kept(system, person, until):
    person.goto(f"{system.address}/#/cameras/dau-hem/zones")
    person.wait_for_selector("[data-testid=zone-canvas]")
    person.click("[data-testid=zone-add]")
    person.click("[data-testid=purpose-no_dumping]")
    box = person.locator("[data-testid=zone-canvas]").bounding_box()
    for x, y in ((0.3, 0.4), (0.7, 0.4), (0.6, 0.8)):
        person.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    person.keyboard.press("Enter")
    person.click("[data-testid=zone-save]")

    def zones():
        cameras = person.evaluate("fetch('/api/cameras').then(r => r.json())")
        return next(c for c in cameras if c["id"] == "dau-hem")["zones"]

    kept = until(zones, 15, "the zone kept")
    assert kept[0]["purpose"] == "no_dumping"
    assert len(kept[0]["polygon"]) == 3


def test_7_every_view_of_footage_is_in_the_trail(person):
    rows = person.evaluate("fetch('/api/audit').then(r => r.json())")["items"]
    actions = {row["action"] for row in rows}
    assert {"view_live", "view_evidence", "view_still"} <= actions


def test_8_after_signing_out_nothing_is_shown(system, person, sign_in):
    token = person.evaluate("fetch('/api/session').then(r => r.json()).then(s => s.csrf)")
    status = person.evaluate(
        "t => fetch('/api/session', {method: 'DELETE', headers: {'X-CSRF-Token': t}}).then(r => r.status)", token
    )
    assert status == 204
    person.goto(f"{system.address}/#/incidents")
    person.reload()
    person.wait_for_selector("[data-testid=sign-in-form]")
    assert person.evaluate("fetch('/api/incidents').then(r => r.status)") == 401
    sign_in(person, f"{system.address}/#/incidents")
