"""The health page's data over the real application."""

import pytest

from matpho.casework.health.records import CameraDay, Problem
from matpho.casework.health.signs import DiskFacts
from matpho.casework.health.trouble import Severity
from matpho.domain.camera import StreamRole
from matpho.domain.messages import Link, PictureSeen, StreamState
from matpho.domain.quiet import QuietHours, read_quiet
from matpho.domain.time import after
from matpho.domain.words import Said

pytestmark = pytest.mark.unit


@pytest.fixture
def ward(office):
    camera, now = office.add_camera(), office.clock.now()
    stream = StreamState(camera.id, StreamRole.MAIN, Link.LOST, now, after(now, -300), 0.0, 0.0, "h264", 1, 1, 40.0)
    office.states.hear(stream)
    office.states.hear(PictureSeen(camera.id, now, 100.0, 40.0, 0.2, 0.0))
    with office.store.write() as unit:
        for name, trouble, severity in (("a", "dirty", Severity.NOTICE), ("b", "offline", Severity.URGENT)):
            unit.health.put_problem(
                Problem(
                    id=name,
                    trouble=trouble,
                    subject="camera:cong-cho",
                    severity=severity,
                    since=now,
                    raised=now,
                    queued=name == "b",
                )
            )
        day = CameraDay(
            camera_id=camera.id, day="2026-11-23", expected_s=40000, recorded_s=30000, gaps={"network": 10000}
        )
        unit.health.put_day(day)
    return office


def test_worst_first_with_what_to_do(ward):
    body = ward.as_role("observer").get("/api/health").json()
    assert [p["trouble"] for p in body["problems"]] == ["offline", "dirty"]
    first = body["problems"][0]
    assert first["about"]["vi"] == "Cổng cong-cho"
    assert [p["queued"] for p in body["problems"]] == [True, False], "told after the quiet hours"
    assert first["name"]["vi"] == "Mất kết nối với camera"
    assert first["advice"]["vi"].startswith("Kiểm tra nguồn điện")
    assert body["disk"] is None, "nobody has looked yet"
    assert body["uptime_month"] == 0.75
    (camera,) = body["cameras"]
    assert camera["days"][-1]["gaps"] == {"network": 10000}
    assert camera["link"] == "lost"
    assert len(body["days"]) == 30
    assert body["may_answer"] is False
    assert "bi-mat" not in str(body)


def test_the_disk_is_shown_with_its_forecast(ward):
    ward.states.disk = DiskFacts(
        total=2 * 10**12, free=10**12, reserve=2 * 10**9, per_day=10**11, kept_days=3.0, wanted_days=30, failing=False
    )
    disk = ward.as_role("observer").get("/api/health").json()["disk"]
    assert (disk["days_left"], disk["days_kept"], disk["days_wanted"]) == (10.0, 13.0, 30)
    assert (disk["free"], disk["reserved"], disk["failing"]) == (10**12, 2 * 10**9, False)


def test_an_officer_answers_and_everybody_sees_who_comes(ward):
    form = {"note": "Cúp điện", "assigned": "Anh Bình"}
    answer = ward.as_role("officer").post("/api/health/problems/b/answer", form)
    assert answer.status_code == 200
    answered = next(p for p in answer.json()["problems"] if p["id"] == "b")
    assert (answered["assigned"], answered["acknowledged_by"]) == ("Anh Bình", "Người officer")
    assert ward.as_role("officer").post("/api/health/problems/none/answer", form).status_code == 404
    assert ward.as_role("observer").post("/api/health/problems/b/answer", form).status_code == 403


def test_uptime_as_a_table(ward):
    answer = ward.as_role("observer").get("/api/health/uptime.csv?days=7")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[1] == "2026-11-23,cong-cho,Cổng cong-cho,40000,30000,75.000,10000"
    assert ward.admin.get("/api/health/uptime.csv?days=0").status_code == 422


def quiet(browser):
    return browser.get("/api/health").json()["quiet"]


def put(browser, **form):
    return browser.ask("PUT", "/api/health/quiet-hours", json=form)


def test_quiet_hours_are_seen_by_all_and_set_by_an_administrator(ward):
    ward.options["quiet"] = QuietHours(hours=read_quiet("23:00-05:00", Said("tệp", "file")))
    ward.build()
    admin = ward.browser()
    admin.sign_in("admin", "mật khẩu của admin")
    seen = quiet(ward.as_role("observer"))
    assert (seen["hours"], seen["own"], seen["file_hours"]) == ("23:00-05:00", False, "23:00-05:00")
    for role in ("observer", "officer", "supervisor"):
        assert ward.as_role(role).get("/api/health").json()["may_change"] is False
        assert put(ward.as_role(role), hours="22:00-06:00").status_code == 403
    assert quiet(admin) == seen
    answer = put(admin, hours="13:00-05:00", urgent_always=True)
    assert answer.status_code == 200
    assert answer.json()["may_change"] is True
    assert answer.json()["quiet"] == {
        "hours": "13:00-05:00",
        "urgent_always": True,
        "own": True,
        "file_hours": "23:00-05:00",
        "file_urgent_always": False,
        "now": True,  # it is 13:00 in the ward
    }
    assert put(admin, hours="", urgent_always=False).json()["quiet"]["hours"] == ""
    assert put(admin, hours=None).json()["quiet"] == seen
    rows = admin.get("/api/audit").json()["items"]
    assert [r["detail"]["new"] for r in rows if r["action"] == "set_quiet_hours"] == ["matpho.toml", "–", "13:00-05:00"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"hours": "22:00-22:00"}, "không có độ dài"),
        ({"hours": "khuya"}, "không phải khung giờ"),
        ({"hours": "24:30-06:00"}, "không phải khung giờ"),
        ({"hours": "00:00-24:00"}, "cả ngày"),
        ({"hours": 22}, ""),
        ({"hours": "22:00-06:00" * 9}, ""),
        ({"hours": ["22:00-06:00"]}, ""),
        ({"hours": "22:00-06:00", "urgent_always": "maybe"}, ""),
        ({"hours": "22:00-06:00", "loud": True}, ""),
        ({}, ""),
    ],
)
def test_quiet_hours_that_do_not_fit_are_refused_in_words(ward, form, said):
    answer = put(ward.admin, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert quiet(ward.admin)["own"] is False
