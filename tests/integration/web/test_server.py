"""The desk's server as a process: real sockets, real live pictures over real WebSockets, and an orderly end."""

import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box, polygon
from matpho.domain.ids import CameraId
from matpho.domain.messages import BoxesSeen
from matpho.domain.observation import Group
from matpho.domain.time import SystemClock
from matpho.video.encoded import EncodedHub
from matpho.video.live import LiveForm, LiveServer

pytestmark = pytest.mark.integration

CAMERA = CameraId("cong-cho")
AREA = [[0.0, 0.0], [0.5, 0.0], [0.5, 0.5], [0.0, 0.5]]
PASSWORD = "một mật khẩu dài"


def free_port():
    """A port that nobody listens on right now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Office:
    """The server process and people's browsers."""

    def __init__(self, home: Path):
        self.home, self.port = home, free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        program = Path(__file__).with_name("desk_main.py")
        self.log = (home / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, str(program), str(home), str(self.port)], stdout=self.log, stderr=self.log
        )
        self.browsers = []
        for _ in range(400):
            if self.answers():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.close()
        raise RuntimeError("the server does not answer: " + (home / "log").read_text())

    def answers(self):
        try:
            return httpx.get(f"{self.origin}/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def browser(self):
        client = httpx.Client(base_url=self.origin, headers={"Origin": self.origin}, timeout=30)
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        self.browsers.append(client)
        return client

    def sign_in(self, login):
        client = self.browser()
        answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    def viewing(self, client, query="", **more):
        cookies = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
        address = f"ws://127.0.0.1:{self.port}/api/cameras/{CAMERA}/live{query}"
        more = {"origin": self.origin, "max_size": None, **more}
        return connect(address, additional_headers={"Cookie": cookies}, **more)

    def close(self):
        for client in self.browsers:
            client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self.log.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("home"))
    try:
        admin = office.browser()
        form = {"ward_name": "Phường Hồng Gai", "name": "Lan", "login": "admin", "password": PASSWORD}
        made = admin.post("/api/setup", json={"token": (office.home / "token").read_text(), **form})
        assert made.status_code == 200, made.text
        admin.headers["X-CSRF-Token"] = made.json()["csrf"]
        for role in ("officer", "observer"):
            person = {"login": role, "name": role, "role": role, "password": PASSWORD}
            assert admin.post("/api/people", json=person).status_code == 201
        mask = {"id": "cua-so", "purpose": "privacy_mask", "polygon": AREA}
        camera = {"id": CAMERA, "name": "Cổng chợ", "main": "rtsp://10.0.0.5/1", "sub": "rtsp://10.0.0.5/2"}
        assert admin.post("/api/cameras", json={**camera, "zones": [mask]}).status_code == 201
        office.admin = admin
        yield office
    finally:
        office.close()


