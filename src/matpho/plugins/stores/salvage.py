"""What can still be read of a damaged SQLite file, row by row, into a new database.

Each table is read from its beginning up to the damage, and from its end back to it; orphaned rows are left out.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from matpho.errors import StorageProblem
from matpho.plugins.stores.database_words import said_by_database
from matpho.plugins.stores.engine import engine_for, in_our_words
from matpho.plugins.stores.schema import gaps, journal_offsets, metadata, segments

INDEX = (segments, gaps)
"""Tables that say nothing but what the journals of recordings say; of removals the journals forget what is old."""
_INDEX_JOURNALS = ("recorder", "import", "retention")
_LEFT_OUT = {*(t.name for t in INDEX), "sessions", "setup_tokens"}


@dataclass(frozen=True, slots=True)
class Salvaged:
    """One table: how many rows were saved, and whether that is known to be all."""

    table: str
    rows: int
    whole: bool


def salvage(damaged: Path, into: Path) -> tuple[Salvaged, ...]:
    """Copy what can be read of ``damaged`` into the new database ``into``; raises StorageProblem for the latter."""
    try:
        with (
            closing(sqlite3.connect(damaged)) as source,
            closing(sqlite3.connect(into, isolation_level=None)) as target,
        ):
            source.execute("PRAGMA query_only=ON")
            target.execute("PRAGMA foreign_keys=OFF")
            target.execute("BEGIN IMMEDIATE")
            told = [
                Salvaged(t.name, *_table(source, target, t)) for t in metadata.sorted_tables if t.name not in _LEFT_OUT
            ]
            orphans = _drop_orphans(target)
            target.execute("COMMIT")
    except (OSError, sqlite3.Error) as e:
        why = said_by_database(e)
        raise StorageProblem(f"the new database failed: {why.en}", f"cơ sở dữ liệu mới gặp lỗi: {why.vi}") from e
    return tuple(Salvaged(t.table, t.rows - orphans.get(t.table, 0), t.whole) for t in told)


def _table(source: sqlite3.Connection, target: sqlite3.Connection, table: sa.Table) -> tuple[int, bool]:
    """Rows saved of a table, and whether reading it met no damage."""
    try:
        there = {row[1] for row in source.execute(f'PRAGMA table_info("{table.name}")')}
    except sqlite3.Error:
        return 0, False
    names = [c.name for c in table.columns if c.name in there]
    if not names:
        return 0, False
    columns = ", ".join(f'"{name}"' for name in names)
    put = f'INSERT OR IGNORE INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - ours
    whole = True
    for order in ("rowid", "rowid DESC"):
        read = f'SELECT {columns} FROM "{table.name}" ORDER BY {order}'  # noqa: S608 - names of our own tables
        for row in _until_damage(source, read):
            if row is None:
                whole = False
                break
            with suppress(sqlite3.IntegrityError):  # a value that the table forbids is damage as well
                target.execute(put, row)
        if whole:
            break
    saved = target.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]  # noqa: S608 - as above
    return int(saved), whole


def _until_damage(source: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...] | None]:
    """Rows; None at the end where damage ended them."""
    try:
        yield from source.execute(query)
    except (sqlite3.Error, UnicodeDecodeError):
        yield None


def _drop_orphans(target: sqlite3.Connection) -> dict[str, int]:
    """Take out rows that point to rows that were lost; how many of each table."""
    dropped: dict[str, int] = {}
    while found := target.execute("PRAGMA foreign_key_check").fetchall():
        for table, rowid, *_ in found:
            target.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))  # noqa: S608 - as above
            dropped[table] = dropped.get(table, 0) + 1
    return dropped


def forget_index(address: sa.URL, *, all_journals: bool) -> None:
    """Empty the index of recordings and have its journals, or all, read anew from their beginning."""
    engine = engine_for(address, write=True)
    try:
        with in_our_words(), engine.begin() as connection:
            for table in INDEX:
                connection.execute(sa.delete(table))
            c = journal_offsets.c.journal
            ours = sa.or_(*(c.like(f"%/{name}") for name in _INDEX_JOURNALS))
            connection.execute(sa.delete(journal_offsets).where(sa.true() if all_journals else ours))
    finally:
        engine.dispose()
