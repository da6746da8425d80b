"""The way from a camera behind somebody's household router to the ward: a WireGuard path, described and judged.

The household's network stays its own: the camera side forwards single ports of single cameras into the path and
nothing else, so that neither the ward sees the household's devices nor two households' equal networks collide.
Files are in the format of wg-quick(8); the numbers are WireGuard's own (wireguard.com/protocol, /quickstart).
"""

import ipaddress
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.camera import RecordMode
from matpho.domain.time import Instant, seconds
from matpho.domain.words import Said
from matpho.errors import BadInput

KEEPALIVE_S = 25  # below the shortest time that household NAT keeps a quiet UDP mapping
MTU = 1280  # fits every path: PPPoE, 4G, NAT behind NAT; costs 2 % more packets than 1420
HANDSHAKE_LATE_S = 180.0  # a path in use shakes hands every two minutes
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
_INTERFACE = re.compile(r"[A-Za-z0-9_=+.-]{1,15}")  # the file's name is the interface's, which Linux keeps that short
_STEPS = (("PostUp", "I"), ("PostDown", "D"))
_KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw480]=")


@dataclass(frozen=True, slots=True)
class Forward:
    """One port of one camera: ``port`` of the path's far end leads to ``camera_ip``:``camera_port``."""

    port: int
    camera_ip: str
    camera_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One household: its address in the path, its public key, and what it lets through."""

    name: str
    address: str
    public_key: str
    preshared_key: str
    forwards: tuple[Forward, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The ward's end. ``endpoint`` is what the households' routers call: ``host:port``."""

    endpoint: str
    network: str
    private_key: str
    public_key: str
    interface: str = "wg-matpho"
    peers: tuple[Peer, ...] = ()

    @property
    def address(self) -> str:
        """The ward's own address in the path: the first of the network."""
        return str(next(ipaddress.ip_network(self.network).hosts()))

    @property
    def port(self) -> int:
        """The UDP port of the endpoint."""
        return int(self.endpoint.rpartition(":")[2])


def checked_endpoint(text: str) -> str:
    """``host:port``; raises BadInput."""
    host, _, port = text.rpartition(":")
    if not host or not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]", host) or not _port(port):
        raise BadInput(
            f"the endpoint should be host:port, such as pho.example.vn:51820, not {text!r}",
            f"địa chỉ đón phải có dạng máy:cổng, như pho.example.vn:51820, không phải {text!r}",
        )
    return text


def _port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text) < 65536


def checked_name(text: str) -> str:
    """The short name of a household's end; raises BadInput."""
    if not _NAME.fullmatch(text):
        raise BadInput(
            f"a name has small letters, digits and hyphens, not {text!r}",
            f"tên chỉ gồm chữ thường không dấu, chữ số và gạch nối, không phải {text!r}",
        )
    return text


def checked_file(name: str) -> str:
    """The name of a file for ``wg-quick``, which calls the interface after it; raises BadInput."""
    if not name.endswith(".conf") or not _INTERFACE.fullmatch(name.removesuffix(".conf")):
        raise BadInput(
            f"wg-quick takes file names such as nha-ba-tu.conf, with up to 15 letters, digits and hyphens before "
            f".conf, not {name!r}",
            f"wg-quick chỉ nhận tên tệp như nha-ba-tu.conf, tối đa 15 chữ không dấu, số và gạch nối trước .conf, "
            f"không phải {name!r}",
        )
    return name


def checked_key(text: str) -> str:
    """A WireGuard key in base64; raises BadInput without repeating it."""
    if not _KEY.fullmatch(text):
        raise BadInput("this is no WireGuard key", "đây không phải khóa WireGuard")
    return text


