"""What is wrong with a text that should be TOML, JSON or UTF-8, in words for who has to correct it."""

import json
import re

from matpho.domain.words import Said

TOML = (
    ("Invalid value", "giá trị không hợp lệ"),
    ("Expected '=' after", "thiếu dấu = sau tên mục"),
    ("Expected ']", "thiếu dấu ] sau tên nhóm"),
    ("Expected newline or end of document", "thừa chữ ở cuối dòng"),
    ("Invalid statement", "không đọc được mục này"),
    ("Invalid initial character for a key", "thiếu tên mục"),
    ("Unterminated string", "chuỗi thiếu dấu nháy đóng"),
    ("Expected '\"'", "chuỗi thiếu dấu nháy đóng"),
    ("Unclosed array", "danh sách thiếu dấu ]"),
    ("Unclosed inline table", "nhóm thiếu dấu }"),
    ("Cannot overwrite a value", "mục này đã ghi ở trên"),
    ("Duplicate inline table key", "mục này đã ghi ở trên"),
    ("Cannot declare", "nhóm này đã ghi ở trên"),
    ("Cannot mutate immutable namespace", "nhóm này đã ghi ở trên"),
    ("Found invalid character", "có ký tự không hợp lệ"),
    ("Illegal character", "có ký tự không hợp lệ"),
    ("Unescaped '\\'", "dấu \\ trong chuỗi phải viết là \\\\"),
    ("Invalid date or datetime", "ngày giờ không hợp lệ"),
)
"""How tomllib's sentences begin → Vietnamese."""

JSON = (
    ("Expecting value", "thiếu một giá trị"),
    ("Expecting property name", "thiếu tên mục trong dấu nháy kép"),
    ("Expecting ',' delimiter", "thiếu dấu phẩy"),
    ("Expecting ':' delimiter", "thiếu dấu hai chấm"),
    ("Illegal trailing comma", "thừa dấu phẩy ở cuối"),
    ("Unterminated string", "chuỗi thiếu dấu nháy đóng"),
    ("Extra data", "thừa chữ ở cuối"),
    ("Invalid control character", "có ký tự không hợp lệ"),
    ("Invalid \\", "dấu \\ trong chuỗi không hợp lệ"),
    ("Unexpected UTF-8 BOM", "có dấu BOM ở đầu tệp"),
)
"""How the sentences of ``json`` begin → Vietnamese."""

_PLACE = re.compile(r"\((?:at line (\d+), column (\d+)|at end of document)\)$")


def amiss(error: Exception) -> Said:
    """What a parser, or whoever read the values after it, complains of, with the place where it is known."""
    if isinstance(error, json.JSONDecodeError):
        return Said(f"dòng {error.lineno}, cột {error.colno}: {_known(JSON, error.msg)}", str(error))
    en = str(error)
    if isinstance(error, UnicodeDecodeError):
        return Said("không phải văn bản UTF-8", en)
    if isinstance(error, RecursionError):
        return Said("lồng nhau quá nhiều tầng", en)
    if isinstance(error, KeyError):
        return Said(f'thiếu "{error.args[0]}"', f'"{error.args[0]}" is missing') if error.args else Said("thiếu", en)
    if found := _PLACE.search(en):
        place = f"dòng {found[1]}, cột {found[2]}" if found[1] else "cuối tệp"
        return Said(f"{place}: {_known(TOML, en[: found.start()].strip())}", en)
    return Said("có giá trị không đúng kiểu", en or "a value is not of the kind that belongs there")


def _known(table: tuple[tuple[str, str], ...], en: str) -> str:
    return next((vi for begin, vi in table if en.startswith(begin)), en)
