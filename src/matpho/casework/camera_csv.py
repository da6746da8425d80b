"""Cameras from a spreadsheet: read whole, every error told by line and column, nothing stored here.

What Excel writes is accepted: UTF-8 with its mark or UTF-16, commas, semicolons or tabs, a ``sep=`` line, Vietnamese or
English headers with or without their diacritics, days as 31/12/2026 or 2026-12-31.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matpho.casework.ports import Unit
from matpho.casework.spreadsheet import cell
from matpho.domain import address
from matpho.domain.camera import Camera, RecordMode
from matpho.domain.ids import CameraId
from matpho.domain.register import DAYS, LONGEST_DAYS, LONGEST_TEXT, TEXTS, RegisterEntry
from matpho.domain.words import Said
from matpho.errors import BadAddress, BadInput

MOST_ROWS = 500
MOST_BYTES = 512 * 1024
_EXAMPLE = "quantri:MAT_KHAU@192.168.1.64"
_SECRETS = ("main", "sub")
_ID = re.compile(r"[a-z0-9-]{1,40}")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("Mã", "id", "ma camera", "code"),
    "name": ("Tên camera", "name", "ten", "camera"),
    "main": ("Luồng chính", "main", "dia chi luong chinh", "rtsp", "main stream"),
    "sub": ("Luồng phụ", "sub", "dia chi luong phu", "sub stream"),
    "record": ("Chế độ ghi", "record", "ghi hinh"),
    "place": ("Nơi lắp", "place", "vi tri", "vi tri lap dat", "dia diem"),
    "purpose": ("Mục đích", "purpose", "muc dich su dung"),
    "sign_at": ("Ngày gắn biển", "sign_at", "ngay gan bien bao", "sign posted"),
    "retention_days": ("Thời hạn lưu (ngày)", "retention_days", "thoi han luu", "luu tru ngay", "retention"),
    "maker": ("Hãng", "maker", "hang san xuat", "manufacturer"),
    "model": ("Mẫu máy", "model", "kieu may"),
    "serial": ("Số sê-ri", "serial", "so seri", "so may", "serial number"),
    "firmware": ("Phiên bản phần mềm", "firmware"),
    "certificate": ("Số chứng nhận QCVN", "certificate", "chung nhan hop quy", "so chung nhan"),
    "certificate_until": ("Hạn chứng nhận", "certificate_until", "chung nhan den ngay"),
    "installed_on": ("Ngày lắp", "installed_on", "ngay lap dat"),
    "owner": ("Đơn vị quản lý", "owner", "chu so huu", "nguoi dong gop"),
    "warranty_until": ("Hạn bảo hành", "warranty_until", "bao hanh den ngay"),
}
"""Each field with the header of the template and what else it may be called."""

_RECORD = {
    "": RecordMode.MAIN,
    "main": RecordMode.MAIN,
    "luong chinh": RecordMode.MAIN,
    "sub": RecordMode.SUB,
    "luong phu": RecordMode.SUB,
    "on_incident": RecordMode.ON_INCIDENT,
    "on incident": RecordMode.ON_INCIDENT,
    "khi co vu viec": RecordMode.ON_INCIDENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvProblem:
    """What is wrong with one cell. ``line`` counts from 1 as the spreadsheet shows it; ``column`` is its header."""

    line: int
    column: str
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One camera that could be read, on its line."""

    line: int
    camera: Camera
    entry: RegisterEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSheet:
    """The whole file. It may be stored only when there are no problems."""

    rows: tuple[CsvRow, ...]
    problems: tuple[CsvProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is in service already: ids that were ever used, and stream places (see :func:`place_of`)."""

    used: Callable[[CameraId], bool]
    places: frozenset[str]


def known_of(unit: Unit) -> Known:
    """What is in service, from one view of the store."""
    used = frozenset(unit.cameras.names())
    streams = [text for camera in unit.cameras.all() for text in (camera.main, camera.sub) if text]
    return Known(used=lambda camera_id: camera_id in used, places=frozenset(place_of(text) for text in streams))


def template() -> bytes:
    """An empty file with headers and one example line, as Excel opens it."""
    example = {
        "id": "cong-cho",
        "name": "Cổng chợ Hồng Gai",
        "main": f"rtsp://{_EXAMPLE}:554/Streaming/Channels/101",
        "sub": f"rtsp://{_EXAMPLE}:554/Streaming/Channels/102",
        "record": "luồng chính",
        "place": "Cột điện số 12, đường Lê Thánh Tông",
        "purpose": "Giữ trật tự, vệ sinh khu chợ",
        "sign_at": "01/12/2026",
        "retention_days": "30",
    }
    return _written([names[0] for names in COLUMNS.values()], [[example.get(name, "") for name in COLUMNS]])


def register_sheet(cameras: Iterable[tuple[Camera, RegisterEntry]]) -> bytes:
    """The register with the template's headers, as Excel opens it; without streams, whose addresses hold logins."""
    fields = [name for name in COLUMNS if name not in _SECRETS]
    words = {RecordMode.MAIN: "luồng chính", RecordMode.SUB: "luồng phụ", RecordMode.ON_INCIDENT: "khi có vụ việc"}
    rows = []
    for camera, entry in cameras:
        own: dict[str, Any] = {"id": camera.id, "name": camera.name, "record": words[camera.record]}
        rows.append([_shown(own[name] if name in own else getattr(entry, name)) for name in fields])
    return _written([COLUMNS[name][0] for name in fields], rows)


def _shown(value: str | int | date | None) -> str:
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else cell(str(value))


def _written(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def folded(text: str) -> str:
    """Lower case, without diacritics and repeated spaces, so that headers are recognised however they are typed."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.sub(r"[\s:*]+", " ", plain.replace("đ", "d").replace("Đ", "D")).strip().lower()


_BY_HEADER = {folded(name): field for field, names in COLUMNS.items() for name in names}


def slug(name: str) -> str:
    """A camera's name as an id: ``Ngã ba chợ`` becomes ``nga-ba-cho``."""
    return re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:40].strip("-")


def place_of(text: str) -> str:
    """Where a stream is, whoever asks for it: what two addresses of one stream share. Raises BadAddress."""
    found = address.parse(text)
    if found.kind is address.AddressKind.FILE:
        return found.path
    return f"{found.host}:{found.port or 554}{found.path}"


def decoded(raw: bytes) -> str:
    """The text of the file. Raises BadInput saying how to save it."""
    if len(raw) > MOST_BYTES:
        raise BadInput("The file is too large.", "Tệp quá lớn.")
    try:
        return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as e:
        raise BadInput(
            "The file is not UTF-8. In Excel choose Save As, then “CSV UTF-8”.",
            "Tệp không phải UTF-8. Trong Excel hãy chọn Lưu thành (Save As), kiểu “CSV UTF-8”.",
        ) from e


def _records(text: str) -> list[tuple[int, list[str]]]:
    """The non-empty records with their first lines. Raises BadInput where quotes do not match."""
    told = re.match(r"sep=(.)\r?\n", text)
    body = text[told.end() :] if told else text
    first = body.partition("\n")[0]
    mark = told[1] if told else max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True)
    records, line = [], 1 if told else 0
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append((line + 1, [cell.strip() for cell in record]))
            line = reader.line_num + (1 if told else 0)
    except csv.Error as e:
        raise BadInput(
            f"Line {line + 1} cannot be read: quotation marks do not match.",
            f"Không đọc được dòng {line + 1}: dấu nháy kép không khớp.",
        ) from e
    return records