def forwards(cameras: Sequence[str]) -> tuple[Forward, ...]:
    """``ip`` or ``ip:port`` of each camera; the path's ports are 554, 555 … in order. Raises BadInput."""
    found = []
    for number, text in enumerate(cameras):
        host, _, port = text.partition(":")
        try:
            address = ipaddress.IPv4Address(host)
        except ValueError as e:
            raise _bad_camera(text) from e
        if not address.is_private or not _port(port or "554"):
            raise _bad_camera(text)
        found.append(Forward(554 + number, str(address), int(port or 554)))
    return tuple(found)


def _bad_camera(text: str) -> BadInput:
    return BadInput(
        f"a camera is its address in the household, such as 192.168.1.64 or 192.168.1.64:554, not {text!r}",
        f"camera là địa chỉ của nó trong nhà, như 192.168.1.64 hoặc 192.168.1.64:554, không phải {text!r}",
    )


def free_address(hub: Hub) -> str:
    """The next address of the path; raises BadInput when the network is full."""
    taken = {hub.address, *(p.address for p in hub.peers)}
    for host in ipaddress.ip_network(hub.network).hosts():
        if str(host) not in taken:
            return str(host)
    raise BadInput(f"{hub.network} has no address left", f"{hub.network} không còn địa chỉ trống")


def hub_config(hub: Hub) -> str:
    """The ward's ``wg-quick`` file. Nobody comes in through it: the ward calls, the households' ends answer."""
    shut = "INPUT -i %i -m conntrack ! --ctstate ESTABLISHED,RELATED ! -p icmp -j DROP"
    lines = [
        "# Mắt Phố: the ward's end of the paths to cameras behind household routers",
        "[Interface]",
        f"Address = {hub.address}/{ipaddress.ip_network(hub.network).prefixlen}",
        f"ListenPort = {hub.port}",
        f"PrivateKey = {hub.private_key}",
        f"MTU = {MTU}",
        *(f"{step} = iptables -{act} {shut}" for step, act in _STEPS),
        *(f"{step} = iptables -{act} FORWARD -i %i -j DROP" for step, act in _STEPS),
    ]
    for peer in hub.peers:
        lines += [
            "",
            f"# {peer.name}",
            "[Peer]",
            f"PublicKey = {peer.public_key}",
            f"PresharedKey = {peer.preshared_key}",
            f"AllowedIPs = {peer.address}/32",
        ]
    return "\n".join(lines) + "\n"


def peer_config(hub: Hub, peer: Peer, private_key: str) -> str:
    """The household's ``wg-quick`` file, for a small Linux box beside the router (or a router with wg-quick).

    Its rules stand before whatever rules the box has: they are put in at the top, the last one first.
    """
    lines = [
        f"# Mắt Phố: {peer.name}; only the cameras below can be reached through this path",
        "[Interface]",
        f"Address = {peer.address}/32",
        f"PrivateKey = {private_key}",
        f"MTU = {MTU}",
        "PostUp = sysctl -q -w net.ipv4.ip_forward=1",
    ]
    for step, act in _STEPS:
        nat = f"{step} = iptables -t nat -{act}"
        lines += [
            f"{step} = iptables -{act} INPUT -i %i ! -p icmp -j DROP",
            f"{step} = iptables -{act} FORWARD -o %i -j DROP",
            f"{step} = iptables -{act} FORWARD -i %i -j DROP",
            f"{step} = iptables -{act} FORWARD -o %i -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
        ]
        for f in peer.forwards:
            lines += [
                f"{nat} PREROUTING -i %i -p tcp --dport {f.port} -j DNAT --to {f.camera_ip}:{f.camera_port}",
                f"{nat} POSTROUTING -d {f.camera_ip} -p tcp --dport {f.camera_port} -j MASQUERADE",
                f"{step} = iptables -{act} FORWARD -i %i -d {f.camera_ip} -p tcp --dport {f.camera_port} -j ACCEPT",
            ]
    lines += [
        "",
        "[Peer]",
        f"PublicKey = {hub.public_key}",
        f"PresharedKey = {peer.preshared_key}",
        f"Endpoint = {hub.endpoint}",
        f"AllowedIPs = {hub.address}/32",
        f"PersistentKeepalive = {KEEPALIVE_S}",
    ]
    return "\n".join(lines) + "\n"


