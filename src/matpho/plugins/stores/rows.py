"""Small helpers shared by the tables' files: JSON columns and portable writing by key."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from matpho.domain.codec import from_plain, to_plain
from matpho.errors import Corrupt


def as_json(value: Any) -> str:
    """A domain value as the text of a JSON column."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def of_json(kind: Any, text: str) -> Any:
    """The domain value in a JSON column; raises Corrupt when the text is none of that kind."""
    try:
        return from_plain(kind, json.loads(text))
    except (ValueError, TypeError, KeyError) as e:
        raise Corrupt(f"a row of the database is damaged: {e}", f"một dòng trong cơ sở dữ liệu bị hỏng: {e}") from e


def put(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Update the row with these primary-key values, or insert it. Safe because there is one writer at a time."""
    keys = [table.c[c.name] == values[c.name] for c in table.primary_key.columns]
    rest = {name: value for name, value in values.items() if name not in table.primary_key.columns}
    if rest and connection.execute(sa.update(table).where(*keys).values(**rest)).rowcount:
        return
    if not rest and connection.execute(sa.select(*table.primary_key.columns).where(*keys)).first() is not None:
        return
    connection.execute(sa.insert(table).values(**values))
