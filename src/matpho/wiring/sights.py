"""What recordings tell of a camera when somebody sets it up: distance of key pictures, where its signals may be."""

from pathlib import Path

import numpy as np

from matpho.casework.ports import RecordedFile, Store
from matpho.casework.recorded import recorded
from matpho.casework.zone_advice import LampSeen
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.observation import LampColour
from matpho.domain.time import SECOND, Clock, Instant, Span, after
from matpho.errors import MatphoError
from matpho.video.glances import Picture, glances, longest_gop_s
from matpho.vision.lamp import LampSettings, emissive
from matpho.vision.lamp_finder import LampSearch, find_lamps

NEWEST_S = 300.0
MOST_PICTURES = 160
LAMP_PICTURES = 40
LAMP_PX = 3
"""So many pixels of one colour are a lamp."""
BRIGHTEST = 99.5
"""Per cent of a picture that is no brighter than its white."""
KNOWN_S, MOST_KNOWN = 60.0, 64
"""What was seen in a box is not looked at again for so long: a drawing is judged at every stroke."""


class Sights:
    """``web.parts.Sights`` over the newest recordings."""

    def __init__(self, store: Store, recordings: Path, clock: Clock) -> None:
        self._store = store
        self._recordings = recordings
        self._clock = clock
        self._known: dict[tuple[CameraId, Box], tuple[Instant, LampSeen | None]] = {}

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

    def lamp_in(self, camera_id: CameraId, box: Box) -> LampSeen | None:
        """What shone inside a box in the last minutes; None where it cannot be told. Blocking: half a second of work.

        A box that was looked at less than a minute ago is not looked at again.
        """
        now = self._clock.now()
        known = self._known.get((camera_id, box))
        if known is not None and now - known[0] < KNOWN_S * SECOND:
            return known[1]
        seen = self._lamp_in(camera_id, box, Span(after(now, -NEWEST_S), now))
        while len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[camera_id, box] = (now, seen)
        return seen

    def _lamp_in(self, camera_id: CameraId, box: Box, span: Span) -> LampSeen | None:
        pictures = red = green = 0
        try:
            for _, picture in glances(self._files(camera_id, span), span, LAMP_PICTURES):
                height, width = picture.shape[:2]
                rows = slice(int(box.y * height), int(box.bottom * height) + 1)
                columns = slice(int(box.x * width), int(box.right * width) + 1)
                shines = emissive(picture[rows, columns], LampSettings(), _exposure(picture))
                pictures += 1
                red += int(shines[LampColour.RED].sum()) >= LAMP_PX
                green += int(shines[LampColour.GREEN].sum()) >= LAMP_PX
        except MatphoError:
            return None
        return LampSeen(pictures, red, green)

    def lamps(self, camera_id: CameraId, length_s: float) -> LampSearch:
        """Where signals may be, from the last ``length_s`` seconds. Blocking: about a second of work."""
        now = self._clock.now()
        span = Span(after(now, -length_s), now)
        return find_lamps(glances(self._files(camera_id, span), span, MOST_PICTURES))


def _exposure(picture: Picture) -> float:
    """How bright a lamp must be in it, as a share, as :mod:`matpho.vision.lamp` asks of a dark recording."""
    settings = LampSettings()
    brightest = float(np.percentile(picture[::8, ::8].max(axis=2), BRIGHTEST))
    return min(1.0, max(settings.darkest, brightest / settings.white))
