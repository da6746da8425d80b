"""The last check before connecting: the host is resolved once, judged, and that one address is connected to.

Also the first look after a loss: is the camera silent, or is there no way to it any more?
"""

import socket
from collections.abc import Sequence
from dataclasses import replace

from matpho.domain.address import Address
from matpho.domain.network import NetworkPolicy, pinned
from matpho.errors import SourceLost, SourceStalled, SourceUnreachable
from matpho.plugins.sources import troubles

RTSP_PORTS = {"rtsp": 554, "rtsps": 322}
REACH_S = 1.0  # a loss is to be told within ten seconds, and silence has taken eight of them


def resolved(host: str) -> Sequence[str]:
    """All addresses of a host, by the machine's own resolver; raises OSError."""
    return tuple(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def port_of(address: Address) -> int:
    """The port an RTSP address leads to."""
    return address.port or RTSP_PORTS.get(address.scheme, 554)


def checked(address: Address, rules: NetworkPolicy | None) -> str | None:
    """The address to connect to, None where there are no rules.

    Raises BadAddress when it may not be reached, SourceUnreachable when the name leads nowhere.
    """
    if rules is None:
        return None
    try:
        return pinned(rules, address.host, port_of(address), resolved)
    except (OSError, UnicodeError):
        raise SourceUnreachable(
            "the camera's name cannot be resolved", "không tìm được máy theo tên trong địa chỉ camera"
        ) from None


def at_place(address: Address, place: str) -> Address:
    """The same stream, at an address that needs no resolving."""
    return replace(address, host=f"[{place}]" if ":" in place else place)


def there(host: str, port: int) -> bool:
    """Whether a machine answers at an address at all, if only to refuse: the network is not to blame then."""
    try:
        socket.create_connection((host.strip("[]"), port), REACH_S).close()
    except ConnectionRefusedError:
        return True
    except (OSError, UnicodeError):
        return False
    return True


def told_apart(trouble: SourceLost, host: str, port: int) -> SourceLost:
    """Silence as what it is: the camera's own, or that of a line that is cut."""
    if isinstance(trouble, SourceStalled) and not there(host, port):
        return troubles.out_of_reach()
    return trouble
