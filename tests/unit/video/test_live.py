import asyncio
import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box, polygon
from matpho.domain.ids import CameraId
from matpho.domain.messages import BoxesSeen, GapCause
from matpho.domain.observation import Group
from matpho.domain.time import Instant, SystemClock
from matpho.domain.words import Said
from matpho.errors import Corrupt
from matpho.testing.clock import NOON
from matpho.testing.footage import decoded, packets, picture
from matpho.video.encoded import EncodedHub
from matpho.video.live import LiveBoxes, LiveForm, LiveFragment, LiveHub, LiveInit, LiveLost, LiveServer, watch
from matpho.video.live_parts import decode, encode
from matpho.video.live_server import ViewerQueue

pytestmark = pytest.mark.unit
CAMERA = CameraId("cho")
SUB = StreamRole.SUB


def playing(**kind):
    hub = LiveHub(CAMERA, SUB)
    info, script = packets(**kind)
    hub.began(info)
    return hub, script


@pytest.mark.parametrize("kind", [{}, {"codec": "libx265"}, {"bframes": 2}])
def test_a_viewer_gets_a_stream_that_plays(kind):
    hub, script = playing(pictures=40, gop=10, **kind)
    parts = []
    for packet in script[:15]:
        hub.packet(packet)
    hub.subscribe(parts.append)
    for packet in script[15:]:
        hub.packet(packet)
    init, *fragments = [p for p in parts if not isinstance(p, LiveLost)]
    assert isinstance(init, LiveInit)
    assert (init.width, init.height, init.masked) == (160, 120, False)
    assert fragments[0].key
    assert fragments[0].captured == script[10].at
    assert len(fragments) == 30  # from the last key picture before the viewer came
    frames = decoded(init.data + b"".join(f.data for f in fragments))
    assert len(frames) == 30
    assert frames[-1].time - frames[0].time == pytest.approx(2.9)


def test_nothing_is_done_while_nobody_watches():
    hub, script = playing(pictures=30)
    parts = []
    hub.subscribe(parts.append)
    hub.unsubscribe(parts.append)
    for packet in script:
        hub.packet(packet)
    assert hub._muxer is None
    assert len(hub._gop) == 10


def test_a_second_viewer_begins_with_the_running_group():
    hub, script = playing(pictures=20, gop=10)
    first, second = [], []
    hub.subscribe(first.append)
    for packet in script[:17]:
        hub.packet(packet)
    hub.subscribe(second.append)
    assert [type(p) for p in second] == [LiveInit] + [LiveFragment] * 7
    hub.packet(script[17])
    assert second[-1] == first[-1]


def test_loss_and_return_are_told():
    hub, script = playing(pictures=10)
    parts = []
    hub.subscribe(parts.append)
    hub.packet(script[0])
    hub.lost(GapCause.NETWORK, Said("rtsp://secret", "rtsp://secret"))
    assert isinstance(parts[-1], LiveLost)
    assert "secret" not in str(parts[-1])
    late = []
    hub.subscribe(late.append)
    assert late == [parts[-1]]
    info, again = packets(pictures=10)
    hub.began(info)
    hub.packet(again[0])
    assert isinstance(parts[-2], LiveInit)
    assert isinstance(late[-1], LiveFragment)


@pytest.mark.parametrize(
    "part",
    [
        LiveInit("avc1.42C01E", 640, 360, masked=True, data=b"ftypmoov"),
        LiveFragment(key=True, captured=NOON, data=b"moofmdat"),
        LiveBoxes(BoxesSeen(CAMERA, NOON, ((7, Group.PERSON, Box(0.1, 0.2, 0.3, 0.4)),))),
        LiveLost(Said("mất", "lost")),
    ],
)
def test_parts_cross_a_socket(part):
    data = encode(part)
    assert decode(data[:1], data[5:]) == part


@given(st.sampled_from([b"I", b"F", b"B", b"L", b"?"]), st.binary(max_size=40))
def test_bytes_from_elsewhere_are_refused(kind, payload):
    try:
        decode(kind, payload)
    except Corrupt:
        return
    assert kind == b"F"
    assert len(payload) >= 9


def test_a_slow_viewer_loses_pictures_up_to_the_next_key_picture():
    queue = ViewerQueue(longest_bytes=100)
    queue.put(LiveInit("avc1", 1, 1, masked=False, data=b""))
    for n in range(30):
        queue.put(LiveFragment(n % 10 == 0, Instant(n), bytes(9)))
    got = list(queue._parts)
    assert isinstance(got[0], LiveInit)
    fragments = [p for p in got if isinstance(p, LiveFragment)]
    assert fragments[0].key
    assert sum(len(f.data) for f in fragments) <= 100
    assert [f.captured for f in fragments] == list(range(fragments[0].captured, fragments[-1].captured + 1))


