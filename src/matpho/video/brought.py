"""What imports brought in, by import; and the journal in which they are told, taken over from one that died.

Each import has an id, which is in the names of its files and in the journal (``import.jsonl``): nothing else tells what
is to go when it is taken back. Files that were brought in before imports had ids are one import of their camera.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from matpho.domain.gaps import import_of, is_import
from matpho.domain.ids import CameraId
from matpho.domain.messages import FootageImported, ImportBegan, ImportUndone, SegmentClosed, SegmentUndone
from matpho.domain.time import Instant
from matpho.video import journal
from matpho.video.journal import Journal
from matpho.video.ledger import camera_ledger, read_ledger
from matpho.video.place import Place
from matpho.video.recovery import close_on_behalf
from matpho.video.removal import Remover

WRITER = "import"


@dataclass(slots=True)
class Import:
    """One import as it stands. ``began`` is None where nothing tells who brought it in, when, and with which offset.

    ``files`` are those that are kept, oldest first; ``sources`` the files they came from; ``undone`` when it was taken
    back, the last time where that needed several.
    """

    camera_id: CameraId
    id: str
    began: ImportBegan | None = None
    files: list[SegmentClosed] = field(default_factory=list)
    sources: list[FootageImported] = field(default_factory=list)
    undone: ImportUndone | None = None

    @property
    def name(self) -> str:
        """What people call it by."""
        return self.id or f"earlier-{self.camera_id}"

    @property
    def at(self) -> Instant:
        """When it was made, or when its first file was done; the beginning of time where nothing tells."""
        return self.began.at if self.began else min((s.at for s in self.sources), default=Instant(0))

    @property
    def kept_s(self) -> float:
        """How long what is kept of it lasts."""
        return sum(c.span.length_s for c in self.files)


def imports_of(journals: Path, camera_id: CameraId) -> list[Import]:
    """The imports of a camera, oldest first."""
    found: dict[str, Import] = {}

    def named(import_id: str) -> Import:
        return found.setdefault(import_id, Import(camera_id, import_id))

    for fact, _ in journal.read(journals / camera_id / f"{WRITER}.jsonl"):
        match fact:
            case ImportBegan():
                named(fact.id).began = fact
            case FootageImported():
                named(fact.import_id).sources.append(fact)
            case ImportUndone():
                named(fact.import_id).undone = fact
    ledger = camera_ledger(journals, camera_id)
    for path, closed in ledger.closed.items():
        if is_import(path) and closed.frames:
            one = named(import_of(path))
            if not ledger.gone(path):
                one.files.append(closed)
    for one in found.values():
        one.files.sort(key=lambda c: c.start)
    return sorted(found.values(), key=lambda one: one.at)


def undoing(journals: Path, one: Import) -> Iterator[SegmentUndone]:
    """What is to be told of an import's files when it is taken back."""
    told = camera_ledger(journals, one.camera_id).gaps.values()
    for closed in one.files:
        span = closed.span
        under = (g for g in told if g.start < span.end and (g.end is None or g.end > span.start))
        yield SegmentUndone(one.camera_id, closed.path, span.start, span.end, tuple(under))


def open_journal(camera_id: CameraId, place: Place) -> Journal:
    """The journal of a camera's imports for writing, after what one that was killed left half done is ended.

    Raises StorageProblem while another import of the camera goes on, or when the disk refuses.
    """
    mine = Journal(place.journals / camera_id / f"{WRITER}.jsonl")
    try:
        _end_what_died(mine, camera_id, place)
    except BaseException:
        mine.close()
        raise
    return mine


def _end_what_died(mine: Journal, camera_id: CameraId, place: Place) -> None:
    """Close what was left open, remove what was not named yet and what was told as taken back."""
    for left in (place.recordings / camera_id).glob("*/.*-import.part"):
        left.unlink(missing_ok=True)
    ledger = read_ledger(mine.path)
    for path, opened in ledger.opened.items():
        if path not in ledger.closed:
            mine.append(close_on_behalf(opened, place.recordings))
    Remover(place).finish_undone(ledger)
