"""The wall in Chromium: thirty cameras on one page, main on zoom, a picture that stands still, HLS without MSE."""

import os
import signal

import pytest

from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.footage import draw
from matpho.testing.system import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CAMERAS = 30
SOME = 4
FROZEN_S = 3.0
_WATCH = """window.marked = {}; const seen = {};
setInterval(() => document.querySelectorAll('[data-testid=tile]').forEach(tile => {
    const video = tile.querySelector('video'), one = seen[tile.dataset.camera] ??= {};
    if (video && video.currentTime !== one.place) [one.place, one.at] = [video.currentTime, performance.now()];
    if (tile.dataset.state === 'frozen') window.marked[tile.dataset.camera] ??= (performance.now() - one.at) / 1000;
}), 40)"""
"""How long after its last movement a picture was marked, by the page's own clock: ours waits for a busy machine."""
_TILES = "[...document.querySelectorAll('[data-testid=tile]')].map(t => [t.dataset.camera, t.dataset.state])"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Some cameras that send pictures; the others of the thirty are away."""
    folder = tmp_path_factory.mktemp("wall")
    streams = []
    for role, size in (("main", (640, 384)), ("sub", (320, 192))):
        draw(folder / f"{role}.mp4", pictures=300, fps=10, gop=10, size=size)
        files = [str(folder / f"{role}.mp4")] * SOME
        streams += [ServedStream(camera=f"c{n}", role=role, file=file) for n, file in enumerate(files)]
    with StagedCameras(streams) as cameras:
        yield cameras


@pytest.fixture(scope="module")
def ward(system, served):
    system.set_up()
    for n in range(CAMERAS):
        away = {role: f"rtsp://127.0.0.1:9/{n}/{role}" for role in ("main", "sub")}
        addresses = {role: served.address(f"c{n}", role) for role in ("main", "sub")} if n < SOME else away
        system.add_camera({"id": f"c{n}", "name": f"Ngõ {n}", **addresses})
    return system


def opened(ward, browser, script="", width=1440):
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
    context.add_cookies([{"name": c.name, "value": c.value, "url": ward.address} for c in ward.http.cookies.jar])
    page = context.new_page()
    if script:
        page.add_init_script(script)
    page.goto(f"{ward.address}/#/live")
    return page


def live(page):
    """The tiles whose picture moves."""
    return [camera for camera, state in page.evaluate(_TILES) if state == "live"]


def test_thirty_are_on_one_screen_and_the_others_say_that_they_are_away(ward, browser):
    page = opened(ward, browser)
    wait_for(lambda: len(live(page)) == SOME, 60, "the cameras that send")
    tiles = page.evaluate(
        "[...document.querySelectorAll('[data-testid=tile]')].map(t => t.getBoundingClientRect().bottom)"
    )
    assert len(tiles) == CAMERAS
    assert max(tiles) <= 900, "without scrolling"
    page.click("[data-testid=tile][data-camera=c0] a.open")
    page.wait_for_selector("[data-testid=camera-view][data-state=live]")
    view = page.locator("[data-testid=camera-view]")
    assert view.get_attribute("data-stream") == "main"
    wait_for(lambda: page.evaluate("document.querySelector('video')?.videoWidth") == 640, 10, "the main picture")
    page.keyboard.press("b")
    wait_for(lambda: view.get_attribute("data-stream") == "sub", 10, "boxes come with the sub stream")
    page.locator("[data-testid=closer]").hover()
    page.mouse.wheel(0, -600)
    wait_for(lambda: view.get_attribute("data-stream") == "main", 10, "who looks closer sees the sharp picture")
    assert float(page.get_attribute("[data-testid=closer]", "data-scale")) > 2
    page.dblclick("[data-testid=closer]")
    assert page.get_attribute("[data-testid=closer]", "data-scale") == "1"
    page.context.close()


def test_on_a_phone_they_are_below_each_other(ward, browser):
    page = opened(ward, browser, width=390)
    wait_for(lambda: len(page.evaluate(_TILES)) == CAMERAS, 30, "the tiles")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_a_picture_that_stands_still_is_marked_within_three_seconds(ward, served, browser):
    page = opened(ward, browser)
    wait_for(lambda: len(live(page)) == SOME, 60, "the cameras that send")
    page.evaluate(_WATCH)
    os.kill(served.pid, signal.SIGSTOP)
    try:
        # the page notes the marks by a timer of its own: a busy one may be a moment behind what its tiles show
        wait_for(lambda: len(page.evaluate("window.marked")) == SOME, 20, "every mark")
        states = dict(page.evaluate(_TILES))
    finally:
        os.kill(served.pid, signal.SIGCONT)
    took = page.evaluate("window.marked")
    assert max(took.values()) < FROZEN_S, took
    assert {states[f"c{n}"] for n in range(SOME)} == {"frozen"}
    wait_for(lambda: len(live(page)) == SOME, 60, "going on")
    page.context.close()


def test_a_browser_without_media_source_is_shown_hls(ward, browser):
    page = opened(ward, browser, "delete window.MediaSource; delete window.ManagedMediaSource;")
    if not page.evaluate("document.createElement('video').canPlayType('application/vnd.apple.mpegurl')"):
        pytest.skip("this Chromium plays no HLS by itself")
    wait_for(lambda: len(live(page)) == SOME, 60, "pictures by HLS")
    assert page.evaluate("document.querySelector('[data-camera=c0] video')?.src").endswith("live.m3u8?stream=sub")
    page.context.close()


def test_what_many_cameras_have_is_one_card_and_one_answer(ward, browser):
    """The last: they are told as away a minute after they were added."""
    page = opened(ward, browser)
    wait_for(lambda: len(ward.get("/api/health")["problems"]) >= CAMERAS - SOME, 120, "the cameras told as away")
    page.goto(f"{ward.address}/#/health")
    group = page.locator("[data-testid=problem-group]")
    group.wait_for()
    assert f"{CAMERAS - SOME} camera" in group.inner_text()
    assert "bộ chuyển mạch" in group.inner_text()
    page.click("[data-testid=answer-all]")
    page.fill("[data-testid=answer-assigned]", "Anh Bình, viễn thông")
    page.click("[data-testid=answer-save]")
    wait_for(lambda: all(p["assigned"] for p in ward.get("/api/health")["problems"]), 30, "each of them answered")
    assert "SMART" in page.inner_text("[data-testid=disk-health]"), "the disk is there though nothing is wrong with it"
    page.context.close()
