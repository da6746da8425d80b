"""Paths to households over the API: made once with their key, tried, removed, and every act in the trail."""

from dataclasses import replace

import pytest

from matpho.casework.uplink_records import NoteUplink
from matpho.domain.camera import StreamRole
from matpho.domain.messages import Link, StreamState
from matpho.domain.people import PROGRAM, Action
from matpho.domain.time import after, to_iso
from matpho.domain.uplink import PathNow
from matpho.errors import NotAllowed, StorageProblem
from matpho.settings import load
from matpho.wiring.uplink import keep_seen, load_hub
from matpho.wiring.uplink_desk import Uplinks

pytestmark = pytest.mark.unit

NEW = {"name": "nha-ba-tu", "cameras": ["192.168.1.64", "192.168.1.65:8554"], "endpoint": "pho.example.vn:51820"}


@pytest.fixture
def ward(office):
    office.settings = load(office.tmp / "home", {})
    office.build(uplinks=Uplinks(office.settings, office.clock))
    office.as_role_again("admin")
    return office


def made(ward, **more):
    answer = ward.admin.post("/api/uplinks", {**NEW, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_path_is_made_and_its_key_is_in_that_one_answer_only(ward):
    assert ward.admin.get("/api/uplinks").json()["endpoint"] is None
    body = made(ward)
    assert (body["address"], body["file"]) == ("10.66.0.2", "nha-ba-tu.conf")
    assert "DNAT --to 192.168.1.65:8554" in body["text"]
    assert body["box"][-1] == "rm nha-ba-tu.conf", "the copy with the key goes"
    hub = load_hub(ward.settings)
    private = next(line.split(" = ")[1] for line in body["text"].splitlines() if line.startswith("PrivateKey"))
    shown = ward.admin.get("/api/uplinks").text
    for secret in (private, hub.private_key, hub.peers[0].preshared_key, "PrivateKey"):
        assert secret not in shown
        assert secret not in str(ward.trail())
    assert ward.trail()[-1] == ("add_uplink", "uplink:nha-ba-tu", {"address": "10.66.0.2", "cameras": 2})


def test_the_answer_with_the_key_is_stored_by_no_browser(ward):
    assert ward.admin.post("/api/uplinks", NEW).headers["cache-control"] == "no-store"


def test_the_list_says_which_cameras_go_through_a_path_and_what_wireguard_last_said(ward):
    made(ward)
    camera = ward.add_camera()
    behind = replace(camera, main="rtsp://xem:bi-mat@10.66.0.2/main", sub="rtsp://xem:bi-mat@10.66.0.2:555/sub")
    with ward.store.write() as unit:
        unit.cameras.put(behind, ward.clock.now())
        unit.cameras.put(replace(camera, id="mot-tep", main="/srv/mot.mp4", sub=None), ward.clock.now())
    key = load_hub(ward.settings).peers[0].public_key
    path = PathNow(public_key=key, endpoint="203.0.113.9:1", handshake_s=30.0, received=5_000_000, sent=700)
    gone = replace(path, public_key="gone=")
    assert keep_seen(ward.settings, {key: path, "gone=": gone}, ward.clock.now())
    answer = ward.admin.get("/api/uplinks")
    body = answer.json()
    [one] = body["paths"]
    assert [f["cameras"] for f in one["forwards"]] == [["cong-cho"], ["cong-cho"]]
    assert [f["address"] for f in one["forwards"]] == ["rtsp://10.66.0.2:554/", "rtsp://10.66.0.2:555/"]
    assert (one["received"], one["sent"]) == (5_000_000, 700)
    assert one["last_handshake"] == to_iso(after(ward.clock.now(), -30))
    assert (one["state"], body["up"], body["strangers"]) == ("unsure", False, 1), "the interface is away here"
    assert "bi-mat" not in answer.text
    assert "203.0.113.9" not in answer.text, "where a household calls from is nobody's business"


def test_a_path_whose_pictures_arrive_is_up_whatever_wireguard_may_be_asked(ward):
    made(ward)
    camera = replace(ward.add_camera(), main="rtsp://10.66.0.2/main", sub=None)
    with ward.store.write() as unit:
        unit.cameras.put(camera, ward.clock.now())
    now = ward.clock.now()
    state = StreamState(camera.id, StreamRole.MAIN, Link.LIVE, now, now, 25.0, 900.0, "h264", 640, 360, None)
    ward.states.hear(state)
    assert ward.admin.get("/api/uplinks").json()["paths"][0]["state"] == "up"
    ward.clock.go(60)
    assert ward.admin.get("/api/uplinks").json()["paths"][0]["state"] == "unsure", "a minute old is not now"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"endpoint": ""}, "đường đầu tiên cần địa chỉ và cổng"),
        ({"endpoint": "  "}, "đường đầu tiên cần địa chỉ và cổng"),
        ({"endpoint": "pho.example.vn"}, "máy:cổng"),
        ({"endpoint": "h\nPostUp = reboot:1"}, "máy:cổng"),
        ({"name": "Nhà Bà Tư"}, "nha-ba-tu.conf"),
        ({"name": "nha-ba-nguyen-thi-tu"}, "15"),
        ({"name": "../hub"}, "nha-ba-tu.conf"),
        ({"cameras": ["8.8.8.8"]}, "192.168.1.64"),
        ({"cameras": ["192.168.1.64\nPostUp = reboot"]}, "192.168.1.64"),
        ({"cameras": []}, "cameras"),
        ({"cameras": ["192.168.1.64"] * 17}, "cameras"),
        ({"key": "x"}, "key"),
    ],
)
def test_what_does_not_fit_is_refused_and_makes_nothing(ward, wrong, word):
    before = ward.trail()
    answer = ward.admin.post("/api/uplinks", {**NEW, **wrong})
    assert answer.status_code == 422
    assert word in answer.json()["error"]["vi"]
    assert ward.admin.get("/api/uplinks").json()["paths"] == []
    assert ward.trail() == before


