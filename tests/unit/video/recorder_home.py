"""What the tests of a camera's recorder have in common."""

import os

from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant
from matpho.testing.clock import HandClock
from matpho.video import journal
from matpho.video.check import check
from matpho.video.recorder import CameraRecorder

CAMERA = CameraId("cho")


class RecorderHome:
    """A camera's recorder on a folder of its own, and a clock that its packets move."""

    def __init__(self, folder):
        self.journals, self.recordings = folder / "journal", folder / "recordings"
        self.clock = HandClock()
        self.recorder = None

    def start(self, **settings):
        self.recorder = CameraRecorder(
            CAMERA,
            journals=self.journals,
            recordings=self.recordings,
            clock=self.clock,
            **{"segment_s": 5.0, **settings},
        )
        return self.recorder

    def play(self, info, script):
        self.recorder.began(info)
        self.go_on(script)

    def go_on(self, script):
        for packet in script:
            self.clock.at = Instant(packet.at + packet.duration_ns)
            self.clock._passed_s += packet.duration_ns / SECOND
            self.recorder.packet(packet)

    def kill(self):
        """What kill -9 leaves: files as they are, locks gone."""
        self.recorder._journal.close()
        if self.recorder._writer:
            os.close(self.recorder._writer._file)

    def facts(self):
        return [fact for fact, _ in journal.read(self.journals / CAMERA / "recorder.jsonl")]

    def report(self):
        return check(self.journals, self.recordings)
