"""Opening a stream that the recorder reads too: through the recorder, and past it only while it does not."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from matpho.domain.address import Address
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.errors import SourceLost
from matpho.video.relayed_source import RelayedSource, open_relayed
from matpho.video.source import OpenSource, Packet, PacketSource, StreamInfo

log = logging.getLogger(__name__)

LOOK_S = 60.0  # a connection of our own is given up when the recorder reads again
_ANSWER_S = 0.5


class SharedStream:
    """An :data:`OpenSource` for one camera. A recorder that is down or cannot write must not blind the analysis."""

    def __init__(self, socket: Path, camera_id: CameraId, role: StreamRole, direct: OpenSource) -> None:
        self._socket, self._camera_id, self._role, self._direct = socket, camera_id, role, direct

    def __call__(self, address: Address) -> PacketSource:
        """Open it; what it raises is the source's own."""
        relayed = open_relayed(self._socket, self._camera_id, self._role)
        if relayed is not None:
            return relayed
        log.info("%s: nobody records this stream; it is read by a connection of its own", self._camera_id)
        return _Meanwhile(self._direct(address), self._offered)

    def _offered(self) -> bool:
        """Whether the recorder reads the stream now."""
        try:
            found: RelayedSource | None = open_relayed(self._socket, self._camera_id, self._role, wait_s=_ANSWER_S)
        except SourceLost:
            return False  # it does, but the camera does not answer there: ours does
        if found is not None:
            found.close()
        return found is not None


class _Meanwhile:
    """A connection of our own, until the recorder has one."""

    def __init__(self, source: PacketSource, offered: Callable[[], bool]) -> None:
        self._source, self._offered = source, offered
        self.live = source.live

    @property
    def info(self) -> StreamInfo:
        return self._source.info

    def __iter__(self) -> Iterator[Packet]:
        due_s = time.monotonic() + LOOK_S
        for packet in self._source:
            yield packet
            if packet.key and time.monotonic() >= due_s:
                due_s = time.monotonic() + LOOK_S
                if self._offered():
                    raise SourceLost("the recorder reads this stream again", "bộ ghi đã đọc lại luồng này")

    def close(self) -> None:
        self._source.close()
