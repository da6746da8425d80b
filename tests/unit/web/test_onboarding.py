from datetime import date

import pytest

from matpho.casework.camera_csv import template
from matpho.domain import address
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.network import pinned, policy
from matpho.domain.probe import DeviceFacts, DeviceProfile, FoundDevice, Looked, StreamFacts
from matpho.domain.register import NOTHING
from matpho.errors import SourceRefused

pytestmark = pytest.mark.unit

SECRET = "bi-mat-123"
RULES = policy("private")


class Eyes:
    """Cameras that nobody has to hang up: each address gives what its path says."""

    def __init__(self):
        self.asked = []

    def check(self, text):
        pinned(RULES, address.parse(text).host, 554, lambda host: [host])

    def look(self, addresses):
        self.asked.append(addresses)
        return {role: self._one(role, text) for role, text in addresses.items()}

    def _one(self, role, text):
        if "refuse" in text:
            return SourceRefused("the camera refuses the user name or password", "camera từ chối tên hoặc mật khẩu")
        wide = role is StreamRole.MAIN
        facts = StreamFacts(
            role=role, address=address.parse(text).redacted(), profile="High",
            codec="hevc" if "h265" in text else "h264", width=1920 if wide else 640,
            height=1080 if wide else 360, fps=25.0, gop_s=1.0, gop_longest_s=1.0,
            kbit_s=4000.0, watched_s=6.0, audio=True, sets=role.value,
        )  # fmt: skip
        return Looked(facts=facts, still=b"\xff\xd8\xff\xd9")

    def interfaces(self):
        return {"eth0": "192.168.1.5"}

    def discover(self, interface):
        return (
            FoundDevice(
                service="http://192.168.1.64/onvif/device_service", host="192.168.1.64", name="C", hardware=interface
            ),
        )

    def ask(self, login):
        self.asked.append(login)
        main = DeviceProfile(
            token="1", name="m", codec="h264", width=1920, height=1080, fps=25.0, address="rtsp://192.168.1.64/1"
        )
        return DeviceFacts(maker="Hãng", model="M1", serial="S", profiles=(main,), main=main, clock_offset_s=-3600.0)

    def set_clock(self, login, ntp):
        self.asked.append((login, ntp))


@pytest.fixture
def eyes(office):
    eyes = Eyes()
    office.build(onboarding=eyes)
    office.as_role_again("admin")
    return eyes


def stored(site, camera_id):
    with site.store.read() as unit:
        return unit.cameras.get(CameraId(camera_id))


def test_streams_are_looked_at_with_the_login_and_nothing_of_it_comes_back(office, eyes):
    form = {
        "main": "rtsp://10.0.0.5/1", "sub": "rtsp://khac:x@10.0.0.5/h265", "user": "xem", "password": SECRET,
        "uplink_kbit_s": 3000,
    }  # fmt: skip
    answer = office.admin.post("/api/onboarding/probe", form)
    assert answer.status_code == 200, answer.text
    assert SECRET not in answer.text
    assert eyes.asked == [
        {StreamRole.MAIN: f"rtsp://xem:{SECRET}@10.0.0.5/1", StreamRole.SUB: "rtsp://khac:x@10.0.0.5/h265"}
    ]
    main, sub = answer.json()["streams"]
    assert (main["width"], sub["codec"], main["problem"]) == (1920, "hevc", None)
    assert main["still"].startswith("data:image/jpeg;base64,")
    assert {"sub_h265", "uplink_thin", "audio_dropped"} <= {a["code"] for a in answer.json()["advice"]}
    looks = [(action, detail) for action, _, detail in office.trail() if action == "probe"]
    assert looks == [("probe", {"place": "10.0.0.5"})] * 2


def test_a_stream_that_cannot_be_seen_says_why_and_is_not_advised_on(office, eyes):
    form = {"main": "rtsp://10.0.0.5/1", "sub": "rtsp://10.0.0.5/refuse"}
    answer = office.admin.post("/api/onboarding/probe", form).json()
    assert "mật khẩu" in answer["streams"][1]["problem"]["vi"]
    assert "no_sub" not in {a["code"] for a in answer["advice"]}
    only = office.admin.post("/api/onboarding/probe", {"main": "rtsp://10.0.0.5/1"}).json()
    assert "no_sub" in {a["code"] for a in only["advice"]}


