"""A home to one file and back, and the drill that proves it: what was never restored is no backup.

The order makes a copy of a running system consistent: the database first, then the journals (longer by then, so the
desk catches up after a restore), then evidence and recordings, of which the journals name every file first.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from matpho import __version__
from matpho.casework.check import CaseworkReport
from matpho.domain.ids import CameraId
from matpho.domain.messages import HouseKept, RemovalWhy, SegmentRemoved
from matpho.domain.system_words import because, not_made
from matpho.domain.time import Clock, Instant, SystemClock
from matpho.domain.words import Said
from matpho.errors import BadInput, Corrupt, MatphoError, StorageProblem
from matpho.plugins.stores.archive import ArchiveWriter, Contents, Measure, unpack
from matpho.plugins.stores.between import copy_server, fill_server, is_server, server_bytes
from matpho.plugins.stores.copying import copy_database, count_rows, revision
from matpho.settings import Settings, load
from matpho.video.check import Report, check
from matpho.video.fragments import read_map
from matpho.video.journal import Journal
from matpho.video.ledger import Ledger, camera_ledger
from matpho.wiring.casework_check import evidence_report
from matpho.wiring.desk import open_store
from matpho.wiring.index import recorded_index

HOUSE = "_house"
"""The folder of the journal that tells of backups; no camera is called so."""
_DATABASE = "db/matpho.sqlite"
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What a restored copy was found to be. ``problems`` is empty when the backup can be relied on."""

    contents: Contents
    recordings: Report
    evidence: CaseworkReport | None
    took_s: float
    problems: tuple[Said, ...]

    @property
    def well(self) -> bool:
        """Whether everything was as it should be."""
        return not self.problems


def make_backup(settings: Settings, out: Path, *, recordings: bool, clock: Clock | None = None) -> Contents:
    """Write a backup of a home, running or not, to ``out``, which must not exist yet.

    A database of PostgreSQL goes into the backup as a file of SQLite, so that every backup is restored in one way.
    Raises BadInput for a home without a database, StorageProblem when the disk or the database's server refuses.
    """
    clock = clock or SystemClock()
    _room(settings, out, recordings=recordings)
    with ArchiveWriter(out) as archive:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".matpho-") as aside:
            copy = Path(aside) / "matpho.sqlite"
            server = is_server(settings.database_url)
            rows = copy_server(settings.database_url, copy, clock) if server else copy_database(_file(settings), copy)
            archive.add(_DATABASE, copy)
        for name, source, measure in _files(settings, recordings=recordings):
            try:
                archive.add(name, source, measure)
            except FileNotFoundError:  # removed since it was listed: its removal is told, or the check will say it
                continue
        contents = Contents(
            made=clock.now(),
            version=__version__,
            revision=revision(),
            recordings=recordings,
            rows=rows,
            files=archive.files,
        )
        archive.finish(contents)
    return contents


def _file(settings: Settings) -> Path:
    """The file of a home's own database."""
    file = settings.home / _DATABASE
    if settings.database_url != replace(settings, database="").database_url:
        raise BadInput(
            "the settings name an SQLite file outside the home, which no backup takes",
            "thiết lập dùng tệp SQLite ngoài thư mục này, bản sao lưu không lấy được",
        )
    if not file.exists():
        raise BadInput(f"nothing is kept at {settings.home} yet", f"chưa có dữ liệu ở {settings.home}")
    return file


def _files(settings: Settings, *, recordings: bool) -> Iterator[tuple[str, Path, Measure | None]]:
    """What a backup holds besides the database: name, file, how much of it (None: all it has)."""
    home = settings.home
    if (home / "matpho.toml").exists():
        yield "matpho.toml", home / "matpho.toml", None
    journals = [p for p in sorted(settings.journals.glob("*/*")) if p.suffix in (".jsonl", ".boot")]
    for path in journals:
        yield f"journal/{path.parent.name}/{path.name}", path, _whole_lines if path.suffix == ".jsonl" else None
    for path in sorted(settings.evidence_folder.glob("*/*")):
        if path.is_file() and not path.parent.name.startswith("."):
            yield f"evidence/{path.parent.name}/{path.name}", path, None
    for path in sorted((home / "uplink").glob("*")):
        if path.is_file():
            yield f"uplink/{path.name}", path, None
    if recordings:
        for camera_id in sorted({p.parent.name for p in journals if p.name == "recorder.jsonl"}):
            ledger = camera_ledger(settings.journals, CameraId(camera_id))
            for name in ledger.opened:
                path = settings.recordings / name
                if not ledger.gone(name) and path.is_file():
                    yield f"recordings/{name}", path, partial(_whole_fragments, path)


