"""Why the system refuses is said in Vietnamese, and in the system's own English; what is unknown is said to be so."""

import errno
import os
import re
import socket
import ssl
import threading

import pytest

from matpho.domain.system_words import (
    BY_CERTIFICATE,
    BY_ERRNO,
    BY_LOOK_UP,
    BY_TEXT,
    because,
    because_before,
    not_made,
    not_read,
    not_written,
)
from matpho.domain.words import Said
from matpho.errors import BadInput, StorageProblem

pytestmark = pytest.mark.unit

VIETNAMESE = re.compile(r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")


@pytest.mark.parametrize("number", BY_ERRNO, ids=errno.errorcode.get)
def test_each_number_of_the_system_has_both_halves(number):
    said = because(OSError(number, os.strerror(number)))
    assert said.en == os.strerror(number)
    assert VIETNAMESE.search(said.vi)
    assert because_before(said.en) == said.vi, "a row that kept its English reads the same"
    assert because_before(f"[Errno {number}] {said.en}: '/a/b'") == said.vi


@pytest.mark.parametrize("table", [BY_LOOK_UP, BY_TEXT])
def test_each_other_word_is_vietnamese(table):
    assert all(VIETNAMESE.search(vi) for vi in table.values())


@pytest.mark.parametrize("said", BY_CERTIFICATE.values(), ids=lambda said: said.en)
def test_a_certificate_that_was_refused_is_told_from_its_english_too(said):
    assert VIETNAMESE.search(said.vi)
    assert because_before(said.en) == said.vi
    told = f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {said.en} (_ssl.c:1006)"
    assert because_before(told) == said.vi


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.ECONNREFUSED, errno.EMFILE])
def test_what_a_library_wraps_is_what_the_system_said(number):
    inner = OSError(number, os.strerror(number))
    outer = RuntimeError("all attempts failed")
    outer.__cause__ = inner
    assert because(outer) == because(inner)


def test_what_is_in_no_table_keeps_the_systems_text_in_both_halves():
    assert because(OSError(9999, "Odd air")) == Said("lỗi hệ thống số 9999 (Odd air)", "Odd air")
    assert because(OSError("odd")) == Said("lỗi hệ thống (odd)", "odd")
    assert because_before("odd") == ""
    assert because_before("[Errno 9999] odd") == ""


def test_a_time_that_is_up_is_no_answer():
    assert because(TimeoutError()) == Said("quá thời gian chờ mà máy kia không trả lời", "timed out")
    assert because(TimeoutError("within 5 s")).vi == because(TimeoutError()).vi


def failing(call):
    """What the system really raises."""
    with pytest.raises(OSError) as raised:  # noqa: PT011 - what it says is looked at by the caller
        call()
    return because(raised.value)


def test_what_the_system_itself_raises(tmp_path):
    file = tmp_path / "file"
    file.write_text("x", "ascii")
    assert failing((tmp_path / "none").read_text).vi == "không có tệp hoặc thư mục này"
    assert failing((file / "inside").read_text).vi == "một phần của đường dẫn không phải là thư mục"
    assert failing(tmp_path.read_text).vi == "đó là thư mục, không phải tệp"
    assert failing(file.mkdir).vi == "đã có tệp hoặc thư mục cùng tên"
    assert failing((tmp_path / ("a" * 300)).read_text).vi == "tên tệp quá dài"
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 - no Path opens it unbuffered in one word
        assert failing(lambda: full.write(b"x")) == Said("ổ đĩa đã đầy", "No space left on device")


def test_what_the_network_itself_raises():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = taken.getsockname()
        assert failing(lambda: socket.create_server(place)).vi == "cổng này đang có chương trình khác dùng"
    assert failing(lambda: socket.create_connection(place)).vi == "máy kia từ chối kết nối"
    assert failing(lambda: socket.create_server(("192.0.2.1", 0))).vi == "địa chỉ này không phải của máy này"
    unknown = failing(lambda: socket.getaddrinfo("no-such-host.invalid", 1))
    assert unknown.vi in BY_LOOK_UP.values()


def test_a_port_without_encryption_and_a_server_that_hangs_up():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def answer(line):
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(line)

        def encrypted():
            with socket.create_connection(server.getsockname(), 10) as plain:
                ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")

        for line, vi in (
            (b"RTSP/1.0 400 Bad Request\r\n\r\n", "cổng này của máy kia không mã hoá (TLS)"),
            (b"", "máy kia ngắt kết nối giữa lúc mã hoá (TLS)"),
        ):
            other = threading.Thread(target=answer, args=(line,))
            other.start()
            said = failing(encrypted)
            other.join()
            assert said.vi in (vi, BY_ERRNO[errno.ECONNRESET]), said
            assert "_ssl.c" not in said.en


def test_errors_of_ours_name_the_file_in_both_languages():
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    error = not_written(StorageProblem, "/r/a.mp4", full)
    assert type(error) is StorageProblem
    assert (error.vi, error.en) == (
        "không ghi được /r/a.mp4: ổ đĩa đã đầy",
        "/r/a.mp4 cannot be written: No space left on device",
    )
    assert not_read(BadInput, "a", full).vi == "không đọc được a: ổ đĩa đã đầy"
    assert not_made(BadInput, "a", full).vi == "không tạo được a: ổ đĩa đã đầy"
