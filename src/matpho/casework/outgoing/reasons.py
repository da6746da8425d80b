"""Why a target did not take a message, in both languages: rows keep what the plug-in said, read here by the desk.

A plug-in speaks English, as the programs at the other end do. What of it the system said, or a number that every
technician meets, is told in Vietnamese too; what only the other end understands stays as it is in both.
"""

import re

from matpho.domain.system_words import because_before
from matpho.domain.words import NOTHING_SAID, Said

GIVEN_UP = "given up for newer ones: too many are waiting"
_HTTP = {
    "401": "nơi nhận đòi đăng nhập",
    "403": "nơi nhận không cho phép",
    "404": "nơi nhận không có địa chỉ này",
    "410": "nơi nhận không còn dùng địa chỉ này",
    "413": "nơi nhận báo tin quá dài",
    "429": "nơi nhận báo gửi quá nhiều",
    "500": "nơi nhận gặp lỗi bên trong",
    "502": "nơi nhận đang ngừng phục vụ",
    "503": "nơi nhận đang ngừng phục vụ",
    "504": "nơi nhận đang ngừng phục vụ",
}
"""Status of HTTP (RFC 9110) → Vietnamese."""
_SMTP = {
    "421": "máy chủ thư đang bận",
    "450": "hộp thư người nhận đang bận",
    "451": "máy chủ thư tạm thời không nhận được",
    "452": "máy chủ thư hết chỗ",
    "535": "máy chủ thư từ chối tên hoặc mật khẩu",
    "550": "máy chủ thư không có người nhận này hoặc không cho gửi",
    "552": "hộp thư người nhận đã đầy",
    "554": "máy chủ thư không nhận thư này",
}
"""Code of SMTP (RFC 5321, RFC 4954) → Vietnamese."""
_SENTENCES = (
    (r"no answer within (\S+) s", r"không trả lời trong \1 giây"),
    (r"(\S+) has no address", r"không tìm được địa chỉ của \1"),
    (r"(\S+) is not in a network that the setting allows", r"\1 không thuộc mạng mà thiết lập cho phép"),
    (r"recipients refused \((.*)\)", r"máy chủ thư từ chối người nhận (\1)"),
    (r"(\S+) of (\S+) recipients refused", r"máy chủ thư từ chối \1 trong \2 người nhận"),
    (r"not connected yet", r"chưa kết nối"),
    (r".*\[code:(4|134)\].*", r"máy chủ MQTT từ chối tên hoặc mật khẩu (mã \1)"),
    (r".*\[code:(5|135)\].*", r"máy chủ MQTT không cho phép tài khoản này (mã \1)"),
    (r".*\[code:(3|136|137)\].*", r"máy chủ MQTT đang ngừng phục vụ (mã \1)"),
    (r".*\[code:7\].*", r"máy chủ MQTT đã ngắt kết nối"),
    (re.escape(GIVEN_UP), r"bỏ để gửi tin mới hơn: quá nhiều tin đang chờ"),
)
_TABLE = tuple((re.compile(en, re.DOTALL), vi) for en, vi in _SENTENCES)
_NO_CONNECTION = "không kết nối được: "
_OF_SYSTEM = (
    (re.compile(r"no connection: (.*)", re.DOTALL), _NO_CONNECTION),
    (re.compile(r"the broker cannot be reached: (.*)", re.DOTALL), "không kết nối được máy chủ MQTT: "),
    (re.compile(r"(\w+(?:[Ee]rror|Timeout|Exception|Refused|Reset|Disconnected): ?.*)", re.DOTALL), _NO_CONNECTION),
)
_ANSWERED = (
    (re.compile(r"answered (\d+)"), _HTTP, "trả lời"),
    (re.compile(r"the server answered (\S+)"), _SMTP, "máy chủ thư trả lời"),
)
_NAME = re.compile(r"\w+")


def reason_said(text: str) -> Said:
    """What a row says, in both languages; as it stands where no plug-in of ours said it."""
    return Said(_vietnamese(text) or text, text) if text else NOTHING_SAID


def _vietnamese(text: str) -> str:
    for pattern, vi in _TABLE:
        if found := pattern.fullmatch(text):
            return found.expand(vi)
    for pattern, meanings, plain in _ANSWERED:
        if found := pattern.fullmatch(text):
            known = meanings.get(found[1])
            return f"{known} (mã {found[1]})" if known else f"{plain} mã {found[1]}"
    for pattern, begin in _OF_SYSTEM:
        if found := pattern.fullmatch(text):
            return begin + (because_before(found[1]) or found[1])
    return f"gặp lỗi {text}" if _NAME.fullmatch(text) else ""
