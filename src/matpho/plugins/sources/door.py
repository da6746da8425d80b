"""The last check before connecting: the host is resolved once, judged, and that one address is connected to."""

import socket
from collections.abc import Sequence
from dataclasses import replace

from matpho.domain.address import Address
from matpho.domain.network import NetworkPolicy, pinned
from matpho.errors import SourceLost

RTSP_PORTS = {"rtsp": 554, "rtsps": 322}


def resolved(host: str) -> Sequence[str]:
    """All addresses of a host, by the machine's own resolver; raises OSError."""
    return tuple(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def port_of(address: Address) -> int:
    """The port an RTSP address leads to."""
    return address.port or RTSP_PORTS.get(address.scheme, 554)


def checked(address: Address, rules: NetworkPolicy | None) -> str | None:
    """The address to connect to, None where there are no rules.

    Raises BadAddress when it may not be reached, SourceLost when the name leads nowhere.
    """
    if rules is None:
        return None
    try:
        return pinned(rules, address.host, port_of(address), resolved)
    except (OSError, UnicodeError):
        raise SourceLost(
            "the camera's name cannot be resolved", "không tìm được máy theo tên trong địa chỉ camera"
        ) from None


def at_place(address: Address, place: str) -> Address:
    """The same stream, at an address that needs no resolving."""
    return replace(address, host=f"[{place}]" if ":" in place else place)
