"""What we are measured against: the floor, and ``motion`` from Debian, each reading the same streams."""

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Pair = tuple[str, str]
"""The addresses of one camera: main, sub."""


def floor_is() -> str:
    """Which floor this machine can measure."""
    return "ffmpeg" if shutil.which("ffmpeg") else "bare PyAV process"


@contextlib.contextmanager
def floor(pairs: Sequence[Pair], folder: Path) -> Iterator[list[int]]:
    """What nobody can go below: copy each main stream to disk, decode each sub stream. Yields process ids.

    With ffmpeg on the machine it is ``ffmpeg -c copy`` and ``ffmpeg -threads 1`` per camera; else one PyAV process.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        commands = [[sys.executable, "-m", "matpho.wiring.bench.bare", json.dumps(pairs), str(folder)]]
    else:
        commands = [c for n, pair in enumerate(pairs) for c in _ffmpegs(ffmpeg, pair, folder / f"{n}.mp4")]
    with _running(commands) as pids:
        yield pids


def _ffmpegs(ffmpeg: str, pair: Pair, file: Path) -> list[list[str]]:
    common = [ffmpeg, "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp"]
    moves = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"]
    return [
        [*common, "-i", pair[0], "-an", "-c", "copy", *moves, "-y", str(file)],
        [*common, "-threads", "1", "-i", pair[1], "-an", "-f", "null", "-"],
    ]


def motion_is() -> str | None:
    """Where Debian's ``motion`` is; None when it is not installed."""
    return shutil.which("motion")


@contextlib.contextmanager
def motion(pairs: Sequence[Pair], folder: Path) -> Iterator[list[int]]:
    """``motion`` at its best: analyses each sub stream at 10 fps, records events of the main stream by passthrough."""
    program = motion_is()
    assert program is not None
    cameras = []
    for n, (main, sub) in enumerate(pairs):
        (folder / f"cam{n}").mkdir()
        file = folder / f"cam{n}.conf"
        lines = [f"camera_id {n + 1}", f"netcam_url {sub}", f"netcam_high_url {main}", f"target_dir {folder}/cam{n}"]
        file.write_text("\n".join([*lines, ""]), "utf-8")
        cameras.append(f"camera {file}")
    common = [
        *("daemon off", "log_level 4", "width 640", "height 360", "framerate 10", "threshold 1500"),
        *("movie_output on", "movie_passthrough on", "movie_max_time 60", "picture_output off"),
        *("webcontrol_port 0", "stream_port 0", "netcam_params rtsp_transport=tcp"),
        *("netcam_high_params rtsp_transport=tcp", *cameras, ""),
    ]
    config = folder / "motion.conf"
    config.write_text("\n".join(common), "utf-8")
    with _running([[program, "-n", "-c", str(config)]], folder / "motion.log") as pids:
        yield pids


@contextlib.contextmanager
def _running(commands: Sequence[Sequence[str]], log: Path | None = None) -> Iterator[list[int]]:
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open("wb")) if log else subprocess.DEVNULL
        running: list[subprocess.Popen[bytes]] = []
        try:
            running.extend(_started(command, out) for command in commands)
            yield [p.pid for p in running]
        finally:
            for process in running:
                process.kill()
            for process in running:
                process.wait()


def _started(command: Sequence[str], out: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)  # noqa: S603 - our own words
