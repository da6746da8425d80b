"""Reading one table of a camera description: every refusal names the place and the field, in both languages."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time as TimeOfDay  # noqa: N812
from typing import Any, TypeVar

from matpho.domain.camera import Hours
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.words import Said
from matpho.errors import BadCameraFile

T = TypeVar("T")

LONGEST_TEXT = 1000
MOST_POINTS = 200  # of one outline; nobody draws more by hand, and telling whether it crosses itself costs their square
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_POLYGON_REASONS = {
    "fewer than three points": "có ít hơn ba điểm",
    "point outside the frame": "có điểm nằm ngoài khung hình (mọi toạ độ phải từ 0 đến 1)",
    "the outline crosses itself": "đường viền tự cắt chính nó",
    "the area is zero": "diện tích bằng không",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table or JSON object of a camera description, and how to call it in a sentence."""

    data: Mapping[str, Any]
    name: Said

    def bad(self, field: str, en: str, vi: str) -> BadCameraFile:
        """The error that names this table and the field."""
        return BadCameraFile(f"{self.name.en}, {field}: {en}", f"{self.name.vi}, {field}: {vi}")

    def only(self, known: Sequence[str]) -> None:
        """Raise BadCameraFile when there is a key that is not known."""
        for key in self.data:
            if key not in known:
                raise self.bad(
                    str(key), f"unknown key; known are {', '.join(known)}", f"khoá lạ; chỉ có {', '.join(known)}"
                )

    def get(self, field: str, read: Callable[["Table", str, Any], T], default: T) -> T:
        """The field read by ``read``, or the default where it is absent."""
        value = self.data.get(field)
        return default if value is None else read(self, field, value)

    def need(self, field: str, read: Callable[["Table", str, Any], T]) -> T:
        """The field read by ``read``; raises BadCameraFile where it is absent."""
        if self.data.get(field) is None:
            raise self.bad(field, "is missing", "còn thiếu")
        return read(self, field, self.data[field])


def text(table: Table, field: str, value: Any) -> str:
    """A line of text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise table.bad(
            field,
            f"should be text that is not empty, not {_shown(value)}",
            f"phải là chuỗi ký tự không rỗng, không phải {_shown(value)}",
        )
    if len(value) > LONGEST_TEXT:
        raise table.bad(field, f"is longer than {LONGEST_TEXT} characters", f"dài quá {LONGEST_TEXT} ký tự")
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise table.bad(field, "holds control characters", "có ký tự điều khiển không hiển thị được")
    return value


def truth(table: Table, field: str, value: Any) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise table.bad(
            field,
            f"should be true or false, not {_shown(value)}",
            f"phải là true hoặc false, không phải {_shown(value)}",
        )
    return value


def number(table: Table, field: str, value: Any) -> float:
    """A finite number."""
    try:
        found = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    except OverflowError:  # a whole number of hundreds of digits
        found = math.inf
    if not math.isfinite(found):
        raise table.bad(
            field, f"should be a finite number, not {_shown(value)}", f"phải là số hữu hạn, không phải {_shown(value)}"
        )
    return found


def numbers(count: int) -> Callable[[Table, str, Any], tuple[float, ...]]:
    """A reader of a list of exactly ``count`` finite numbers."""

    def read(table: Table, field: str, value: Any) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)) or len(value) != count:
            raise table.bad(
                field,
                f"should be a list of {count} numbers, not {_shown(value)}",
                f"phải là danh sách {count} số, không phải {_shown(value)}",
            )
        return tuple(number(table, field, v) for v in value)

    return read


def points(table: Table, field: str, value: Any) -> tuple[Point, ...]:
    """A list of ``[x, y]``, each inside the frame."""
    if not isinstance(value, (list, tuple)):
        raise table.bad(
            field,
            f"should be a list of [x, y], not {_shown(value)}",
            f"phải là danh sách [x, y], không phải {_shown(value)}",
        )
    if len(value) > MOST_POINTS:
        raise table.bad(field, f"more than {MOST_POINTS} points", f"có hơn {MOST_POINTS} điểm")
    found = tuple(Point(*numbers(2)(table, field, v)) for v in value)
    for p in found:
        if not (0 <= p.x <= 1 and 0 <= p.y <= 1):
            raise table.bad(
                field,
                f"the point ({p.x:g}, {p.y:g}) is outside the frame; coordinates are 0 to 1",
                f"điểm ({p.x:g}, {p.y:g}) nằm ngoài khung hình; toạ độ phải từ 0 đến 1",
            )
    return found


def polygon(table: Table, field: str, value: Any) -> Polygon:
    """A simple polygon inside the frame."""
    try:
        return Polygon(points(table, field, value))
    except ValueError as e:
        reason = str(e)
        vi = next((vi for en, vi in _POLYGON_REASONS.items() if reason.startswith(en)), reason)
        raise table.bad(field, reason, vi) from e


def line(table: Table, field: str, value: Any) -> tuple[Point, Point]:
    """Two different points inside the frame."""
    found = points(table, field, value)
    if len(found) != 2 or found[0] == found[1]:
        raise table.bad(field, "should be two different points", "phải gồm đúng hai điểm khác nhau")
    return found[0], found[1]


def direction(table: Table, field: str, value: Any) -> tuple[float, float]:
    """A direction on the picture that is not (0, 0)."""
    x, y = numbers(2)(table, field, value)
    if x == 0 and y == 0:
        raise table.bad(field, "has no length", "không có độ dài nên không chỉ hướng nào")
    return x, y


def box(table: Table, field: str, value: Any) -> Box:
    """``[x, y, width, height]`` inside the frame, larger than nothing."""
    x, y, w, h = numbers(4)(table, field, value)
    if not (x >= 0 and y >= 0 and w > 0 and h > 0 and x + w <= 1 + 1e-9 and y + h <= 1 + 1e-9):
        raise table.bad(
            field,
            f"[{x:g}, {y:g}, {w:g}, {h:g}] is no box inside the frame; write [x, y, width, height] from 0 to 1",
            f"[{x:g}, {y:g}, {w:g}, {h:g}] không nằm gọn trong khung hình; cần ghi [x, y, rộng, cao] từ 0 đến 1",
        )
    return Box(x, y, w, h)


def hours(table: Table, field: str, value: Any) -> tuple[Hours, ...]:
    """A list of ``"HH:MM-HH:MM"`` of the local day; ``24:00`` may end one; the end may be after midnight."""
    if not isinstance(value, (list, tuple)):
        raise table.bad(
            field,
            f'should be a list like ["05:00-07:00"], not {_shown(value)}',
            f'phải là danh sách như ["05:00-07:00"], không phải {_shown(value)}',
        )
    return tuple(_stretch(table, field, v) for v in value)


def _stretch(table: Table, field: str, value: Any) -> Hours:
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    bad = table.bad(
        field,
        f"{_shown(value)} is no stretch of the day like 05:00-07:00",
        f"{_shown(value)} không phải khung giờ như 05:00-07:00",
    )
    if match is None:
        raise bad
    a, b, c, d = (int(g) for g in match.groups())
    if a > 23 or b > 59 or d > 59 or c > 24 or (c == 24 and d > 0) or (a, b) == (c, d):
        raise bad
    return Hours(TimeOfDay(a, b), TimeOfDay(c % 24, d))


def _shown(value: Any) -> str:
    """The value as it may stand in a sentence: short."""
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
