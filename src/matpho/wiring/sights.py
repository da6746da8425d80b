"""What recordings tell of a camera when somebody sets it up: distance of key pictures, where its signals may be."""

from pathlib import Path

from matpho.casework.ports import RecordedFile, Store
from matpho.casework.recorded import recorded
from matpho.domain.ids import CameraId
from matpho.domain.time import Clock, Span, after
from matpho.errors import MatphoError
from matpho.video.glances import glances, longest_gop_s
from matpho.vision.lamp_finder import LampSearch, find_lamps

NEWEST_S = 300.0
MOST_PICTURES = 160


class Sights:
    """``web.parts.Sights`` over the newest recordings."""

    def __init__(self, store: Store, recordings: Path, clock: Clock) -> None:
        self._store = store
        self._recordings = recordings
        self._clock = clock

    def _files(self, camera_id: CameraId, span: Span) -> list[RecordedFile]:
        with self._store.read() as unit:
            found = recorded(unit.recordings, camera_id, span).segments
        return [RecordedFile(path=self._recordings / s.path, start=s.start, end=s.end) for s in found]

    def gop_s(self, camera_id: CameraId) -> float | None:
        """The longest distance of key pictures in the newest recordings; None where it cannot be told."""
        now = self._clock.now()
        try:
            return longest_gop_s(self._files(camera_id, Span(after(now, -NEWEST_S), now))[-2:])
        except MatphoError:
            return None

    def lamps(self, camera_id: CameraId, length_s: float) -> LampSearch:
        """Where signals may be, from the last ``length_s`` seconds. Blocking: about a second of work."""
        now = self._clock.now()
        span = Span(after(now, -length_s), now)
        return find_lamps(glances(self._files(camera_id, span), span, MOST_PICTURES))
