"""What goes wrong at a camera's door, as sentences for people: the same ones whoever does the talking.

Made without the error that was met: its text may hold the address with its password.
"""

from collections.abc import Mapping

from matpho.domain.words import Said
from matpho.errors import (
    BadAddress,
    BadVideo,
    MatphoError,
    SourceLost,
    SourceRefused,
    SourceStalled,
    SourceUnreachable,
)

_STATUS: Mapping[int, Said] = {
    400: Said("camera không hiểu yêu cầu (lỗi 400)", "the camera does not understand the request (error 400)"),
    405: Said("địa chỉ này của camera không cho xem (lỗi 405)", "this address cannot be watched (error 405)"),
    454: Said("camera đã kết thúc phiên xem (lỗi 454)", "the camera has dropped the session (error 454)"),
    461: Said("camera không gửi hình qua TCP (lỗi 461)", "the camera does not send over TCP (error 461)"),
    500: Said("camera gặp lỗi bên trong (lỗi 500)", "something failed inside the camera (error 500)"),
    551: Said("camera không có chức năng này (lỗi 551)", "the camera lacks this option (error 551)"),
}


def refused() -> SourceRefused:
    """A wrong login."""
    return SourceRefused("the camera refuses the user name or password", "camera từ chối tên hoặc mật khẩu")


def unanswered() -> SourceStalled:
    """Connected, and no word."""
    return SourceStalled("the camera does not answer", "camera không trả lời")


def silent() -> SourceStalled:
    """Playing, and no picture."""
    return SourceStalled("the camera is connected but sends no picture", "camera có kết nối nhưng không gửi hình")


def closed() -> SourceLost:
    """Hung up in the middle."""
    return SourceLost("the camera closed the connection", "camera đã ngắt kết nối")


def unreachable(error: Exception) -> SourceLost:
    """No connection: refused by the machine that is there, or no way to it."""
    if isinstance(error, ConnectionRefusedError):
        return SourceLost(
            "nothing answers at the camera's address and port", "không có gì trả lời ở địa chỉ và cổng của camera"
        )
    return out_of_reach()


def out_of_reach() -> SourceUnreachable:
    """Nothing at the address answers."""
    return SourceUnreachable("the camera cannot be reached", "không kết nối được camera")


def no_such_stream() -> SourceLost:
    """404."""
    return SourceLost("the camera has no stream of this name", "camera không có luồng tên này")


def answered(status: int) -> MatphoError:
    """An answer that is no yes, by its status (RFC 2326, 7.1.1; RFC 9110 for what it takes from HTTP)."""
    if status in {401, 403}:
        return refused()
    if 300 <= status < 400:
        return elsewhere()
    if status == 404:
        return no_such_stream()
    if status in {429, 453, 503}:
        return full()
    why = _STATUS.get(status, Said(f"camera trả lời lỗi {status}", f"the camera answers with error {status}"))
    return SourceLost(why.en, why.vi)


def full() -> SourceLost:
    """453 or 503: no more viewers."""
    return SourceLost(
        "the camera takes no more connections: too many are watching it, or it is overloaded",
        "camera không nhận thêm kết nối: đang có quá nhiều nơi xem, hoặc camera quá tải",
    )


def not_now() -> SourceLost:
    """Another status, of which FFmpeg does not tell the number."""
    return SourceLost(
        "the camera does not serve this stream now, often because too many are watching it",
        "camera không phục vụ luồng này lúc này, thường vì đang có quá nhiều nơi xem",
    )


def no_video() -> BadVideo:
    """Nothing that can be decoded."""
    return BadVideo("the camera sends no video that can be read", "camera không gửi hình đọc được")


def elsewhere() -> BadAddress:
    """A redirect: never followed, since the other place was judged by nobody."""
    return BadAddress(
        "the camera sends us on to another address; enter that address itself",
        "camera chuyển hướng sang địa chỉ khác; hãy nhập thẳng địa chỉ đó",
    )
