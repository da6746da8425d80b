"""Recorded video as the page needs it: the player over the recordings folder, its caches in the home folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from matpho.casework.ports import RecordedFile
from matpho.casework.records import Segment
from matpho.domain.geometry import Polygon
from matpho.domain.time import Instant
from matpho.settings import Settings
from matpho.video import still
from matpho.video.disk_cache import DiskCache
from matpho.video.footage import RecordedFile as AnyFile
from matpho.video.masked_clip import masked_clip
from matpho.video.playback import Asked, Piece, Player

RENDITIONS_BYTES = 2 << 30
PREVIEWS_BYTES = 512 << 20
SWEEP_EVERY_S = 300.0


class Covers:
    """``casework.export_maker.CoverMaker`` over :mod:`matpho.video.masked_clip`."""

    def cover(self, source: Path, masks: Sequence[Polygon], out: Path) -> None:
        """Decoded, covered, encoded anew."""
        masked_clip(source, masks, out)


class RecordedVideo:
    """``web.playback.RecordedVideo`` over :class:`matpho.video.playback.Player`."""

    def __init__(self, settings: Settings) -> None:
        self._recordings = settings.recordings
        cache = settings.home / "cache"
        self._player = Player(
            DiskCache(cache / "renditions", RENDITIONS_BYTES),
            DiskCache(cache / "previews", PREVIEWS_BYTES),
            settings.recordings,
        )

    def files(self, found: Sequence[Segment]) -> list[AnyFile]:
        """The files of rows of the index."""
        return [RecordedFile(path=self._recordings / s.path, start=s.start, end=s.end) for s in found]

    def pieces(self, files: Sequence[AnyFile], asked: Asked) -> Iterator[Piece]:
        """A stretch, piece by piece."""
        return self._player.pieces(files, asked)

    def preview(self, files: Sequence[AnyFile], at: Instant, masks: tuple[Polygon, ...]) -> tuple[Instant, bytes]:
        """A small JPEG of the key picture at or before an instant."""
        return self._player.preview(files, at, masks)

    def frame(self, files: Sequence[AnyFile], at: Instant, masks: tuple[Polygon, ...]) -> tuple[Instant, bytes]:
        """The picture shown at an instant."""
        with TemporaryDirectory() as folder:
            out = Path(folder) / "frame.jpg"
            captured = still.take(files, at, out, masks=masks)
            return captured, out.read_bytes()

    def sweep(self) -> float:
        """A duty of the desk: what was made from recordings that are gone goes too; seconds until the next time."""
        self._player.follow()
        return SWEEP_EVERY_S
