"""Why a target did not take a message, in both languages: rows keep what the plug-in said, read here by the desk.

A plug-in speaks English, as the programs at the other end do; what of it is theirs (a status, the name of an error)
stays as it is in both.
"""

import re

from matpho.domain.words import NOTHING_SAID, Said

GIVEN_UP = "given up for newer ones: too many are waiting"
_SENTENCES = (
    (r"no answer within (\S+) s", r"không trả lời trong \1 giây"),
    (r"answered (\d+)", r"trả lời mã \1"),
    (r"(\S+) has no address", r"không tìm được địa chỉ của \1"),
    (r"(\S+) is not in a network that the setting allows", r"\1 không thuộc mạng mà thiết lập cho phép"),
    (r"recipients refused \((.*)\)", r"máy chủ thư từ chối người nhận (\1)"),
    (r"the server answered (\S+)", r"máy chủ thư trả lời mã \1"),
    (r"(\S+) of (\S+) recipients refused", r"máy chủ thư từ chối \1 trong \2 người nhận"),
    (r"not connected yet", r"chưa kết nối"),
    (r"the broker cannot be reached: (.*)", r"không kết nối được máy chủ MQTT: \1"),
    (re.escape(GIVEN_UP), r"bỏ để gửi tin mới hơn: quá nhiều tin đang chờ"),
    (r"(\w+(?:Error|Timeout|Exception|Refused|Reset)): ?(.*)", r"không kết nối được (\1: \2)"),
    (r"(\w+)", r"gặp lỗi \1"),
)
_TABLE = tuple((re.compile(en, re.DOTALL), vi) for en, vi in _SENTENCES)


def reason_said(text: str) -> Said:
    """What a row says, in both languages; as it stands where no plug-in of ours said it."""
    if not text:
        return NOTHING_SAID
    for pattern, vi in _TABLE:
        if found := pattern.fullmatch(text):
            return Said(found.expand(vi), text)
    return Said(text, text)
