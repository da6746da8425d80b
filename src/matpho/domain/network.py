"""Where the program may connect to on somebody's word: pure functions over addresses that are already resolved.

Whoever types a camera's address, or a device that answers with one, could aim the program at services that trust this
machine (OWASP, "Server-Side Request Forgery Prevention"). So each kind of connection has a policy: the networks it may
reach. It is asked about the *resolved* address at the moment of connecting, and that same address is connected to, so
that a name which resolves differently the second time gains nothing. IPv4 inside IPv6 is unwrapped (RFC 4291, 6052,
3056).
"""

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matpho.errors import BadAddress, BadInput

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str], Sequence[str]]
"""All addresses of a host name or of a literal, as texts; raises OSError when there are none."""


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


WORDS: dict[str, tuple[Network, ...]] = {
    "private": _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    "loopback": _networks("127.0.0.0/8", "::1/128"),
    "public": _networks("0.0.0.0/0", "::/0"),
}
"""What may be written instead of a network. ``public`` never includes the special ones, they are named on their own."""

_SPECIAL = _networks(
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32",
    "::/128", "::1/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128",
)  # fmt: skip
"""This host, link-local, multicast, reserved, and the metadata services of hosting providers."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicy:
    """Which networks may be reached. ``own`` are places where this program itself listens: never reached.

    Of ``own`` an address of None stands for every loopback address.
    """

    allowed: tuple[Network, ...]
    own: frozenset[tuple[IP | None, int]] = frozenset()


def policy(text: str, *, own: Iterable[tuple[str, int]] = ()) -> NetworkPolicy:
    """A policy from a setting such as ``private, loopback, 203.0.113.0/24``; ``own`` as pairs of host and port.

    Raises BadInput naming the part that is neither a word nor a network.
    """
    allowed: list[Network] = []
    for part in (p.strip() for p in text.split(",")):
        if part in WORDS:
            allowed += WORDS[part]
        elif part:
            try:
                allowed.append(ipaddress.ip_network(part, strict=False))
            except ValueError as e:
                raise BadInput(
                    f"{part!r} is no network: write private, loopback, public or one like 192.168.1.0/24",
                    f"{part!r} không phải mạng: hãy ghi private, loopback, public hoặc như 192.168.1.0/24",
                ) from e
    places: set[tuple[IP | None, int]] = set()
    for host, port in own:
        places.add((None, port))
        ip = _literal(host)
        if ip is not None and not ip.is_unspecified:
            places.add((ip, port))
    return NetworkPolicy(allowed=tuple(allowed), own=frozenset(places))


def _literal(text: str) -> IP | None:
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def unwrapped(ip: IP) -> IP:
    """The IPv4 address that an IPv6 address stands for, where it does; else the address itself."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip.sixtofour is not None:
            return ip.sixtofour
        if ip in _NAT64 or (int(ip) >> 32 == 0 and int(ip) > 0xFFFF):  # the latter: IPv4-compatible, long deprecated
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def allows(rules: NetworkPolicy, ip: IP, port: int | None) -> bool:
    """Whether this address and port may be connected to.

    A special address (loopback, link-local, metadata, multicast …) must lie in a network that is named for it: one
    that lies within the special range itself.
    """
    ip = unwrapped(ip)
    if port is not None and ((ip, port) in rules.own or (ip.is_loopback and (None, port) in rules.own)):
        return False
    if ip.is_multicast or ip.is_unspecified:
        return False
    special = [n for n in _SPECIAL if ip in n]
    for network in rules.allowed:
        if ip in network and all(network.version == s.version and network.subnet_of(s) for s in special):  # type: ignore[arg-type]
            return True
    return False


def pinned(rules: NetworkPolicy, host: str, port: int | None, resolve: Resolve) -> str:
    """The one address to connect to for this host; connect to it and to nothing else.

    Raises BadAddress when any address of the host may not be reached, and OSError when it has none.
    """
    found = [_literal(text) for text in resolve(host.strip("[]"))]
    if not found or any(ip is None or not allows(rules, ip, port) for ip in found):
        raise BadAddress(
            "this address is not in a network where cameras may be (setting cameras.networks)",
            "địa chỉ này không thuộc mạng được phép đặt camera (thiết lập cameras.networks)",
        )
    return str(found[0])
