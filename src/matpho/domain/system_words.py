"""What the operating system and its network say when they refuse, in the words of who has to mend it.

The English half is the system's own sentence, by which help is found elsewhere; the Vietnamese half is what a
technician would say. Numbers: errno(3), getaddrinfo(3), and OpenSSL's X509_V_ERR_* (``x509_vfy.h``).
"""

import errno
import os
import re
import socket
from collections.abc import Mapping
from typing import TypeVar

from matpho.domain.words import Said
from matpho.errors import MatphoError

Problem = TypeVar("Problem", bound=MatphoError)

_NO_ANSWER = "quá thời gian chờ mà máy kia không trả lời"

BY_ERRNO: Mapping[int, str] = {
    # disks and files
    errno.ENOSPC: "ổ đĩa đã đầy",
    errno.EDQUOT: "hết hạn mức ổ đĩa",
    errno.EROFS: "ổ đĩa đang ở chế độ chỉ đọc",
    errno.EIO: "ổ đĩa báo lỗi đọc ghi",
    errno.EUCLEAN: "hệ thống tệp trên ổ đĩa bị hỏng, cần kiểm tra bằng fsck",
    errno.ESTALE: "ổ đĩa mạng đã mất kết nối",
    errno.ENOMEDIUM: "trong ổ không có thẻ hay đĩa",
    errno.ENODEV: "không có thiết bị này",
    errno.ENXIO: "thiết bị không có ở đó hoặc đã bị rút ra",
    errno.EACCES: "không có quyền",
    errno.EPERM: "hệ thống không cho phép",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.ENOTDIR: "một phần của đường dẫn không phải là thư mục",
    errno.EISDIR: "đó là thư mục, không phải tệp",
    errno.EEXIST: "đã có tệp hoặc thư mục cùng tên",
    errno.ENOTEMPTY: "thư mục không trống",
    errno.ENAMETOOLONG: "tên tệp quá dài",
    errno.EILSEQ: "tên tệp có ký tự mà ổ đĩa không nhận",
    errno.ELOOP: "liên kết trỏ vòng tròn",
    errno.EXDEV: "hai nơi nằm trên hai ổ đĩa khác nhau",
    errno.EFBIG: "tệp lớn hơn mức ổ đĩa cho phép",
    errno.EBUSY: "đang bị chương trình khác dùng",
    errno.ETXTBSY: "tệp chương trình đang chạy nên không ghi đè được",
    errno.EMFILE: "chương trình đã mở quá nhiều tệp",
    errno.ENFILE: "cả máy đã mở quá nhiều tệp",
    errno.EAGAIN: "đang bận, hãy thử lại",
    errno.EINVAL: "hệ thống không nhận giá trị này",
    errno.EOPNOTSUPP: "ổ đĩa hoặc hệ thống không hỗ trợ việc này",
    errno.ENOMEM: "máy hết bộ nhớ",
    # the network
    errno.ECONNREFUSED: "máy kia từ chối kết nối",
    errno.ECONNRESET: "máy kia đột ngột ngắt kết nối",
    errno.ECONNABORTED: "kết nối bị ngắt giữa chừng",
    errno.EPIPE: "bên nhận đã đóng kết nối",
    errno.ENOTCONN: "chưa có kết nối",
    errno.ETIMEDOUT: _NO_ANSWER,
    errno.EHOSTUNREACH: "không có đường mạng tới máy kia",
    errno.EHOSTDOWN: "máy kia đang tắt",
    errno.ENETUNREACH: "máy này không có đường mạng tới đó",
    errno.ENETDOWN: "cổng mạng của máy này đang tắt",
    errno.EADDRINUSE: "cổng này đang có chương trình khác dùng",
    errno.EADDRNOTAVAIL: "địa chỉ này không phải của máy này",
    errno.EAFNOSUPPORT: "máy này không dùng loại địa chỉ mạng này",
}
"""errno → Vietnamese."""

BY_LOOK_UP: Mapping[int, str] = {
    socket.EAI_NONAME: "không tìm thấy máy nào có tên này",
    socket.EAI_NODATA: "tên này chưa có địa chỉ mạng",
    socket.EAI_AGAIN: "máy chủ tên miền (DNS) chưa trả lời, hãy thử lại",
    socket.EAI_FAIL: "máy chủ tên miền (DNS) báo lỗi",
    socket.EAI_FAMILY: "máy này không dùng loại địa chỉ mạng này",
    socket.EAI_ADDRFAMILY: "tên này không có loại địa chỉ mạng cần dùng",
    socket.EAI_SERVICE: "không có cổng hoặc dịch vụ này",
}
"""Code of ``getaddrinfo`` → Vietnamese."""

BY_CERTIFICATE: Mapping[int, Said] = {
    9: Said("chứng thư chưa đến ngày có hiệu lực: hãy xem lại đồng hồ của hai máy", "certificate is not yet valid"),
    10: Said("chứng thư đã hết hạn", "certificate has expired"),
    18: Said("chứng thư tự ký, chưa được tin cậy", "self-signed certificate"),
    19: Said("nơi cấp chứng thư chưa được tin cậy", "self-signed certificate in certificate chain"),
    20: Said("không rõ nơi cấp chứng thư", "unable to get local issuer certificate"),
    21: Said("không kiểm được chứng thư đến nơi cấp", "unable to verify the first certificate"),
    23: Said("chứng thư đã bị thu hồi", "certificate revoked"),
    62: Said("chứng thư không cấp cho tên này", "Hostname mismatch"),
    64: Said("chứng thư không cấp cho địa chỉ này", "IP address mismatch"),
}
"""OpenSSL's reason why a certificate is not accepted → what to say; its own text may go on with a name."""

