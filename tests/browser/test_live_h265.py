"""A camera that sends H.265 only, watched live in a Chromium that cannot play it."""

import pytest

from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.footage import draw

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_CAN = """MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"')"""


@pytest.fixture(scope="module")
def modern_camera(tmp_path_factory):
    file = tmp_path_factory.mktemp("h265") / "cam.mp4"
    draw(file, pictures=300, fps=10, gop=20, codec="libx265", size=(320, 192))
    streams = [ServedStream(camera="dau-ngo", role=role, file=str(file)) for role in ("main", "sub")]
    with StagedCameras(streams) as served:
        yield served


def test_its_picture_moves_on_the_wall_and_its_page_says_how(system, modern_camera, person, sign_in, until, tmp_path):
    system.set_up()
    addresses = {role: modern_camera.address("dau-ngo", role) for role in ("main", "sub")}
    system.add_camera({"id": "dau-ngo", "name": "Đầu ngõ", **addresses})
    sign_in(person, f"{system.address}/")
    until(lambda: person.query_selector("[data-testid=tile][data-state=live]"), 60, "a live tile")
    codec = system.get("/api/cameras")[0]["sub"]["state"]["codec"]
    assert codec == "hevc"
    person.click("[data-testid=tile] a.open")
    until(lambda: person.query_selector("[data-testid=camera-view][data-state=live]"), 30, "the camera's own page")
    person.screenshot(path=str(tmp_path / "h265.png"))
    if person.evaluate(_CAN):
        pytest.skip("this Chromium plays H.265 itself: the picture moves, and nothing had to be encoded")
    assert "H.264" in person.inner_text("[data-testid=encoded]")
    until(lambda: person.evaluate("document.querySelector('video').currentTime") > 2, 20, "two seconds of picture")
    assert person.evaluate("document.querySelector('video').videoWidth") == 320


def test_a_browser_that_has_only_hls_and_cannot_decode_it_says_so(system, person, browser, until):
    if person.evaluate(_CAN):
        pytest.skip("this Chromium plays H.265 itself")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    context.add_cookies(person.context.cookies())
    page = context.new_page()
    page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource;")
    page.goto(f"{system.address}/#/live")
    page.wait_for_selector("[data-testid=tile]")
    until(lambda: page.get_attribute("[data-testid=tile]", "data-state") == "unplayable", 60, "being told")
    assert "không phát được" in page.inner_text("[data-testid=tile]")
    context.close()