class PathState(StrEnum):
    """How a path is."""

    UP = "up"
    LATE = "late"
    NEVER = "never"
    UNKNOWN = "unknown"  # the running interface does not know this household


@dataclass(frozen=True, slots=True, kw_only=True)
class PathNow:
    """What ``wg show INTERFACE dump`` says of one peer. ``handshake_s`` is the age of the last handshake."""

    public_key: str
    endpoint: str
    handshake_s: float | None
    received: int
    sent: int

    @property
    def state(self) -> PathState:
        """Whether the far end answers."""
        if self.handshake_s is None:
            return PathState.NEVER
        return PathState.LATE if self.handshake_s > HANDSHAKE_LATE_S else PathState.UP


def read_dump(text: str, now: Instant) -> dict[str, PathNow]:
    """Parse ``wg show INTERFACE dump``: peers by public key. Raises BadInput for anything else."""
    lines = [line.split("\t") for line in text.strip().splitlines()]
    if not lines or len(lines[0]) != 4 or any(len(line) != 8 for line in lines[1:]):
        raise BadInput(
            "this is not what `wg show INTERFACE dump` prints", "đây không phải kết quả của `wg show INTERFACE dump`"
        )
    found = {}
    for key, _, endpoint, _, handshake, received, sent, _ in lines[1:]:
        if not (handshake.isdecimal() and received.isdecimal() and sent.isdecimal()):
            raise BadInput("a line of the dump is damaged", "một dòng của kết quả bị hỏng")
        age = max(0.0, seconds(now) - int(handshake)) if int(handshake) else None
        known = "" if endpoint == "(none)" else endpoint
        found[key] = PathNow(public_key=key, endpoint=known, handshake_s=age, received=int(received), sent=int(sent))
    return found


def explained(peer: Peer, path: PathNow | None) -> Said:
    """How a household's path is and, where it is not well, what to look at first."""
    if path is None:
        return Said(
            f"{peer.name}: máy của phường chưa nạp cấu hình này; hãy chép lại tệp wg-matpho.conf vào "
            "/etc/wireguard/ và gõ: sudo systemctl reload wg-quick@wg-matpho",
            f"{peer.name}: the ward's machine has not loaded this yet; copy wg-matpho.conf into /etc/wireguard/ anew "
            "and type: sudo systemctl reload wg-quick@wg-matpho",
        )
    match path.state:
        case PathState.NEVER:
            return Said(
                f"{peer.name}: chưa bắt tay lần nào. Kiểm tra: hộp phía camera đã bật chưa; cổng UDP của phường đã mở "
                "và chuyển tiếp chưa; khóa hai bên có khớp không; đồng hồ phía camera có đúng không.",
                f"{peer.name}: never a handshake. Check that the camera side is on; that the ward's UDP port is open "
                "and forwarded; that the keys match; that the camera side's clock is right.",
            )
        case PathState.LATE:
            assert path.handshake_s is not None
            minutes = path.handshake_s / 60
            return Said(
                f"{peer.name}: {minutes:.0f} phút chưa bắt tay. Thường do mất điện, mất mạng ở nhà dân, hoặc địa chỉ "
                "của phường đã đổi.",
                f"{peer.name}: no handshake for {minutes:.0f} min. Usually power or network at the household, or the "
                "ward's address has changed.",
            )
        case _:
            return Said(
                f"{peer.name}: thông suốt (bắt tay {path.handshake_s:.0f} giây trước, "
                f"nhận {path.received / 1e6:.1f} MB).",
                f"{peer.name}: up (handshake {path.handshake_s:.0f} s ago, {path.received / 1e6:.1f} MB received).",
            )


