"""States over a real Unix socket."""

import asyncio
import socket

import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import Link, StreamState, WorkerState
from matpho.domain.time import Instant
from matpho.pipeline.wire import LENGTH, Inbox, Outbox

pytestmark = pytest.mark.integration


def worker(n: int) -> WorkerState:
    return WorkerState("vision-0", n, Instant(n), {"fps": 5.0})


STREAM = StreamState(
    CameraId("cho"), StreamRole.SUB, Link.LIVE, Instant(1), Instant(2), 10.0, 480.0, "h264", 640, 360, None
)


async def until(what, seconds=5.0):
    end = asyncio.get_running_loop().time() + seconds
    while not what():
        assert asyncio.get_running_loop().time() < end, "too late"
        await asyncio.sleep(0.02)


def test_states_arrive_and_a_desk_that_comes_up_later_learns_the_newest(tmp_path):
    async def story():
        address = tmp_path / "desk.sock"
        outbox = Outbox(address)
        for n in range(50):
            outbox.tell(worker(n))
        outbox.tell(STREAM)
        got = []
        inbox = Inbox(address, got.append)
        await inbox.open()
        await until(lambda: STREAM in got and worker(49) in got)
        assert worker(3) not in got, "old states are not worth sending"
        await inbox.close()
        got.clear()
        inbox = Inbox(address, got.append)
        await inbox.open()
        outbox.tell(worker(50))
        await until(lambda: STREAM in got and worker(50) in got)
        outbox.close()
        await inbox.close()

    asyncio.run(story())


def test_a_killed_writer_and_one_that_talks_rubbish_do_no_harm(tmp_path):
    async def story():
        address = tmp_path / "desk.sock"
        got = []
        inbox = Inbox(address, got.append)
        await inbox.open()
        for rubbish in (b"\xff\xff\xff\xff", LENGTH.pack(9) + b"[1,2,3,4]", LENGTH.pack(100) + b'{"is":"Str'):
            with socket.socket(socket.AF_UNIX) as broken:
                broken.connect(str(address))
                broken.sendall(rubbish)
        outbox = Outbox(address)
        outbox.tell(STREAM)
        await until(lambda: got == [STREAM])
        outbox.close()
        await inbox.close()

    asyncio.run(story())
