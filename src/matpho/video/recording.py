"""All cameras of one recorder process: one reader, one recorder and one live hub each."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matpho.domain.address import parse
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, Link, StreamState
from matpho.domain.time import Clock, Instant
from matpho.domain.words import Said
from matpho.errors import BadAddress, StorageProblem
from matpho.video.live import LiveForm, LiveHub, LiveServer
from matpho.video.place import Place
from matpho.video.reader import StreamReader
from matpho.video.recorder import CameraRecorder
from matpho.video.relayed import PacketForm
from matpho.video.source import OpenSource

log = logging.getLogger(__name__)

_LOOK_S = 1.0
_NAP_S = 0.6  # while nobody watches
SWITCHED_OFF = Said("đã tắt ghi hình", "recording was switched off")
OTHER_MODE = Said("đã đổi chế độ ghi hình", "the record mode was changed")
OTHER_ADDRESS = Said("đã đổi địa chỉ camera", "the address was changed")
RECORDER_STOPPED = Said("phần mềm ghi hình được dừng", "the recorder was stopped")


@dataclass(slots=True)
class _Recording:
    address: str
    role: StreamRole
    reader: StreamReader
    recorder: CameraRecorder

    def stop(self, cause: GapCause, detail: Said) -> None:
        self.reader.stop()
        self.recorder.stop(cause, detail)


class _Recordings:
    """The running cameras; reconfigured while they run."""

    def __init__(
        self,
        *,
        journals: Path,
        recordings: Path,
        live: LiveServer,
        open_source: OpenSource,
        tell: Callable[[StreamState], None],
        clock: Clock,
        segment_s: float,
        reserve_bytes: int,
    ) -> None:
        self._journals, self._recordings, self._live = journals, recordings, live
        self._open_source, self._tell, self._clock = open_source, tell, clock
        self._segment_s, self._reserve = segment_s, reserve_bytes
        self._running: dict[CameraId, _Recording] = {}
        self._refused: dict[CameraId, Said] = {}
        self._no_disk: dict[CameraId, tuple[Instant, Said]] = {}  # since when, where that keeps a camera from beginning

    def apply(self, cameras: Sequence[Camera]) -> None:
        """Start, restart and stop until what runs is what is wanted."""
        wanted = {c.id: (c.recorded_address, c.recorded_role) for c in cameras if c.recorded_address}
        for camera_id, running in list(self._running.items()):
            address, role = wanted.get(camera_id, (None, running.role))
            if address is None:
                self._stop(camera_id, GapCause.OFF, SWITCHED_OFF)
            elif role is not running.role:
                self._stop(camera_id, GapCause.RESTART, OTHER_MODE)
            elif address != running.address:
                self._stop(camera_id, GapCause.RESTART, OTHER_ADDRESS)
        for camera_id, (address, role) in wanted.items():
            if camera_id not in self._running:
                self._start(camera_id, address, role)

    def close_orphans(self, cameras: Sequence[Camera]) -> None:
        """Close what a dead recorder left open of cameras that nobody records any more."""
        wanted = {c.id for c in cameras if c.recorded_address}
        for path in self._journals.glob("*/recorder.jsonl"):
            camera_id = CameraId(path.parent.name)
            if camera_id not in wanted:
                try:
                    self._recorder(camera_id, StreamRole.MAIN).stop(GapCause.OFF, SWITCHED_OFF)
                except StorageProblem as e:
                    log.warning("%s: %s", camera_id, e.en)

    def _recorder(self, camera_id: CameraId, role: StreamRole) -> CameraRecorder:
        return CameraRecorder(
            camera_id,
            journals=self._journals,
            recordings=self._recordings,
            clock=self._clock,
            segment_s=self._segment_s,
            reserve_bytes=self._reserve,
            role=role,
        )

    def _start(self, camera_id: CameraId, text: str, role: StreamRole) -> None:
        try:
            address = parse(text)
            recorder = self._recorder(camera_id, role)
        except (BadAddress, StorageProblem) as e:
            self._refuse(camera_id, role, Said(e.vi, e.en))
            if not Place(self._recordings, self._journals).there:
                self._no_disk.setdefault(camera_id, (self._clock.now(), Said(e.vi, e.en)))
            return
        self._refused.pop(camera_id, None)
        if camera_id in self._no_disk:
            recorder.without_disk(*self._no_disk.pop(camera_id))
        hub, relay = LiveHub(camera_id, role), LiveHub(camera_id, role, PacketForm)
        reader = StreamReader(
            camera_id,
            role,
            address,
            open_source=self._open_source,
            listeners=(hub, relay, recorder),
            tell=self._tell,
            clock=self._clock,
            nap_s=lambda: 0.0 if hub.watched or relay.watched else _NAP_S,
        )
        self._live.serve(hub)
        self._live.serve(relay, LiveForm.PACKETS)
        self._running[camera_id] = _Recording(text, role, reader, recorder)
        reader.start()

    def _refuse(self, camera_id: CameraId, role: StreamRole, detail: Said) -> None:
        """Say once that a camera cannot be recorded; it is tried again at every look."""
        if self._refused.get(camera_id) == detail:
            return
        self._refused[camera_id] = detail
        log.warning("%s is not recorded: %s", camera_id, detail.en)
        now = self._clock.now()
        self._tell(StreamState(camera_id, role, Link.LOST, now, None, 0.0, 0.0, "", 0, 0, None, detail))

    def _stop(self, camera_id: CameraId, cause: GapCause, detail: Said) -> None:
        running = self._running.pop(camera_id)
        self._live.forget(camera_id, running.role)
        running.stop(cause, detail)

    def stop(self) -> None:
        """Stop all, told at once so that they wait together."""
        for running in self._running.values():
            running.reader.stop(wait_s=0)
        for camera_id in list(self._running):
            self._stop(camera_id, GapCause.RESTART, RECORDER_STOPPED)


def run_recorder(
    cameras: Callable[[], Sequence[Camera]],
    *,
    journals: Path,
    recordings: Path,
    live_socket: Path,
    open_source: OpenSource,
    tell: Callable[[StreamState], None],
    clock: Clock,
    stop: threading.Event,
    segment_s: float = 60.0,
    reserve_bytes: int = 0,
) -> None:
    """Record the streams that the cameras keep, of ``cameras()``, asked anew every second, until ``stop`` is set.

    ``tell`` is called from reader threads and must not block. Live pictures are served on ``live_socket``.
    """
    with LiveServer(live_socket, clock=clock) as live:
        running = _Recordings(
            journals=journals,
            recordings=recordings,
            live=live,
            open_source=open_source,
            tell=tell,
            clock=clock,
            segment_s=segment_s,
            reserve_bytes=reserve_bytes,
        )
        try:
            running.close_orphans(cameras())
            while not stop.is_set():
                running.apply(cameras())
                stop.wait(_LOOK_S)
        finally:
            running.stop()
