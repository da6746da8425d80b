import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import Link, StreamState

pytestmark = pytest.mark.unit

SECRET = "bi-mat-123"
IN_ORDER = {"purpose": "Vệ sinh", "sign_at": "2026-01-02", "retention_days": 30}
WATCH = {"id": "san", "purpose": "watch", "polygon": [[0, 0], [1, 0], [1, 1]]}


def stored(site, camera_id):
    with site.store.read() as unit:
        return unit.cameras.get(CameraId(camera_id))


def test_addresses_are_for_administrators_and_their_passwords_for_nobody(office):
    office.add_camera()
    for role in ("observer", "officer", "supervisor"):
        [camera] = office.as_role(role).get("/api/cameras").json()
        assert camera["main"]["address"] is None
    answer = office.admin.get("/api/cameras")
    [camera] = answer.json()
    assert "10.1.2.3" in camera["main"]["address"]
    assert SECRET not in answer.text
    assert SECRET not in office.admin.get("/api/cameras/cong-cho/file").text
    assert all(SECRET not in str(row) for row in office.trail())


def test_the_newest_state_of_each_stream_is_shown(office):
    office.add_camera()
    state = StreamState(
        CameraId("cong-cho"), StreamRole.MAIN, Link.LIVE, office.clock.now(), office.clock.now(), 24.998, 4012.34,
        "h264", 1920, 1080, 12.5,
    )  # fmt: skip
    office.states.hear(state)
    [camera] = office.admin.get("/api/cameras").json()
    assert camera["main"]["state"] == {
        "link": "live",
        "since": "2026-11-23T06:00:00.000Z",
        "last_packet": "2026-11-23T06:00:00.000Z",
        "fps": 25.0,
        "kbit_s": 4012.3,
        "codec": "h264",
        "width": 1920,
        "height": 1080,
        "clock_offset_ms": 12.5,
        "detail": {"vi": "", "en": ""},
    }
    assert camera["sub"]["state"] is None


def test_a_camera_is_added_changed_and_taken_out_of_service(office):
    form = {
        "id": "ngo-12",
        "name": "Ngõ 12",
        "main": f"rtsp://xem:{SECRET}@10.0.0.5/1",
        "zones": [WATCH],
        "register": IN_ORDER,
    }
    made = office.admin.post("/api/cameras", form)
    assert made.status_code == 201
    assert SECRET not in made.text
    assert office.camera_file.cameras[0].main == f"rtsp://xem:{SECRET}@10.0.0.5/1"
    assert office.admin.post("/api/cameras", form).status_code == 409
    shown = made.json()["main"]["address"]
    change = {"name": "Ngõ 12, đầu ngõ", "main": shown, "sub": "rtsp://10.0.0.5/2"}
    changed = office.admin.ask("PUT", "/api/cameras/ngo-12", json=change).json()
    assert changed["name"] == "Ngõ 12, đầu ngõ"
    assert stored(office, "ngo-12").main == f"rtsp://xem:{SECRET}@10.0.0.5/1"
    assert stored(office, "ngo-12").sub == "rtsp://10.0.0.5/2"
    assert len(stored(office, "ngo-12").zones) == 1
    ground = {"ground": [[0.1, 0.9], [0.9, 0.9], [0.7, 0.3], [0.3, 0.3]], "ground_size_m": [7, 20]}
    assert office.admin.ask("PUT", "/api/cameras/ngo-12", json=ground).json()["ground_size_m"] == [7, 20]
    gone = office.admin.ask("PUT", "/api/cameras/ngo-12", json={"ground": None, "ground_size_m": None}).json()
    assert gone["ground"] is None
    assert office.admin.ask("DELETE", "/api/cameras/ngo-12").status_code == 204
    assert office.admin.get("/api/cameras").json() == []
    assert office.admin.ask("DELETE", "/api/cameras/ngo-12").status_code == 404
    assert office.admin.post("/api/cameras", form).status_code == 409


@pytest.mark.parametrize(
    "address",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "concat:a|b",
        "http://169.254.169.254/",
        "-",
        "rtsp://",
        "rtsp://a b/",
        "x" * 2001,
    ],
)
def test_an_address_from_afar_names_a_camera_and_nothing_else(office, address):
    made = office.admin.post("/api/cameras", {"id": "la", "name": "Lạ", "main": address})
    assert made.status_code == 422, made.text
    office.add_camera()
    assert office.admin.ask("PUT", "/api/cameras/cong-cho", json={"sub": address}).status_code == 422
    file = f'[camera]\nid = "la"\nname = "Lạ"\nmain = "{address}"\n'
    assert office.admin.ask("POST", "/api/cameras/import", content=file).status_code == 422
    assert len(office.admin.get("/api/cameras").json()) == 1


