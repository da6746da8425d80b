"""When a file from a camera's card begins, as its name or its header tells: cheap cameras agree on nothing.

Names carry the time of the camera's display, which is local time; the header's ``creation_time`` is UTC by ISO/IEC
14496-12 (8.2.2). Names go first: they are what people see, and many cameras write local time into the header as UTC.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from matpho.domain.time import SECOND, Instant

_OLDEST = datetime(2010, 1, 1, tzinfo=UTC).timestamp()  # earlier: a clock that was never set

_DATE = r"(?P<y>20\d\d)[-_./]?(?P<mo>0[1-9]|1[0-2])[-_./]?(?P<d>0[1-9]|[12]\d|3[01])"
_TIME = r"(?P<h>[01]\d|2[0-3])[-_.:]?(?P<mi>[0-5]\d)[-_.:]?(?P<s>[0-5]\d)"
_FULL = re.compile(rf"(?<!\d){_DATE}[-_ T.@]{{0,3}}{_TIME}(?!\d)")
_EPOCH = re.compile(r"(?<!\d)(?P<epoch>1[3-9]\d{8})(?!\d)")  # Xiaomi: 2026112408/30M00S_1795509000.mp4
_XIAOMI = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<mo>\d\d)(?P<d>\d\d)(?P<h>\d\d)/(?P<mi>\d\d)M(?P<s>\d\d)S")
_YI = re.compile(r"(?P<y>20\d\d)Y(?P<mo>\d\d)M(?P<d>\d\d)D(?P<h>\d\d)H/E?\d*?(?P<mi>\d\d)M(?P<s>\d\d)S")
_FOLDERS = re.compile(rf"(?<!\d){_DATE}(?!\d)[^:]*/[^/]*?(?<!\d){_TIME}(?!\d)")  # Dahua: 2026-11-24/001/…/08.30.00-…

_PATTERNS: tuple[tuple[str, re.Pattern[str], int], ...] = (  # how many last parts of the path are looked at
    ("name", _FULL, 1),
    ("name", _EPOCH, 1),
    ("name", _XIAOMI, 2),
    ("name", _YI, 2),
    ("folder and name", _FOLDERS, 6),
)


@dataclass(frozen=True, slots=True)
class FileTime:
    """When a file begins, and what said so: ``name``, ``folder and name``, ``header`` or ``given``."""

    start: Instant
    told_by: str


def file_time(path: Path, local: tzinfo, header: Callable[[], str | None]) -> FileTime | None:
    """When a file begins; None when neither its path nor its header (asked only then) tells a time to believe."""
    for told_by, pattern, depth in _PATTERNS:
        text = "/".join(path.parts[-depth:])
        found = pattern.search(text)
        at = found and _instant(found.groupdict(), local)
        if at:
            return FileTime(at, told_by)
    told = header()
    at = _of_header(told) if told else None
    return FileTime(at, "header") if at else None


def _instant(parts: dict[str, str], local: tzinfo) -> Instant | None:
    if "epoch" in parts:
        return Instant(int(parts["epoch"]) * SECOND)
    try:
        stamp = datetime(*(int(parts[k]) for k in ("y", "mo", "d", "h", "mi", "s")), tzinfo=local)  # type: ignore[misc, arg-type]
    except ValueError:
        return None
    return _believed(stamp)


def _of_header(text: str) -> Instant | None:
    try:
        stamp = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return _believed(stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC))


def _believed(stamp: datetime) -> Instant | None:
    at = stamp.timestamp()
    return Instant(int(at) * SECOND + stamp.microsecond * 1000) if at >= _OLDEST else None
