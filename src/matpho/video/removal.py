"""Removes recording files: the journal first, then the file, then the empty folder.

A fourth thing holds after any crash (docs/design/retention.md): a file that was closed with pictures in it is missing
only if the camera's ``retention.jsonl`` named it first. A removal that was told and not done yet is done at the next
start, from the journal's last facts; doing one twice changes nothing.
"""

import contextlib
import logging
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from matpho.domain.messages import SegmentRemoved, SegmentUndone
from matpho.domain.system_words import because
from matpho.errors import StorageProblem
from matpho.video.folders import sync_folder
from matpho.video.journal import Journal
from matpho.video.ledger import Ledger, read_ledger
from matpho.video.place import Place
from matpho.video.recovery import tail
from matpho.video.shortening import DUE_BYTES, shorten_retention

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Told in one go, and done before any more is told: so many facts are always within the tail of a journal."""
WRITER = "retention"


class Remover:
    """The one that deletes recordings. Not for two threads at once."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def tell(self, facts: Sequence[SegmentRemoved]) -> None:
        """Write removals to their cameras' journals, durably. Raises StorageProblem; then some may be told."""
        if len(facts) > AT_ONCE:
            raise ValueError(f"more than {AT_ONCE} at once")
        self._place.require()
        for camera_id, group in groupby(sorted(facts, key=lambda f: f.camera_id), key=lambda f: f.camera_id):
            journal = Journal(self._place.journals / camera_id / f"{WRITER}.jsonl")
            try:
                journal.append_all(list(group))
            finally:
                journal.close()

    def delete(self, facts: Iterable[SegmentRemoved | SegmentUndone]) -> int:
        """Delete what was told; the number of files that were still there. Raises StorageProblem."""
        self._place.require()
        folders: set[Path] = set()
        gone = 0
        for fact in facts:
            path = self._place.recordings / fact.path
            try:
                path.unlink()
            except FileNotFoundError:
                pass
            except OSError as e:
                why = because(e)
                raise StorageProblem(
                    f"{fact.path} cannot be deleted: {why.en}", f"không xoá được {fact.path}: {why.vi}"
                ) from e
            else:
                gone += 1
            folders.add(path.parent)
        for folder in folders:
            self._tidy(folder)
        return gone

    def _tidy(self, folder: Path) -> None:
        """Bring the deletions to the disk, and take away a day's folder with nothing left in it."""
        if not folder.is_dir():
            return
        sync_folder(folder)
        with contextlib.suppress(OSError):  # not empty: the usual case
            folder.rmdir()
            sync_folder(folder.parent)

    def shorten(self) -> None:
        """Make our journals shorter where they have grown long. Raises StorageProblem."""
        for path in sorted(self._place.journals.glob(f"*/{WRITER}.jsonl")):
            if path.stat().st_size < DUE_BYTES:
                continue
            journal = Journal(path)
            try:
                shorten_retention(journal, self._place.recordings)
            finally:
                journal.close()

    def finish(self) -> int:
        """Do what was told and not done when we were stopped; how many files that were. Raises StorageProblem."""
        done = 0
        for path in sorted(self._place.journals.glob(f"*/{WRITER}.jsonl")):
            left = [f for f in tail(path) if isinstance(f, SegmentRemoved) and self._kept(f)]
            if left:
                log.warning("%s: %d removals are finished now", path.parent.name, len(left))
                done += self.delete(left)
        for path in sorted(self._place.journals.glob("*/import.jsonl")):
            done += self.finish_undone(read_ledger(path))
        return done

    def finish_undone(self, imports: Ledger) -> int:
        """Delete what was told as taken back and is still there; how many files that were. Raises StorageProblem."""
        left = [fact for fact in imports.undone.values() if self._kept(fact)]
        return self.delete(left) if left else 0

    def _kept(self, fact: SegmentRemoved | SegmentUndone) -> bool:
        return (self._place.recordings / fact.path).exists()
