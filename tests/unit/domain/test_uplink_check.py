"""What is told of a path from what answered through it: the end at which something has to be done."""

import pytest

from matpho.domain.uplink import Forward, Hub, Peer
from matpho.domain.uplink_check import Box, Port, Tried, endpoint_doubt, judged
from matpho.domain.uplink_seen import Standing

pytestmark = pytest.mark.unit

FORWARDS = (Forward(554, "192.168.1.64", 554), Forward(555, "192.168.1.65", 8554))
PEER = Peer(name="nha-ba-tu", address="10.66.0.2", public_key="P=", preshared_key="S=", forwards=FORWARDS)
HUB = Hub(endpoint="pho.example.vn:51820", network="10.66.0.0/24", private_key="K=", public_key="H=", peers=(PEER,))
BOTH = (Port.CAMERA, Port.CAMERA)
NOTHING = (Port.SILENT, Port.SILENT)


def judge(*, interface=True, box=Box.ANSWERS, ports=BOTH, known=Standing.UNSURE):
    return judged(HUB, PEER, Tried(interface=interface, box=box, ports=ports), known)


@pytest.mark.parametrize("box", [Box.ANSWERS, Box.UNTOLD, Box.SILENT])
def test_a_path_whose_cameras_speak_is_well_whatever_else_is_known(box):
    found = judge(box=box, known=Standing.NEVER)
    assert (found.well, found.todo, found.reload) == (True, (), False)
    assert [step.well for step in found.steps][2:] == [True, True]


def test_without_the_ward_s_interface_nothing_else_is_said_of_the_household():
    found = judge(interface=False, box=Box.UNTOLD, ports=())
    assert not found.well
    assert found.reload
    assert len(found.steps) == 1
    assert "nạp cấu hình" in found.todo[0].vi


@pytest.mark.parametrize(
    ("known", "first", "reload"),
    [
        (Standing.UNKNOWN, "loads the newest", True),
        (Standing.NEVER, "is the Linux box on", False),
        (Standing.LATE, "power or network", False),
        (Standing.UP, "power or network", False),
    ],
)
def test_what_wireguard_said_names_the_end_that_has_to_do_something(known, first, reload):
    found = judge(box=Box.SILENT, ports=NOTHING, known=known)
    assert not found.well
    assert first in found.todo[0].en
    assert found.reload is reload
    assert ("restart wg-quick@nha-ba-tu" in found.todo[-1].en) == (known is Standing.UP), (
        "its own rules may be in the way"
    )


def test_nobody_asked_wireguard_and_the_kernel_knows_no_way():
    new = judge(box=Box.SILENT, ports=(Port.NO_WAY, Port.NO_WAY))
    assert new.reload
    assert "loads the newest" in new.todo[0].en
    away = judge(box=Box.SILENT, ports=NOTHING)
    assert "power or network" in away.todo[0].en
    assert "loads the newest" in away.todo[-1].en, "a household that was never loaded is as silent with wireguard-go"


@pytest.mark.parametrize(
    ("port", "word"),
    [
        (Port.REFUSED, "Switch RTSP on"),
        (Port.MUTE, "not with RTSP"),
        (Port.SILENT, "does not reach the camera"),
        (Port.AWAY, "does not reach the camera"),
        (Port.NO_WAY, "does not reach the camera"),
    ],
)
def test_one_camera_that_is_not_well_is_named_and_the_other_is_not(port, word):
    found = judge(ports=(Port.CAMERA, port))
    assert not found.well
    assert not found.reload
    [todo] = found.todo
    assert todo.en.startswith("192.168.1.65:8554")
    assert todo.vi.startswith("192.168.1.65:8554")
    assert word in todo.en


def test_large_packets_that_do_not_pass_are_told_before_the_picture_stalls():
    found = judge(box=Box.SMALL_ONLY)
    assert not found.well
    assert "1200" in found.todo[0].vi
    assert [step.well for step in found.steps] == [True, True, False, True, True]


def test_a_machine_that_may_send_no_echo_says_so_instead_of_guessing():
    found = judge(box=Box.UNTOLD, ports=NOTHING)
    assert found.steps[1].well is None
    assert "cannot tell the two apart" in found.todo[-1].en
    lately = judge(box=Box.UNTOLD, ports=NOTHING, known=Standing.UP)
    assert "cannot tell the two apart" in lately.todo[0].en


def test_a_box_that_says_its_camera_is_away_is_there():
    found = judge(box=Box.UNTOLD, ports=(Port.AWAY, Port.AWAY))
    assert "path is open" in found.said.en
    assert found.steps[1].well, "although no ping could ask it"
    assert len(found.todo) == 2


@pytest.mark.parametrize("endpoint", ["192.168.1.10:51820", "100.70.1.2:51820", "[fd00::1]:51820", "127.0.0.1:1"])
def test_an_endpoint_that_no_other_network_can_call_is_doubted(endpoint):
    doubt = endpoint_doubt(endpoint)
    assert doubt is not None
    assert "mạng riêng" in doubt.vi


@pytest.mark.parametrize("endpoint", ["pho.example.vn:51820", "8.8.8.8:51820", "[2001:4860::1]:51820"])
def test_an_endpoint_that_may_be_right_is_not(endpoint):
    assert endpoint_doubt(endpoint) is None
