"""Pictures of tracks out of the recordings, for the search page."""

from pathlib import Path

from matpho.casework.ports import RecordedFile, Store
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.messages import TrackEnded
from matpho.domain.time import Instant, Span, after
from matpho.domain.trace import box_at
from matpho.video.crop import NEAR_S, small


class TrackPictures:
    """``web.parts.TrackPictures`` over :mod:`matpho.video.crop`: main recordings first, sub where there are none."""

    def __init__(self, store: Store, recordings: Path) -> None:
        self._store = store
        self._recordings = recordings

    def of(self, camera: Camera, track: TrackEnded, at: Instant, *, masked: bool, whole: bool) -> bytes:
        """A JPEG around the thing at ``at``, or the whole picture."""
        near = Span(after(at, -NEAR_S), after(at, NEAR_S))
        with self._store.read() as unit:
            rows = next(
                (
                    found
                    for role in (StreamRole.MAIN, StreamRole.SUB)
                    if (found := unit.recordings.segments(camera.id, role, near))
                ),
                (),
            )
        files = [RecordedFile(path=self._recordings / row.path, start=row.start, end=row.end) for row in rows]
        return small(
            files,
            at,
            place=None if whole else lambda shown: box_at(track.boxes, shown),
            masks=camera.masks if masked else (),
            width=960 if whole else 320,
        )