def _whole_lines(file: IO[bytes]) -> int:
    """How much of a journal is whole lines: a writer may be in the middle of one."""
    size = file.seek(0, os.SEEK_END)
    while size:
        begin = max(0, size - 65_536)
        file.seek(begin)
        newline = file.read(size - begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        size = begin
    return 0


def _whole_fragments(path: Path, file: IO[bytes]) -> int:
    """How much of a recording is whole fragments; all of one that cannot be read, as it is."""
    size = file.seek(0, os.SEEK_END)
    try:
        return min(size, read_map(path).whole_bytes)
    except (Corrupt, OSError):
        return size


def _room(settings: Settings, out: Path, *, recordings: bool) -> None:
    """Raise BadInput without the folder of ``out``, StorageProblem without room in it."""
    if not out.parent.is_dir():
        raise BadInput(f"there is no folder {out.parent}", f"không có thư mục {out.parent}")
    server = is_server(settings.database_url)
    needed = 2 * (server_bytes(settings.database_url) if server else _file(settings).stat().st_size)
    needed += sum(_size(path) for _, path, _ in _files(settings, recordings=recordings))
    free = shutil.disk_usage(out.parent).free
    if needed > free:
        raise StorageProblem(
            f"the backup needs {needed / 1e6:.0f} MB and {out.parent} has {free / 1e6:.0f} MB free",
            f"bản sao lưu cần {needed / 1e6:.0f} MB mà {out.parent} chỉ còn {free / 1e6:.0f} MB",
        )


def _size(path: Path) -> int:
    """How large a file is; nothing where it was removed meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def restore(archive: Path, home: Path, clock: Clock | None = None, database: str | None = None) -> Contents:
    """Make ``home``, which must be empty or absent, out of a backup. Nothing is there unless all of it is.

    An empty one keeps its owner, whoever restores.

    ``database`` is the address that the rows go to (None: what the backup's settings name; empty: a file in the home).
    A server's database must be empty; it is filled last, in one transaction.

    Recordings that the backup does not hold are told as such, so that nothing is unaccounted for. Raises BadInput,
    Corrupt or StorageProblem; the home is as it was then.
    """
    clock = clock or SystemClock()
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BadInput(
            f"{home} is not empty: restore into a new folder", f"{home} không trống: hãy phục hồi vào thư mục mới"
        )
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}-restoring-"))
    except OSError as e:
        raise not_made(StorageProblem, home, e) from e
    try:
        contents = unpack(archive, aside)
        named = load(aside, {}).database if database is None else database
        settings = replace(load(aside, {}), database="")
        if named == replace(settings, home=home).database_url:
            named = ""  # the home's own file, by its whole name
        if named and not is_server(named):
            raise BadInput(
                "the settings name an SQLite file outside the home: nothing is restored there",
                "thiết lập dùng tệp SQLite ngoài thư mục: không phục hồi vào đó",
            )
        if not (aside / _DATABASE).exists():
            raise Corrupt(f"{archive} holds no database", f"{archive} không có cơ sở dữ liệu")
        _no_other(settings, contents)
        open_store(settings).close()  # an older one is brought up to date, a newer one refused
        for folder in (settings.recordings, settings.evidence_folder, settings.journals):
            folder.mkdir(exist_ok=True, mode=0o700)
        for path in settings.evidence_folder.glob("*/*"):
            path.chmod(0o400)
        _tell_missing(settings, clock.now())
        if named:
            fill_server(aside / _DATABASE, named)
            shutil.rmtree(aside / "db")  # one truth only
        if home.exists():
            _give(aside, home.stat())
            home.rmdir()
        aside.rename(home)
    except OSError as e:
        why = because(e)
        raise StorageProblem(f"{home} cannot be restored: {why.en}", f"không phục hồi được {home}: {why.vi}") from e
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return contents


def _give(folder: Path, to: os.stat_result) -> None:
    """Hand a folder with all that is in it to the owner of another one: a service's home is restored by root."""
    if os.geteuid() == 0 and to.st_uid != 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, to.st_uid, to.st_gid, follow_symlinks=False)


def _no_other(settings: Settings, contents: Contents) -> None:
    found = count_rows(settings.home / _DATABASE)
    if found != contents.rows:
        raise Corrupt(
            "the backup's database is not the one that was copied", "cơ sở dữ liệu trong bản sao lưu không đúng"
        )


def _tell_missing(settings: Settings, now: Instant) -> None:
    """Say of every recording that is not there that the backup did not hold it."""
    for path in sorted(settings.journals.glob("*/recorder.jsonl")):
        camera_id = CameraId(path.parent.name)
        facts = list(_missing(settings.recordings, camera_ledger(settings.journals, camera_id), now))
        if facts:
            journal = Journal(path.with_name("retention.jsonl"))
            try:
                for begin in range(0, len(facts), _AT_ONCE):
                    journal.append_all(facts[begin : begin + _AT_ONCE])
            finally:
                journal.close()


def _missing(recordings: Path, ledger: Ledger, now: Instant) -> Iterator[SegmentRemoved]:
    for name, opened in ledger.opened.items():
        closed = ledger.closed.get(name)
        if ledger.gone(name) or (recordings / name).exists() or (closed and not closed.frames):
            continue
        end = closed.end if closed else opened.start
        size = closed.size_bytes if closed else 0
        yield SegmentRemoved(
            camera_id=opened.camera_id,
            role=opened.role,
            path=name,
            start=opened.start,
            end=end,
            size_bytes=size,
            at=now,
            why=RemovalWhy.NOT_RESTORED,
        )


def drill(archive: Path, scratch: Path, clock: Clock | None = None) -> Drill:
    """Restore a backup into a temporary home below ``scratch`` and check everything there; nothing of it is left.

    Raises what :func:`restore` raises: an archive that cannot be restored is no drill that found problems.
    """
    clock = clock or SystemClock()
    began = clock.monotonic_s()
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".matpho-drill-") as folder:
        home = Path(folder) / "home"
        contents = restore(archive, home, clock, database="")
        settings = replace(load(home, {}), database="")
        found = check(settings.journals, settings.recordings, index=recorded_index(settings))
        evidence = evidence_report(settings)
        problems = [p.said for p in found.problems]
        problems += evidence.problems if evidence else (Said("không có cơ sở dữ liệu", "there is no database"),)
        if not contents.rows.get("cameras", 0) <= len(_cameras(settings)):
            problems.append(Said("thiếu camera sau khi phục hồi", "cameras are missing after the restore"))
    return Drill(
        contents=contents,
        recordings=found,
        evidence=evidence,
        took_s=clock.monotonic_s() - began,
        problems=tuple(problems),
    )


