"""A camera whose every picture carries the wall clock of the moment it was painted, as a row of black and white blocks.

Encoded as it goes (H.264, no reordering) and served over RTSP by the staged cameras' server. Prints its port; ends with
its parent. ``stamp`` and the page's reader in ``live_latency.py`` agree on the blocks: 42 bits of milliseconds since
1970, most significant first, then their parity, between a white and a black mark.
"""

import asyncio
import json
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from matpho.sim import serve
from matpho.sim.serve import CameraServer, CameraSession, ServedStream, ServeOrder
from matpho.video.encoded import h264_encoder
from matpho.video.moof import length_prefixed

BITS = 42
BLOCKS = BITS + 3
TICKS = Fraction(1, 90_000)


def stamp(picture: np.ndarray, milliseconds: int) -> None:
    """Paint the blocks over the top sixth of a luma plane (H, W)."""
    height, width = picture.shape
    bits = [milliseconds >> (BITS - 1 - n) & 1 for n in range(BITS)]
    row = [1, *bits, sum(bits) & 1, 0]
    for n, bit in enumerate(row):
        picture[: height // 6, n * width // BLOCKS : (n + 1) * width // BLOCKS] = 235 if bit else 16


class Painter:
    """Paints and encodes pictures of one stream."""

    def __init__(self, width: int, height: int, fps: int) -> None:
        self.fps = fps
        self._encoder = h264_encoder(width, height, 2 * fps)
        ramp = np.linspace(40, 200, width, dtype=np.uint8)
        self._ground = np.tile(ramp, (height, 1))
        self._count = 0

    def paint(self, at_s: float) -> tuple[bytes, bool]:
        """One coded picture as length-prefixed units, and whether it is a key picture."""
        luma = self._ground.copy()
        height, width = luma.shape
        x = self._count * 6 % (width - 60)
        luma[height // 2 : height // 2 + 60, x : x + 60] = 220
        stamp(luma, time.time_ns() // 1_000_000)
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane, source in zip(frame.planes, (luma, None, None), strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            rows[:] = 128
            if source is not None:
                rows[:, :width] = source
        frame.pts, frame.time_base = round(at_s * 90_000), TICKS
        self._count += 1
        coded = self._encoder.encode(frame)
        return b"".join(piece for p in coded for piece in length_prefixed(bytes(p))), any(p.is_keyframe for p in coded)


class StampedSession(CameraSession):
    """One viewer: its own painter, so that it begins with a key picture."""

    async def _stream_media(self) -> None:
        state = next(iter(self.track_states.values()))
        loop = asyncio.get_running_loop()
        width, height, fps = json.loads(Path(self.server.streams[self.name].file).with_suffix(".json").read_text())
        painter, epoch = Painter(width, height, fps), loop.time()
        try:
            number = 0
            while not self.closed:
                await asyncio.sleep(max(0.0, epoch + number / fps - loop.time()))
                data, key = painter.paint(number / fps)
                state.first_send_time = state.next_send_time = None
                await self._send_video_packet(state, data, number / fps, 0.0, key)
                number += 1
        except (ConnectionError, BrokenPipeError):
            await self._hang_up()


class StampedServer(CameraServer):
    """Serves painted pictures under the names of template files."""

    async def _handle_client(self, sock: Any) -> None:
        try:
            await StampedSession(self, sock).run()
        except (OSError, asyncio.IncompleteReadError):
            return


def template(path: Path, width: int, height: int, fps: int) -> None:
    """A second of the same encoder's pictures: what the announcement is made of."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = stream.time_base = TICKS
        stream.codec_context.gop_size = 2 * fps
        stream.codec_context.thread_count = 1
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26"}
        for n in range(fps):
            frame = av.VideoFrame(width, height, "yuv420p")
            frame.pts, frame.time_base = n * 90_000 // fps, TICKS
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    path.with_suffix(".json").write_text(json.dumps([width, height, fps]))


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        streams = []
        for camera, role, width, height, fps in json.loads(sys.argv[1]):
            file = Path(folder) / f"{camera}-{role}.mp4"
            template(file, width, height, fps)
            streams.append(ServedStream(camera=camera, role=role, file=str(file)))
        server = StampedServer(ServeOrder(streams=tuple(streams)))
        await server.start()
        print(server.bound_port, flush=True)
        serving = asyncio.create_task(server.serve_forever())
        gone = asyncio.create_task(serve._until_parent_goes(sys.stdin))  # noqa: SLF001 - ends as the staged server does
        await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()


if __name__ == "__main__":
    asyncio.run(_main())
