import contextlib
import http.server
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.network import policy
from matpho.domain.probe import DeviceLogin, DeviceProfile
from matpho.errors import BadAddress, BadInput, SourceLost, SourceRefused, SourceStalled
from matpho.plugins.onvif import device
from matpho.plugins.onvif.discovery import discover, interfaces
from matpho.settings import CameraSettings, Settings
from matpho.testing.footage import draw
from matpho.testing.system import free_port
from matpho.wiring.onboarding import Onboarding

pytestmark = pytest.mark.integration
HERE = policy("loopback")
PASSWORD = "đèn/đường"


@contextlib.contextmanager
def virtual_camera(folder, rtsp):
    """A virtual camera whose streams are at another port of this machine; its ONVIF port."""
    port = free_port()
    script = Path(__file__).with_name("virtual_camera.py")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(script), str(port), str(rtsp), "admin", PASSWORD],
            stdout=subprocess.PIPE, stderr=log, cwd=folder,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 40
        os.set_blocking(process.stdout.fileno(), False)
        said = b""
        while b"ready" not in said:
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "the virtual camera does not start"
            said += process.stdout.read() or b""
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def camera(tmp_path_factory):
    """A virtual camera; its ONVIF port, and the port where it says its streams are."""
    rtsp = free_port()
    with virtual_camera(tmp_path_factory.mktemp("camera"), rtsp) as port:
        yield port, rtsp


def test_from_the_device_to_its_pictures(tmp_path, rtsp_server):
    """Asked by ONVIF, its streams are looked at where it said they are."""
    for name, size in (("main", (320, 240)), ("sub", (160, 120))):
        draw(tmp_path / f"{name}.mp4", pictures=60, gop=10, size=size)
    eyes = Onboarding(Settings(home=tmp_path, cameras=CameraSettings(networks="loopback")))
    with virtual_camera(tmp_path, rtsp_server(tmp_path).port) as port:
        facts = eyes.ask(DeviceLogin(service=f"127.0.0.1:{port}", user="admin", password=PASSWORD))
        seen = eyes.look({role: f"{getattr(facts, role).address}?play_count=0" for role in StreamRole})
    assert [seen[role].facts.width for role in StreamRole] == [320, 160]
    assert all(seen[role].still.startswith(b"\xff\xd8") for role in StreamRole)


def test_profiles_are_chosen_by_size_and_codec():
    def profile(token, width, height, codec="h264", address="rtsp://10.0.0.1/"):
        return DeviceProfile(
            token=token,
            name=token,
            codec=codec,
            width=width,
            height=height,
            fps=25.0,
            address=address and address + token,
        )

    main, small, middle = profile("m", 2560, 1440), profile("s", 352, 288), profile("d", 704, 576)
    assert device.choose([small, main, middle]) == (main, small)
    assert device.choose([main, profile("h", 640, 360, "hevc"), middle])[1] == middle
    assert device.choose([profile("x", 4000, 3000, address=""), main]) == (main, None)
    assert device.choose([]) == (None, None)


def test_a_device_says_who_it_is_and_where_its_streams_are(camera):
    port, rtsp = camera
    facts = device.ask(f"127.0.0.1:{port}", "admin", PASSWORD, HERE)
    assert (facts.maker, facts.model, facts.serial) == ("PythonCam", "VirtualCam-1", "PY-000007")
    assert facts.firmware
    assert abs(facts.clock_offset_s) < 5
    assert facts.main.address == f"rtsp://127.0.0.1:{rtsp}/main.mp4"
    assert facts.sub.address == f"rtsp://127.0.0.1:{rtsp}/sub.mp4"
    assert (facts.main.width, facts.main.height, facts.sub.width) == (1920, 1080, 640)
    assert facts.main.codec == "h264"
    assert PASSWORD not in repr(facts)


def test_a_wrong_password_is_said_plainly(camera):
    for user, password in (("admin", "hunter2"), ("ai-do", PASSWORD), ("", "")):
        with pytest.raises(SourceRefused) as refused:
            device.ask(f"127.0.0.1:{camera[0]}", user, password, HERE)
        assert "hunter2" not in f"{refused.value!r}{refused.value.__cause__}"


def test_what_a_device_cannot_do_is_told(camera):
    with pytest.raises(SourceLost):
        device.set_clock(f"127.0.0.1:{camera[0]}", "admin", PASSWORD, HERE)
    with pytest.raises(BadInput):
        device.set_clock(f"127.0.0.1:{camera[0]}", "admin", PASSWORD, HERE, ntp="pool.ntp.org; reboot")


def test_a_device_is_found_on_the_chosen_interface(camera):
    name = next(name for name, address in interfaces().items() if address == "127.0.0.1")  # where it has joined
    anywhere = policy("private, loopback")
    found = discover(name, anywhere, listen_s=1.5)
    assert [d.service for d in found if d.host == "127.0.0.1"] == [f"http://127.0.0.1:{camera[0]}/onvif/device_service"]
    assert "127.0.0.1" not in {d.host for d in discover(name, policy("private"), listen_s=0.8)}
    with pytest.raises(BadInput):
        discover("no-such-0", HERE)