@pytest.mark.parametrize(
    "text",
    ["rtsp://127.0.0.1/1", "rtsp://169.254.169.254/x", "rtsp://8.8.8.8/1", "http://10.0.0.5/", "/etc/passwd", ""],
)
def test_only_cameras_may_be_looked_at_or_added(office, eyes, text):
    assert office.admin.post("/api/onboarding/probe", {"main": text}).status_code == 422
    if text:
        refused = office.admin.post("/api/onboarding/probe", {"main": "rtsp://10.0.0.5/1", "sub": text})
        assert refused.json()["error"]["vi"].lower().startswith("luồng phụ: "), "which of the two it is"
    assert eyes.asked == []
    if text:
        assert office.admin.post("/api/cameras", {"id": "x", "name": "X", "main": text}).status_code == 422


def test_a_device_is_found_asked_and_its_clock_set_only_when_told(office, eyes):
    assert office.admin.get("/api/onboarding/interfaces").json() == [{"name": "eth0", "address": "192.168.1.5"}]
    [found] = office.admin.post("/api/onboarding/discover", {"interface": "eth0"}).json()
    login = {"service": found["service"], "user": "xem", "password": SECRET}
    answer = office.admin.post("/api/onboarding/device", login)
    assert (answer.json()["maker"], answer.json()["main"], answer.json()["sub"]) == ("Hãng", "1", None)
    assert SECRET not in answer.text
    assert not any(isinstance(one, tuple) for one in eyes.asked)
    assert office.admin.post("/api/onboarding/clock", {**login, "ntp": "192.168.1.5"}).status_code == 204
    assert eyes.asked[-1][1] == "192.168.1.5"
    acts = [
        (action, detail["place"])
        for action, _, detail in office.trail()
        if action in ("discover", "ask_device", "set_clock")
    ]
    assert acts == [("discover", "eth0"), ("ask_device", "192.168.1.64"), ("set_clock", "192.168.1.64")]
    assert all(SECRET not in str(row) for row in office.trail())


def test_the_register_says_what_is_missing_and_a_camera_runs_only_once_nothing_is(office):
    office.add_camera(entry=NOTHING)
    first = office.admin.get("/api/cameras").json()[0]
    assert (first["missing"], first["active"], first["complete_by"]) == (["sign", "purpose", "retention"], False, None)
    entry = {
        "retention_days": 30,
        "maker": "Hãng",
        "purpose": " Giữ vệ sinh khu chợ ",
        "certificate": "QCVN 135",
        "certificate_until": "2026-12-20",
    }
    back = office.admin.ask("PUT", "/api/cameras/cong-cho/register", json=entry).json()
    assert (back["purpose"], back["sign_at"]) == ("Giữ vệ sinh khu chợ", None)
    assert office.admin.get("/api/cameras").json()[0]["missing"] == ["sign"]
    assert office.camera_file.cameras == ()
    office.admin.ask("PUT", "/api/cameras/cong-cho/register", json={**entry, "sign_at": "2026-11-20"})
    now = office.admin.get("/api/cameras").json()[0]
    assert (now["missing"], now["active"]) == ([], True)
    assert [c.id for c in office.camera_file.cameras] == ["cong-cho"]
    assert office.admin.ask("PUT", "/api/cameras/cong-cho/register", json=entry).status_code == 409
    [ending] = office.admin.get("/api/register/endings").json()
    assert (ending["camera_id"], ending["what"], ending["days_left"]) == ("cong-cho", "certificate_until", 27)
    changes = [detail for action, _, detail in office.trail() if action == "set_register"]
    assert changes[-1] == {"changed": "sign_at", "missing": ""}
    assert office.admin.ask("PUT", "/api/cameras/cong-cho/register", json={"sign_at": "hôm qua"}).status_code == 422
    assert office.admin.ask("PUT", "/api/cameras/cong-cho/register", json={"owner": "x" * 301}).status_code == 422


def test_a_staged_camera_lacks_nothing(office):
    office.admin.post("/api/cameras", {"id": "mau", "name": "Mẫu", "staged": True})
    assert office.admin.get("/api/cameras").json()[0]["missing"] == []


