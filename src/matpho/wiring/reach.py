"""Whether a household's box and its cameras answer, tried with what every user of the machine may do."""

import errno
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

from matpho.domain.uplink import MTU, Hub, Peer
from matpho.domain.uplink_check import Box, Port, Tried

PATIENCE_S = 5.0  # a box looks for a camera that is away for three seconds before it says so
_FROM_AFAR_S = 0.3  # our own kernel knows at once that it has no way
_ECHO, _HEADERS = 8, 28  # ICMP echo request; bytes of the IP and ICMP headers
_NO_WAY = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EDESTADDRREQ, errno.ENOKEY})


def echoes(address: str, size: int, *, tries: int = 2, patience_s: float = 1.0) -> bool | None:
    """Whether a host answers an echo whose whole packet has ``size`` bytes; None where we may not send one.

    An ICMP datagram socket (Linux; ``net.ipv4.ping_group_range``): the kernel fills in identity and checksum.
    """
    try:
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    except OSError:
        return None
    with probe:
        probe.settimeout(patience_s)
        for number in range(tries):
            try:
                probe.sendto(struct.pack("!BBHHH", _ECHO, 0, 0, 0, number) + bytes(size - _HEADERS), (address, 0))
                probe.recv(2048)
            except OSError:
                continue
            return True
    return False


def port(address: str, number: int, patience_s: float = PATIENCE_S) -> Port:
    """What is behind a port: asked for its options, as RTSP has it (RFC 2326, 10.1), without a login."""
    began = time.monotonic()
    try:
        with socket.create_connection((address, number), patience_s) as held:
            return _speaks(held, address, number)
    except ConnectionRefusedError:
        return Port.REFUSED
    except OSError as e:
        if e.errno not in _NO_WAY:
            return Port.SILENT
        return Port.AWAY if time.monotonic() - began > _FROM_AFAR_S else Port.NO_WAY


def _speaks(held: socket.socket, address: str, number: int) -> Port:
    """Whether what took the connection answers in RTSP, whatever it answers."""
    try:
        held.sendall(f"OPTIONS rtsp://{address}:{number}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
        return Port.CAMERA if held.recv(64).startswith(b"RTSP/") else Port.MUTE
    except OSError:
        return Port.MUTE


def has_interface(name: str) -> bool:
    """Whether the machine has a network interface of this name now."""
    try:
        socket.if_nametoindex(name)
    except OSError:
        return False
    return True


def tried(hub: Hub, peer: Peer) -> Tried:
    """Try a household's box and all its forwarded ports at once; takes some seconds where nothing answers.

    Nothing is sent while the interface is away: the addresses could then be somebody else's.
    """
    if not has_interface(hub.interface):
        return Tried(interface=False, box=Box.UNTOLD, ports=())
    with ThreadPoolExecutor(8) as pool:
        box = pool.submit(_box, peer.address)
        ports = tuple(pool.map(lambda f: port(peer.address, f.port), peer.forwards))
        return Tried(interface=True, box=box.result(), ports=ports)


def _box(address: str) -> Box:
    small = echoes(address, 64)
    if small is None:
        return Box.UNTOLD
    if not small:
        return Box.SILENT
    return Box.ANSWERS if echoes(address, MTU) else Box.SMALL_ONLY
