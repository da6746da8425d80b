"""The audit trail, and the small notes of the installation."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from matpho.domain.audit import AuditRow, chained
from matpho.domain.ids import PersonId
from matpho.domain.time import Instant
from matpho.errors import Corrupt
from matpho.plugins.stores.rows import as_json, insert, put
from matpho.plugins.stores.schema import audit, journal_offsets, notes


def _row(row: Any) -> AuditRow:
    try:
        detail = json.loads(row.detail)
    except ValueError as e:
        raise Corrupt(
            f"row {row.number} of the audit trail is damaged", f"dòng {row.number} của nhật ký kiểm tra bị hỏng"
        ) from e
    return AuditRow(
        number=row.number,
        at=Instant(row.at_ns),
        who=PersonId(row.who) if row.who is not None else None,
        action=row.action,
        thing=row.thing,
        detail=detail,
        previous=row.previous,
        hash=row.hash,
    )


class SqlAudit:
    """The table ``audit``; the database itself refuses to change or delete its rows."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def append(self, row: AuditRow) -> AuditRow:
        """Chain the row to the newest one and store it."""
        linked = chained(row, next(iter(self.page(None, 1)), None))
        values = {
            "number": linked.number,
            "at_ns": linked.at,
            "who": linked.who,
            "action": linked.action,
            "thing": linked.thing,
            "detail": as_json(linked.detail),
            "previous": linked.previous,
            "hash": linked.hash,
        }
        insert(self._db, audit, values)
        return linked

    def page(self, before: int | None, limit: int) -> tuple[AuditRow, ...]:
        """The newest first, with numbers below ``before``."""
        query = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        return tuple(_row(row) for row in self._db.execute(query))

    def rows(self) -> Iterator[AuditRow]:
        """All, oldest first."""
        for row in self._db.execute(sa.select(audit).order_by(audit.c.number)):
            yield _row(row)


class SqlNotes:
    """The tables ``notes`` and ``journal_offsets``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def get(self, key: str) -> str | None:
        """A note by its key."""
        return self._db.scalar(sa.select(notes.c.value).where(notes.c.key == key))

    def put(self, key: str, value: str) -> None:
        """Store a note."""
        put(self._db, notes, {"key": key, "value": value})

    def offset(self, journal: str) -> int:
        """How many bytes of a journal are in the database."""
        c = journal_offsets.c
        return self._db.scalar(sa.select(c.read_bytes).where(c.journal == journal)) or 0

    def set_offset(self, journal: str, offset: int) -> None:
        """Store that."""
        put(self._db, journal_offsets, {"journal": journal, "read_bytes": offset})
