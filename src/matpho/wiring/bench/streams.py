"""The measured streams: main 1920×1080@25 at 4 Mbit/s, sub 640×360@10 at 0.5 Mbit/s, H.264, GOP 2 s.

Three days of a street: ``busy`` (a plaza full of people, all the time), ``quiet`` (the same plaza empty, with a
sensor's noise) and ``duty`` (one fifth busy, the rest quiet).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from matpho.errors import SetupProblem
from matpho.sim.footage import find
from matpho.sim.serve import ServedStream

Image = npt.NDArray[np.uint8]

LENGTH_S = 40  # of a file; the server repeats it
BUSY_S = 8  # of a file of ``duty``
ROLES = {"main": ((1920, 1080), 25, 4_000_000), "sub": ((640, 360), 10, 500_000)}
SCENES = ("busy", "quiet", "duty")
ABOUT = "main 1920×1080@25 at 4 Mbit/s, sub 640×360@10 at 0.5 Mbit/s, H.264, GOP 2 s, RTSP over TCP"


def _pictures(clip: Path) -> list[Image]:
    """The sample clip's pictures (768×576@10), cut to 16:9."""
    with av.open(str(clip)) as container:
        return [np.asarray(f.to_ndarray(format="bgr24")[72:504], np.uint8) for f in container.decode(video=0)]


def _empty(pictures: Sequence[Image]) -> Image:
    """The plaza without people: what most pictures of it show."""
    middle: Image = np.median(np.stack(pictures[::40]), axis=0).astype(np.uint8)
    return middle


def _write(path: Path, pictures: Sequence[Image], role: str) -> None:
    """Encode :data:`LENGTH_S` seconds of pictures that come 10 a second."""
    size, fps, rate = ROLES[role]
    noise = np.random.default_rng(7)
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", rate
        stream.codec_context.gop_size = 2 * fps
        limits = {"maxrate": str(rate), "bufsize": str(rate)}
        stream.options = {"preset": "veryfast", "bf": "0", "sc_threshold": "0", **limits}
        for n in range(LENGTH_S * fps):
            picture = cv2.resize(pictures[n * 10 // fps % len(pictures)], size, interpolation=cv2.INTER_LINEAR)
            grain = noise.integers(-3, 4, (size[1], size[0], 1), np.int16)
            shown = np.clip(picture.astype(np.int16) + grain, 0, 255).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="bgr24")))
        out.mux(stream.encode(None))


def _day(pictures: Sequence[Image], scene: str) -> Sequence[Image]:
    if scene == "busy":
        return pictures
    empty = [_empty(pictures)]
    return empty if scene == "quiet" else [*pictures[: BUSY_S * 10], *empty * ((LENGTH_S - BUSY_S) * 10)]


def make_streams(folder: Path, scenes: Sequence[str]) -> list[ServedStream]:
    """The streams of cameras ``c0``, ``c1`` … by the scene of each; files are made once and kept in ``folder``.

    Raises SetupProblem when the sample clip cannot be had.
    """
    missing = [s for s in dict.fromkeys(scenes) if not all((folder / f"{s}-{r}.mp4").exists() for r in ROLES)]
    if missing:
        found = find(folder.parent)
        if found is None:
            raise SetupProblem(
                "The sample clip cannot be had here: nothing was measured.",
                "Không lấy được đoạn video mẫu: chưa đo được gì.",
            )
        folder.mkdir(parents=True, exist_ok=True)
        pictures = _pictures(found.clip)
        for scene in missing:
            for role in ROLES:
                part = folder / f"{scene}-{role}.part.mp4"
                _write(part, _day(pictures, scene), role)
                part.replace(folder / f"{scene}-{role}.mp4")
    return [
        ServedStream(
            camera=f"c{n}",
            role=role,
            file=str(folder / f"{scene}-{role}.mp4"),
            begins_s=LENGTH_S * n / len(scenes),  # streets are not busy all at once
        )
        for n, scene in enumerate(scenes)
        for role in ROLES
    ]
