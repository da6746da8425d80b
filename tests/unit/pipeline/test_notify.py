import os
import socket

import pytest

from matpho.pipeline.notify import Notifier

pytestmark = pytest.mark.unit


@pytest.fixture
def systemd(tmp_path):
    """The socket that systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0)
        yield listening, {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}


def heard(listening):
    words = []
    while True:
        try:
            words.append(listening.recv(100).decode())
        except BlockingIOError:
            return words


def test_it_is_said_twice_as_often_as_asked_for(systemd):
    listening, environment = systemd
    notifier = Notifier(environment)
    notifier.ready()
    for tenth in range(1000):
        notifier.alive(100 + tenth / 10)
    notifier.stopping()
    assert heard(listening) == ["READY=1", *["WATCHDOG=1"] * 4, "STOPPING=1"]


def test_nobody_else_is_spoken_for(systemd):
    listening, environment = systemd
    Notifier({**environment, "WATCHDOG_PID": str(os.getpid() + 1)}).alive(5.0)
    Notifier({**environment, "WATCHDOG_USEC": "nonsense"}).alive(5.0)
    assert heard(listening) == []


def test_where_nobody_listens_nothing_happens(tmp_path):
    for environment in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": "1000"}):
        notifier = Notifier(environment)
        notifier.ready()
        notifier.alive(1.0)
