"""A real system, real RTSP cameras, a real Chromium."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.covered_lens import draw
from matpho.testing.system import PASSWORD, RunningSystem, wait_for

LOOP_S = 60.0
COVERED = (16.0, 34.0)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.fail("no Chromium on this machine: ./run test installs it as root, or says what to type")


@pytest.fixture(scope="module")
def browser():
    """The driver keeps an event loop running in this thread, so it must end with these tests."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def cameras(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    streams = []
    for camera, covered in (("dau-hem", COVERED), ("san-truong", None)):
        for role, size in (("main", (640, 480)), ("sub", (320, 240))):
            file = folder / f"{camera}-{role}.mp4"
            draw(file, size, LOOP_S, seed=len(camera), covered=covered)
            streams.append(ServedStream(camera=camera, role=role, file=str(file)))
    with StagedCameras(streams) as served:
        yield served


@pytest.fixture(scope="module")
def system(tmp_path_factory, cameras):
    """One running system for all browser tests: they tell one story, in order."""
    home = tmp_path_factory.mktemp("ward") / "home"
    with RunningSystem(
        home, "[recording]\nsegment_s = 6\n[evidence]\npre_roll_s = 4.0\npost_roll_s = 4.0\n"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def person(system, browser):
    """The first administrator's browser: set up through the printed link; fails on any error of the page."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    page = context.new_page()
    trouble = []
    page.on("pageerror", lambda e: trouble.append(str(e)))
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" and "Content Security" in m.text else None)
    yield page
    context.close()
    assert not trouble, trouble


@pytest.fixture(scope="session")
def sign_in():
    """``sign_in(page, address)`` opens an address of the page and signs in there, as the administrator or another."""

    def enter(page, address, login="quantri", password=PASSWORD):
        page.goto(address)
        page.fill("[data-testid=login]", login)
        page.fill("[data-testid=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-testid=nav-incidents]", state="attached")

    return enter


@pytest.fixture
def until():
    """Poll the page: under a strict CSP the driver's own waiting for functions does not work."""

    def ask(what, seconds=30.0, why="it"):
        return wait_for(what, seconds, why)

    return ask
