"""Brings a database to today's tables when it is opened: a new one is made aside, an old one is copied first."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError

from matpho.domain.time import Clock
from matpho.domain.words import Said
from matpho.errors import Corrupt, StorageProblem
from matpho.plugins.stores.database_words import said_by_database
from matpho.plugins.stores.engine import engine_for, file_of, in_our_words

_CHECKED_WHOLE_BYTES = 256 << 20
"""Larger databases are checked whole by ``matpho check`` only: the desk must be up again within seconds."""


def config(connection: sa.Connection | None = None) -> Config:
    """What alembic is told: where the steps are, and the connection that they run on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision of today's tables."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    if found is None:
        raise StorageProblem("this installation has no migrations", "bản cài đặt này thiếu các bước nâng cấp dữ liệu")
    return found


def bring_up(address: sa.URL, clock: Clock) -> None:
    """Make or migrate the database.

    Raises Corrupt when an SQLite file is empty, cut short or damaged, and StorageProblem when it was written by a newer
    version or by another program, or cannot be reached; the file is left as it was.
    """
    file = file_of(address)
    if file is None:
        _migrate(address)
        return
    try:
        if not file.parent.exists():
            file.parent.mkdir(parents=True, mode=0o700)
            _sync_names(file.parent.parent)
        if not file.exists():
            _make_aside(address, file)
            return
        _check(file)
    except (OSError, sqlite3.Error) as e:
        why = said_by_database(e)
        raise (
            _damaged(file, why)
            if isinstance(e, sqlite3.DatabaseError)
            else StorageProblem(f"{file} cannot be opened: {why.en}", f"không mở được {file}: {why.vi}")
        ) from e
    revision = _revision(address)
    if revision == head():
        return
    _refuse_newer(revision)
    _copy(file, file.parent / "backup" / f"{file.stem}-{revision or 'empty'}-{clock.now()}.sqlite")
    _migrate(address)


def _damaged(file: Path, detail: Said) -> Corrupt:
    return Corrupt(
        f"{file} is damaged ({detail.en}); nothing in it was changed: restore a backup, or matpho check --rebuild",
        f"{file} bị hỏng ({detail.vi}); chưa có gì bị thay đổi: hãy phục hồi bản sao lưu, hoặc matpho check --rebuild",
    )


def _check(file: Path) -> None:
    """Raises Corrupt when the file is no whole database, StorageProblem when it is not ours; it is opened read-only."""
    size = file.stat().st_size
    if size == 0:
        raise _damaged(file, Said("tệp rỗng", "0 bytes"))
    log = file.with_name(f"{file.name}-wal")
    expected = _expected_bytes(file)
    if size < expected and not (log.exists() and log.stat().st_size):  # a log may hold what the file lacks
        raise _damaged(file, Said(f"chỉ còn {size} trong {expected} byte", f"{size} < {expected} bytes"))
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "alembic_version" not in tables:
            raise StorageProblem(
                f"{file} is the database of another program; nothing in it was changed: move it away",
                f"{file} là cơ sở dữ liệu của chương trình khác; chưa có gì bị thay đổi: hãy chuyển tệp đi nơi khác",
            )
        if size <= _CHECKED_WHOLE_BYTES:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise _damaged(file, Said(f"SQLite báo: {found}", str(found)))


def _expected_bytes(file: Path) -> int:
    """How long the file says it is: page size and page count of its header (sqlite.org/fileformat2.html §1.3)."""
    with file.open("rb") as raw:
        header = raw.read(100)
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _make_aside(address: sa.URL, file: Path) -> None:
    """Make a new database beside its place and move it there whole, so that an empty file is never one of ours."""
    aside = file.with_name(f"{file.name}.new")
    for left in (aside, aside.with_name(f"{aside.name}-wal"), aside.with_name(f"{aside.name}-shm")):
        left.unlink(missing_ok=True)
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _migrate(address.set(database=str(aside)))
    with closing(sqlite3.connect(aside)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.rename(file)
    _sync_names(file.parent)


def _sync_names(folder: Path) -> None:
    """Bring a folder's names to the disk: a power cut may forget those that are only in memory."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(file: Path, to: Path) -> None:
    """Copy the database with what is still in its write-ahead log."""
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
        to.chmod(0o600)
    except (OSError, sqlite3.Error) as e:
        why = said_by_database(e)
        raise StorageProblem(
            f"the database could not be copied before its tables are changed: {why.en}",
            f"không sao lưu được cơ sở dữ liệu trước khi nâng cấp: {why.vi}",
        ) from e


def _revision(address: sa.URL) -> str | None:
    engine = engine_for(address, write=False)
    try:
        with in_our_words(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _refuse_newer(revision: str | None) -> None:
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(config()).get_revision(revision)
    except Exception as e:
        if not isinstance(e.__cause__ or e, ResolutionError):
            raise
        raise StorageProblem(
            f"the database was written by a newer version of the program ({revision})",
            f"cơ sở dữ liệu do phiên bản mới hơn của chương trình ghi ({revision})",
        ) from e


def _migrate(address: sa.URL) -> None:
    engine = engine_for(address, write=True)
    try:
        with in_our_words(), engine.begin() as connection:
            command.upgrade(config(connection), "head")
    finally:
        engine.dispose()
