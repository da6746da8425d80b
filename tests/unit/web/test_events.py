import asyncio

import pytest

from matpho.domain.time import Instant
from matpho.web.events import Hub, stream
from matpho.web.schemas.system import HelloEvent, ProcessChangedEvent

pytestmark = pytest.mark.unit

HELLO = HelloEvent(now=Instant(1_700_000_000_000_000_000))


def welcome(*, answer=True):
    async def ask():
        return answer

    return ask


def test_hello_comes_first_and_then_what_is_posted_from_another_thread():
    async def story():
        hub = Hub()
        hub.open(asyncio.get_running_loop())
        told = stream(hub, HELLO, welcome())
        first = await anext(told)
        await asyncio.to_thread(hub.post, "process_changed", ProcessChangedEvent(name="đèn", state="running"))
        second = await anext(told)
        await told.aclose()
        return first, second, hub._queues

    first, second, left = asyncio.run(story())
    assert first == b'event: hello\ndata: {"now": "2023-11-14T22:13:20.000Z"}\n\n'
    assert second.decode() == 'event: process_changed\ndata: {"name": "đèn", "state": "running"}\n\n'
    assert not left


def test_a_page_that_does_not_keep_up_is_cut_off_and_others_are_not():
    async def story():
        hub = Hub(room=3)
        hub.open(asyncio.get_running_loop())
        slow = stream(hub, HELLO, welcome())
        quick = stream(hub, HELLO, welcome())
        await anext(slow)
        await anext(quick)
        got = 0
        for number in range(10):
            hub.post("process_changed", ProcessChangedEvent(name=str(number), state="running"))
            await anext(quick)
            got += 1
        rest = [item async for item in slow]
        await quick.aclose()
        return got, rest

    got, rest = asyncio.run(story())
    assert got == 10
    assert rest == []


def test_silence_is_filled_with_comments_until_the_listener_is_no_longer_welcome():
    async def story():
        hub = Hub()
        hub.open(asyncio.get_running_loop())
        asked = iter([True, True, False])

        async def ask():
            return next(asked)

        return [item async for item in stream(hub, HELLO, ask, keep_alive_s=0.01)]

    assert asyncio.run(story())[1:] == [b": here\n\n", b": here\n\n"]


def test_posting_before_and_after_the_server_runs_harms_nobody():
    hub = Hub()
    hub.post("process_changed", ProcessChangedEvent(name="a", state="b"))

    async def story():
        hub.open(asyncio.get_running_loop())
        told = stream(hub, HELLO, welcome())
        await anext(told)
        hub.close()
        return [item async for item in told]

    assert asyncio.run(story()) == []
    hub.post("process_changed", ProcessChangedEvent(name="a", state="b"))
