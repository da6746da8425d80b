"""The register of cameras."""

from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from matpho.domain.ids import CameraId
from matpho.domain.register import DAYS, NOTHING, NUMBERS, TEXTS, RegisterEntry
from matpho.plugins.stores.rows import put
from matpho.plugins.stores.schema import camera_register

_DAYS = (*DAYS, "complete_by")


class SqlRegister:
    """The table ``camera_register``; days are ISO 8601 texts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, camera_id: CameraId, entry: RegisterEntry) -> None:
        """Store a new or changed entry."""
        values = asdict(entry)
        for name in _DAYS:
            values[name] = values[name].isoformat() if values[name] else None
        put(self._db, camera_register, {"camera_id": camera_id, **values})

    def get(self, camera_id: CameraId) -> RegisterEntry:
        """One entry; empty where nobody has said anything."""
        row = self._db.execute(sa.select(camera_register).where(camera_register.c.camera_id == camera_id)).first()
        return _entry(row) if row is not None else NOTHING

    def all(self) -> dict[CameraId, RegisterEntry]:
        """Those that say something."""
        return {CameraId(row.camera_id): _entry(row) for row in self._db.execute(sa.select(camera_register))}


def _entry(row: Any) -> RegisterEntry:
    values: dict[str, Any] = {name: getattr(row, name) for name in TEXTS}
    values |= {name: date.fromisoformat(text) if (text := getattr(row, name)) else None for name in _DAYS}
    values |= {name: getattr(row, name) for name in NUMBERS}
    return RegisterEntry(**values)
