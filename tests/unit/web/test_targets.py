"""The administrators' view of what is told to other systems, and the figures for Prometheus."""

from dataclasses import replace

import pytest

from matpho.casework.health.records import CameraDay
from matpho.casework.outgoing.records import LetterState
from matpho.casework.outgoing.ways import Way
from matpho.domain.camera import StreamRole
from matpho.domain.messages import Link, StreamState
from matpho.domain.words import Said
from matpho.web.parts import Disk, ProcessFacts

pytestmark = pytest.mark.unit

WAYS = (
    Way(name="webhook-phuong", sort="webhook", place="https://phuong.example:443", kinds=("incident",)),
    Way(name="mqtt", sort="mqtt", place="", kinds=("health",), wrong=Said("thiếu khoá", "its secret is missing")),
)


class Machine:
    state = "running"

    def disk(self):
        return Disk(total=10**12, free=10**11, reserved=10**9)

    def detector(self):
        return None

    def processes(self):
        return (
            ProcessFacts(name="recorder", pid=1, state=self.state, since=None, restarts=3, figures={"cpu_cores": 0.5}),
        )


@pytest.fixture
def ward(office):
    office.machine = Machine()
    office.build(ways=WAYS, machine=office.machine)
    office.camera = office.add_camera()
    office.admin = office.browser()
    office.admin.sign_in("admin", "mật khẩu của admin")
    return office


def test_a_test_message_waits_in_the_outbox_and_shows(ward):
    body = ward.admin.post("/api/targets/webhook-phuong/test").json()
    assert [(t["name"], t["waiting"]) for t in body["targets"]] == [("webhook-phuong", 1), ("mqtt", 0)]
    assert body["targets"][1]["wrong"]["vi"] == "thiếu khoá"
    assert ward.admin.post("/api/targets/mqtt/test").status_code == 409
    assert ward.admin.post("/api/targets/none/test").status_code == 404
    assert ward.trail()[-1][:2] == ("test_target", "target:webhook-phuong")
    assert ward.as_role("supervisor").get("/api/targets").status_code == 403


def test_what_was_given_up_is_listed_and_sent_again(ward):
    with ward.store.write() as unit:
        letter = unit.outbox.add("webhook-phuong", "test", {"text": {}}, ward.clock.now())
        unit.outbox.save(replace(letter, state=LetterState.DEAD, error="answered 400", done=ward.clock.now()))
    body = ward.admin.get("/api/targets").json()
    assert [(d["id"], d["error"]) for d in body["dead"]] == [
        (letter.id, {"vi": "trả lời mã 400", "en": "answered 400"})
    ]
    after = ward.admin.post(f"/api/targets/letters/{letter.id}/resend").json()
    assert after["dead"] == []
    assert after["targets"][0]["waiting"] == 1
    assert ward.admin.post(f"/api/targets/letters/{letter.id}/resend").status_code == 409


def test_figures_are_for_this_machine_unless_a_token_is_set(ward):
    now = ward.clock.now()
    stream = StreamState(ward.camera.id, StreamRole.MAIN, Link.LIVE, now, now, 25.0, 4000.0, "h264", 1, 1, 40.0)
    ward.states.hear(stream)
    with ward.store.write() as unit:
        day = CameraDay(camera_id=ward.camera.id, day="2026-11-23", expected_s=100, recorded_s=75, gaps={"network": 25})
        unit.health.put_day(day)
        unit.outbox.add("mqtt", "test", {}, now)
    assert ward.browser().get("/metrics").status_code == 403
    here = ward.browser(address="127.0.0.1")
    assert here.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 403
    text = here.get("/metrics").text
    for line in (
        'matpho_camera_up{camera="cong-cho"} 1.0',
        'matpho_camera_fps{camera="cong-cho"} 25.0',
        'matpho_camera_clock_offset_seconds{camera="cong-cho"} 0.04',
        'matpho_camera_gap_seconds_today{camera="cong-cho",cause="network"} 25.0',
        'matpho_camera_uptime_ratio_today{camera="cong-cho"} 0.75',
        'matpho_outbox_waiting{target="mqtt"} 1.0',
        'matpho_disk_bytes{what="free"} 1e+011',
        'matpho_process_up{process="recorder"} 1.0',
        'matpho_process_restarts_total{process="recorder"} 3.0',
        'matpho_process_figure{figure="cpu_cores",process="recorder"} 0.5',
    ):
        assert line in text.splitlines() or line.replace("e+011", "e+11") in text.splitlines(), line
    assert "matpho_desk_process_cpu_seconds_total" in text
    assert "bi-mat" not in text
    ward.options["metrics_token"] = "mot-khoa-dai"
    ward.build()
    assert ward.browser(address="127.0.0.1").get("/metrics").status_code == 403
    away = ward.browser()
    assert away.get("/metrics", headers={"Authorization": "Bearer sai"}).status_code == 403
    assert away.get("/metrics", headers={"Authorization": "Bearer mot-khoa-dai"}).status_code == 200


def test_healthz_says_what_is_late_without_secrets(ward):
    assert ward.browser().get("/healthz").json() == {"status": "ok", "reasons": []}
    ward.machine.state = "late"
    answer = ward.browser().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "late", "reasons": ["recorder: late"]})
