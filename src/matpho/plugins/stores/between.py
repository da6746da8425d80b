"""Rows from one database to another of ours, whichever each is: PostgreSQL into a backup's SQLite file, and back.

The tables of both were made by this version's migrations, so a row goes through SQLAlchemy's types as it is, whatever
either database calls them. What is read is of one moment (REPEATABLE READ), and what is written is one transaction.
No program of PostgreSQL's is needed: ``pg_dump`` must be as new as its server, and its output fits no other database.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext

from matpho.domain.time import Clock
from matpho.errors import BadInput, Corrupt, StorageProblem
from matpho.plugins.stores.copying import LETS_IN, copied_rows
from matpho.plugins.stores.engine import address_of, engine_for, in_our_words
from matpho.plugins.stores.migrate import bring_up, config, head
from matpho.plugins.stores.schema import metadata

_AT_ONCE = 1000  # rows in memory
TABLES = tuple(t for t in metadata.sorted_tables if t.name not in LETS_IN)
"""Tables in an order in which what a row refers to is there before it."""


def is_server(url: str) -> bool:
    """Whether a database is kept by a server of its own (PostgreSQL) rather than in a file. Raises BadInput."""
    return address_of(url).get_backend_name() != "sqlite"


def server_bytes(url: str) -> int:
    """How much room a server's database takes, as it says. Raises StorageProblem when it cannot be reached."""
    engine = engine_for(address_of(url), write=False)
    try:
        with in_our_words(), engine.connect() as connection:
            return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one())
    finally:
        engine.dispose()


def copy_server(url: str, to: Path, clock: Clock) -> dict[str, int]:
    """Copy a server's database into the new SQLite file ``to`` while others write it; its rows by table.

    Sessions and set-up tokens are left out, as in :func:`matpho.plugins.stores.copying.copy_database`. Raises
    StorageProblem when the server cannot be reached or holds tables of another version.
    """
    bring_up(address_of(f"sqlite:///{to}"), clock)
    source, target = engine_for(address_of(url), write=False), engine_for(address_of(f"sqlite:///{to}"), write=True)
    try:
        with in_our_words(), source.connect() as there, target.begin() as here:
            _same_tables(there)
            _copy_rows(there, here)
    finally:
        source.dispose()
        target.dispose()
    with closing(sqlite3.connect(to)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    return copied_rows(to)


def fill_server(file: Path, url: str) -> None:
    """Copy an SQLite file of this version's tables into an empty database of a server: all of it, or nothing.

    Raises BadInput when the database there is not empty, Corrupt when not every row arrived, StorageProblem when the
    server cannot be reached.
    """
    source, target = engine_for(address_of(f"sqlite:///{file}"), write=False), engine_for(address_of(url), write=True)
    try:
        with in_our_words(), source.connect() as there, target.begin() as here:
            require_empty(here)
            command.upgrade(config(here), "head")
            _copy_rows(there, here)
            wrong = [t.name for t in TABLES if _count(there, t) != _count(here, t)]
            if wrong:
                raise Corrupt(
                    f"not every row of {', '.join(wrong)} arrived; nothing was restored",
                    f"thiếu dữ liệu ở bảng {', '.join(wrong)}; chưa phục hồi gì",
                )
    finally:
        source.dispose()
        target.dispose()


def require_empty(connection: sa.Connection) -> None:
    """Raise BadInput when a database holds tables: a restore never writes over anything."""
    if sa.inspect(connection).get_table_names():
        raise BadInput(
            "the database that the settings name is not empty: make a new one, and restore into that",
            "cơ sở dữ liệu trong thiết lập không trống: hãy tạo cơ sở dữ liệu mới rồi phục hồi vào đó",
        )


def _same_tables(connection: sa.Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found != head():
        raise StorageProblem(
            f"the database has the tables of another version ({found or 'none'}, this one writes {head()}): "
            "run this version once (matpho run), then back up",
            f"cơ sở dữ liệu thuộc phiên bản khác ({found or 'chưa có'}, phiên bản này ghi {head()}): "
            "hãy chạy phiên bản này một lần (matpho run) rồi sao lưu",
        )


def _copy_rows(there: sa.Connection, here: sa.Connection) -> None:
    reading = there.execution_options(stream_results=True, yield_per=_AT_ONCE)
    for table in TABLES:
        for part in reading.execute(sa.select(table)).mappings().partitions():
            here.execute(sa.insert(table), [dict(row) for row in part])


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
