"""What can be wrong with a camera or the machine, in words that a maintainer can act on.

A trouble is about equipment. It is never an incident and says nothing about people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from matpho.domain.words import Said


class Severity(StrEnum):
    """How soon somebody should look."""

    NOTICE = "notice"  # when somebody passes by anyway
    WARNING = "warning"  # this week
    URGENT = "urgent"  # today: nothing is recorded, or soon will not be


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of trouble. It is raised after it held ``raise_s`` seconds, cleared after it did not for ``clear_s``."""

    code: str
    severity: Severity
    raise_s: float
    clear_s: float
    name: Said
    advice: Said


_ALL = (
    Trouble(
        code="offline",
        severity=Severity.URGENT,
        raise_s=60,
        clear_s=60,
        name=Said("Mất kết nối với camera", "The camera cannot be reached"),
        advice=Said(
            "Kiểm tra nguồn điện của camera, rồi dây mạng hoặc Wi-Fi và bộ định tuyến ở nơi lắp.",
            "Check the camera's power, then the network cable or Wi-Fi and the router where it is mounted.",
        ),
    ),
    Trouble(
        code="refused",
        severity=Severity.URGENT,
        raise_s=60,
        clear_s=30,
        name=Said("Camera từ chối tên hoặc mật khẩu", "The camera refuses the user name or password"),
        advice=Said(
            "Nhờ quản trị viên nhập lại tên và mật khẩu của camera ở trang Mắt camera.",
            "Have an administrator enter the camera's user name and password again on the Cameras page.",
        ),
    ),
    Trouble(
        code="frozen",
        severity=Severity.URGENT,
        raise_s=60,
        clear_s=30,
        name=Said("Hình đứng yên", "The picture is frozen"),
        advice=Said(
            "Camera vẫn gửi nhưng hình không đổi: tắt nguồn camera 10 giây rồi bật lại; "
            "nếu còn lặp lại, cập nhật phần mềm camera.",
            "The camera sends, but always the same picture: switch it off for 10 seconds and on again; "
            "if it comes back, update its firmware.",
        ),
    ),
    Trouble(
        code="black",
        severity=Severity.WARNING,
        raise_s=300,
        clear_s=60,
        name=Said("Hình tối đen", "The picture is black"),
        advice=Said(
            "Kiểm tra đèn hồng ngoại hoặc đèn đường gần camera, và xem có vật gì che ống kính không.",
            "Check the infrared lamps or the street lamp nearby, and whether something covers the lens.",
        ),
    ),
    Trouble(
        code="covered",
        severity=Severity.WARNING,
        raise_s=60,
        clear_s=60,
        name=Said("Ống kính bị che", "The lens is covered"),
        advice=Said(
            "Đến nơi lắp, gỡ vật che (túi, lá cây, mạng nhện, biển hiệu).",
            "Go there and take away what covers it (a bag, leaves, cobwebs, a sign).",
        ),
    ),
    Trouble(
        code="blurred",
        severity=Severity.WARNING,
        raise_s=300,
        clear_s=120,
        name=Said("Hình bị mờ", "The picture is blurred"),
        advice=Said(
            "Lau ống kính bằng khăn mềm; nếu vẫn mờ thì chỉnh lại tiêu cự.",
            "Wipe the lens with a soft cloth; if it stays blurred, focus it again.",
        ),
    ),
    Trouble(
        code="turned",
        severity=Severity.WARNING,
        raise_s=60,
        clear_s=60,
        name=Said("Camera bị lệch hướng", "The camera was moved or turned"),
        advice=Said(
            "So hình hiện tại với các vùng đã vẽ: xoay camera về chỗ cũ và siết ốc, hoặc vẽ lại vùng.",
            "Compare the picture with the zones that were drawn: turn the camera back and fasten it, "
            "or draw the zones anew.",
        ),
    ),
    Trouble(
        code="dirty",
        severity=Severity.NOTICE,
        raise_s=0,
        clear_s=0,
        name=Said("Ống kính bẩn dần", "The lens is getting dirty"),
        advice=Said(
            "Lau ống kính và mặt kính che; gỡ mạng nhện quanh camera.",
            "Wipe the lens and its window; remove cobwebs around the camera.",
        ),
    ),
    Trouble(
        code="clock",
        severity=Severity.NOTICE,
        raise_s=120,
        clear_s=120,
        name=Said("Đồng hồ camera sai", "The camera's clock is wrong"),
        advice=Said(
            "Đặt máy chủ giờ (NTP) trong phần cài đặt của camera là máy này hoặc bộ định tuyến.",
            "Set this machine or the router as the time server (NTP) in the camera's settings.",
        ),
    ),
    Trouble(
        code="low_fps",
        severity=Severity.NOTICE,
        raise_s=180,
        clear_s=120,
        name=Said("Số khung hình thấp", "Few pictures per second"),
        advice=Said(
            "Đường truyền có thể yếu: kiểm tra sóng Wi-Fi, hoặc giảm tốc độ bit của camera.",
            "The line may be weak: check the Wi-Fi signal, or lower the camera's bit rate.",
        ),
    ),
    Trouble(
        code="gaps",
        severity=Severity.WARNING,
        raise_s=0,
        clear_s=0,
        name=Said("Bản ghi thiếu nhiều phút trong ngày", "Many minutes of the day are missing"),
        advice=Said(
            "Xem nguyên nhân trong bảng ngày bên dưới: mạng thì kiểm tra đường truyền, camera thì kiểm tra nguồn điện.",
            "See the cause in the days below: for the network check the line, for the camera check its power.",
        ),
    ),
    Trouble(
        code="register",
        severity=Severity.WARNING,
        raise_s=0,
        clear_s=0,
        name=Said("Hồ sơ camera còn thiếu và đã quá hạn", "The camera's register entry is incomplete and overdue"),
        advice=Said(
            "Mở hồ sơ của camera ở trang Mắt camera, điền ngày gắn biển báo, mục đích và thời hạn lưu.",
            "Open the camera's register entry on the Cameras page; enter the sign's day, purpose and retention.",
        ),
    ),
    Trouble(
        code="certificate",
        severity=Severity.NOTICE,
        raise_s=0,
        clear_s=0,
        name=Said("Chứng nhận hợp quy của camera đã hết hạn", "The camera's conformity certificate has expired"),
        advice=Said(
            "Hỏi nhà cung cấp chứng nhận còn hiệu lực, rồi sửa ngày hết hạn trong hồ sơ của camera.",
            "Ask the supplier for a valid certificate, then change its last day in the camera's register entry.",
        ),
    ),
    Trouble(
        code="disk_gone",
        severity=Severity.URGENT,
        raise_s=20,
        clear_s=20,
        name=Said("Không thấy ổ đĩa bản ghi, không ghi được gì", "The disk of the recordings is gone, nothing is kept"),
        advice=Said(
            "Cắm hoặc gắn lại ổ đĩa, việc ghi tự tiếp tục. Nếu đã thay ổ mới, gõ: matpho check --new-disk",
            "Connect or mount the disk again, recording goes on by itself. For a new one type: matpho check --new-disk",
        ),
    ),
    Trouble(
        code="disk_read_only",
        severity=Severity.URGENT,
        raise_s=20,
        clear_s=20,
        name=Said("Ổ đĩa chỉ còn đọc được, không ghi được gì", "The disk is read-only, nothing is kept"),
        advice=Said(
            "Thường là ổ sắp hỏng: sao lưu ngay, kiểm tra ổ (fsck), thay ổ nếu lặp lại.",
            "Mostly the sign of a failing disk: make a backup now, check it (fsck), replace it when it happens again.",
        ),
    ),
    Trouble(
        code="disk_full",
        severity=Severity.URGENT,
        raise_s=30,
        clear_s=60,
        name=Said("Ổ đĩa đã đầy đến phần dành cho chứng cứ", "The disk is full up to the room kept for evidence"),
        advice=Said(
            "Giảm số ngày lưu hoặc gắn ổ đĩa lớn hơn; bản ghi cũ nhất đang bị xoá trước.",
            "Keep recordings for fewer days or fit a larger disk; the oldest recordings are deleted first.",
        ),
    ),
    Trouble(
        code="disk_forecast",
        severity=Severity.WARNING,
        raise_s=600,
        clear_s=600,
        name=Said("Ổ đĩa không đủ cho số ngày lưu", "The disk is too small for the days to be kept"),
        advice=Said(
            "Chuẩn bị ổ đĩa lớn hơn, hoặc giảm tốc độ bit hay số ngày lưu.",
            "Get a larger disk ready, or lower the bit rate or the number of days.",
        ),
    ),
    Trouble(
        code="disk_health",
        severity=Severity.URGENT,
        raise_s=0,
        clear_s=0,
        name=Said("Ổ đĩa báo sắp hỏng", "The disk reports that it is failing"),
        advice=Said(
            "Sao lưu ngay và thay ổ đĩa.",
            "Make a backup now and replace the disk.",
        ),
    ),
    Trouble(
        code="process",
        severity=Severity.URGENT,
        raise_s=30,
        clear_s=15,
        name=Said("Một tiến trình không trả lời", "A process does not answer"),
        advice=Said(
            "Nếu không tự hồi phục trong vài phút, khởi động lại máy; gửi tệp nhật ký cho người hỗ trợ.",
            "If it does not recover within a few minutes, restart the machine; "
            "send the log file to whoever supports you.",
        ),
    ),
    Trouble(
        code="restarts",
        severity=Severity.WARNING,
        raise_s=0,
        clear_s=1800,
        name=Said("Một tiến trình khởi động lại nhiều lần", "A process restarts again and again"),
        advice=Said(
            "Gửi tệp nhật ký của tiến trình cho người hỗ trợ.",
            "Send the log file of the process to whoever supports you.",
        ),
    ),
    Trouble(
        code="analysis_late",
        severity=Severity.WARNING,
        raise_s=120,
        clear_s=300,
        name=Said("Máy không kịp phân tích hết hình", "The machine cannot analyse all pictures"),
        advice=Said(
            "Bản ghi vẫn đủ, nhưng có thể sót vụ việc. Tắt chương trình khác trên máy; nếu máy có hơn hai nhân và "
            "còn bộ nhớ (khoảng 150 MB), đặt workers = 2 ở mục [vision] của matpho.toml rồi khởi động lại; hoặc bớt "
            "camera được phân tích.",
            "Everything is recorded, but incidents may be missed. End other programs on the machine; where it has "
            "more than two cores and memory to spare (about 150 MB) set workers = 2 under [vision] in matpho.toml and "
            "start it again; or analyse fewer cameras.",
        ),
    ),
)  # fmt: skip

TROUBLES: Mapping[str, Trouble] = MappingProxyType({t.code: t for t in _ALL})
"""Every trouble by its code."""
