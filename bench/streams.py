"""The streams of the live bench: main 1920×1080@25 at 4 Mbit/s, sub 640×360@10 at 0.5 Mbit/s, H.264, GOP 2 s."""

from pathlib import Path

import av
import cv2
import numpy as np

from matpho.sim.footage import find
from matpho.sim.serve import ServedStream

LENGTH_S = 40
MAIN = ("main", (1920, 1080), 25, "4000000")
SUB = ("sub", (640, 360), 10, "500000")


def pictures(clip: Path) -> list[np.ndarray]:
    """The sample clip's pictures, cut to 16:9."""
    with av.open(str(clip)) as container:
        return [f.to_ndarray(format="bgr24")[72:504] for f in container.decode(video=0)]


def write(path: Path, frames: list[np.ndarray], size: tuple[int, int], fps: int, rate: str) -> None:
    """Encode :data:`LENGTH_S` seconds of a clip that has 10 pictures a second."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.bit_rate = int(rate)
        stream.codec_context.gop_size = 2 * fps
        stream.options = {"preset": "veryfast", "bf": "0", "sc_threshold": "0", "maxrate": rate, "bufsize": rate}
        for n in range(LENGTH_S * fps):
            frame = cv2.resize(frames[n * 10 // fps % len(frames)], size, interpolation=cv2.INTER_LINEAR)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        out.mux(stream.encode(None))


def make_streams(folder: Path, cameras: int) -> tuple[list[ServedStream], str]:
    """One pair of files, made once and kept, served as so many cameras; what they are, in words."""
    found = find(folder.parent)
    if found is None:
        raise SystemExit("The sample clip could not be had: nothing was measured.")
    folder.mkdir(parents=True, exist_ok=True)
    for role, size, fps, rate in (MAIN, SUB):
        file = folder / f"{role}.mp4"
        if not file.exists():
            part = folder / f"{role}.part.mp4"
            write(part, pictures(found.clip), size, fps, rate)
            part.rename(file)
    served = [
        ServedStream(camera=f"c{n}", role=role, file=str(folder / f"{role}.mp4"))
        for n in range(cameras)
        for role in ("main", "sub")
    ]
    return (
        served,
        "a busy plaza, main 1920×1080@25 at 4 Mbit/s, sub 640×360@10 at 0.5 Mbit/s, H.264, GOP 2 s, RTSP over TCP.",
    )