def read(raw: bytes, known: Known, allowed: Callable[[str], None]) -> CsvSheet:
    """Read the whole file; ``allowed`` raises BadAddress for an address that may not be a camera's.

    Raises BadInput when it is no table of cameras at all.
    """
    records = _records(decoded(raw))
    if len(records) < 2:
        raise BadInput("The file has no cameras in it.", "Tệp chưa có camera nào.")
    if len(records) - 1 > MOST_ROWS:
        raise BadInput(f"More than {MOST_ROWS} cameras in one file.", f"Một tệp chỉ nhận tối đa {MOST_ROWS} camera.")
    (line, headers), *body = records
    problems = list(_header_problems(line, headers))
    fields = [_BY_HEADER.get(folded(header)) for header in headers]
    if problems:
        return CsvSheet(rows=(), problems=tuple(problems))
    shown = {field: header for field, header in zip(fields, headers, strict=True) if field}
    rows: list[CsvRow] = []
    for number, cells in body:
        row = _Row(number, shown, dict(zip((f or "" for f in fields), cells, strict=False)))
        if len(cells) > len(headers) and any(cells[len(headers) :]):
            row.bad("", "có nhiều ô hơn hàng tiêu đề", "more cells than the header row")
        camera, entry = row.camera(allowed), row.entry()
        problems += row.problems
        if not row.problems:
            rows.append(CsvRow(line=number, camera=camera, entry=entry))
    problems += _duplicates(rows, shown, known)
    return CsvSheet(rows=tuple(rows), problems=tuple(sorted(problems, key=lambda p: p.line)))


def _header_problems(line: int, headers: Sequence[str]) -> Iterable[CsvProblem]:
    fields = [_BY_HEADER.get(folded(header)) for header in headers]
    for header, field in zip(headers, fields, strict=True):
        if field is None and header:
            said = Said(f"không rõ cột “{header}” là gì", f"unknown column “{header}”")
            yield CsvProblem(line=line, column=header, said=said)
        elif field and fields.count(field) > 1:
            said = Said(f"cột “{header}” bị lặp", f"the column “{header}” is there twice")
            yield CsvProblem(line=line, column=header, said=said)
    for need in ("name", "main"):
        if need not in fields:
            name = COLUMNS[need][0]
            yield CsvProblem(
                line=line, column=name, said=Said(f"thiếu cột “{name}”", f"the column “{need}” is missing")
            )