BY_TEXT: Mapping[str, str] = {
    "timed out": _NO_ANSWER,
    "The read operation timed out": _NO_ANSWER,
    "The handshake operation timed out": _NO_ANSWER,
    "Operation timed out": _NO_ANSWER,
    "Connection unexpectedly closed": "máy kia đột ngột ngắt kết nối",
    "Server not connected": "chưa có kết nối",
    "wrong version number": "cổng này của máy kia không mã hoá (TLS)",
    "http request": "cổng này của máy kia không mã hoá (TLS)",
    "unexpected eof while reading": "máy kia ngắt kết nối giữa lúc mã hoá (TLS)",
    "EOF occurred in violation of protocol": "máy kia ngắt kết nối giữa lúc mã hoá (TLS)",
    "unsupported protocol": "hai máy không có chung phiên bản mã hoá (TLS)",
    "tlsv1 alert protocol version": "hai máy không có chung phiên bản mã hoá (TLS)",
    "sslv3 alert handshake failure": "hai máy không thống nhất được cách mã hoá (TLS)",
    "ssl/tls alert handshake failure": "hai máy không thống nhất được cách mã hoá (TLS)",
    "tlsv1 alert unknown ca": "máy kia không tin chứng thư của máy này",
    "Invalid data found when processing input": "dữ liệu hình bị hỏng hoặc không đúng định dạng",
    "End of file": "tệp bị cụt",
}
"""What has no number, or one that only a library knows: its English → Vietnamese."""

_LATE = "timed out"
_NUMBERED = re.compile(r"\[Errno (-?\d+)\] ([^:\n]*)")
_OF_TLS = re.compile(r"(?:\[[^\]]*\] )?(?:certificate verify failed: )?(.*?)(?: \(_ssl\.c:\d+\))?", re.DOTALL)
_OF_LOOK_UP = {
    "Name or service not known": BY_LOOK_UP[socket.EAI_NONAME],
    "No address associated with hostname": BY_LOOK_UP[socket.EAI_NODATA],
    "Temporary failure in name resolution": BY_LOOK_UP[socket.EAI_AGAIN],
}
_ALONE = {**BY_TEXT, **{os.strerror(number): vi for number, vi in BY_ERRNO.items()}, **_OF_LOOK_UP}


_CERTIFICATES = sorted(BY_CERTIFICATE.values(), key=lambda c: -len(c.en))  # a longer text may begin as a shorter one


def because(error: BaseException) -> Said:
    """Why the system refused. Where a library wraps the system's own error in one of its own, the system's is told.

    What is in no table keeps its English text in both halves; the Vietnamese one says that it is the system's.
    """
    inner: BaseException | None = error
    while inner is not None:
        if said := _of_system(inner):
            return said
        inner = inner.__cause__ or inner.__context__  # httpcore raises on with "from None"
    late = isinstance(error, TimeoutError)
    en = str(error).strip() or (_LATE if late else type(error).__name__)
    return Said(because_before(_LATE if late else en) or f"lỗi hệ thống ({en})", en)


def because_before(en: str) -> str:
    """The Vietnamese half for an English one that was kept alone; empty where no table has it."""
    if found := _NUMBERED.search(en):
        return _vietnamese(int(found[1]), found[2].strip()) or ""
    inner = _OF_TLS.fullmatch(en)
    text = inner[1] if inner else en
    return _ALONE.get(text) or next((c.vi for c in _CERTIFICATES if text.startswith(c.en)), "")


def not_read(kind: type[Problem], what: object, error: BaseException) -> Problem:
    """An error of ours for a file or folder that the system does not let us read."""
    return _saying(kind, what, "không đọc được", "cannot be read", error)


def not_written(kind: type[Problem], what: object, error: BaseException) -> Problem:
    """An error of ours for a file or folder that the system does not let us write."""
    return _saying(kind, what, "không ghi được", "cannot be written", error)


def not_made(kind: type[Problem], what: object, error: BaseException) -> Problem:
    """An error of ours for a folder that the system does not let us make."""
    return _saying(kind, what, "không tạo được", "cannot be made", error)


def _saying(kind: type[Problem], what: object, vi: str, en: str, error: BaseException) -> Problem:
    why = because(error)
    return kind(f"{what} {en}: {why.en}", f"{vi} {what}: {why.vi}")


def _of_system(error: BaseException) -> Said | None:
    """What the system numbers: OSError and FFmpeg's errors by errno, look-ups, TLS."""
    if type(error).__module__ == "ssl":  # not imported here: the supervisor is small
        return _of_tls(error)
    number, text = getattr(error, "errno", None), getattr(error, "strerror", None)
    if not isinstance(number, int):
        return None
    if number in BY_ERRNO:
        return Said(BY_ERRNO[number], os.strerror(number))  # asyncio writes another text of its own
    en = text or os.strerror(number)
    return Said(_vietnamese(number, en) or f"lỗi hệ thống số {number} ({en})", en)


def _vietnamese(number: int, text: str) -> str | None:
    return (BY_LOOK_UP if number < 0 else BY_ERRNO).get(number) or BY_TEXT.get(text)


def _of_tls(error: BaseException) -> Said:
    """Without OpenSSL's names and places: ``[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)``."""
    if isinstance(code := getattr(error, "verify_code", None), int):
        en = getattr(error, "verify_message", "") or "certificate verify failed"
        known = BY_CERTIFICATE.get(code)
        return Said(known.vi if known else f"chứng thư không được chấp nhận ({en})", en)
    found = _OF_TLS.fullmatch(str(error))
    en = (found[1] if found else "") or type(error).__name__
    return Said(BY_TEXT.get(en) or f"không mã hoá được đường truyền ({en})", en)
