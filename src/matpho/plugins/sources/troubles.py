"""What goes wrong at a camera's door, as sentences for people: the same ones whoever does the talking.

Made without the error that was met: its text may hold the address with its password.
"""

from matpho.errors import BadAddress, BadVideo, SourceLost, SourceRefused, SourceStalled, SourceUnreachable


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


def no_video() -> BadVideo:
    """Nothing that can be decoded."""
    return BadVideo("the camera sends no video that can be read", "camera không gửi hình đọc được")


def elsewhere() -> BadAddress:
    """A redirect: never followed, since the other place was judged by nobody."""
    return BadAddress(
        "the camera sends us on to another address; enter that address itself",
        "camera chuyển hướng sang địa chỉ khác; hãy nhập thẳng địa chỉ đó",
    )
