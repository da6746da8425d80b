"""The zone editor in Chromium: every setting of a rule with its bounds, and the calibration of a camera."""

import time

import pytest

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import after
from matpho.testing.system import wait_for
from matpho.video.journal import Journal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
WALK = {"id": "via-he", "purpose": "sidewalk", "polygon": [[0.05, 0.6], [0.95, 0.6], [0.95, 0.95], [0.05, 0.95]]}
ROAD = {"id": "long-duong", "purpose": "roadway", "polygon": [[0.05, 0.1], [0.95, 0.1], [0.95, 0.55], [0.05, 0.55]]}
LINE = {
    "id": "vach",
    "purpose": "stop_line",
    "line": [[0.2, 0.5], [0.8, 0.5]],
    "direction": [0.0, -1.0],
    "lamp": [0.8, 0.1, 0.06, 0.16],
}
PASSAGES = 14


@pytest.fixture(scope="module")
def ward(system, cameras, person, sign_in):
    """A ward with one camera that records, vehicles that went to the right as vision tells them, a page signed in."""
    system.set_up()
    addresses = {role: cameras.address("san-truong", role) for role in ("main", "sub")}
    system.add_camera({"id": "san-truong", "name": "Sân trường", "zones": [WALK, ROAD, LINE], **addresses})
    wait_for(lambda: system.get("/api/cameras/san-truong/recordings")["segments"], 40, "a recording")
    journal = Journal(system.settings.journals / "san-truong" / "vision-test.jsonl")
    now = time.time_ns()
    for number in range(PASSAGES):
        start = after(now, -5.0)
        way = tuple((after(start, 0.5 * n), Box(0.1 + 0.15 * n, 0.25, 0.1, 0.12)) for n in range(5))
        journal.append(TrackEnded(CameraId("san-truong"), number, Group.VEHICLE, start, way[-1][0], way))
    journal.close()
    sign_in(person, f"{system.address}/")
    person.goto(f"{system.address}/#/cameras/san-truong/zones")
    person.wait_for_selector("[data-testid=zone-row]")
    return system


def zone(ward, name):
    (camera,) = ward.get("/api/cameras")
    return next(z for z in camera["zones"] if z["id"] == name)


def choose(person, name):
    row = f"[data-testid=zone-row][data-zone={name}]"
    if person.get_attribute(row, "aria-pressed") != "true":
        person.click(row)
    person.wait_for_selector("[data-testid=zone-panel]")


def set_to(person, setting, text):
    person.fill(f"[data-testid=setting-{setting}]", text)
    person.press(f"[data-testid=setting-{setting}]", "Tab")


def save(person, until):
    person.click("[data-testid=zone-save]")
    until(lambda: person.get_attribute("[data-testid=zone-editor]", "data-dirty") == "false", 20, "the zones kept")


def test_every_setting_of_a_rule_is_shown_checked_and_saved(ward, person, until, tmp_path):
    choose(person, "via-he")
    rule = "[data-testid=rule-obstruction]"
    person.click(f"{rule} summary")
    shown = person.inner_text(rule)
    for words in ("Không có người trông", "Phần nằm trong vùng", "Bề ngang bị chắn", "Lối đi còn lại"):
        assert words in shown
    assert "Mặc định 50 %, từ 0 đến 100." in shown
    person.screenshot(path=str(tmp_path / "settings.png"), full_page=True)
    set_to(person, "obstruction-min_share", "130")
    assert "khoảng cho phép" in person.inner_text("[data-testid=zone-panel]")
    assert person.is_disabled("[data-testid=zone-save]")
    set_to(person, "obstruction-min_share", "70")
    set_to(person, "obstruction-min_free_m", "1.2")
    save(person, until)
    assert zone(ward, "via-he")["rules"] == {"obstruction": {"min_share": 0.7, "min_free_m": 1.2}}
    set_to(person, "obstruction-min_share", "")
    save(person, until)
    assert zone(ward, "via-he")["rules"] == {"obstruction": {"min_free_m": 1.2}}


