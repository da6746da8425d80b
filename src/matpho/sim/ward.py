"""The demonstration ward: six staged cameras, rendered once, kept in the cache, and ready to be served."""

import hashlib
import multiprocessing
import os
import queue
import shutil
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matpho.domain.camera import Camera
from matpho.domain.time import SystemClock, seconds
from matpho.domain.words import Said
from matpho.sim import footage, scenes, staging
from matpho.sim.encode import Rendition
from matpho.sim.footage import Progress
from matpho.sim.leash import end_with_parent
from matpho.sim.script import Act, Script, to_json
from matpho.sim.serve import ServedStream

_PROCESSES = 2
_KEPT_S = 2 * 24 * 3600.0
_TOLD: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class DemoWard:
    """What is to be served. ``cameras`` have no addresses yet; ``media`` holds one folder per camera."""

    cameras: tuple[Camera, ...]
    streams: tuple[ServedStream, ...]
    media: Path
    origin: Said

    def addressed(self, address: Callable[[str, str], str]) -> tuple[Camera, ...]:
        """The cameras with the addresses that the running server gives their streams."""
        return tuple(replace(c, main=address(c.id, "main"), sub=address(c.id, "sub")) for c in self.cameras)


def demo_ward(cache: Path, progress: Progress = footage.quiet, *, clip: Path | None = None) -> DemoWard:
    """The ward's media from the cache, made first where they are not there. Raises SetupProblem, BadVideo."""
    found = footage.find(cache, clip=clip, progress=progress)
    if found is None:
        origin = Said(
            "không tải được đoạn video mẫu: dùng đường phố vẽ bằng máy", "no sample clip could be had: a drawn street"
        )
        scripts, played = drawn_demo(), None
    else:
        origin, scripts, played = found.origin, scenes.demo(), found.clip
    media = cache / "ward"
    folders = {s.name: media / f"{s.camera.id}-{_key(s, played)}" for s in scripts}
    _render([s for s in scripts if not (folders[s.name] / "sub.toml").exists()], folders, played, progress)
    _forget_older(media, set(folders.values()), seconds(SystemClock().now()))
    streams = tuple(stream for s in scripts for stream in _streams(s, folders[s.name]))
    return DemoWard(tuple(s.camera for s in scripts), streams, media, origin)


def drawn_demo() -> tuple[Script, ...]:
    """The demonstration on the drawn street."""
    from matpho.sim import street_scenes

    return street_scenes.demo()


def _streams(script: Script, folder: Path) -> list[ServedStream]:
    cuts = tuple((a.start_s, a.end_s) for a in script.actions if a.do is Act.CUT)
    return [
        ServedStream(camera=script.camera.id, role=role, file=str(folder / f"{role}.mp4"), cuts=cuts)
        for role in ("main", "sub")
    ]


def _key(script: Script, clip: Path | None) -> str:
    """Changes with the script, with the code that draws it, and with the clip."""
    digest = hashlib.sha256(to_json(script).encode())
    here = Path(__file__).parent
    for file in sorted([*here.glob("*.py"), *here.glob("objects/*.py"), *here.glob("places/*.py")]):
        if file.name not in (
            "serve.py",
            "server.py",
            "families.py",
            "stagehand.py",
            "staged_film.py",
            "suite.py",
            "suite_figures.py",
            "suite_run.py",
            "suite_scene.py",
            "suite_text.py",
            "leash.py",
            "footage.py",
            "archive.py",
            "ward.py",
            "reel.py",
        ):
            digest.update(file.read_bytes())
    if clip is not None:
        stat = clip.stat()
        digest.update(f"{clip.name} {stat.st_size}".encode())
    return digest.hexdigest()[:12]


def _forget_older(media: Path, kept: set[Path], now_s: float) -> None:
    """Remove renders of older scripts or code that nobody made lately, and what killed processes left half done.

    Another demonstration may be serving from this cache, so what is younger than two days stays.
    """
    for folder in media.iterdir() if media.is_dir() else ():
        if not folder.is_dir() or folder in kept:
            continue
        half = folder.name.startswith(".") and not Path(f"/proc/{folder.name.rsplit('.', 1)[-1]}").exists()
        whole = (folder / "sub.toml").exists() and now_s - folder.stat().st_mtime > _KEPT_S
        if half or whole:
            shutil.rmtree(folder, ignore_errors=True)


def _worker_starts(told: Any) -> None:
    end_with_parent()
    _TOLD["queue"] = told
    os.nice(2)


def _render_one(script: Script, clip: Path | None, folder: Path) -> None:
    """In a worker process: one camera's two streams into a fresh folder that appears whole."""
    part = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    renditions = [
        Rendition(part / "main.mp4", *staging.MAIN_SIZE, staging.MAIN_QUALITY),
        Rendition(part / "sub.mp4", *staging.SUB_SIZE, staging.SUB_QUALITY),
    ]
    told = _TOLD.get("queue")
    expected = staging.stage(
        script, staging.source_of(clip), renditions, told=lambda s: told.put((script.name, s)) if told else None
    )
    for role, size in (("main", staging.MAIN_SIZE), ("sub", staging.SUB_SIZE)):
        staging.describe(script, expected, part / f"{role}.mp4", size, part / f"{role}.json")
    if (folder / "sub.toml").exists():  # somebody else was faster
        shutil.rmtree(part, ignore_errors=True)
        return
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def _render(scripts: list[Script], folders: dict[str, Path], clip: Path | None, progress: Progress) -> None:
    if not scripts:
        return
    what = Said(f"Dàn dựng {len(scripts)} mắt camera mẫu", f"Staging {len(scripts)} sample cameras")
    progress(what, 0.0)
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    done = {s.name: 0.0 for s in scripts}
    pool = ProcessPoolExecutor(min(_PROCESSES, len(scripts)), context, _worker_starts, (told,))
    try:
        waiting: set[Future[None]] = {pool.submit(_render_one, s, clip, folders[s.name]) for s in scripts}
        while waiting:
            finished, waiting = wait(waiting, timeout=0.3, return_when=FIRST_COMPLETED)
            for one in finished:
                one.result()
            try:
                while True:
                    name, share = told.get_nowait()
                    done[name] = share
            except queue.Empty:
                progress(what, sum(done.values()) / len(done))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        told.close()
    progress(what, 1.0)
