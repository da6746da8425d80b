"""Drawn footage of a camera whose lens somebody covers for a while: a textured wall, a block that wanders."""

from pathlib import Path

import av
import cv2
import numpy as np

FPS = 10
GOP = 20


def draw(
    path: Path, size: tuple[int, int], length_s: float, *, seed: int = 1, covered: tuple[float, float] | None = None
) -> None:
    """Write H.264 at 10 fps, a key frame every 2 s, no B-frames; ``covered`` are seconds with a hand on the lens."""
    width, height = size
    noise = np.random.default_rng(seed)
    coarse = noise.integers(70, 190, (height // 12, width // 12, 3)).astype(np.uint8)
    wall = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = GOP
        stream.options = {"preset": "ultrafast", "bf": "0", "sc_threshold": "0"}
        for n in range(round(length_s * FPS)):
            at_s = n / FPS
            picture = wall.copy()
            if covered and covered[0] <= at_s < covered[1]:
                picture[:] = (26, 24, 30)
            else:
                left = round(at_s * width / 20) % (width - width // 10)
                picture[height // 3 : height // 2, left : left + width // 10] = (30, 50, 210)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(stream.encode(None))