def _cameras(settings: Settings) -> dict[Any, str]:
    store = open_store(settings)
    try:
        with store.read() as unit:
            return dict(unit.cameras.names())
    finally:
        store.close()


def note(settings: Settings, fact: HouseKept) -> None:
    """Tell the desk through a journal, which may be away: it goes into the audit trail and the notes.

    Raises StorageProblem when the journal cannot be written, or another backup is being noted.
    """
    journal = Journal(settings.journals / HOUSE / "backup.jsonl")
    try:
        journal.append(fact)
    finally:
        journal.close()
    _give(settings.journals / HOUSE, settings.home.stat())


def fact_of(act: str, contents: Contents, took_s: float, at: Instant, problems: tuple[Said, ...] = ()) -> HouseKept:
    """What is noted of a backup, a restore or a drill."""
    return HouseKept(
        at=at,
        act=act,
        well=not problems,
        archive=contents.digest,
        files=len(contents.files),
        bytes=contents.size_bytes,
        took_s=round(took_s, 3),
        uid=os.getuid(),
        detail=Said("; ".join(p.vi for p in problems)[:500], "; ".join(p.en for p in problems)[:500]),
    )


def failed(act: str, e: MatphoError, at: Instant) -> HouseKept:
    """What is noted of one that could not be done at all."""
    none = HouseKept(at=at, act=act, well=False, archive="", files=0, bytes=0, took_s=0.0, uid=os.getuid())
    return replace(none, detail=Said(e.vi[:500], e.en[:500]))
