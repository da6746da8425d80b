"""Retention as people see it: what there is, what goes when, holds that are audited, minutes as a table."""

import csv
import io

import pytest

from matpho.casework import commands as c
from matpho.domain.camera import StreamRole
from matpho.domain.messages import RemovalWhy, SegmentClosed, SegmentOpened, SegmentRemoved
from matpho.domain.people import PROGRAM
from matpho.domain.time import after, to_iso

pytestmark = pytest.mark.unit

DAY = 86_400.0


def take(office, journal, facts):
    with office.store.read() as unit:
        start = unit.notes.offset(journal)
    office.desk.handle(c.TakeFacts(journal=journal, start=start, end=start + 100, facts=tuple(facts)), PROGRAM)


@pytest.fixture
def ward(office):
    office.build()
    office.camera = office.add_camera()
    facts = []
    for days_ago in (29.5, 10.0, 0.5):
        start = after(office.clock.now(), -days_ago * DAY)
        path = f"cong-cho/{start}.mp4"
        facts.append(SegmentOpened(office.camera.id, StreamRole.MAIN, path, start, "h264", 2, 2))
        facts.append(SegmentClosed(office.camera.id, path, start, after(start, 3600), 3_600_000, 9))
    take(office, "cong-cho/recorder", facts)
    return office


def hold(**changes):
    body = {
        "camera_id": "cong-cho",
        "start": "2026-11-20T00:00:00Z",
        "end": "2026-11-21T00:00:00Z",
        "reason": "Công an phường đề nghị",
    }
    return body | changes


def test_what_there_is_and_what_goes_when(ward):
    told = ward.as_role("officer").get("/api/retention").json()
    (camera,) = told["cameras"]
    assert (camera["files"], camera["bytes"], camera["recorded_s"]) == (3, 10_800_000, 10_800.0)
    assert camera["bytes_a_day"] == 86_400_000
    assert [g["bytes"] for g in told["ahead"]] == [3_600_000]  # the oldest, within the next two weeks
    assert told["disk"]["needed"] == 86_400_000 * 30
    assert told["rules"]["routine_days"] == 30.0


def test_a_hold_is_placed_shown_audited_and_released(ward):
    boss = ward.as_role("supervisor")
    placed = boss.post("/api/retention/holds", hold())
    assert placed.status_code == 201, placed.text
    (shown,) = boss.get("/api/retention").json()["holds"]
    assert shown == placed.json()
    assert shown["placed_by"]
    assert boss.ask("DELETE", f"/api/retention/holds/{shown['id']}?reason=xong").status_code == 204
    assert boss.get("/api/retention").json()["holds"] == []
    assert boss.ask("DELETE", f"/api/retention/holds/{shown['id']}?reason=xong").status_code == 409
    assert boss.ask("DELETE", "/api/retention/holds/khong-co?reason=xong").status_code == 404
    acts = [row["action"] for row in boss.get("/api/audit").json()["items"]]
    assert acts.count("hold_footage") == acts.count("release_hold") == 1


def test_a_hold_says_how_much_footage_it_keeps(ward):
    boss = ward.as_role("supervisor")
    start = after(ward.clock.now(), -0.5 * DAY)
    some = boss.post("/api/retention/holds", hold(start=to_iso(after(start, -600)), end=to_iso(after(start, 1200))))
    none = boss.post("/api/retention/holds", hold(start=to_iso(after(start, 7200)), end=to_iso(after(start, 9000))))
    assert [answer.json()["recorded_s"] for answer in (some, none)] == [1200.0, 0.0]
    told = {h["id"]: h["recorded_s"] for h in boss.get("/api/retention").json()["holds"]}
    assert told == {some.json()["id"]: 1200.0, none.json()["id"]: 0.0}


def test_footage_of_a_camera_that_left_service_can_be_held(ward):
    """A camera is taken away; the police ask for its footage of last week the day after."""
    with ward.store.write() as unit:
        unit.cameras.remove(ward.camera.id, ward.clock.now())
    assert ward.as_role("supervisor").post("/api/retention/holds", hold()).status_code == 201
    assert ward.as_role("officer").post("/api/retention/holds", hold()).status_code == 403


def test_a_hold_needs_a_reason_and_a_span(ward):
    boss = ward.as_role("supervisor")
    for wrong in ({"reason": " "}, {"reason": ""}, {"end": "2026-11-20T00:00:00Z"}, {"end": "2026-11-19T00:00:00Z"}):
        assert boss.post("/api/retention/holds", hold(**wrong)).status_code == 422, wrong
    assert boss.post("/api/retention/holds", hold(camera_id="khac")).status_code == 404


def test_the_minutes_are_a_table_and_the_timeline_tells_what_is_removed(ward):
    start = after(ward.clock.now(), -10 * DAY)
    path = f"cong-cho/{start}.mp4"
    gone = SegmentRemoved(
        ward.camera.id, StreamRole.MAIN, path, start, after(start, 3600), 3_600_000, ward.clock.now(), RemovalWhy.SPACE
    )
    take(ward, "cong-cho/retention", [gone, gone])  # told twice, counted once
    officer = ward.as_role("officer")
    answer = officer.get("/api/retention/minutes.csv?month=2026-11")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [len(row) for row in rows] == [9, 9]
    assert rows[1][:2] + rows[1][4:7] == ["2026-11", "cong-cho", "1", "3600000", "3600.000"]
    assert officer.get("/api/retention/minutes.csv?month=11").status_code == 422
    span = "from=2026-11-01T00:00:00Z&to=2026-11-24T00:00:00Z"
    told = officer.get(f"/api/cameras/cong-cho/recordings?{span}").json()
    assert [r["why"] for r in told["removed"]] == ["space"]
    assert told["gaps"] == []