USABLE = 0.7
"""Share of a measured uplink to plan with: headers of the path and TCP about 10 %, key pictures come in bursts."""
_LEAST_MAIN, _LEAST_SUB = 500, 96  # kbit/s below which a main or sub stream is of no use


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to set on the camera (kbit/s; ``main_kbit`` None: main cannot be sent) and what to record."""

    fits: bool
    main_kbit: int | None
    sub_kbit: int
    record: RecordMode
    said: Said


def advise(uplink_kbit: float, main_kbit: float, sub_kbit: float) -> Advice:
    """What a measured uplink carries of a camera's two streams. Raises BadInput for figures that are no rates."""
    if not all(math.isfinite(v) and v > 0 for v in (uplink_kbit, main_kbit, sub_kbit)):
        raise BadInput("rates are positive numbers of kbit/s", "tốc độ phải là số kbit/s dương")
    usable = uplink_kbit * USABLE
    plan = f"{usable:.0f}/{uplink_kbit:.0f} kbit/s"
    if main_kbit + sub_kbit <= usable:
        return Advice(
            fits=True,
            main_kbit=round(main_kbit),
            sub_kbit=round(sub_kbit),
            record=RecordMode.MAIN,
            said=Said(
                f"Đường lên đủ cho cả hai luồng ({main_kbit + sub_kbit:.0f} trong {plan}): giữ nguyên, "
                "ghi luồng chính.",
                f"The uplink carries both streams ({main_kbit + sub_kbit:.0f} of {plan}): leave them, record main.",
            ),
        )
    sub = min(sub_kbit, max(_LEAST_SUB, usable / 4)) if sub_kbit > usable else sub_kbit
    left = min(_rounded(usable - sub), int(main_kbit))
    if left >= min(_LEAST_MAIN, int(main_kbit)) and left >= main_kbit / 3 and sub + left <= usable:
        return Advice(
            fits=False,
            main_kbit=left,
            sub_kbit=round(sub),
            record=RecordMode.MAIN,
            said=Said(
                f"Đường lên không đủ cho {main_kbit + sub_kbit:.0f} kbit/s ({plan}). Trên camera, đặt luồng chính "
                f"tối đa {left} kbit/s (giảm số hình/giây trước, rồi tới độ phân giải), luồng phụ {sub:.0f} kbit/s.",
                f"The uplink does not carry {main_kbit + sub_kbit:.0f} kbit/s ({plan}). On the camera set main to at "
                f"most {left} kbit/s (fewer pictures per second first, then a smaller size), sub to {sub:.0f} kbit/s.",
            ),
        )
    if sub_kbit <= usable:
        return Advice(
            fits=False,
            main_kbit=None,
            sub_kbit=round(sub_kbit),
            record=RecordMode.SUB,
            said=Said(
                f'Đường lên ({plan}) chỉ đủ cho luồng phụ: đặt `record = "sub"`, bật ghi thẻ nhớ trong camera và '
                "bổ sung bằng `matpho import --sharp` khi cần hình nét.",
                f'The uplink ({plan}) carries only the sub stream: set `record = "sub"`, let the camera write its '
                "card, and bring sharp footage in with `matpho import --sharp` where needed.",
            ),
        )
    fitted = _rounded(max(_LEAST_SUB, usable))
    return Advice(
        fits=False,
        main_kbit=None,
        sub_kbit=fitted,
        record=RecordMode.SUB,
        said=Said(
            f"Đường lên ({plan}) không đủ cả cho luồng phụ: đặt luồng phụ tối đa {fitted} kbit/s "
            '(640×360, 5–8 hình/giây), `record = "sub"`, và bật ghi thẻ nhớ; nên tìm đường truyền khác.',
            f"The uplink ({plan}) does not even carry the sub stream: set sub to at most {fitted} kbit/s (640×360, 5–8 "
            'pictures per second), `record = "sub"`, let the camera write its card; better find another line.',
        ),
    )


def _rounded(kbit: float) -> int:
    """Down to a figure that cameras offer."""
    return max(32, int(kbit // 32) * 32)
