""" "Allowed here", in Chromium: on an incident, listed in the zone editor, taken back, and drawn by hand."""

import time
from pathlib import Path

import pytest

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.messages import HitSeen
from matpho.domain.time import Instant, after
from matpho.domain.words import Said
from matpho.testing.system import wait_for
from matpho.video.journal import Journal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ZONE = {"id": "via-he", "purpose": "sidewalk", "polygon": [[0.05, 0.4], [0.95, 0.4], [0.95, 0.95], [0.05, 0.95]]}


@pytest.fixture(scope="module")
def ward(system, cameras):
    """A ward with one camera, and an incident about a pot as the vision process tells it."""
    system.set_up()
    addresses = {role: cameras.address("san-truong", role) for role in ("main", "sub")}
    camera = {"id": "san-truong", "name": "Sân trường", "zones": [ZONE], **addresses}
    system.add_camera(camera)
    folder: Path = system.settings.journals / "san-truong"
    wait_for(folder.is_dir, 40, "the camera's journals")
    journal = Journal(folder / "vision-test.jsonl")
    now = Instant(time.time_ns())
    hit = RuleHit(
        id="thu-1",
        kind="sidewalk_encroachment",
        camera_id=CameraId("san-truong"),
        zone_id=ZoneId("via-he"),
        thing="static:1",
        start=after(now, -130),
        at=now,
        end=None,
        box=Box(0.4, 0.5, 0.1, 0.2),
        score=0.8,
        advisory=False,
        why=Said("Đồ vật chiếm khoảng 1,2 m² vỉa hè.", "Things have taken about 1.2 m² of the sidewalk."),
        figures={"area_m2": 1.2, "zone_m2": 14.0, "area_share": 0.09, "dwell_s": 130.0, "free_width_m": 1.1},
    )
    journal.append(HitSeen(hit))
    journal.close()
    return system


def zones(person):
    return person.evaluate("fetch('/api/cameras').then(r => r.json())")[0]["zones"]


def test_an_incident_is_allowed_by_one_click_and_the_place_is_listed_and_taken_back(ward, person, sign_in, until):
    sign_in(person, f"{ward.address}/")
    person.goto(f"{ward.address}/#/incidents")
    until(lambda: person.query_selector("[data-testid=incident-row]"), 60, "the incident")
    person.click("[data-testid=incident-row]")
    person.click("[data-testid=allow]")
    person.fill("[data-testid=allow-note]", "Chậu cây của hộ 12")
    person.click("[data-testid=allow-submit]")
    state = "document.querySelector('[data-testid=incident]').dataset.state"
    until(lambda: person.evaluate(state) == "rejected", 15, "the incident closed")
    assert "cho phép để ở đây" in person.inner_text("[data-testid=history]")
    assert [p["note"] for p in zones(person)[0]["permitted"]] == ["Chậu cây của hộ 12"]

    person.goto(f"{ward.address}/#/cameras/san-truong/zones")
    person.click("[data-testid=zone-row]")
    row = until(lambda: person.query_selector("[data-testid=permitted-row]"), 20, "the list")
    assert "Chậu cây của hộ 12" in row.inner_text()
    person.click("[data-testid=permitted-remove]")
    until(lambda: zones(person)[0]["permitted"] == [], 15, "taken back")
    until(lambda: person.query_selector("[data-testid=permitted-row]") is None, 10, "the list empty")


def test_a_place_is_drawn_in_the_zone_editor_with_its_last_day(person, until):
    until(lambda: person.is_enabled("[data-testid=permitted-add]"), 40, "the picture")
    person.click("[data-testid=permitted-add]")
    person.fill("[data-testid=allow-note]", "Thùng rác của ngõ")
    person.fill("[data-testid=allow-until]", "2099-12-31")
    person.click("[data-testid=allow-submit]")
    assert "khoanh" in person.inner_text("[data-testid=allow-problem]")
    box = person.locator("[data-testid=allow-box]").bounding_box()
    person.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    person.mouse.down()
    person.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    person.mouse.up()
    person.click("[data-testid=allow-submit]")
    (one,) = until(lambda: zones(person)[0]["permitted"], 15, "the place")
    assert one["until"] == "2099-12-31"
    assert one["polygon"][0] == pytest.approx([0.3, 0.5], abs=0.02)
    row = until(lambda: person.query_selector("[data-testid=permitted-row]"), 10, "the list")
    assert "Đến hết ngày 31/12/2099" in row.inner_text()
