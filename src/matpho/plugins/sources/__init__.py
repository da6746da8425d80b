"""Packet sources: RTSP cameras and files."""

from matpho.domain.address import Address, AddressKind
from matpho.domain.network import NetworkPolicy
from matpho.video.source import PacketSource


def open_source(address: Address, rules: NetworkPolicy | None = None) -> PacketSource:
    """Open whatever an address names; a camera only where the rules allow one (None: anywhere).

    Raises SourceRefused, SourceStalled, SourceLost, BadVideo or BadAddress; none of them names a password.
    """
    if address.kind is AddressKind.RTSP:
        from matpho.plugins.sources.rtsp import RtspSource

        return RtspSource(address, rules=rules)
    from matpho.plugins.sources.file import FileSource

    return FileSource(address)
