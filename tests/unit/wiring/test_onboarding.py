import pytest

from matpho.casework.states import States
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.events import CamerasChanged
from matpho.domain.ids import CameraId
from matpho.domain.messages import Link, StreamState
from matpho.domain.time import SystemClock
from matpho.errors import BadAddress
from matpho.plugins.stores.sql import SqlStore
from matpho.settings import CameraSettings, Settings
from matpho.wiring.desk import forget_removed
from matpho.wiring.onboarding import Onboarding

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://127.0.0.1/1", "rtsp://localhost/1", "rtsp://x.localhost./1", "rtsp://127.1/1", "rtsp://2130706433/1",
        "rtsp://0x7f000001/1", "rtsp://[::ffff:127.0.0.1]/1", "rtsp://169.254.169.254/1", "rtsp://8.8.8.8/1", "/tmp/x",
    ],
)  # fmt: skip
def test_an_address_that_shows_where_it_leads_is_judged_at_once(tmp_path, text):
    with pytest.raises(BadAddress):
        Onboarding(Settings(home=tmp_path)).check(text)


def test_what_may_be_a_camera_passes_and_a_name_waits_for_the_connection(tmp_path):
    eyes = Onboarding(Settings(home=tmp_path))
    for text in ("rtsp://192.168.1.64/1", "rtsp://cam-cho.phuong.lan/1", "rtsps://[fd12::5]:322/1"):
        eyes.check(text)


def test_the_demonstration_and_a_setting_allow_this_machine_but_never_our_own_port(tmp_path):
    for settings in (
        Settings(home=tmp_path, demo=True),
        Settings(home=tmp_path, cameras=CameraSettings(networks="loopback")),
    ):
        Onboarding(settings).check("rtsp://127.0.0.1:8554/1")
        with pytest.raises(BadAddress):
            Onboarding(settings).check(f"rtsp://127.0.0.1:{settings.port}/1")


def test_what_was_known_of_a_removed_camera_is_forgotten(tmp_path):
    clock = SystemClock()
    store = SqlStore(f"sqlite:///{tmp_path / 'x.sqlite'}", clock)
    states, camera = States(clock), Camera(id=CameraId("ngo-1"), name="Ngõ 1", main="rtsp://10.0.0.1/1")
    with store.write() as unit:
        unit.cameras.put(camera, clock.now())
    states.hear(
        StreamState(camera.id, StreamRole.MAIN, Link.LIVE, clock.now(), clock.now(), 25, 4000, "h264", 1920, 1080, None)
    )
    forget_removed(CamerasChanged(camera.id), store, states)
    assert states.stream(camera.id, StreamRole.MAIN) is not None
    with store.write() as unit:
        unit.cameras.remove(camera.id, clock.now())
    forget_removed(CamerasChanged(camera.id), store, states)
    assert states.stream(camera.id, StreamRole.MAIN) is None
    store.close()