def test_a_spreadsheet_is_tried_first_and_stored_whole_or_not_at_all(office, eyes):
    office.add_camera()
    head = "Mã;Tên camera;Luồng chính;Mục đích;Ngày gắn biển;Thời hạn lưu"
    text = f"{head}\nngo-1;Ngõ 1;rtsp://xem:bi-mat-123@10.0.0.8/1;Vệ sinh;01/11/2026;30\n"
    dry = office.admin.ask("POST", "/api/camera-csv", content=text.encode())
    assert (dry.json()["stored"], dry.json()["problems"]) == (0, [])
    assert SECRET not in dry.text
    assert stored(office, "ngo-1") is None
    bad = text + "cong-cho;Trùng;rtsp://10.0.0.9/1;;;\nx;Y;rtsp://127.0.0.1/1;;;\n"
    refused = office.admin.ask("POST", "/api/camera-csv?commit=true", content=bad.encode()).json()
    assert [(p["line"], p["column"]) for p in refused["problems"]] == [(3, "Mã"), (4, "Luồng chính")]
    assert refused["stored"] == 0
    assert stored(office, "ngo-1") is None
    done = office.admin.ask("POST", "/api/camera-csv?commit=true", content=text.encode()).json()
    assert done["stored"] == 1
    assert stored(office, "ngo-1").main == f"rtsp://xem:{SECRET}@10.0.0.8/1"
    with office.store.read() as unit:
        assert unit.register.get(CameraId("ngo-1")).sign_at == date(2026, 11, 1)
    assert [c.id for c in office.camera_file.cameras] == ["cong-cho", "ngo-1"]
    again = office.admin.ask("POST", "/api/camera-csv?commit=true", content=text.encode()).json()
    assert {p["column"] for p in again["problems"]} == {"Mã", "Luồng chính"}


def test_the_template_is_a_file_that_reads_itself(office, eyes):
    answer = office.admin.get("/api/camera-csv")
    assert answer.content == template()
    real = answer.content.replace(b"quantri:MAT_KHAU@192.168.1.64", b"xem:x@10.0.0.5")
    assert office.admin.ask("POST", "/api/camera-csv", content=real).json()["problems"] == []


def test_the_register_is_a_list_and_a_sheet_without_addresses(office):
    office.add_camera(entry=NOTHING)
    entry = {
        "maker": "Hãng",
        "model": "X1",
        "firmware": "V5.7.3",
        "certificate": "QCVN 135",
        "certificate_until": "2026-12-20",
    }
    office.admin.ask("PUT", "/api/cameras/cong-cho/register", json=entry)
    office.admin.post("/api/cameras", {"id": "mau", "name": "Mẫu", "staged": True})
    lines = office.as_role("observer").get("/api/register").json()
    assert [(one["camera_id"], one["active"], one["missing"]) for one in lines] == [
        ("cong-cho", False, ["sign", "purpose", "retention"]),
        ("mau", True, []),
    ]
    assert (lines[0]["entry"]["firmware"], lines[0]["entry"]["certificate_until"]) == ("V5.7.3", "2026-12-20")
    sheet = office.as_role("observer").get("/api/register.csv")
    assert "V5.7.3" in sheet.text
    assert "20/12/2026" in sheet.text
    assert SECRET not in str(lines) + sheet.text
    assert "rtsp" not in str(lines) + sheet.text


def test_a_stream_can_be_taken_away(office):
    office.add_camera()
    changed = office.admin.ask("PUT", "/api/cameras/cong-cho", json={"sub": ""}).json()
    assert changed["sub"]["address"] is None
    assert stored(office, "cong-cho").sub is None
    assert stored(office, "cong-cho").main.endswith("/main")
    office.admin.ask("PUT", "/api/cameras/cong-cho", json={"sub": "rtsp://10.1.2.3/2", "main": None})
    assert stored(office, "cong-cho").sub == "rtsp://10.1.2.3/2"
    assert stored(office, "cong-cho").main.endswith("/main")


def test_a_camera_comes_with_its_entry_or_not_at_all(office):
    form = {"id": "ngo-2", "name": "Ngõ 2", "main": "rtsp://10.0.0.6/1"}
    entry = {"purpose": "Vệ sinh", "sign_at": "2026-11-01", "retention_days": 30}
    assert office.admin.post("/api/cameras", {**form, "register": {**entry, "purpose": "x" * 301}}).status_code == 422
    assert stored(office, "ngo-2") is None
    made = office.admin.post("/api/cameras", {**form, "register": entry})
    assert (made.status_code, made.json()["missing"]) == (201, [])
    assert [action for action, *_ in office.trail()][-2:] == ["add_camera", "set_register"]
