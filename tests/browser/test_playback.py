"""Recorded video in Chromium over real recordings: click, exact picture, steps, speed, two cameras, an export."""

import io
import time
import zipfile

import pytest
from click.testing import CliRunner

from matpho.cli.verify import command as verify
from matpho.testing.system import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

RECORD_S = 22


@pytest.fixture(scope="module")
def recorded(system, cameras):
    """Two cameras with some twenty seconds of recording, over more than one file."""
    system.set_up()
    for camera, name in (("dau-hem", "Đầu hẻm 12"), ("san-truong", "Sân trường")):
        addresses = {role: cameras.address(camera, role) for role in ("main", "sub")}
        system.add_camera({"id": camera, "name": name, **addresses})

    def footage_s():
        return [sum(d["recorded_s"] for d in days(system, camera)) for camera in ("dau-hem", "san-truong")]

    wait_for(lambda: min(footage_s()) > RECORD_S, 90, "enough footage")
    return system


def days(system, camera):
    now = time.gmtime()
    found = []
    for year, month in {(now.tm_year, now.tm_mon), time.gmtime(time.time() + 7 * 3600)[:2]}:
        found += system.get(f"/api/cameras/{camera}/calendar?year={year}&month={month}")["days"]
    return found


@pytest.fixture(scope="module")
def page(recorded, browser):
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="vi-VN", timezone_id="America/New_York", accept_downloads=True
    )
    cookies = [{"name": c.name, "value": c.value, "url": recorded.address} for c in recorded.http.cookies.jar]
    context.add_cookies(cookies)
    page = context.new_page()
    trouble = []
    page.on("pageerror", lambda e: trouble.append(str(e)))
    page.on("console", lambda m: trouble.append(m.text) if "Content Security" in m.text else None)
    page.goto(f"{recorded.address}/#/playback?cameras=san-truong")
    yield page
    context.close()
    assert not trouble, trouble


def screen(page, camera="san-truong"):
    return page.evaluate(
        f"""(() => {{ const s = document.querySelector('[data-testid=screen][data-camera={camera}]');
        return s && {{shown: Number(s.dataset.shown), loading: s.dataset.loading, made: s.dataset.made,
        width: s.querySelector('video').videoWidth, error: s.querySelector('video').error?.message ?? null}}; }})()"""
    )


def at(page):
    return page.evaluate("Number(document.querySelector('[data-testid=playback]').dataset.at)")


def settled(page, camera="san-truong"):
    """The picture on the screen, once the seek is over and it is that of the clock."""

    def ask():
        one = screen(page, camera)
        assert not one or one["error"] is None, one
        return one and one["loading"] == "false" and one["width"] and abs(one["shown"] - at(page)) < 150 and one

    return wait_for(ask, 20, "the picture of the clock")


def test_it_opens_on_footage_and_plays_across_files(page):
    before = settled(page)
    assert before["width"] == 640, "the main stream"
    assert before["made"] == "original"
    page.keyboard.press("ArrowLeft")
    start = settled(page)["shown"]
    page.keyboard.press(" ")
    wait_for(lambda: screen(page)["shown"] > start + 4000, 20, "playing on")
    page.keyboard.press("k")
    settled(page)


def test_a_click_shows_the_exact_picture_of_that_moment(page):
    for _ in range(6):
        page.keyboard.press("+")
    box = page.locator("[data-testid=timeline]").bounding_box()
    target = at(page) - 4500
    low, high = (page.get_attribute("[data-testid=timeline]", f"aria-value{n}") for n in ("min", "max"))
    x = (target / 1000 - float(low)) / (float(high) - float(low)) * box["width"]
    page.mouse.click(box["x"] + x, box["y"] + box["height"] - 10)
    shown = settled(page)["shown"]
    pixel_ms = (float(high) - float(low)) / box["width"] * 1000
    assert abs(shown - target) < pixel_ms + 600
    assert 0 <= at(page) - shown < 150, "the picture on the screen is the one of that instant, ten a second"


def test_steps_go_one_picture_and_back(page):
    first = settled(page)["shown"]
    page.keyboard.press(".")
    wait_for(lambda: 60 < screen(page)["shown"] - first < 140, 10, "one picture on")
    settled(page)
    page.keyboard.press(",")
    wait_for(lambda: abs(screen(page)["shown"] - first) < 40, 10, "one picture back")


def test_fast_runs_on_key_pictures_and_stops_on_an_exact_one(page):
    start = settled(page)["shown"]
    page.select_option("[data-testid=speed]", "8")
    page.keyboard.press(" ")
    began = time.monotonic()
    wait_for(lambda: screen(page)["shown"] >= start + 8000, 15, "eight seconds at eight times the speed")
    assert time.monotonic() - began < 6
    page.keyboard.press("k")
    settled(page)
    page.select_option("[data-testid=speed]", "1")


def test_two_cameras_run_under_one_clock(page):
    page.click("[data-testid=pick-dau-hem]")
    page.keyboard.press("ArrowLeft")
    both = [settled(page, camera) for camera in ("dau-hem", "san-truong")]
    assert abs(both[0]["shown"] - both[1]["shown"]) < 150
    page.click("[data-testid=play]")
    start = at(page)
    wait_for(lambda: at(page) > start + 3000, 20, "both playing")
    now = [screen(page, camera)["shown"] for camera in ("dau-hem", "san-truong")]
    assert abs(now[0] - now[1]) < 500
    page.keyboard.press("k")


def test_a_moment_without_footage_is_told(page, recorded):
    page.goto(f"{recorded.address}/#/playback?cameras=san-truong&at=2020-01-01T00:00:00Z")
    page.wait_for_selector("[data-testid=hole]")
    assert "Không có hình" in page.inner_text("[data-testid=hole]")
    page.click("[data-testid=hole] button")
    settled(page)


def test_an_export_is_made_fetched_and_proved(page, recorded, tmp_path):
    page.keyboard.press("i")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    settled(page)
    page.keyboard.press("o")
    page.click("[data-testid=export-open]")
    page.fill("[data-testid=export-reason]", "Tổ dân phố 5 đề nghị xem lại vụ va quệt xe")
    page.click("[data-testid=export-submit]")
    wait_for(lambda: page.query_selector("[data-testid=export][data-state=ready]"), 60, "the export")
    with page.expect_download() as fetched:
        page.click("[data-testid=export-download]")
    file = tmp_path / "export.zip"
    fetched.value.save_as(file)
    report = CliRunner().invoke(verify, [str(file)])
    assert report.exit_code == 0, report.output
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        data = {name: archive.read(name) for name in names}
    assert len(names) >= 2
    clip = next(name for name in names if name.endswith(".mp4"))
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in data.items():
            archive.writestr(name, content[:-1] + b"x" if name == clip else content)
    file.write_bytes(changed.getvalue())
    assert CliRunner().invoke(verify, [str(file)]).exit_code == 1
    actions = {row["action"] for row in recorded.get("/api/audit")["items"]}
    assert {"view_recording", "ask_export", "keep_export", "download_export"} <= actions