def test_the_trail_says_in_words_what_was_changed(ward, person, until):
    person.goto(f"{ward.address}/#/audit")
    said = "Phần nằm trong vùng ít nhất: mặc định → 70 %"
    until(lambda: said in person.inner_text("[data-testid=audit]"), 15, "the change in the trail")
    person.set_viewport_size({"width": 390, "height": 844})
    person.goto(f"{ward.address}/#/cameras/san-truong/zones")
    person.wait_for_selector("[data-testid=zone-row]")
    choose(person, "via-he")
    assert person.evaluate("document.documentElement.scrollWidth") <= 390
    person.set_viewport_size({"width": 1280, "height": 800})


def test_the_ground_is_measured_by_a_rectangle(ward, person, until):
    until(lambda: person.is_enabled("[data-testid=ground-open]"), 40, "the picture")
    person.click("[data-testid=ground-open]")
    person.wait_for_selector("[data-testid=ground-canvas] line")
    before = person.locator("[data-testid=ground-canvas] line").count()
    person.fill("[data-testid=ground-depth]", "20")
    until(lambda: person.locator("[data-testid=ground-canvas] line").count() > before, 5, "a finer grid")
    person.focus("[data-testid=ground-corner] >> nth=0")
    for _ in range(4):
        person.keyboard.press("Shift+ArrowRight")
    person.click("[data-testid=ground-save]")
    until(lambda: ward.get("/api/cameras")[0]["ground_size_m"], 15, "the ground kept")
    (camera,) = ward.get("/api/cameras")
    assert camera["ground_size_m"] == [4, 20]
    assert camera["ground"][0] == pytest.approx([0.32, 0.9], abs=0.01)
    choose(person, "via-he")
    until(lambda: person.query_selector("[data-testid=density]"), 15, "how fine the picture is there")
    assert "điểm ảnh/m" in person.inner_text("[data-testid=density]")


def test_a_lane_s_direction_is_taken_from_the_traffic(ward, person, until):
    choose(person, "long-duong")
    person.click("[data-testid=suggest-directions]")
    until(lambda: person.query_selector("[data-testid=way-use]"), 15, "a way")
    person.click("[data-testid=way-use]")
    save(person, until)
    x, y = zone(ward, "long-duong")["direction"]
    assert x > 0.95
    assert abs(y) < 0.3


def test_a_lamp_that_is_not_there_is_not_suggested_and_the_box_stays(ward, person, until):
    choose(person, "vach")
    person.click("[data-testid=suggest-lamp]")
    said = until(lambda: person.query_selector("[data-testid=suggest] [role=status]"), 60, "the answer")
    assert "Không thấy đèn" in said.inner_text() or "ảnh khóa, cần ít nhất 16" in said.inner_text()
    assert zone(ward, "vach")["lamp"] == LINE["lamp"]
    assert person.get_attribute("[data-testid=zone-editor]", "data-dirty") == "false"


def told(person):
    return {one.get_attribute("data-code") for one in person.query_selector_all("[data-testid=zone-advice]")}


def test_a_new_stop_line_has_neither_arrow_nor_lamp_until_somebody_places_them(ward, person, until):
    person.click("[data-testid=zone-add]")
    person.click("[data-testid=purpose-stop_line]")
    place = person.locator("[data-testid=zone-canvas]").bounding_box()
    for x, y in ((0.2, 0.8), (0.6, 0.82)):
        person.mouse.click(place["x"] + x * place["width"], place["y"] + y * place["height"])
    until(lambda: {"no_direction", "no_lamp"} <= told(person), 15, "what is lacking")
    person.click("[data-testid=arrow-add]")
    person.click("[data-testid=lamp-add]")
    until(lambda: not {"no_direction", "no_lamp"} & told(person), 15, "nothing lacking")
    person.focus("[data-testid=arrow]")
    person.keyboard.press("Shift+ArrowRight")
    person.focus("[data-testid=lamp]")
    person.keyboard.press("Shift+ArrowRight")
    save(person, until)
    drawn = zone(ward, "stop-line-1")
    assert drawn["direction"] == pytest.approx([0.5, -0.866], abs=0.01)
    assert drawn["lamp"] == pytest.approx([0.5, 0.42, 0.06, 0.16])
    person.click("[data-testid=arrow-drop]")
    until(lambda: "no_direction" in told(person), 15, "the arrow lacking again")
    save(person, until)
    assert zone(ward, "stop-line-1")["direction"] is None