@pytest.fixture(scope="module")
def street(office):
    """What the vision process would serve: a bright street, plain and covered, ten pictures a second."""
    clock = SystemClock()
    plain = EncodedHub(CAMERA, StreamRole.SUB, ())
    covered = EncodedHub(CAMERA, StreamRole.SUB, [polygon(AREA)])
    stop = threading.Event()

    with LiveServer(office.home / "run" / "vision-0-live.sock", clock=clock) as server:
        server.serve(plain)
        server.serve(covered, LiveForm.ENCODED)

        def play():
            number = 0
            while not stop.wait(0.1):
                number += 1
                picture = np.full((180 * 3 // 2, 320), 200, np.uint8)
                picture[180:] = 128
                picture[100:120, number % 280 : number % 280 + 40] = 60
                frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
                now = clock.now()
                plain.picture(frame, now)
                covered.picture(frame, now)
                box = ((1, Group.PERSON, Box(0.1, 0.5, 0.1, 0.1)),)
                server.show_boxes(BoxesSeen(CAMERA, now, box))

        player = threading.Thread(target=play)
        player.start()
        yield
        stop.set()
        player.join(5)


def watch(socket, pictures=8):
    """The texts by type and the fMP4 bytes of so many fragments."""
    told, film, fragments = {}, b"", 0
    while fragments < pictures:
        message = socket.recv(timeout=15)
        if isinstance(message, str):
            text = json.loads(message)
            told.setdefault(text["type"], []).append(text)
        else:
            fragments += message[4:8] == b"moof"
            film += message
    return told, film


def corners(film):
    """Mean luma of the private corner and of the opposite one in the last picture."""
    with av.open(io.BytesIO(film), "r", format="mp4") as container:
        last = list(container.decode(video=0))[-1].to_ndarray(format="gray")
    return last[10:70, 10:150].mean(), last[-60:-5, 170:310].mean()


def test_a_live_picture_reaches_the_browser_as_it_may_be_seen(office, street):
    with office.viewing(office.admin) as socket:
        told, film = watch(socket)
    assert told["init"][0]["codec"].startswith("avc1.")
    assert told["init"][0]["masked"] is False
    assert film[4:8] == b"ftyp"
    assert told["age"]
    assert 0 <= told["age"][-1]["age_ms"] < 2000
    assert told["boxes"][0]["boxes"][0]["group"] == "person"
    private, public = corners(film)
    assert private > 150
    assert public > 150
    with office.viewing(office.sign_in("officer"), "?stream=main") as socket:
        told, film = watch(socket)
    assert told["init"][0]["masked"] is True
    private, public = corners(film)
    assert private < 20
    assert public > 150


def test_a_still_of_now_is_covered_too(office, street):
    pictures = {}
    for who in ("admin", "officer"):
        answer = office.sign_in(who).get(f"/api/cameras/{CAMERA}/still")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg"), answer.text
        with av.open(io.BytesIO(answer.content)) as container:
            luma = next(container.decode(video=0)).to_ndarray(format="gray")
        pictures[who] = luma[10:70, 10:150].mean()
    assert pictures["admin"] > 150
    assert pictures["officer"] < 20


def test_the_trail_says_who_watched_what_and_for_how_long(office, street):
    with office.viewing(office.sign_in("officer")) as socket:
        watch(socket, 3)
    for _ in range(50):
        rows = office.admin.get("/api/audit", params={"limit": 5}).json()["items"]
        ended = [row for row in rows if row["action"] == "view_live_end"]
        if ended and ended[0]["who"] == "officer":
            break
        time.sleep(0.1)
    assert ended[0]["who"] == "officer"
    assert ended[0]["detail"]["masked"] is True
    assert 0 < ended[0]["detail"]["seconds"] < 30


def test_signing_out_closes_the_picture_at_once(office, street):
    client = office.sign_in("officer")
    with office.viewing(client) as socket:
        watch(socket, 1)
        began = time.monotonic()
        assert client.delete("/api/session").status_code == 204
        with pytest.raises(ConnectionClosed) as closed:
            watch(socket, 1000)
    assert closed.value.rcvd.code == 4401
    assert time.monotonic() - began < 5


def test_another_site_cannot_watch(office, street):
    with pytest.raises(InvalidStatus) as refused:
        office.viewing(office.admin, origin="http://evil.example")
    assert refused.value.response.status_code == 403
    with office.viewing(office.sign_in("observer")) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "lost"
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd.code == 4403


def read_events(lines, wanted):
    """Events from an event stream until one of the wanted type."""
    name, found = None, []
    for line in lines:
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            found.append((name, json.loads(line[6:])))
            if name == wanted:
                return found
    return found


def test_what_happens_is_heard_by_every_open_page(office):
    listener = office.sign_in("observer")
    with listener.stream("GET", "/api/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.iter_lines()
        assert read_events(lines, "hello")[0][1]["now"].endswith("Z")
        form = {"camera_id": CAMERA, "kind": "littering", "at": "2026-11-01T00:00:00Z", "note": ""}
        made = office.sign_in("officer").post("/api/incidents", json=form)
        assert made.status_code == 201, made.text
        told = read_events(lines, "evidence_changed")
    incident = next(data for name, data in told if name == "incident_changed")
    assert incident["id"] == made.json()["id"]
    assert set(incident) == {"id", "state", "kind", "camera_id", "version"}


def test_the_event_stream_ends_with_the_session(office):
    listener, same = office.sign_in("observer"), office.browser()
    same.cookies = listener.cookies
    with listener.stream("GET", "/api/events") as answer:
        lines = answer.iter_lines()
        read_events(lines, "hello")
        same.headers["X-CSRF-Token"] = listener.headers["X-CSRF-Token"]
        assert same.delete("/api/session").status_code == 204
        began = time.monotonic()
        assert list(lines) is not None
    assert time.monotonic() - began < 5


def test_the_server_does_not_say_what_it_is_and_believes_no_forwarded_header(office):
    answer = office.browser().get("/healthz", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"})
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


def test_it_stops_in_good_order_while_people_watch(tmp_path):
    office = Office(tmp_path)
    try:
        token = (tmp_path / "token").read_text()
        form = {"ward_name": "P", "name": "Lan", "login": "admin", "password": PASSWORD}
        admin = office.browser()
        answer = admin.post("/api/setup", json={"token": token, **form})
        admin.headers["X-CSRF-Token"] = answer.json()["csrf"]
        with admin.stream("GET", "/api/events") as stream:
            read_events(stream.iter_lines(), "hello")
            began = time.monotonic()
            office.process.send_signal(signal.SIGTERM)
            assert office.process.wait(10) == 0
            assert time.monotonic() - began < 2.5, "the open event stream held it up"
        assert (tmp_path / "closed").read_text() == "orderly"
        log = (tmp_path / "log").read_text()
        assert "Traceback" not in log
        assert token not in log
        assert PASSWORD not in log
    finally:
        office.close()
