"""Small helpers shared by the tables' files: JSON columns and portable writing by key."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa

from matpho.domain.codec import from_plain, to_plain
from matpho.domain.text_words import amiss
from matpho.errors import Corrupt


def as_json(value: Any) -> str:
    """A domain value as the text of a JSON column."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def of_json(kind: Any, text: str) -> Any:
    """The domain value in a JSON column; raises Corrupt when the text is none of that kind."""
    try:
        return from_plain(kind, json.loads(text))
    except (ValueError, TypeError, KeyError) as e:
        why = amiss(e)
        raise Corrupt(
            f"a row of the database is damaged: {why.en}", f"một dòng trong cơ sở dữ liệu bị hỏng: {why.vi}"
        ) from e


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


@cache
def _update(table: sa.Table, columns: tuple[str, ...]) -> sa.Update:
    """Set ``columns`` of the row whose primary key is given as ``key_<column>``."""
    keys = [c == sa.bindparam(f"key_{c.name}") for c in table.primary_key.columns]
    return sa.update(table).where(*keys).values({name: sa.bindparam(name) for name in columns})


def insert(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Insert a row. Statements are built once for each table: building them is dearer than running them."""
    connection.execute(_insert(table), dict(values))


def update(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Update the row with these primary-key values; whether there is one."""
    keys = [c.name for c in table.primary_key.columns]
    columns = tuple(name for name in values if name not in keys)
    given = {name: values[name] for name in columns} | {f"key_{name}": values[name] for name in keys}
    return connection.execute(_update(table, columns), given).rowcount > 0


def put(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Update the row with these primary-key values, or insert it. Safe because there is one writer at a time."""
    if not update(connection, table, values):
        insert(connection, table, values)
