"""What is wrong with a path, told from what answers through it: pure sentences over what was tried.

Nothing of this asks WireGuard, which only root may: the interface is there or not, the household's box answers an echo
or not, a camera's port speaks RTSP or not. That is enough to say at which of the three something has to be done.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.uplink import MTU, Forward, Hub, Peer
from matpho.domain.uplink_seen import Standing
from matpho.domain.words import Said


class Box(StrEnum):
    """How the household's box answered an echo."""

    ANSWERS = "answers"
    SMALL_ONLY = "small_only"  # a small one, and none of the size of a full packet
    SILENT = "silent"
    UNTOLD = "untold"  # this machine lets us send no echo


class Port(StrEnum):
    """What was behind one forwarded port."""

    CAMERA = "camera"  # it speaks RTSP
    MUTE = "mute"  # it takes the connection and does not
    REFUSED = "refused"
    AWAY = "away"  # the household's box says that it does not find the camera
    NO_WAY = "no_way"  # this machine knows no way to the household
    SILENT = "silent"


_ALIVE = frozenset({Port.CAMERA, Port.MUTE, Port.REFUSED, Port.AWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was tried: whether the ward's interface is there, the box, and each port in the order of the forwards."""

    interface: bool
    box: Box
    ports: tuple[Port, ...]

    @property
    def open(self) -> bool:
        """Whether anything came back through the path."""
        return self.box in (Box.ANSWERS, Box.SMALL_ONLY) or any(port in _ALIVE for port in self.ports)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at. ``well`` None: it cannot be told."""

    said: Said
    well: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How a path is, why, and what to do next. ``reload``: the ward's machine has to load its file (anew)."""

    well: bool
    said: Said
    steps: tuple[Step, ...]
    todo: tuple[Said, ...] = ()
    reload: bool = False


def judged(hub: Hub, peer: Peer, tried: Tried, known: Standing) -> Found:
    """What to make of it. ``known`` is what WireGuard itself said lately, if anybody could ask it."""
    steps = tuple(_steps(hub, peer, tried))
    if not tried.interface:
        said = Said("Máy của phường chưa bật đường về.", "The ward's machine has not brought its end of the paths up.")
        return Found(well=False, said=said, steps=steps, todo=(_LOAD,), reload=True)
    if not tried.open:
        said = Said("Không có gì trả lời từ nhà dân.", "Nothing answers from the household.")
        todo = _shut(peer, known, tried)
        return Found(well=False, said=said, steps=steps, todo=todo, reload=_LOAD in todo)
    todo = tuple(_inside(peer, tried))
    if todo:
        said = Said("Đường thông, nhưng chưa dùng được hết.", "The path is open, but not all of it can be used.")
        return Found(well=False, said=said, steps=steps, todo=todo)
    return Found(well=True, said=Said("Thông suốt tới camera.", "Open, all the way to the cameras."), steps=steps)


def _steps(hub: Hub, peer: Peer, tried: Tried) -> Iterator[Step]:
    """What was looked at, from the ward outwards; what lies behind a closed door is not told."""
    yield Step(
        Said(f"Giao diện {hub.interface} ở máy của phường", f"The interface {hub.interface} of the ward's machine"),
        tried.interface,
    )
    if not tried.interface:
        return
    box = True if tried.open else None if tried.box is Box.UNTOLD else False
    yield Step(Said(f"Hộp ở nhà dân ({peer.address})", f"The household's box ({peer.address})"), box)
    if tried.box is Box.SMALL_ONLY:
        yield Step(Said("Gói tin lớn đi qua được", "Large packets pass"), well=False)
    for forward, port in zip(peer.forwards, tried.ports, strict=True):
        place = _place(forward)
        yield Step(Said(f"Camera {place}", f"The camera {place}"), port is Port.CAMERA)


def _place(forward: Forward) -> str:
    return f"{forward.camera_ip}:{forward.camera_port}"


_LOAD = Said(
    "Người quản trị máy của phường gõ các dòng dưới, để máy nạp cấu hình mới nhất.",
    "The administrator of the ward's machine types the lines below, so that it loads the newest configuration.",
)
_DOOR = Said(
    "Ở phường: cổng UDP trong địa chỉ đón đã mở và chuyển tiếp về máy này trên bộ định tuyến chưa? Nhà mạng có cấp địa "
    "chỉ công khai không?",
    "At the ward: is the UDP port of the endpoint open on the router and forwarded to this machine? Does the provider "
    "give a public address?",
)
_CLOCK = Said(
    "Đồng hồ của hộp phải đúng; sai giờ thì WireGuard từ chối. Và tệp ở hộp phải là tệp của chính đường này.",
    "The box's clock must be right, or WireGuard refuses it. And its file must be the one of this very path.",
)
_POWER = Said(
    "Thường do mất điện, mất mạng ở nhà dân: hỏi chủ nhà, khởi động lại bộ định tuyến và hộp.",
    "Usually power or network at the household: ask there, restart the router and the box.",
)
_UNTOLD = Said(
    "Cũng có thể chỉ camera đang tắt: máy này không được phép gửi ping nên không phân biệt được.",
    "It may be the camera only that is off: this machine may send no ping, and cannot tell the two apart.",
)
_MOVED = Said(
    "Nếu địa chỉ của phường đã đổi thì mọi nhà đều mất cùng lúc.",
    "If the ward's address has changed, all households are away at the same time.",
)


def _shut(peer: Peer, known: Standing, tried: Tried) -> tuple[Said, ...]:
    """What to do about a path through which nothing answers, the likeliest first.

    Where nobody asked WireGuard: a kernel that knows no way was told of no household there, or never called by it.
    """
    unit = f"wg-quick@{peer.name}"
    box = Said(
        f"Ở nhà dân: hộp Linux đã bật và có mạng chưa? Ở hộp gõ `systemctl status {unit}`: phải thấy «active».",
        f"At the household: is the Linux box on, and has it a network? Type `systemctl status {unit}` on it: it should "
        "say «active».",
    )
    untold = (_UNTOLD,) if tried.box is Box.UNTOLD else ()
    match known:
        case Standing.UNKNOWN:
            return (_LOAD,)
        case Standing.NEVER:
            return box, _DOOR, _CLOCK
        case Standing.LATE:
            return _POWER, box, _MOVED
        case Standing.UP:
            return *untold, _POWER, _rules(unit)  # the last handshake may be three minutes old
        case _ if Port.NO_WAY in tried.ports:
            return _LOAD, box, _DOOR, _CLOCK
        case _:
            return _POWER, box, _DOOR, _LOAD, *untold


def _rules(unit: str) -> Said:
    return Said(
        f"Hai bên đã bắt tay, nhưng hộp không cho qua: ở hộp gõ `sudo systemctl restart {unit}` và xem có báo lỗi "
        "iptables không.",
        f"Both ends shake hands but the box lets nothing through: type `sudo systemctl restart {unit}` on it and look "
        "for errors of iptables.",
    )


def _inside(peer: Peer, tried: Tried) -> Iterator[Said]:
    """What to do about what lies behind an open path."""
    if tried.box is Box.SMALL_ONLY:
        lower = MTU - 80
        yield Said(
            f"Gói tin lớn bị rơi dọc đường, hình sẽ đứng. Ở hộp, sửa dòng MTU trong tệp thành {lower} rồi khởi động "
            "lại đường.",
            f"Large packets are lost on the way, and pictures would stall. On the box set the MTU in its file to "
            f"{lower} and restart the path.",
        )
    for forward, port in zip(peer.forwards, tried.ports, strict=True):
        place = _place(forward)
        if port is Port.REFUSED:
            yield Said(
                f"{place}: thiết bị có bật nhưng đóng cổng này. Bật RTSP trong cài đặt của camera, hoặc tạo lại đường "
                "với đúng cổng.",
                f"{place}: something is there but this port is closed. Switch RTSP on in the camera's settings, or "
                "make the path anew with the right port.",
            )
        elif port is Port.MUTE:
            yield Said(
                f"{place}: có thiết bị trả lời nhưng không phải RTSP. Xem lại cổng, hoặc địa chỉ này nay của thiết bị "
                "khác.",
                f"{place}: something answers, but not with RTSP. Look at the port again, or another device has this "
                "address now.",
            )
        elif port is not Port.CAMERA:
            yield Said(
                f"{place}: hộp không tới được camera. Kiểm tra nguồn và Wi-Fi của camera; nếu bộ định tuyến đã cấp "
                "địa chỉ khác, đặt lại địa chỉ này cố định cho camera.",
                f"{place}: the box does not reach the camera. Check its power and Wi-Fi; if the router has given it "
                "another address, reserve this one for it.",
            )


def endpoint_doubt(endpoint: str) -> Said | None:
    """Why households may not reach an endpoint, as far as its text shows it; None: nothing speaks against it."""
    host = endpoint.rpartition(":")[0].strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if address.is_global:  # so is none behind a provider's NAT either (100.64.0.0/10, RFC 6598)
        return None
    return Said(
        f"{host} là địa chỉ trong mạng riêng: nhà dân ở mạng khác không gọi tới được. Hãy hỏi nhà mạng về địa chỉ "
        "công khai.",
        f"{host} is an address of a private network: households elsewhere cannot call it. Ask the provider for a "
        "public one.",
    )
