"""Packet sources: RTSP cameras and files."""

from matpho.domain.address import Address, AddressKind
from matpho.video.source import PacketSource


def open_source(address: Address) -> PacketSource:
    """Open whatever an address names.

    Raises SourceRefused, SourceStalled, SourceLost or BadVideo; none of them names a password.
    """
    if address.kind is AddressKind.RTSP:
        from matpho.plugins.sources.rtsp import RtspSource

        return RtspSource(address)
    from matpho.plugins.sources.file import FileSource

    return FileSource(address)
