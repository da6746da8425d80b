"""Connections: SQLite as carefully as it can be had, and the errors of any database in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)

from matpho.errors import BadInput, Corrupt, StorageProblem
from matpho.plugins.stores.database_words import NO_RIGHT, said_by_database, state_of

BUSY_MS = 10_000
_DAMAGED = ("malformed", "not a database", "file is encrypted")


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what SQLAlchemy raises into StorageProblem, a damaged file into Corrupt, a misfit value into BadInput.

    The difference matters to those who try again: trouble with the disk passes, a value never comes to fit.
    """
    try:
        yield
    except (IntegrityError, DataError, InterfaceError, ProgrammingError) as e:
        why = said_by_database(e)
        if state_of(e) == NO_RIGHT:
            raise StorageProblem(f"the database refuses: {why.en}", f"cơ sở dữ liệu từ chối: {why.vi}") from e
        raise BadInput(
            f"this does not fit the database: {why.en}", f"dữ liệu này không hợp với cơ sở dữ liệu: {why.vi}"
        ) from e
    except SQLAlchemyError as e:
        why = said_by_database(e)
        if any(word in why.en for word in _DAMAGED):
            raise Corrupt(
                f"the database is damaged ({why.en}); it was not changed: restore a backup, or matpho check --rebuild",
                f"cơ sở dữ liệu bị hỏng ({why.vi}), chưa bị thay đổi: phục hồi bản sao lưu, hoặc gõ "
                "matpho check --rebuild",
            ) from e
        raise StorageProblem(f"the database failed: {why.en}", f"cơ sở dữ liệu gặp lỗi: {why.vi}") from e


def address_of(url: str) -> sa.URL:
    """Parse a database address; raises BadInput without repeating it, because it may hold a password."""
    try:
        address = sa.make_url(url)
        address.get_dialect().import_dbapi()
    except ImportError as e:
        raise BadInput(
            f"the database in the settings needs a Python package that is not installed ({e.name}): for PostgreSQL "
            "install matpho[postgres] and write postgresql+psycopg://…",
            f"cơ sở dữ liệu trong thiết lập cần gói Python chưa cài ({e.name}): với PostgreSQL hãy cài "
            "matpho[postgres] và ghi postgresql+psycopg://…",
        ) from e
    except (ArgumentError, NoSuchModuleError) as e:
        raise BadInput(
            "the database address in the settings cannot be used",
            "địa chỉ cơ sở dữ liệu trong thiết lập không dùng được",
        ) from e
    return address


def file_of(address: sa.URL) -> Path | None:
    """The file of an SQLite address; None for other databases."""
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


def engine_for(address: sa.URL, *, write: bool) -> sa.Engine:
    """An engine that writes one transaction at a time, or one that many threads read from and that cannot write."""
    pool = {"pool_size": 1 if write else 8, "max_overflow": 0 if write else 24}
    if address.get_backend_name() == "sqlite":
        engine = sa.create_engine(address, connect_args={"check_same_thread": False}, **pool)
        _prepare_sqlite(engine, write=write)
        return engine
    options: dict[str, Any] = {"isolation_level": "SERIALIZABLE" if write else "REPEATABLE READ"}
    engine = sa.create_engine(address, pool_pre_ping=True, execution_options=options, **pool)
    return engine if write else engine.execution_options(postgresql_readonly=True)


def _prepare_sqlite(engine: sa.Engine, *, write: bool) -> None:
    """WAL so that readers never wait, FULL so that a commit outlives a power cut; transactions begun by us alone.

    The driver would begin one only at the first write, so that reads before it were of another moment.
    """

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'OFF' if write else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
