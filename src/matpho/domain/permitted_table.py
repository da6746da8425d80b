"""``[[zone.permitted]]`` of a camera description, read and written."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from matpho.domain import camera_table as read
from matpho.domain.camera_table import Table
from matpho.domain.geometry import Polygon
from matpho.domain.ids import PersonId
from matpho.domain.permitted import MOST_PERMITTED, Permitted, outline_of
from matpho.domain.time import Instant, from_iso, to_iso
from matpho.domain.words import Said

_KEYS = ("id", "box", "polygon", "note", "until", "by", "since")
_ID = re.compile(r"[a-z0-9-]{1,40}")


def permitted_from(table: Table, field: str, value: Any) -> tuple[Permitted, ...]:
    """What is permitted in a zone: a list of tables, each with a ``box`` or a ``polygon``. Raises BadCameraFile."""
    if not isinstance(value, (list, tuple)):
        raise table.bad(field, "should be a list of permitted places", "phải là danh sách các chỗ được phép")
    if len(value) > MOST_PERMITTED:
        raise table.bad(field, f"more than {MOST_PERMITTED} places", f"có hơn {MOST_PERMITTED} chỗ")
    found: list[Permitted] = []
    for number, item in enumerate(value, 1):
        if not isinstance(item, Mapping):
            raise table.bad(field, "should be a list of permitted places", "phải là danh sách các chỗ được phép")
        name = Said(f"{table.name.vi}, {field} thứ {number}", f"{table.name.en}, {field} number {number}")
        one = _permitted(Table(item, name), number)
        if any(other.id == one.id for other in found):
            raise table.bad(field, f'there are two places "{one.id}"', f'có hai chỗ trùng mã "{one.id}"')
        found.append(one)
    return tuple(found)


def _permitted(table: Table, number: int) -> Permitted:
    table.only(_KEYS)
    by = table.get("by", read.text, None)
    return Permitted(
        id=table.get("id", _id, str(number)),
        outline=_outline(table),
        note=table.get("note", _note, ""),
        until=table.get("until", _day, None),
        by=None if by is None else PersonId(by),
        since=table.get("since", _instant, None),
    )


def _outline(table: Table) -> Polygon:
    box, polygon = table.get("box", read.box, None), table.get("polygon", read.polygon, None)
    if polygon is not None and box is None:
        return polygon
    if box is not None and polygon is None:
        return outline_of(box)
    raise table.bad("box", "either box or polygon is needed", "cần đúng một trong hai: box hoặc polygon")


def _id(table: Table, field: str, value: Any) -> str:
    found = read.text(table, field, value)
    if not _ID.fullmatch(found):
        raise table.bad(
            field,
            f'"{found}" should be 1 to 40 of the characters a-z, 0-9 and -',
            f'"{found}" chỉ được gồm 1 đến 40 ký tự a-z, 0-9 và dấu -',
        )
    return found


def _note(table: Table, field: str, value: Any) -> str:
    return "" if value == "" else read.text(table, field, value)


def _day(table: Table, field: str, value: Any) -> date:
    """A day: TOML's own, or text like ``2026-12-31``."""
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(read.text(table, field, value))
    except ValueError:
        raise table.bad(field, "should be a day like 2026-12-31", "phải là một ngày, ví dụ 2026-12-31") from None


def _instant(table: Table, field: str, value: Any) -> Instant:
    try:
        return from_iso(read.text(table, field, value))
    except (ValueError, OverflowError):
        raise table.bad(
            field,
            "should be a time like 2026-11-23T05:06:07Z",
            "phải là thời điểm, ví dụ 2026-11-23T05:06:07Z",
        ) from None


def permitted_table(permitted: Permitted) -> dict[str, Any]:
    """One permitted place as the JSON object that :func:`permitted_from` reads; absent values are left out."""
    table: dict[str, Any] = {"id": permitted.id, "polygon": [list(p) for p in permitted.outline.points]}
    if permitted.note:
        table["note"] = permitted.note
    if permitted.until is not None:
        table["until"] = permitted.until.isoformat()
    if permitted.by is not None:
        table["by"] = permitted.by
    if permitted.since is not None:
        table["since"] = to_iso(permitted.since)
    return table
