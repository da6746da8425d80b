"""Keeping and deleting, in Chromium over real recordings: what there is, a hold placed and released, the minutes."""

import pytest

from matpho.domain.messages import RemovalWhy, SegmentRemoved
from matpho.testing.system import wait_for
from matpho.video.ledger import read_ledger
from matpho.video.removal import Remover
from matpho.wiring.keeping import recordings_place

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def ward(system, cameras):
    """A ward with one camera, of which a first file is recorded and removed again."""
    system.set_up()
    addresses = {role: cameras.address("san-truong", role) for role in ("main", "sub")}
    system.add_camera({"id": "san-truong", "name": "Sân trường", **addresses})
    journal = system.settings.journals / "san-truong" / "recorder.jsonl"
    wait_for(lambda: len(read_ledger(journal).closed) >= 2, 60, "two closed files")
    first = min(read_ledger(journal).closed.values(), key=lambda c: c.start)
    wait_for(lambda: system.get("/api/retention")["cameras"], 20, "the index")
    role = read_ledger(journal).opened[first.path].role
    gone = SegmentRemoved(
        first.camera_id, role, first.path, first.start, first.end, first.size_bytes, first.end, RemovalWhy.AGE
    )
    remover = Remover(recordings_place(system.settings))
    remover.tell([gone])
    remover.delete([gone])
    wait_for(lambda: system.get("/api/retention")["minutes"], 20, "the minutes")
    return system


def test_a_span_is_held_and_released_and_the_minutes_are_shown(ward, person, sign_in, until, tmp_path):
    sign_in(person, f"{ward.address}/")
    person.click("[data-testid=nav-system]")
    person.click("[data-testid=retention-link]")
    person.wait_for_selector("[data-testid=retention]")
    assert "hết thời hạn lưu" in person.inner_text("[data-testid=minutes]")

    person.click("[data-testid=hold-new]")
    person.select_option("[data-testid=hold-camera]", "san-truong")
    person.fill("[data-testid=hold-from-day]", "23/11/2026")
    person.fill("[data-testid=hold-from-clock]", "6h")
    person.fill("[data-testid=hold-to-day]", "23112026")
    person.fill("[data-testid=hold-to-clock]", "07:30")
    person.fill("[data-testid=hold-reason]", "Công an phường đề nghị giữ")
    person.click("[data-testid=hold-save]")
    until(lambda: person.query_selector("[data-testid=hold]"), 15, "the hold")
    shown = person.inner_text("[data-testid=hold]")
    assert "Sân trường" in shown
    assert "06:00:00" in shown  # as the ward's clock has it
    person.screenshot(path=str(tmp_path / "retention.png"), full_page=True)
    (kept,) = ward.get("/api/retention")["holds"]
    assert (kept["start"], kept["end"]) == ("2026-11-22T23:00:00.000Z", "2026-11-23T00:30:00.000Z")

    person.click("[data-testid=hold-release]")
    person.fill("[data-testid=release-reason]", "Đã bàn giao")
    person.click("[data-testid=release-save]")
    until(lambda: not person.query_selector("[data-testid=hold]"), 15, "the hold gone")
    with person.expect_download() as download:
        person.click("[data-testid=minutes-csv]")
    assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
