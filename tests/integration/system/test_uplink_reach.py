"""What answers through a path, over real sockets: a household on the loopback network stands for the far end."""

import contextlib
import socket
import threading
from dataclasses import replace

import pytest

from matpho.domain.uplink import Forward, Hub, Peer
from matpho.domain.uplink_check import Box, Port
from matpho.wiring.reach import echoes, has_interface, port, tried

pytestmark = pytest.mark.integration

BOX = "127.66.0.2"


@contextlib.contextmanager
def listening(answer):
    """A port of the box that takes connections and sends this; the port's number."""
    with socket.create_server((BOX, 0)) as server:
        server.settimeout(10)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    held, _ = server.accept()
                    with held:
                        asked = held.recv(1024)
                        assert asked.startswith(b"OPTIONS rtsp://127.66.0.2:")
                        held.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def closed():
    with socket.create_server((BOX, 0)) as server:
        return server.getsockname()[1]


def test_a_camera_that_wants_a_login_is_a_camera():
    with listening(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n") as number:
        assert port(BOX, number) is Port.CAMERA


def test_what_speaks_something_else_or_nothing_is_none():
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as number:
        assert port(BOX, number) is Port.MUTE
    with listening(b"") as number:
        assert port(BOX, number) is Port.MUTE
    assert port(BOX, closed()) is Port.REFUSED


def test_nobody_there_is_silence_within_the_patience():
    """A port whose queue is full takes no notice of who knocks."""
    with socket.create_server((BOX, 0), backlog=0) as full:
        number = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex((BOX, number))
        assert port(BOX, number, 0.5) is Port.SILENT
        for one in waiting:
            one.close()


def test_an_echo_is_answered_or_it_is_not_known():
    assert echoes("127.0.0.1", 64) in (True, None), "None where the machine lets no user send one"
    assert echoes("127.0.0.1", 64) == echoes("127.0.0.1", 1280)


def test_a_household_is_tried_as_a_whole_and_not_at_all_without_its_interface():
    with listening(b"RTSP/1.0 200 OK\r\n\r\n") as number:
        ports = (Forward(number, "192.168.1.64", 554), Forward(closed(), "192.168.1.65", 554))
        peer = Peer(name="nha", address=BOX, public_key="P=", preshared_key="S=", forwards=ports)
        hub = Hub(
            endpoint="h:1", network="127.66.0.0/24", private_key="K=", public_key="H=", interface="lo", peers=(peer,)
        )
        found = tried(hub, peer)
        assert found.interface
        assert found.ports == (Port.CAMERA, Port.REFUSED)
        assert found.box in (Box.ANSWERS, Box.UNTOLD)
        away = tried(replace(hub, interface="mp-none0"), peer)
    assert (away.interface, away.box, away.ports) == (False, Box.UNTOLD, ())
    assert not has_interface("mp-none0")
