"""A copy of a running SQLite database: consistent, in one file, without anybody's session."""

import sqlite3
from contextlib import closing
from pathlib import Path

from matpho.errors import StorageProblem
from matpho.plugins.stores.database_words import said_by_database
from matpho.plugins.stores.migrate import head

LETS_IN = ("sessions", "setup_tokens")
"""What lets somebody in by itself: no copy holds it."""


def copy_database(file: Path, to: Path) -> dict[str, int]:
    """Copy ``file`` to ``to`` while others write it; the number of rows of each table in the copy.

    What lets somebody in by itself (sessions, a set-up token) is left out. Raises StorageProblem.
    """
    try:
        address = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
            for table in LETS_IN:
                target.execute(f"DELETE FROM {table}")  # noqa: S608 - two names of ours
            target.commit()
            if (found := target.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(found)
            return _rows(target)
    except (OSError, sqlite3.Error) as e:
        raise _not_copied(e) from e


def count_rows(file: Path) -> dict[str, int]:
    """The number of rows of each table of a database that nobody writes. Raises StorageProblem."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return _rows(db)
    except sqlite3.Error as e:
        why = said_by_database(e)
        raise StorageProblem(f"{file} cannot be read: {why.en}", f"không đọc được {file}: {why.vi}") from e


def copied_rows(file: Path) -> dict[str, int]:
    """As :func:`count_rows`, of a copy that was just written and is checked whole."""
    try:
        with closing(sqlite3.connect(file)) as db:
            if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(found)
            return _rows(db)
    except sqlite3.Error as e:
        raise _not_copied(e) from e


def _not_copied(error: Exception) -> StorageProblem:
    why = said_by_database(error)
    return StorageProblem(f"the database could not be copied: {why.en}", f"không sao chép được cơ sở dữ liệu: {why.vi}")


def revision() -> str:
    """The revision of the tables that this version writes."""
    return head()


def _rows(db: sqlite3.Connection) -> dict[str, int]:
    names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {n: db.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names if not n.startswith("sqlite_")}  # noqa: S608 - names of tables, from the database
