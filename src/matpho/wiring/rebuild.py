"""A database that is damaged or gone, made anew: what can be read of it, and what journals and camera list say."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from matpho.casework.register import admit
from matpho.domain.audit import AuditRow
from matpho.domain.camera import Camera, RecordMode
from matpho.domain.system_words import because, not_written
from matpho.domain.time import Clock, SystemClock
from matpho.errors import BadInput, Corrupt, StorageProblem
from matpho.pipeline.camera_list import read_cameras
from matpho.plugins.stores.engine import file_of
from matpho.plugins.stores.salvage import Salvaged, forget_index, salvage
from matpho.settings import Settings
from matpho.wiring.desk import DeskParts, desk_parts, open_store


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of the database. ``aside`` is where the damaged file lies now (None: it could be opened).

    ``facts`` were read from the journals; ``cameras`` came from the workers' list because the table had none.
    """

    aside: Path | None
    tables: tuple[Salvaged, ...]
    facts: int
    cameras: int
    people: int


def rebuild(settings: Settings, clock: Clock | None = None) -> Rebuilt:
    """Make the index of recordings anew, and the whole database where it cannot be opened. Nothing is deleted.

    Raises BadInput while the system runs, StorageProblem when the disk refuses.
    """
    clock = clock or SystemClock()
    with _nobody_else(settings):
        address = sa.make_url(settings.database_url)
        file = file_of(address)
        aside: Path | None = None
        tables: tuple[Salvaged, ...] = ()
        try:
            open_store(settings).close()
        except Corrupt:
            if file is None:
                raise
            aside = _move_aside(file, clock)
            open_store(settings).close()
            tables = _saved(aside / file.name, file)
        forget_index(address, all_journals=not all(t.whole for t in tables))
        facts, cameras, people = _read_journals(settings)
    return Rebuilt(aside, tables, facts, cameras, people)


@contextmanager
def _nobody_else(settings: Settings) -> Iterator[None]:
    """Hold the supervisor's lock; raises BadInput when somebody has it."""
    settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.run / "supervisor.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise BadInput(
                "the system is running; stop it first: matpho run --stop",
                "hệ thống đang chạy; hãy dừng trước: matpho run --stop",
            ) from e
        yield


def _move_aside(file: Path, clock: Clock) -> Path:
    """Move a database with its log into a folder of its own, unchanged."""
    folder = file.parent / f"damaged-{clock.now()}"
    try:
        folder.mkdir(mode=0o700)
        for ending in ("", "-wal", "-shm"):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.rename(folder / part.name)
    except OSError as e:
        why = because(e)
        raise StorageProblem(f"{file} cannot be moved: {why.en}", f"không chuyển được {file}: {why.vi}") from e
    return folder


def _saved(damaged: Path, into: Path) -> tuple[Salvaged, ...]:
    """Read from a copy: opening it would already change the damaged file."""
    copy = into.with_name("salvage.sqlite")
    try:
        for ending in ("", "-wal"):
            part = damaged.with_name(damaged.name + ending)
            if part.exists():
                copy.with_name(copy.name + ending).write_bytes(part.read_bytes())
        return salvage(copy, into)
    except OSError as e:
        raise not_written(StorageProblem, copy, e) from e
    finally:
        for ending in ("", "-wal", "-shm"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)


def _read_journals(settings: Settings) -> tuple[int, int, int]:
    """Bring in all journals; facts read, cameras taken from the workers' list, people there are."""
    try:
        listed = read_cameras(settings.run / "cameras.json")
    except (Corrupt, StorageProblem, OSError):
        listed = ()
    parts = desk_parts(settings)
    try:
        with parts.store.read() as unit:
            known = len(unit.cameras.all())
        cameras = 0
        if not known:
            cameras = _take_cameras(parts, listed)
        facts = parts.clerk.step()
        with parts.store.read() as unit:
            return facts, cameras, len(unit.people.all())
    finally:
        parts.store.close()


def _take_cameras(parts: DeskParts, listed: tuple[Camera, ...]) -> int:
    """Put the cameras in service that were recorded last; the trail says where they came from."""
    at = parts.clock.now()
    with parts.store.write() as unit:
        for camera in listed:
            if camera.record is RecordMode.ON_INCIDENT:  # since when is lost: what was recorded so far stays its time
                unit.cameras.put(replace(camera, record=RecordMode.MAIN), at)
            unit.cameras.put(camera, at)
            admit(unit, (camera,), at)  # it ran; the entry that let it is lost with the database
            row = AuditRow(number=0, at=at, who=None, action="take_camera_from_list", thing=f"camera:{camera.id}")
            unit.audit.append(row)
    return len(listed)
