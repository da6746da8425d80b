"""A camera is added in the page: looked at first, then with its sign and purpose; a spreadsheet is checked whole."""

import pytest

pytestmark = pytest.mark.browser


def field(page, name):
    return page.locator(f"[data-testid={name}]")


def choose(page, file):
    """As a person does: the same file may be chosen again after it was put right."""
    with page.expect_file_chooser() as chooser:
        field(page, "csv-file").click()
    chooser.value.set_files(str(file))


def test_1_an_administrator_signs_in(system, person, sign_in):
    system.set_up()
    person.set_default_timeout(15_000)
    sign_in(person, f"{system.address}/#/cameras/new")
    field(person, "wizard").wait_for(timeout=15_000)


def test_2_the_camera_is_looked_at_before_it_is_added(system, cameras, person, until):
    person.goto(f"{system.address}/#/cameras/new")
    field(person, "camera-main").fill(cameras.address("dau-hem", "main"))
    field(person, "camera-sub").fill("rtsp://169.254.169.254/latest")
    field(person, "wizard-look").click()
    field(person, "wizard-problem").wait_for()
    assert system.get("/api/cameras") == []
    field(person, "camera-sub").fill(cameras.address("dau-hem", "sub"))
    field(person, "wizard-look").click()
    person.locator("[data-testid=probe-stream][data-seen=yes]").nth(1).wait_for(timeout=40_000)
    wide = "[...document.querySelectorAll('[data-testid=probe-stream] img')].map(i => i.naturalWidth)"
    until(lambda: person.evaluate(wide) == [640, 320], 10, "a picture of each stream at its own size")
    codes = person.evaluate("[...document.querySelectorAll('[data-testid=advice] li')].map(i => i.dataset.code)")
    assert {"sub_small", "main_small", "disk"} <= set(codes)


def test_3_without_sign_purpose_and_retention_it_is_not_added(system, person):
    field(person, "wizard-next").click()
    field(person, "camera-name").fill("Đầu hẻm 12")
    assert field(person, "camera-id").input_value() == "dau-hem-12"
    field(person, "camera-save").click()
    person.wait_for_timeout(500)
    assert system.get("/api/cameras") == []
    said = field(person, "register-purpose").evaluate("field => field.validationMessage")
    assert said == "Mục này còn trống, hãy điền vào.", "in the page's language, whatever the browser's"
    field(person, "register-purpose").fill("Giữ vệ sinh đầu hẻm")
    field(person, "register-sign").fill("31/02/2026")
    field(person, "register-retention").fill("15")
    field(person, "register-place").fill("Cột điện số 3")
    field(person, "camera-save").click()
    person.wait_for_timeout(300)
    assert system.get("/api/cameras") == []
    assert "28/11/2026" in field(person, "register-sign").evaluate("field => field.validationMessage")
    field(person, "register-sign").fill("1/11/2026")
    field(person, "camera-save").click()
    person.wait_for_url("**/#/cameras/dau-hem-12/zones", timeout=15_000)
    [camera] = system.get("/api/cameras")
    assert (camera["id"], camera["missing"]) == ("dau-hem-12", [])
    entry = system.get("/api/cameras/dau-hem-12/register")
    assert (entry["place"], entry["sign_at"]) == ("Cột điện số 3", "2026-11-01"), "day before month"


def test_4_a_spreadsheet_with_a_mistake_adds_nothing_and_says_where(system, person, tmp_path, until):
    sheet = tmp_path / "camera.csv"
    sheet.write_text("Tên camera;Luồng chính\nNgõ 1;rtsp://10.9.9.1/1\nNgõ 2;http://10.9.9.2/\n", "utf-8-sig")
    person.goto(f"{system.address}/#/cameras/csv")
    choose(person, sheet)
    problems = field(person, "csv-problems")
    problems.wait_for()
    assert "3" in problems.inner_text()
    assert "Luồng chính" in problems.inner_text()
    sheet.write_text("Tên camera;Luồng chính\nNgõ 1;rtsp://10.9.9.1/1\n", "utf-8-sig")
    choose(person, sheet)
    field(person, "csv-commit").click()
    until(lambda: len(system.get("/api/cameras")) == 2, why="the camera of the spreadsheet")
    field(person, "camera-incomplete").wait_for()


def test_5_the_register_is_completed_and_a_stream_taken_away(system, person, until):
    person.goto(f"{system.address}/#/cameras/ngo-1/register")
    field(person, "register-purpose").fill("Trật tự ngõ 1")
    field(person, "register-sign").fill("2026-11-02")
    field(person, "register-retention").fill("15")
    field(person, "register-certificate_until").fill("01/02/2020")
    field(person, "register-firmware").fill("V5.7.3")
    field(person, "register-save").click()
    field(person, "ending").wait_for()
    field(person, "register-list-open").click()
    line = person.locator("[data-testid=register-list] tr[data-camera=ngo-1]")
    line.wait_for()
    assert "V5.7.3" in line.inner_text()
    assert "01/02/2020" in line.inner_text()
    assert next(c for c in system.get("/api/cameras") if c["id"] == "ngo-1")["missing"] == []
    person.goto(f"{system.address}/#/cameras/ngo-1")
    field(person, "camera-main-remove").check()
    field(person, "camera-save").click()
    until(
        lambda: next(c for c in system.get("/api/cameras") if c["id"] == "ngo-1")["main"]["address"] is None,
        why="the stream being taken away",
    )