class _Row:
    """One line being read; what is wrong with it gathers in ``problems``."""

    def __init__(self, line: int, shown: Mapping[str, str], cells: Mapping[str, str]) -> None:
        self.line, self.problems = line, list[CsvProblem]()
        self._shown, self._cells = shown, cells

    def bad(self, field: str, vi: str, en: str) -> None:
        """Note a problem of a field."""
        self.problems.append(CsvProblem(line=self.line, column=self._shown.get(field, field), said=Said(vi, en)))

    def _text(self, field: str, longest: int = LONGEST_TEXT) -> str:
        value = self._cells.get(field, "")
        if len(value) > longest:
            self.bad(field, f"dài quá {longest} ký tự", f"longer than {longest} characters")
        if any(not c.isprintable() for c in value):
            self.bad(field, "có ký tự xuống dòng hoặc ký tự điều khiển", "holds a line break or control characters")
        return value

    def _address(self, field: str, allowed: Callable[[str], None]) -> str | None:
        value = self._cells.get(field, "")
        if not value:
            return None
        try:
            allowed(value)
        except BadAddress as e:
            self.bad(field, e.vi, e.en)
        return value

    def camera(self, allowed: Callable[[str], None]) -> Camera:
        """The camera of this line."""
        name = self._text("name", 120)
        found = self._cells.get("id", "") or slug(name)
        if not name:
            self.bad("name", "còn thiếu tên", "the name is missing")
        elif not _ID.fullmatch(found):
            self.bad("id", "mã chỉ gồm 1 đến 40 ký tự a-z, 0-9 và dấu -", "an id has 1 to 40 of a-z, 0-9 and -")
        record = _RECORD.get(folded(self._cells.get("record", "")))
        if record is None:
            self.bad("record", "ghi “luồng chính”, “luồng phụ” hoặc “khi có vụ việc”", "write main, sub or on_incident")
        main, sub = self._address("main", allowed), self._address("sub", allowed)
        if main is None and sub is None:
            self.bad("main", "còn thiếu địa chỉ luồng", "the stream address is missing")
        if any(_EXAMPLE in (text or "") for text in (main, sub)):
            said = "đây là dòng ví dụ của bảng mẫu, hãy xoá hoặc điền camera thật"
            self.bad("main", said, "this is the template's example: delete it, or enter a real camera")
        return Camera(id=CameraId(found), name=name, main=main, sub=sub, record=record or RecordMode.MAIN)

    def entry(self) -> RegisterEntry:
        """What the line says for the register."""
        values: dict[str, Any] = {name: self._text(name) for name in TEXTS}
        values |= {name: self._day(name) for name in DAYS}
        return RegisterEntry(**values, retention_days=self._days("retention_days"))

    def _days(self, field: str) -> int | None:
        value = self._cells.get(field, "")
        if not value:
            return None
        if value.isascii() and value.isdecimal() and 1 <= int(value[:9]) <= LONGEST_DAYS:
            return int(value)
        self.bad(field, f"ghi số ngày, từ 1 đến {LONGEST_DAYS}", f"write a number of days, 1 to {LONGEST_DAYS}")
        return None

    def _day(self, field: str) -> date | None:
        value = self._cells.get(field, "")
        if not value:
            return None
        try:
            found = _DAY.fullmatch(value)
            return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(value)
        except ValueError:
            self.bad(field, "ngày phải viết như 31/12/2026", "a day is written like 31/12/2026 or 2026-12-31")
            return None


def _duplicates(rows: Sequence[CsvRow], shown: Mapping[str, str], known: Known) -> Iterable[CsvProblem]:
    ids: dict[str, int] = {}
    places: dict[str, int] = {}
    for row in rows:
        for column, key, seen, used, vi, en in (
            ("id", row.camera.id, ids, known.used(row.camera.id), "mã", "id"),
            *(
                (field, place, places, place in known.places, "luồng", "stream")
                for field in ("main", "sub")
                if (text := getattr(row.camera, field)) and (place := place_of(text))
            ),
        ):
            name = shown.get(column, COLUMNS[column][0])
            if used:
                yield CsvProblem(
                    line=row.line, column=name, said=Said(f"{vi} này đã được dùng", f"this {en} is in use already")
                )
            elif key in seen:
                where = seen[key]
                said = Said(f"{vi} này trùng với dòng {where}", f"this {en} is the same as on line {where}")
                yield CsvProblem(line=row.line, column=name, said=said)
            seen.setdefault(key, row.line)
