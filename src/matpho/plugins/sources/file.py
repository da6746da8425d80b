"""Video files as packet sources."""

from collections.abc import Iterator

import av
import av.error

from matpho.domain.address import Address, AddressKind
from matpho.errors import BadAddress
from matpho.video.container import open_video
from matpho.video.parameters import detached
from matpho.video.source import Packet, StreamInfo


class FileSource:
    """One video file, read as fast as asked; implements :class:`matpho.video.source.PacketSource`."""

    live = False

    def __init__(self, address: Address) -> None:
        """Open it; raises BadVideo when it is no video."""
        if address.kind is not AddressKind.FILE:
            raise BadAddress("not the path of a file", "không phải đường dẫn tệp")
        self._container = open_video(address.file)
        stream = self._container.streams.video[0]
        context = stream.codec_context
        self._stream = stream
        self._info = StreamInfo(
            codec=context.codec.canonical_name,
            width=context.width,
            height=context.height,
            extradata=bytes(context.extradata or b""),
            time_base=stream.time_base,
            template=detached(stream),
            fps=float(stream.average_rate or 0),
        )

    @property
    def info(self) -> StreamInfo:
        """The stream as the file's header says."""
        return self._info

    def __iter__(self) -> Iterator[Packet]:
        """Packets in decoding order; a damaged end ends them like the true one."""
        last = -1
        try:
            for payload in self._container.demux(self._stream):
                if not payload.size:
                    continue
                step = payload.duration or 1
                dts = payload.dts if payload.dts is not None else last + step
                last = dts
                yield Packet(
                    payload=payload,
                    pts=payload.pts if payload.pts is not None else dts,
                    dts=dts,
                    duration=step,
                    time_base=self._info.time_base,
                    key=payload.is_keyframe,
                    size=payload.size,
                )
        except (av.error.FFmpegError, OSError):
            return

    def close(self) -> None:
        """Close the file."""
        self._container.close()
