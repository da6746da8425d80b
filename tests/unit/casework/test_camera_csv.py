from dataclasses import replace
from datetime import date

import pytest

from matpho.casework.camera_csv import COLUMNS, Known, place_of, read, register_sheet, slug, template
from matpho.domain import address
from matpho.domain.camera import RecordMode
from matpho.errors import BadAddress, BadInput

pytestmark = pytest.mark.unit

NOBODY = Known(used=lambda _: False, places=frozenset())


def allowed(text):
    found = address.parse(text)
    if found.kind is not address.AddressKind.RTSP or found.host.startswith("127."):
        raise BadAddress("not here", "không được ở đây")


def sheet(text, known=NOBODY):
    return read(text if isinstance(text, bytes) else text.encode(), known, allowed)


def told(found):
    return [(p.line, p.column) for p in found.problems]


def filled(raw):
    """The template with a real camera in the place of its example."""
    return raw.replace(b"quantri:MAT_KHAU@192.168.1.64", b"xem:x@10.0.0.5")


def test_the_template_is_read_back_as_it_was_written():
    [row] = sheet(filled(template())).rows
    assert (row.camera.id, row.camera.name) == ("cong-cho", "Cổng chợ Hồng Gai")
    assert row.entry.sign_at == date(2026, 12, 1)
    assert row.entry.missing == ()
    assert row.camera.record is RecordMode.MAIN
    assert sheet(filled(template())).problems == ()


def test_the_template_s_example_never_becomes_a_camera():
    found = sheet(template())
    assert found.rows == ()
    assert told(found) == [(2, "Luồng chính")]
    assert "dòng ví dụ" in found.problems[0].said.vi


def test_the_register_is_written_with_the_template_s_headers_and_without_streams():
    [row] = sheet(filled(template())).rows
    camera = replace(row.camera, name="=1+1")
    first, second = register_sheet([(camera, row.entry)]).decode("utf-8-sig").splitlines()
    line = dict(zip(first.split(";"), second.split(";"), strict=True))
    assert line["Tên camera"] == "'=1+1", "no spreadsheet takes it for a formula"
    assert (line["Ngày gắn biển"], line["Thời hạn lưu (ngày)"], line["Chế độ ghi"]) == (
        "01/12/2026",
        "30",
        "luồng chính",
    )
    assert "rtsp" not in second
    assert set(line) | {"Luồng chính", "Luồng phụ"} == {names[0] for names in COLUMNS.values()}


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_write_is_read(mark, coding):
    rows = [
        ["TÊN CAMERA", "luong chinh", "Ngày lắp", "Chế độ ghi"],
        ["Ngõ 5", "rtsp://10.0.0.5/1", "2026-01-31", "Luồng phụ"],
    ]
    text = "\r\n".join(mark.join(row) for row in rows) + "\r\n"
    [row] = sheet(text.encode(coding)).rows
    assert (row.camera.id, row.camera.record, row.entry.installed_on) == ("ngo-5", RecordMode.SUB, date(2026, 1, 31))


def test_excels_own_separator_line_is_understood_and_counted():
    found = sheet("sep=;\r\nTên camera;Luồng chính\r\nMột;rtsp://10.0.0.5/1\r\nHai;ftp://x\r\n")
    assert [r.line for r in found.rows] == [3]
    assert told(found) == [(4, "Luồng chính")]


def test_every_error_is_told_by_line_and_column():
    text = (
        "Mã;Tên camera;Luồng chính;Luồng phụ;Ngày gắn biển;Chế độ ghi\n"
        "a;Một;rtsp://10.0.0.5/1;;31/02/2026;\n"
        "B B;Hai;http://10.0.0.5/;rtsp://127.0.0.1/2;;\n"
        "\n"
        "c;;rtsp://10.0.0.6/1;;;đôi khi\n"
        "d;Bốn;;;;\n"
    )
    found = sheet(text)
    assert found.rows == ()
    assert told(found) == [
        (2, "Ngày gắn biển"),
        (3, "Mã"),
        (3, "Luồng chính"),
        (3, "Luồng phụ"),
        (5, "Tên camera"),
        (5, "Chế độ ghi"),
        (6, "Luồng chính"),
    ]
    assert all(p.said.vi and p.said.en for p in found.problems)


def test_twins_are_found_in_the_file_and_among_those_in_service():
    text = (
        "id,name,main\n"
        "a,Một,rtsp://u:p@10.0.0.5/1\n"
        "a,Hai,rtsp://10.0.0.5:554/1\n"
        "cu,Ba,rtsp://10.0.0.7/1\n"
        "d,Bốn,rtsp://khac@10.0.0.9/x\n"
    )
    known = Known(used=lambda camera_id: camera_id == "cu", places=frozenset({place_of("rtsp://10.0.0.9/x")}))
    assert told(sheet(text, known)) == [(3, "id"), (3, "main"), (4, "id"), (5, "main")]


def test_columns_that_nobody_knows_or_that_are_missing_are_told_at_once():
    assert told(sheet("name,main,lương\nMột,rtsp://10.0.0.5/1,9\n")) == [(1, "lương")]
    assert told(sheet("name,maker\nMột,Hik\n")) == [(1, "Luồng chính")]
    assert told(sheet("name,tên,main\nMột,Hai,rtsp://10.0.0.5/1\n")) == [(1, "name"), (1, "tên")]


@pytest.mark.parametrize(
    "raw",
    [b"", b"name,main\n", "Tên,main\n".encode("cp1258", "replace") + b"\xff\n", b'name,main\n"a,b\n', b"x" * 600_000],
)
def test_what_is_no_table_of_cameras_is_refused_whole(raw):
    with pytest.raises(BadInput):
        sheet(raw)


def test_more_cells_than_headers_are_told():
    assert told(sheet("name,main\nMột,rtsp://10.0.0.5/1,thừa\n")) == [(2, "")]


def test_a_password_in_a_bad_address_is_not_repeated():
    [problem] = sheet("name,main\nMột,http://admin:hunter2@10.0.0.5/\n").problems
    assert "hunter2" not in f"{problem}"


def test_names_become_ids():
    assert slug("Đầu ngõ 12 – Lê Lợi") == "dau-ngo-12-le-loi"
    assert len(COLUMNS) == 18
