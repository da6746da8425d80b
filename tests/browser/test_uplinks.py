"""A path to a household in Chromium: guided from its name to the check, its key shown once, and removed again."""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def field(page, name):
    return page.locator(f"[data-testid={name}]")


def fits(page):
    return page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_1_the_first_path_is_asked_for_step_by_step(system, person, sign_in, tmp_path):
    system.set_up()
    person.set_default_timeout(15_000)
    sign_in(person, f"{system.address}/#/cameras")
    field(person, "uplinks-open").click()
    field(person, "uplink-new").click()
    field(person, "uplink-name").fill("nha-ba-tu")
    field(person, "uplink-camera").fill("8.8.8.8")
    field(person, "uplink-endpoint").fill("192.168.1.10:51820")
    field(person, "uplink-make").click()
    assert "192.168.1.64" in field(person, "uplink-problem").inner_text(), (
        "an address on the internet is no household's"
    )
    assert system.get("/api/uplinks")["paths"] == []
    field(person, "uplink-camera").fill("192.168.1.64")
    field(person, "uplink-more").click()
    field(person, "uplink-camera").nth(1).fill("192.168.1.65:8554")
    person.screenshot(path=str(tmp_path / "form.png"), full_page=True)


def test_2_the_key_is_handed_over_once_and_then_nowhere_in_the_page(system, person, tmp_path):
    field(person, "uplink-make").click()
    field(person, "uplink-box").wait_for()
    with person.expect_download() as got:
        field(person, "uplink-save").click()
    assert got.value.suggested_filename == "nha-ba-tu.conf"
    text = Path(got.value.path()).read_text("utf-8")
    private = next(line.split(" = ")[1] for line in text.splitlines() if line.startswith("PrivateKey"))
    assert "sudo systemctl enable --now wg-quick@nha-ba-tu" in field(person, "uplink-box-lines").inner_text()
    assert private in person.content()
    person.screenshot(path=str(tmp_path / "box.png"), full_page=True)
    assert field(person, "uplink-next").is_disabled()
    field(person, "uplink-kept").check()
    field(person, "uplink-next").click()
    field(person, "uplink-ward").wait_for()
    assert private not in person.content()
    kept = [p.read_text("utf-8") for p in (system.home / "uplink").iterdir()]
    assert kept
    assert all(private not in one for one in kept)
    assert private not in "".join(p.read_text("utf-8") for p in (system.home / "logs").glob("*.log"))


def test_3_the_ward_s_end_has_to_be_brought_up_and_the_check_says_so(system, person, tmp_path):
    assert "mạng riêng" in field(person, "uplink-ward").inner_text(), "nobody elsewhere calls 192.168.1.10"
    lines = field(person, "uplink-ward-lines").inner_text()
    assert f"sudo install -m 600 {system.home}/uplink/wg-matpho.conf /etc/wireguard/" in lines
    field(person, "uplink-next").click()
    field(person, "uplink-try").click()
    found = field(person, "uplink-found")
    found.wait_for()
    assert "Máy của phường chưa bật đường về" in found.inner_text()
    assert "Người quản trị máy của phường" in field(person, "uplink-todo").inner_text()
    person.screenshot(path=str(tmp_path / "check.png"), full_page=True)
    field(person, "uplink-add-camera").nth(1).click()
    field(person, "camera-main").wait_for()
    assert field(person, "camera-main").input_value() == "rtsp://10.66.0.2:555/"


def test_4_the_list_says_how_each_path_is_and_what_its_uplink_carries(system, person, until, tmp_path):
    person.goto(f"{system.address}/#/cameras/uplinks")
    card = person.locator("[data-testid=uplink][data-name=nha-ba-tu]")
    card.wait_for()
    assert card.get_attribute("data-state") == "unsure"
    assert "sudo systemctl reload wg-quick@wg-matpho" in field(person, "uplinks-load").inner_text()
    field(person, "uplink-advice-open").click()
    field(person, "uplink-mbit").fill("2")
    field(person, "uplink-advise").click()
    until(lambda: "kbit/s" in field(person, "uplink-advised").inner_text(), 15, "the advice")
    assert "700/1000 kbit/s" in field(person, "uplink-advised").inner_text(), "two cameras share two megabits"
    person.set_viewport_size({"width": 390, "height": 844})
    assert fits(person)
    person.screenshot(path=str(tmp_path / "phone.png"), full_page=True)
    person.set_viewport_size({"width": 1280, "height": 800})


def test_5_a_path_is_removed_only_after_a_second_word_and_all_of_it_is_in_the_trail(system, person):
    field(person, "uplink-remove").click()
    field(person, "uplink-remove-dialog").wait_for()
    assert len(system.get("/api/uplinks")["paths"]) == 1
    field(person, "uplink-remove-sure").click()
    gone = field(person, "uplinks-strangers")
    gone.wait_for()
    assert "nha-ba-tu" in gone.inner_text()
    assert "reload" in gone.inner_text(), "until then the key still opens"
    assert system.get("/api/uplinks")["paths"] == []
    acts = [row["action"] for row in system.get("/api/audit")["items"]]
    assert [act for act in acts if act.endswith("_uplink")] == ["remove_uplink", "check_uplink", "add_uplink"]
    person.goto(f"{system.address}/#/audit")
    field(person, "audit").wait_for()
    assert "Gỡ đường về từ nhà dân" in field(person, "audit").inner_text()
