"""A commissioning test in Chromium over a running system: a lens is really covered, found, signed by two and sealed."""

import hashlib
import json
from pathlib import Path

import pytest

from matpho.domain.people import Role
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.covered_lens import draw
from matpho.testing.system import PASSWORD, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

COVER = "dau-hem.-.camera_tampering"


class Lens:
    """A camera whose lens is free until :meth:`cover`; one covered before the scene would be the same incident."""

    def __init__(self, folder):
        self._files = {}
        for name, covered in (("free", None), ("hand", (12.0, 32.0))):
            for role, size in (("main", (640, 480)), ("sub", (320, 240))):
                self._files[name, role] = str(folder / f"{name}-{role}.mp4")
                draw(Path(self._files[name, role]), size, 60.0, covered=covered)
        self._port = free_port()
        self.served = self._serve("free")

    def _serve(self, name):
        streams = [ServedStream(camera="dau-hem", role=r, file=self._files[name, r]) for r in ("main", "sub")]
        return StagedCameras(streams, port=self._port).__enter__()

    def cover(self):
        """From now on a hand comes after twelve seconds."""
        self.close()
        self.served = self._serve("hand")

    def close(self):
        self.served.__exit__(None, None, None)


@pytest.fixture(scope="module")
def lens(tmp_path_factory):
    one = Lens(tmp_path_factory.mktemp("lens"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def ward(system, lens):
    """A ward with one camera, and a second person who may sign."""
    system.set_up()
    form = {"login": "canbo", "name": "Lê Thị Cán Bộ", "role": Role.OFFICER.value, "password": PASSWORD}
    system.post("/api/people", form, status=201)
    addresses = {role: lens.served.address("dau-hem", role) for role in ("main", "sub")}
    system.add_camera({"id": "dau-hem", "name": "Đầu hẻm 12", **addresses})
    wait_for(lambda: (system.get("/api/cameras")[0]["sub"]["state"] or {}).get("link") == "live", 60, "its picture")
    return system


def started(person):
    person.click("[data-testid=nav-trials]")
    person.click("[data-testid=trial-new]")
    person.check("[data-testid=trial-camera][value=dau-hem]")
    person.wait_for_selector(f"[data-testid=trial-scene][data-scene='{COVER}']")
    person.click("[data-testid=trial-go]")
    person.wait_for_selector("[data-testid=trial][data-state=running]")
    return person.url.rpartition("/")[2]


def test_a_covered_lens_is_acted_found_signed_and_sealed(ward, lens, person, browser, sign_in, until, tmp_path):
    sign_in(person, f"{ward.address}/")
    trial = started(person)
    person.click("[data-testid=scene-now]")
    row = f"[data-testid=scene][data-scene='{COVER}']"
    until(lambda: person.get_attribute(row, "data-outcome") == "waiting", 15, "the scene waiting")
    lens.cover()
    until(lambda: person.query_selector("[data-outcome=found]"), 120, "the scene found")
    assert "sau" in person.inner_text("[data-outcome=found]")
    person.screenshot(path=str(tmp_path / "running.png"), full_page=True)
    assert ward.get("/api/incidents")["items"] == [], "what was acted is no incident"

    person.click("[data-testid=trial-end]")
    person.fill("[data-testid=trial-note]", "Trời nắng, không gió")
    person.click("[data-testid=trial-ending-go]")
    person.wait_for_selector("[data-testid=trial][data-state=ended]")
    assert person.query_selector("[data-testid=trial-sign]") is None, "nobody signs twice"

    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    page = phone.new_page()
    sign_in(page, f"{ward.address}/", "canbo")
    page.goto(f"{ward.address}/#/trials/{trial}")
    page.click("[data-testid=trial-sign]")
    page.wait_for_selector("[data-testid=trial][data-state=signed]")
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.screenshot(path=str(tmp_path / "phone.png"), full_page=True)
    phone.close()
    assert wide <= 390, "nothing hangs over the edge of a phone"

    kept = wait_for(lambda: (t := ward.get(f"/api/trials/{trial}"))["sha256"] and t, 20, "the seal")
    until(lambda: kept["sha256"] in person.inner_text("[data-testid=trial]"), 15, "the seal on the page")
    with person.expect_download() as download:
        person.click("[data-testid=trial-json]")
    content = download.value.path().read_bytes()
    assert hashlib.sha256(content).hexdigest() == kept["sha256"]
    record = json.loads(content)
    assert [s["name"] for s in record["signatures"]] == ["Trần Quản Trị", "Lê Thị Cán Bộ"]
    assert "found" in [s["outcome"] for s in record["scenes"]]
    assert record["detector"]["sha256"]

    person.emulate_media(media="print")
    assert person.is_visible("[data-testid=trial]")
    assert not person.is_visible("[data-testid=nav-trials]")
    assert not person.is_visible("[data-testid=trial-print]")
    person.screenshot(path=str(tmp_path / "print.png"), full_page=True)
    person.emulate_media(media="screen")
