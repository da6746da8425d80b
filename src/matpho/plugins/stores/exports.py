"""Exports: one row each, what is asked of the table beside the whole of it."""

from typing import Any

import sqlalchemy as sa

from matpho.domain.export import Export, ExportState
from matpho.domain.ids import PersonId
from matpho.domain.time import Instant
from matpho.plugins.stores.rows import as_json, of_json, put
from matpho.plugins.stores.schema import exports


def _export(row: Any) -> Export:
    found: Export = of_json(Export, row.body)
    return found


class SqlExports:
    """The table ``exports``; see ``matpho.casework.footage_records.Exports``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, export: Export) -> None:
        """Store a new or changed row."""
        values = {
            "id": export.id,
            "who": export.who,
            "asked_ns": export.asked,
            "state": export.state.value,
            "expires_ns": export.expires,
            "next_try_ns": export.next_try,
            "body": as_json(export),
        }
        put(self._db, exports, values)

    def get(self, export_id: str) -> Export | None:
        """Load one."""
        row = self._db.execute(sa.select(exports.c.body).where(exports.c.id == export_id)).first()
        return _export(row) if row is not None else None

    def newest(self, who: PersonId | None, limit: int) -> tuple[Export, ...]:
        """The newest first; of one person, or of all."""
        query = sa.select(exports.c.body).order_by(exports.c.asked_ns.desc(), exports.c.id.desc()).limit(limit)
        if who is not None:
            query = query.where(exports.c.who == who)
        return tuple(_export(row) for row in self._db.execute(query))

    def due(self, now: Instant) -> Export | None:
        """The one in the making whose next try has come and that waits longest."""
        c = exports.c
        query = sa.select(c.body).where(c.state == ExportState.MAKING.value, c.next_try_ns <= now)
        row = self._db.execute(query.order_by(c.next_try_ns, c.id).limit(1)).first()
        return _export(row) if row is not None else None

    def expired(self, now: Instant) -> tuple[Export, ...]:
        """Ready or failed ones whose time is over."""
        c = exports.c
        done = (ExportState.READY.value, ExportState.FAILED.value)
        query = sa.select(c.body).where(c.state.in_(done), c.expires_ns <= now)
        return tuple(_export(row) for row in self._db.execute(query.order_by(c.asked_ns)))
