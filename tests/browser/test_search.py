"""Looking back, in Chromium over real recordings: draw a box, find what entered it, see it, make an incident of it."""

import time
from datetime import datetime
from urllib.parse import unquote

import pytest

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import after
from matpho.testing.system import wait_for
from matpho.video.journal import Journal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def ward(system, cameras):
    """A ward with one camera that has recorded a little, and three tracks as the vision process tells them."""
    system.set_up()
    addresses = {role: cameras.address("san-truong", role) for role in ("main", "sub")}
    system.add_camera({"id": "san-truong", "name": "Sân trường", **addresses})

    def recorded():
        found = system.get("/api/cameras/san-truong/recordings")["segments"]
        return bool(found)

    wait_for(recorded, 40, "a recording")
    time.sleep(4.0)  # a group of pictures on the disk
    journal = Journal(system.settings.journals / "san-truong" / "vision-test.jsonl")
    now = time.time_ns()
    for number, (y, group) in enumerate(((0.2, Group.PERSON), (0.5, Group.PERSON), (0.8, Group.VEHICLE)), 1):
        start = after(now, -3.0)
        boxes = tuple((after(start, 0.5 * n), Box(0.1 * n, y, 0.08, 0.1)) for n in range(5))
        journal.append(TrackEnded(CameraId("san-truong"), number, group, start, boxes[-1][0], boxes))
    journal.close()
    return system


def shown(person, what):
    """A property of the picture under the box, as text; empty while there is none."""
    return person.evaluate(
        f"String(document.querySelector('[data-testid=search-box]')?.parentElement.querySelector('img')?.{what} ?? '')"
    )


def test_a_box_is_drawn_and_what_entered_it_is_found_and_becomes_an_incident(ward, person, sign_in, until, tmp_path):
    sign_in(person, f"{ward.address}/")
    person.click("[data-testid=nav-search]")
    person.select_option("[data-testid=search-camera]", "san-truong")
    until(lambda: shown(person, "src").startswith("blob:"), 20, "the camera's picture")

    place = person.locator("[data-testid=search-box]").bounding_box()
    x, y, w, h = (place[k] for k in ("x", "y", "width", "height"))
    person.mouse.move(x + 0.25 * w, y + 0.5 * h)
    person.mouse.down()
    person.mouse.move(x + 0.4 * w, y + 0.62 * h, steps=5)
    person.mouse.up()
    until(lambda: "box=0.2" in person.url, 5, "the box in the address")
    person.click("[data-testid=search-go]")
    until(lambda: person.query_selector("[data-testid=visit]"), 15, "something found")
    assert len(person.query_selector_all("[data-testid=visit]")) == 1
    until(lambda: person.evaluate("document.querySelector('[data-testid=visit] img')?.naturalWidth"), 10, "its picture")
    person.screenshot(path=str(tmp_path / "search.png"))
    play = person.get_attribute("[data-testid=visit] a", "href")
    assert play.startswith("#/playback?cameras=san-truong&at=20")

    person.click("[data-testid=search-group-vehicle]")
    person.click("[data-testid=search-go]")
    until(lambda: not person.query_selector("[data-testid=visit]"), 15, "no vehicle in the box")
    person.click("[data-testid=search-group-vehicle]")
    person.click("[data-testid=search-go]")
    until(lambda: person.query_selector("[data-testid=visit]"), 15, "the person again")

    person.click("[data-testid=visit-report]")
    person.wait_for_selector("[data-testid=report-kind]")
    person.select_option("[data-testid=report-kind]", "littering")
    person.fill("[data-testid=report-note]", "vứt rác ở góc sân")
    person.click("[data-testid=report-submit]")
    until(lambda: ward.get("/api/incidents?state=suspected&state=in_review")["items"], 15, "the incident")
    (incident,) = ward.get("/api/incidents?state=suspected&state=in_review")["items"]
    assert incident["kind"] == "littering"
    assert incident["source"] == "person"
    assert incident["box"][1] == pytest.approx(0.5, abs=0.01)

    acts = [row["action"] for row in ward.get("/api/audit?limit=100")["items"]]
    assert acts.count("search") == 3
    person.set_viewport_size({"width": 390, "height": 844})
    assert person.evaluate("document.documentElement.scrollWidth") <= 390
    person.screenshot(path=str(tmp_path / "search-phone.png"), full_page=True)
    person.set_viewport_size({"width": 1280, "height": 800})

    person.goto(f"{ward.address}/{play}")
    person.wait_for_selector("[data-testid=playback]")
    asked_ms = datetime.fromisoformat(unquote(play.partition("at=")[2])).timestamp() * 1000
    clock = "Number(document.querySelector('[data-testid=playback]')?.dataset.at)"
    until(lambda: abs(person.evaluate(clock) - asked_ms) < 2000, 15, "playback at the moment that was found")
    assert person.get_attribute("[data-testid=pick-san-truong]", "aria-pressed") == "true"


def test_of_a_camera_that_is_away_the_last_recorded_picture_is_drawn_on(ward, person, until):
    person.set_viewport_size({"width": 1280, "height": 800})
    away = {role: f"rtsp://127.0.0.1:9/{role}" for role in ("main", "sub")}
    assert ward.http.put("/api/cameras/san-truong", json=away).status_code == 200
    until(lambda: ward.http.get("/api/cameras/san-truong/still?stream=sub").status_code != 200, 30, "its going away")
    person.goto(f"{ward.address}/#/live")
    person.goto(f"{ward.address}/#/search?camera=san-truong")
    person.wait_for_selector("[data-testid=search-box]")
    until(lambda: shown(person, "src").startswith("blob:"), 20, "the recorded picture")
    until(lambda: shown(person, "naturalWidth") == "640", 5, "as it was recorded")
    assert "đây là hình ghi lúc" in person.inner_text("form")
