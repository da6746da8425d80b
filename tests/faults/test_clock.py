"""The machine's clock set forward and back by an hour while two cameras are recorded.

Linux has no namespace for the wall clock, and setting the real one would harm everything else on the machine: reader
and recorder run in this process, over real RTSP, with a clock that leaps. That the supervisor kills nobody for it is
shown by ``tests/integration/pipeline/test_supervisor.py``.
"""

import time

import pytest

from matpho.domain.address import parse
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapSeen, SegmentClosed
from matpho.domain.time import SECOND, Instant, SystemClock, seconds
from matpho.plugins.sources.rtsp import RtspSource
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.testing.system import wait_for
from matpho.video import journal
from matpho.video.check import check
from matpho.video.reader import StreamReader
from matpho.video.recorder import CameraRecorder

from .helpers import begin

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

SCENARIO = "clock"
TOLD = "The machine's clock leaps by an hour, for reader and recorder alone: nothing else may lose its clock."
HOUR = 3600 * SECOND


class LeapingClock(SystemClock):
    """The machine's clock with an offset that can be set."""

    offset_ns = 0

    def now(self):
        """The wall clock as it is said to be."""
        return Instant(super().now() + self.offset_ns)


def facts(path, kind):
    return [f for f, _ in journal.read(path) if isinstance(f, kind)]


@pytest.mark.parametrize("hours", [1, -1])
def test_the_machine_s_clock_leaps(tmp_path, films, ledger, hours):
    clock, name = LeapingClock(), CameraId("c")
    places = {"journals": tmp_path / "j", "recordings": tmp_path / "r"}
    told = places["journals"] / name / "recorder.jsonl"
    fault, _ = begin(f"machine's clock {hours:+} h")
    with StagedCameras([ServedStream(camera=name, role="main", file=str(films["main"]))]) as server:
        recorder = CameraRecorder(name, clock=clock, segment_s=5, **places)
        reader = StreamReader(
            name,
            StreamRole.MAIN,
            parse(server.address(name, "main")),
            open_source=RtspSource,
            listeners=(recorder,),
            tell=lambda _: None,
            clock=clock,
        )
        reader.start()
        wait_for(lambda: len(facts(told, SegmentClosed)) >= 2, 40, "recording")
        clock.offset_ns = hours * HOUR
        leapt, before = time.monotonic(), len(facts(told, SegmentClosed))
        wait_for(
            lambda: any(abs(f.start - clock.now()) < 60 * SECOND for f in facts(told, SegmentClosed)[before:]),
            90,
            "recording by the new time",
        )
        fault.recovered_s = round(time.monotonic() - leapt, 1)
        assert reader.stop(15)
        recorder.stop()
    found = check(**places)
    gaps = [g for g in facts(told, GapSeen) if g.end is not None and g.end - g.start > SECOND]
    fault.causes = sorted({str(g.cause) for g in gaps})
    fault.lost_s = {name: round(sum(seconds(g.end - g.start) for g in gaps), 1)}
    fault.note = (
        "forward: an hour that never was is a gap" if hours > 0 else "back: an hour is there twice, both recorded"
    )
    ledger.faults.append(fault)
    codes = {p.code for p in found.problems}
    assert codes <= ({"gap_left_open"} if hours < 0 else set())  # by time that gap lies before other recordings
    assert found.unaccounted_s == 0
    if hours > 0:
        assert 3500 < fault.lost_s[name] < 3700
    else:
        assert fault.lost_s[name] < 10
