"""A camera that is silent, and one to which no way leads, told apart by whether anything answers there."""

import contextlib
import socket

import pytest

from matpho.errors import SourceLost, SourceStalled, SourceUnreachable
from matpho.plugins.sources.door import there, told_apart
from matpho.plugins.sources.troubles import closed, silent

pytestmark = pytest.mark.unit


@contextlib.contextmanager
def nobody():
    """A place that takes no connection and refuses none: what a cut line looks like."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, contextlib.ExitStack() as waiting:
        for _ in range(4):  # the queue is full then, and the kernel drops who comes after
            one = waiting.enter_context(socket.socket())
            one.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                one.connect(server.getsockname())
        yield server.getsockname()


def test_who_answers_or_refuses_is_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert there(*server.getsockname())
        gone = server.getsockname()
    assert there(*gone), "its machine refuses: there is a way to it"
    with nobody() as place:
        assert not there(*place)
    assert not there("không có máy này.invalid", 554)


def test_silence_behind_a_cut_line_is_the_line_s():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert type(told_apart(silent(), *server.getsockname())) is SourceStalled
    with nobody() as place:
        found = told_apart(silent(), *place)
        assert type(found) is SourceUnreachable
        assert "không kết nối được" in found.vi
        assert type(told_apart(closed(), *place)) is SourceLost, "who hangs up was there to do so"