def test_a_file_source_is_possible_where_the_machine_allows_it(office):
    office.options = {"file_sources": True}
    office.build()
    office.as_role_again("admin")
    assert office.admin.post("/api/cameras", {"id": "the", "name": "Thẻ", "main": "/media/clip.mp4"}).status_code == 201


@pytest.mark.parametrize(
    ("zone", "word"),
    [
        ({"id": "a", "purpose": "watch", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}, "polygon"),
        ({"id": "a", "purpose": "watch", "polygon": [[0, 0], [2, 0], [1, 1]]}, "polygon"),
        ({"id": "a", "purpose": "watch"}, "polygon"),
        ({"id": "a", "purpose": "stop_line", "polygon": [[0, 0], [1, 0], [1, 1]]}, "line"),
        (
            {"id": "a", "purpose": "sidewalk", "polygon": [[0, 0], [1, 0], [1, 1]], "permitted_hours": ["25:00"]},
            "hours",
        ),
        ({"id": "a", "purpose": "face_search", "polygon": [[0, 0], [1, 0], [1, 1]]}, "purpose"),
    ],
)
def test_a_zone_that_cannot_be_is_refused_by_name(office, zone, word):
    camera = office.add_camera()
    answer = office.admin.ask("PUT", "/api/cameras/cong-cho/zones", json=[zone])
    assert answer.status_code == 422
    assert word in answer.json()["error"]["en"]
    assert answer.json()["error"]["vi"]
    assert stored(office, "cong-cho").zones == camera.zones


def test_zones_are_drawn_by_supervisors_and_read_back_as_drawn(office):
    office.add_camera()
    zones = [
        {**WATCH, "rules": {"unattended_object": {"min_duration_s": 45.0, "enabled": True}}},
        {
            "id": "vach",
            "purpose": "stop_line",
            "line": [[0.1, 0.7], [0.6, 0.75]],
            "direction": [0, -1],
            "lamp": [0.9, 0.2, 0.05, 0.18],
        },
        {
            "id": "he",
            "purpose": "sidewalk",
            "polygon": [[0, 1], [0, 0.7], [0.3, 0]],
            "permitted_hours": ["05:00-07:00"],
        },
    ]
    supervisor = office.as_role("supervisor")
    back = supervisor.ask("PUT", "/api/cameras/cong-cho/zones", json=zones).json()["zones"]
    for sent, got in zip(zones, back, strict=True):
        assert {key: got[key] for key in sent} == sent
    assert office.camera_file.cameras[0].zones == stored(office, "cong-cho").zones


def test_a_camera_travels_as_its_file(office):
    office.add_camera()
    text = office.admin.get("/api/cameras/cong-cho/file")
    assert text.headers["content-type"].startswith("application/toml")
    changed = text.text.replace("Cổng cong-cho", "Cổng mới")
    back = office.admin.ask("POST", "/api/cameras/import", content=changed.encode())
    assert back.status_code == 200
    assert back.json()["name"] == "Cổng mới"
    assert stored(office, "cong-cho").main.endswith(f"{SECRET}@10.1.2.3/main")
    other = text.text.replace('"cong-cho"', '"khac"')
    refused = office.admin.ask("POST", "/api/cameras/import", content=other.encode())
    assert refused.status_code == 422
    for broken in (b"\xff\xfe", b"[camera", b"x = 1", b'[camera]\nid = "A B"\nname = "x"'):
        answer = office.admin.ask("POST", "/api/cameras/import", content=broken)
        assert (answer.status_code, bool(answer.json()["error"]["vi"])) == (422, True)


def test_recordings_are_asked_for_by_span(office):
    office.add_camera()
    place = "/api/cameras/cong-cho/recordings"
    assert office.admin.get(place).json() == {"segments": [], "gaps": [], "removed": []}
    span = {"from": "2026-11-23T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
    assert office.admin.get(place, params=span).status_code == 422
    span = {"from": "2020-11-23T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
    assert office.admin.get(place, params=span).status_code == 422
