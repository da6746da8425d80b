"""Reasons as earlier versions kept them: one English sentence. Read in both languages wherever the sentence is known.

Journals and rows keep what was written into them; this table is what lets them be read today. Nothing new is added
here: what is told now is told in both languages (:class:`matpho.domain.words.Said`).
"""

import re

from matpho.domain.system_words import because_before
from matpho.domain.words import NOTHING_SAID, Said

_KNOWN = {
    "the stream could not be read": "không đọc được luồng hình",
    "the camera ended the stream": "camera đã dừng luồng hình",
    "the camera is connected but sends no picture": "camera có kết nối nhưng không gửi hình",
    "the camera refuses the user name or password": "camera từ chối tên hoặc mật khẩu",
    "the camera does not answer": "camera không trả lời",
    "the camera closed the connection": "camera đã ngắt kết nối",
    "the camera has no stream of this name": "camera không có luồng tên này",
    "nothing answers at the camera's address and port": "không có gì trả lời ở địa chỉ và cổng của camera",
    "the camera cannot be reached": "không kết nối được camera",
    "the camera's name cannot be resolved": "không tìm được máy theo tên trong địa chỉ camera",
    "the camera sends no video that can be read": "camera không gửi hình đọc được",
    "the camera changed to a picture that cannot be read": "camera đổi sang hình không đọc được",
    "the camera sends us on to another address; enter that address itself": (
        "camera chuyển hướng sang địa chỉ khác; hãy nhập thẳng địa chỉ đó"
    ),
    "the camera's clock or stream leapt": "đồng hồ hoặc luồng hình của camera bị nhảy",
    "the machine was down": "máy chủ đã tắt",
    "the recorder was not running": "phần mềm ghi hình không chạy",
    "the recorder was stopped": "phần mềm ghi hình được dừng",
    "recording was stopped": "việc ghi hình được dừng",
    "recording was switched off": "đã tắt ghi hình",
    "the record mode was changed": "đã đổi chế độ ghi hình",
    "the address was changed": "đã đổi địa chỉ camera",
    "found by the check": "do lệnh kiểm tra tìm ra",
    "the disk is full up to the reserve for evidence": "ổ đĩa chỉ còn phần dành cho chứng cứ",
}
_WITH_FIGURES = (
    (re.compile(r"the camera answers with error (\d+)"), r"camera trả lời lỗi \1"),
    (re.compile(r"(\S+) cannot be recorded as MP4"), r"không ghi được \1 thành MP4"),
    (re.compile(r"the journal (.+) cannot be written: (?P<why>.+)"), r"không ghi được nhật ký \1: "),
    (re.compile(r"(.+) cannot be written: (?P<why>.+)"), r"không ghi được \1: "),
    (re.compile(r"(.+) cannot be used: (?P<why>.+)"), r"không dùng được \1: "),
)


def told_before(text: str) -> Said:
    """An English sentence of an earlier version in both languages; as it stands where the program never said it."""
    if not text:
        return NOTHING_SAID
    if text in _KNOWN:
        return Said(_KNOWN[text], text)
    for pattern, vi in _WITH_FIGURES:
        if found := pattern.fullmatch(text):
            why = found.groupdict().get("why", "")  # the system's own words
            return Said(found.expand(vi) + (because_before(why) or why), text)
    return Said(text, text)