def test_a_name_that_is_taken_is_refused_and_the_first_stays(ward):
    first = made(ward)
    assert ward.admin.post("/api/uplinks", NEW).status_code == 422
    assert [p["address"] for p in ward.admin.get("/api/uplinks").json()["paths"]] == [first["address"]]


def test_trying_a_path_says_what_to_do_next_and_is_in_the_trail(ward):
    made(ward)
    body = ward.admin.post("/api/uplinks/nha-ba-tu/check").json()
    assert (body["well"], body["reload"]) == (False, True)
    assert body["steps"] == [
        {
            "said": {
                "vi": "Giao diện wg-matpho ở máy của phường",
                "en": "The interface wg-matpho of the ward's machine",
            },
            "well": False,
        }
    ]
    assert ward.trail()[-1][:2] == ("check_uplink", "uplink:nha-ba-tu")
    assert ward.admin.post("/api/uplinks/nha-khac/check").status_code == 404
    assert ward.trail()[-1][:2] == ("check_uplink", "uplink:nha-ba-tu"), "what is not there was not tried"


def test_a_path_is_removed_and_the_lines_that_shut_it_are_given(ward):
    made(ward)
    made(ward, name="nha-2", endpoint="")
    body = ward.admin.ask("DELETE", "/api/uplinks/nha-ba-tu").json()
    assert [p["name"] for p in body["paths"]] == ["nha-2"]
    assert body["load"][-1] == "sudo systemctl reload wg-quick@wg-matpho"
    assert ward.trail()[-1] == ("remove_uplink", "uplink:nha-ba-tu", {"address": "10.66.0.2", "cameras": 2})
    assert ward.admin.ask("DELETE", "/api/uplinks/nha-ba-tu").status_code == 404


def test_without_its_row_in_the_trail_nothing_is_done(ward, monkeypatch):
    made(ward)

    def full(*_):
        raise StorageProblem("disk full", "đĩa đầy")

    monkeypatch.setattr(ward.desk, "handle", full)
    assert ward.admin.post("/api/uplinks", {**NEW, "name": "nha-2"}).status_code == 503
    assert ward.admin.ask("DELETE", "/api/uplinks/nha-ba-tu").status_code == 503
    assert [p.name for p in load_hub(ward.settings).peers] == ["nha-ba-tu"]


def test_the_desk_itself_refuses_whom_it_must(ward):
    note = NoteUplink(action=Action.ADD, name="nha", address="10.66.0.2", cameras=1)
    with pytest.raises(NotAllowed):
        ward.desk.handle(note, PROGRAM)


def test_nobody_below_administrator_sees_where_households_are(ward):
    made(ward)
    for role in ("observer", "officer", "supervisor"):
        assert ward.as_role(role).get("/api/uplinks").status_code == 403


def test_advice_says_what_an_uplink_carries_of_each_camera_that_shares_it(ward):
    alone = ward.admin.get("/api/uplinks/advice?uplink_kbit=4000&main_kbit=2000").json()
    assert (alone["fits"], alone["record"]) == (True, "main")
    shared = ward.admin.get("/api/uplinks/advice?uplink_kbit=4000&main_kbit=2000&cameras=2").json()
    assert shared["fits"] is False
    assert ward.admin.get("/api/uplinks/advice?uplink_kbit=0&main_kbit=2000").status_code == 422
    assert ward.admin.get("/api/uplinks/advice?uplink_kbit=nan&main_kbit=2000").status_code == 422


def test_an_endpoint_that_no_household_can_call_is_doubted(ward):
    made(ward, endpoint="192.168.1.10:51820")
    assert "mạng riêng" in ward.admin.get("/api/uplinks").json()["doubt"]["vi"]


def test_a_damaged_file_is_said_and_not_written_over(ward):
    made(ward)
    file = ward.settings.home / "uplink" / "hub.json"
    file.write_text("{")
    assert ward.admin.get("/api/uplinks").json()["error"]["code"] == "corrupt"
    assert ward.admin.post("/api/uplinks", {**NEW, "name": "nha-2"}).status_code == 503
    assert ward.admin.ask("DELETE", "/api/uplinks/nha-ba-tu").status_code == 503
    assert file.read_text() == "{"


def test_where_there_is_no_such_part_it_is_said(office):
    assert office.admin.get("/api/uplinks").status_code == 503
