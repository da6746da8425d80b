"""What is wrong with a text is said with its place, in Vietnamese and in the parser's own English."""

import json
import tomllib

import pytest

from matpho.domain.text_words import amiss

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "vi"),
    [
        ("port = ", "cuối tệp: giá trị không hợp lệ"),
        ("a = 1\nport 80", "dòng 2, cột 6: thiếu dấu = sau tên mục"),
        ("[web\n", "dòng 1, cột 5: thiếu dấu ] sau tên nhóm"),
        ('name = "Cho', "cuối tệp: chuỗi thiếu dấu nháy đóng"),
        ("a = 1 2", "dòng 1, cột 7: thừa chữ ở cuối dòng"),
        ("[a]\n[a]", "dòng 2, cột 3: nhóm này đã ghi ở trên"),
        ("a = 1\na = 2", "cuối tệp: mục này đã ghi ở trên"),
        ("a = [1", "cuối tệp: danh sách thiếu dấu ]"),
        ("\x00", "dòng 1, cột 1: không đọc được mục này"),
        ('a = "\\q"', "dòng 1, cột 8: dấu \\ trong chuỗi phải viết là \\\\"),
    ],
)
def test_toml(text, vi):
    with pytest.raises(tomllib.TOMLDecodeError) as raised:
        tomllib.loads(text)
    said = amiss(raised.value)
    assert (said.vi, said.en) == (vi, str(raised.value))


@pytest.mark.parametrize(
    ("text", "vi"),
    [
        ("", "dòng 1, cột 1: thiếu một giá trị"),
        ("{a", "dòng 1, cột 2: thiếu tên mục trong dấu nháy kép"),
        ("[1\n2]", "dòng 2, cột 1: thiếu dấu phẩy"),
        ('{"a" 1}', "dòng 1, cột 6: thiếu dấu hai chấm"),
        ("1 2", "dòng 1, cột 3: thừa chữ ở cuối"),
    ],
)
def test_json(text, vi):
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    said = amiss(raised.value)
    assert (said.vi, said.en) == (vi, str(raised.value))


def test_what_is_no_text_at_all_and_what_has_other_values():
    with pytest.raises(UnicodeDecodeError) as raised:
        b"\xff".decode()
    assert amiss(raised.value).vi == "không phải văn bản UTF-8"
    assert amiss(RecursionError("too deep")).vi == "lồng nhau quá nhiều tầng"
    assert amiss(KeyError("clip")).vi == 'thiếu "clip"'
    assert amiss(KeyError("clip")).en == '"clip" is missing'
    assert amiss(TypeError("7 is no str")).vi == "có giá trị không đúng kiểu"
    assert amiss(KeyError()).vi