async def collect(socket, count, **asked):
    parts = []
    stream = watch(socket, CAMERA, SUB, **asked)
    async for part in stream:
        parts.append(part)
        if len(parts) >= count:
            break
    await stream.aclose()
    return parts


def test_the_server_serves_whom_it_knows_and_never_unmasked_for_masked(tmp_path):
    hub, script = playing(pictures=20)
    for packet in script:
        hub.packet(packet)
    with LiveServer(tmp_path / "run" / "live.sock", clock=SystemClock()) as server:
        server.serve(hub)
        assert stat.S_IMODE((tmp_path / "run" / "live.sock").stat().st_mode) == 0o600
        parts = asyncio.run(collect(tmp_path / "run" / "live.sock", 11))
        masked = asyncio.run(collect(tmp_path / "run" / "live.sock", 1, form=LiveForm.ENCODED))
    assert [type(p) for p in parts] == [LiveInit] + [LiveFragment] * 10
    assert [type(p) for p in masked] == [LiveLost]
    assert not (tmp_path / "run" / "live.sock").exists()


def test_viewers_survive_a_hub_that_is_replaced_and_get_boxes(tmp_path):
    async def story(server):
        first, script = playing(pictures=10)
        for packet in script:
            first.packet(packet)
        server.serve(first)
        stream = watch(tmp_path / "s", CAMERA, SUB)
        parts = [await anext(stream) for _ in range(11)]
        server.forget(CAMERA, SUB)
        parts.append(await asyncio.wait_for(anext(stream), 3))
        second, script = playing(pictures=10, size=(320, 192))
        second.packet(script[0])
        server.serve(second)
        parts += [await asyncio.wait_for(anext(stream), 3) for _ in range(2)]
        server.show_boxes(BoxesSeen(CAMERA, NOON, ()))
        parts.append(await asyncio.wait_for(anext(stream), 3))
        await stream.aclose()
        return parts

    with LiveServer(tmp_path / "s", clock=SystemClock()) as server:
        parts = asyncio.run(story(server))
    assert [type(p) for p in parts[10:]] == [LiveFragment, LiveLost, LiveInit, LiveFragment, LiveBoxes]
    assert parts[12].width == 320


def test_a_process_that_is_away_is_waited_for(tmp_path):
    async def story():
        stream = watch(tmp_path / "s", CAMERA, SUB)
        parts = [await anext(stream)]
        hub, script = playing(pictures=3)
        hub.packet(script[0])
        waiting = asyncio.create_task(anext(stream))
        await asyncio.sleep(0.1)
        with LiveServer(tmp_path / "s", clock=SystemClock()) as server:
            server.serve(hub)
            parts.append(await asyncio.wait_for(waiting, 5))
            while not isinstance(parts[-1], LiveInit):
                parts.append(await asyncio.wait_for(anext(stream), 5))
        parts.append(await asyncio.wait_for(anext(stream), 5))
        while not isinstance(parts[-1], LiveLost):
            parts.append(await asyncio.wait_for(anext(stream), 5))
        await stream.aclose()
        return parts

    parts = asyncio.run(story())
    assert isinstance(parts[0], LiveLost)


def test_nonsense_on_the_socket_is_hung_up_on(tmp_path):
    async def say(line):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        writer.write(line)
        answer = await asyncio.wait_for(reader.read(), 3)
        writer.close()
        return answer

    with LiveServer(tmp_path / "s", clock=SystemClock()):
        assert asyncio.run(say(b"GET / HTTP/1.1\n")) == b""
        assert asyncio.run(say(json.dumps({"camera": "x"}).encode() + b"\n")) == b""


def test_the_masked_rendition_is_encoded_once_for_all_and_covered():
    hub = EncodedHub(CAMERA, SUB, [polygon([(0.5, 0.0), (1, 0), (1, 1), (0.5, 1)])], fps=10)
    parts, others = [], []
    hub.picture(picture(0, 160, 120), NOON)  # nobody watches: nothing happens
    assert hub._encoder is None
    hub.subscribe(parts.append)
    for n in range(30):
        hub.picture(picture(n, 160, 120), Instant(NOON + n * 100_000_000))
        if n == 10:
            hub.subscribe(others.append)
    init = next(p for p in parts if isinstance(p, LiveInit))
    assert init.masked
    assert init.codec.startswith("avc1.")
    frames = decoded(init.data + b"".join(p.data for p in parts if isinstance(p, LiveFragment)))
    assert len(frames) == 30
    assert [f.time for f in frames] == pytest.approx([n / 10 for n in range(30)])
    for frame in frames:
        image = frame.to_ndarray(format="rgb24")
        assert image[:, 82:].max() < 12
        assert image[:, :70].max(axis=2).min() > 20
    assert len(others) == 1 + 30
    hub.unsubscribe(parts.append)
    hub.unsubscribe(others.append)
    assert hub._encoder is None