class Hostile:
    """An HTTP server that answers every question in one way and counts them."""

    def __init__(self, answer):
        outer = self
        self.asked = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                outer.asked += 1
                self.rfile.read(int(self.headers["Content-Length"]))
                with contextlib.suppress(OSError):
                    answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.place = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hostile():
    made = []

    def serve(answer):
        made.append(Hostile(answer))
        return made[-1]

    yield serve
    for one in made:
        one.close()


def says(body, status=200, **headers):
    def answer(request):
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


SOAP = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{}</s:Body></s:Envelope>'
LOL = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))


ABOUT = SOAP.format("<GetDeviceInformationResponse><Model>{}</Model></GetDeviceInformationResponse>")
FILE = '<!ENTITY f SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>not a camera</html>",
        b"<a>" * 100_000,
        f"<!DOCTYPE x [{LOL}]>{ABOUT.format('&a9;')}".encode(),
        f"<!DOCTYPE x [{FILE}]>{ABOUT.format('&f;')}".encode(),
        b"\xff\xfe\x00" * 1000,
    ],
)
def test_hostile_answers_are_refused_in_time_and_nothing_is_read_from_this_machine(hostile, body):
    server = hostile(says(body))
    began = time.monotonic()
    with pytest.raises(SourceLost) as told:
        device.ask(server.place, "admin", PASSWORD, HERE)
    assert time.monotonic() - began < 10
    assert "root:" not in repr(told.value)


def test_an_endless_answer_ends(hostile):
    sent = []

    def flood(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(100_000):
            request.wfile.write(b"x" * 65536)
            sent.append(65536)

    with pytest.raises(SourceLost):
        device.ask(hostile(flood).place, "admin", PASSWORD, HERE)
    assert sum(sent) < 60e6


def test_a_dripping_answer_ends(hostile, monkeypatch):
    monkeypatch.setattr(device, "LONGEST_S", 1.0)

    def drip(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(200):
            request.wfile.write(b" ")
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises((SourceLost, SourceStalled)):
        device.ask(hostile(drip).place, "admin", PASSWORD, HERE)
    assert time.monotonic() - began < 5


def test_redirects_are_not_followed(hostile):
    away = hostile(says(SOAP.format("").encode()))
    server = hostile(says(b"", 302, Location=f"http://{away.place}/onvif/device_service"))
    with pytest.raises(SourceLost):
        device.ask(server.place, "admin", PASSWORD, HERE)
    assert away.asked == 0


def test_a_packed_answer_is_not_unpacked(hostile):
    server = hostile(says(b"\x1f\x8b\x08" + b"\0" * 100, Content_Encoding="gzip"))
    with pytest.raises(SourceLost):
        device.ask(server.place, "admin", PASSWORD, HERE)


def test_a_device_cannot_send_us_elsewhere(hostile):
    """Its services and streams stay on the host that was asked, and only where cameras may be."""
    other = hostile(says(SOAP.format("").encode()))
    port = 0

    def liar(request):
        services = "".join(
            f"<Service><Namespace>http://www.onvif.org/ver10/{ns}/wsdl</Namespace><XAddr>http://127.0.0.9:{other.server.server_port}/x</XAddr></Service>"
            for ns in ("device", "media")
        )
        body = SOAP.format(
            f"<GetServicesResponse>{services}</GetServicesResponse>"
            "<GetDeviceInformationResponse><Manufacturer>Ác\u0007</Manufacturer><Model>M</Model></GetDeviceInformationResponse>"
            '<GetProfilesResponse><Profiles token="p"><Name>a</Name></Profiles></GetProfilesResponse>'
            "<GetStreamUriResponse><MediaUri><Uri>rtsp://169.254.169.254:80/latest</Uri></MediaUri></GetStreamUriResponse>"
        ).replace("\u0007", "")
        says(body.encode())(request)

    server = hostile(liar)
    port = server.server.server_port
    facts = device.ask(f"127.0.0.1:{port}", "admin", PASSWORD, HERE)
    assert other.asked == 0
    assert facts.maker == "Ác"
    assert all("169.254" not in p.address for p in facts.profiles)
    own = policy("loopback", own=[("127.0.0.1", 80)])
    assert device.ask(f"127.0.0.1:{port}", "admin", PASSWORD, own).main is None


def test_only_places_where_cameras_may_be_are_asked(hostile):
    server = hostile(says(b""))
    for place in (server.place, f"localhost:{server.server.server_port}", f"http://127.1:{server.server.server_port}/"):
        with pytest.raises(BadAddress):
            device.ask(place, "admin", PASSWORD, policy("private"))
    for text in ("ftp://10.0.0.1/", "http://a:b@10.0.0.1/", "http://", "x" * 400):
        with pytest.raises(BadAddress):
            device.ask(text, "admin", PASSWORD, HERE)
    assert server.asked == 0
