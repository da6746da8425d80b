"""What went wrong with a message is read by an administrator: every sentence of the plug-ins has its Vietnamese."""

import ast
from pathlib import Path

import pytest

from matpho.casework.outgoing.reasons import GIVEN_UP, reason_said
from matpho.domain.words import NOTHING_SAID, Said

pytestmark = pytest.mark.unit

PLUGINS = sorted((Path(__file__).parents[4] / "src" / "matpho" / "plugins" / "notify").glob("*.py"))


def _text(node):
    """A sentence as it is built, 7 in each of its blanks; None for what is said elsewhere."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Subscript):
        return _text(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def said_by_plugins():
    for file in PLUGINS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DeliveryFailed":
                yield _text(node.args[0])
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") == "_why":
                yield _text(node.value)


SENTENCES = sorted({text for text in said_by_plugins() if text})


def test_the_plugins_were_read():
    assert {"answered 7", "not connected yet", "no connection: 7", "the broker cannot be reached: 7"} <= set(SENTENCES)


@pytest.mark.parametrize("text", [*SENTENCES, GIVEN_UP])
def test_each_sentence_has_its_vietnamese(text):
    said = reason_said(text)
    assert said.en == text
    assert said.vi not in (text, f"gặp lỗi {text}")


@pytest.mark.parametrize(
    ("en", "vi"),
    [
        ("answered 418", "trả lời mã 418"),
        ("no connection: All attempts failed", "không kết nối được: All attempts failed"),
        ("ZeroDivisionError", "gặp lỗi ZeroDivisionError"),
        ("what nobody said", "what nobody said"),
    ],
)
def test_what_is_theirs_stays_as_it_is(en, vi):
    assert reason_said(en) == Said(vi, en)


@pytest.mark.parametrize(
    ("en", "vi"),
    [
        ("answered 503", "nơi nhận đang ngừng phục vụ (mã 503)"),
        ("the server answered 535", "máy chủ thư từ chối tên hoặc mật khẩu (mã 535)"),
        ("no connection: Connection refused", "không kết nối được: máy kia từ chối kết nối"),
        ("no connection: certificate has expired", "không kết nối được: chứng thư đã hết hạn"),
        ("ConnectError: [Errno 111] Connection refused", "không kết nối được: máy kia từ chối kết nối"),
        ("gaierror: [Errno -2] Name or service not known", "không kết nối được: không tìm thấy máy nào có tên này"),
        (
            "the broker cannot be reached: [Errno 111] Connection refused",
            "không kết nối được máy chủ MQTT: máy kia từ chối kết nối",
        ),
        (
            "the broker cannot be reached: [code:134] Bad user name or password",
            "máy chủ MQTT từ chối tên hoặc mật khẩu (mã 134)",
        ),
    ],
)
def test_what_the_system_and_known_numbers_say_is_vietnamese(en, vi):
    assert reason_said(en) == Said(vi, en)


def test_nothing_is_nothing():
    assert reason_said("") == NOTHING_SAID
