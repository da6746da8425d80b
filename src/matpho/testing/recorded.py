"""A camera's recordings with a gap in them, written by the recorder itself."""

from pathlib import Path

from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause
from matpho.domain.time import Instant, after
from matpho.testing.builders import NO_ROUTE
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import packets
from matpho.video.recorder import CameraRecorder


def record_with_gap(camera: CameraId, *, journals: Path, recordings: Path, begin: Instant = NOON) -> None:
    """Record 0 to 10 s and 40 to 50 s after ``begin``, in files of five seconds; the camera was away meanwhile."""
    clock = HandClock(begin)
    recorder = CameraRecorder(camera, journals=journals, recordings=recordings, clock=clock, segment_s=5)
    for again_s in (0, 40):
        info, script = packets(pictures=100, start=after(begin, again_s))
        recorder.began(info)
        for packet in script:
            recorder.packet(packet)
        clock.at = after(begin, again_s + 10)
        recorder.lost(GapCause.NETWORK, NO_ROUTE)
    recorder.stop()
