"""Who on the network says that it is a camera: WS-Discovery (ONVIF Core 2.6, section 7.3).

Answers come from anybody and are only shown. A device's address is offered only where cameras may be.
"""

import fcntl
import socket
import struct
from urllib.parse import urlsplit

import onveef
from onveef.exceptions import OnvifError

from matpho.domain.network import NetworkPolicy, pinned
from matpho.domain.probe import FoundDevice
from matpho.errors import BadAddress, BadInput

LISTEN_S = 3.0
MOST = 200
_SIOCGIFADDR = 0x8915


def interfaces() -> dict[str, str]:
    """This machine's network interfaces by name, with their IPv4 address; loopback last."""
    found: dict[str, str] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # no IPv4 address
            found[name] = socket.inet_ntoa(answer[20:24])
    return dict(sorted(found.items(), key=lambda item: item[1].startswith("127.")))


def discover(interface: str, rules: NetworkPolicy, *, listen_s: float = LISTEN_S) -> tuple[FoundDevice, ...]:
    """Devices that answer on one interface (a name of :func:`interfaces`), by address.

    Raises BadInput when there is no such interface.
    """
    known = interfaces()
    if interface not in known:
        raise BadInput(f"there is no network interface {interface}", f"không có cổng mạng {interface}")
    try:
        answers = onveef.wsdiscovery.discover(timeout_s=listen_s, interface_ip=known[interface], types="", ttl=1)
    except (OnvifError, OSError, ValueError, RecursionError):
        return ()
    found: dict[str, FoundDevice] = {}
    for answer in answers[:MOST]:
        service = next((x for x in answer.xaddrs[:8] if _allowed(x, rules)), "")
        if service:
            host = urlsplit(service).hostname or ""
            found[service] = FoundDevice(
                service=service, host=host, name=_plain(answer.name), hardware=_plain(answer.hardware)
            )
    return tuple(sorted(found.values(), key=lambda device: device.service))


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:80]


def _allowed(service: str, rules: NetworkPolicy) -> bool:
    """Whether an answer names a literal address where a camera may be; names are not resolved for a stranger."""
    try:
        parts = urlsplit(service)
        if parts.scheme not in ("http", "https") or len(service) > 300 or parts.username is not None:
            return False
        pinned(rules, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80), lambda host: [host])
    except (ValueError, BadAddress):
        return False
    return True
