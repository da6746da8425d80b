"""What SQLite or PostgreSQL says when it refuses, in the words of who has to mend it.

Codes: sqlite.org/rescode.html (primary result codes), and PostgreSQL's appendix A (SQLSTATE).
"""

import re
import sqlite3
from collections.abc import Mapping

from matpho.domain.system_words import because, because_before
from matpho.domain.words import Said

BY_RESULT: Mapping[int, str] = {
    sqlite3.SQLITE_BUSY: "cơ sở dữ liệu đang bị chương trình khác giữ",
    sqlite3.SQLITE_LOCKED: "cơ sở dữ liệu đang bị chương trình khác giữ",
    sqlite3.SQLITE_NOMEM: "máy hết bộ nhớ",
    sqlite3.SQLITE_READONLY: "cơ sở dữ liệu chỉ cho đọc, không cho ghi",
    sqlite3.SQLITE_IOERR: "ổ đĩa báo lỗi đọc ghi",
    sqlite3.SQLITE_CORRUPT: "tệp cơ sở dữ liệu bị hỏng",
    sqlite3.SQLITE_FULL: "ổ đĩa đã đầy",
    sqlite3.SQLITE_CANTOPEN: "không mở được tệp cơ sở dữ liệu",
    sqlite3.SQLITE_NOTADB: "tệp không phải cơ sở dữ liệu SQLite",
}
"""SQLite's primary result code → Vietnamese."""

_LOGIN = "máy chủ cơ sở dữ liệu từ chối tên hoặc mật khẩu"
_UNKNOWN = "máy chủ không có cơ sở dữ liệu tên này"
_CROWDED = "máy chủ cơ sở dữ liệu đã đủ số kết nối"
_ENDS = "máy chủ cơ sở dữ liệu đang tắt"
_BEGINS = "máy chủ cơ sở dữ liệu đang khởi động"
NO_RIGHT = "42501"

BY_STATE: Mapping[str, str] = {
    "28000": _LOGIN,
    "28P01": _LOGIN,
    "3D000": _UNKNOWN,
    NO_RIGHT: "tài khoản này không có quyền tạo bảng hoặc ghi trong cơ sở dữ liệu",
    "53100": "ổ đĩa của máy chủ cơ sở dữ liệu đã đầy",
    "53300": _CROWDED,
    "57P01": _ENDS,
    "57P03": _BEGINS,
}
"""PostgreSQL's SQLSTATE → Vietnamese, of an open connection."""

ON_CONNECTING: Mapping[str, str] = {
    r"database \S+ does not exist": _UNKNOWN,
    r"authentication failed|no password supplied|role \S+ does not exist|no pg_hba\.conf entry": _LOGIN,
    r"too many (connections|clients)|remaining connection slots": _CROWDED,
    r"is starting up": _BEGINS,
    r"is shutting down": _ENDS,
    r"on socket .* failed: (No such file or directory|Connection refused)": "không có máy chủ cơ sở dữ liệu nào chạy "
    "trên máy này",
}
"""What libpq says of a connection that was refused, where it does not pass the SQLSTATE on → Vietnamese."""


def said_by_database(error: BaseException) -> Said:
    """Why a database refused; the first line of its own text in English, without statement and parameters."""
    if isinstance(error, OSError):
        return because(error)
    error = getattr(error, "orig", None) or error  # SQLAlchemy wraps it
    en = next(iter(str(error).splitlines()), "") or type(error).__name__
    result = getattr(error, "sqlite_errorcode", None)
    known = (
        BY_RESULT.get(result & 0xFF if isinstance(result, int) else -1)
        or BY_STATE.get(state_of(error) or "")
        or next((vi for pattern, vi in ON_CONNECTING.items() if re.search(pattern, en)), None)
        or because_before(en.rpartition(": ")[2])  # "connection to server at … failed: Connection refused"
    )
    return Said(known or f"lỗi cơ sở dữ liệu ({en})", en)


def state_of(error: BaseException) -> str | None:
    """PostgreSQL's SQLSTATE of an error, where there is one."""
    state = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return state if isinstance(state, str) else None
