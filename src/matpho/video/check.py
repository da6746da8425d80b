"""Do disk, journal and index agree? The crash invariants of docs/design (recording.md,
retention.md), proved for every camera.

After Moonfire NVR's habit of writing its invariants down and shipping the program that checks them.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matpho.domain.ids import CameraId
from matpho.errors import StorageProblem
from matpho.video.camera_check import CameraCheck, CameraIndex, Problem
from matpho.video.journal import Journal

_STEP_S = 0.3  # a recorder is between two lines of its journal for some milliseconds
_LOOKS = 4  # at a camera whose journal grows meanwhile


@dataclass(slots=True)
class Report:
    """What was checked and found. ``repaired`` counts problems cured by new journal entries.

    ``busy`` are cameras that could not be repaired because they are being recorded; ``lines_lost`` counts damaged lines
    of journals that are on record.
    """

    cameras: int = 0
    segments: int = 0
    growing: int = 0
    bytes: int = 0
    recorded_s: float = 0.0
    gap_s: float = 0.0
    removed: int = 0
    removed_s: float = 0.0
    unaccounted_s: float = 0.0
    repaired: int = 0
    lines_lost: int = 0
    busy: list[CameraId] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and not self.unaccounted_s

    def add(self, found: CameraCheck) -> None:
        """Count one camera in."""
        self.cameras += 1
        self.segments += found.segments
        self.growing += found.growing
        self.bytes += found.bytes
        self.recorded_s += found.recorded_s
        self.gap_s += found.gap_s
        self.removed += found.removed
        self.removed_s += found.removed_s
        self.unaccounted_s += found.unaccounted_s
        self.lines_lost += found.lines_lost
        self.problems += found.problems


def check(
    journals: Path,
    recordings: Path,
    *,
    index: Mapping[CameraId, CameraIndex] | None = None,
    repair: bool = False,
    progress: Callable[[CameraId], None] = lambda _: None,
) -> Report:
    """Check every camera that has a journal or recordings.

    With ``index`` (what the database says) that is compared too. ``repair`` appends to the journal what
    cures a problem, for cameras that are not being recorded at the moment; nothing is ever deleted.
    """
    report = Report()
    for camera_id in sorted(_cameras(journals, recordings) | set(index or ())):
        progress(camera_id)
        rows = None if index is None else index.get(camera_id, CameraIndex({}, 0))
        found = _settled(camera_id, journals, recordings, rows)
        if repair and found.problems:
            cured = _mend(journals / camera_id / "recorder.jsonl", found.problems)
            if cured is None:
                report.busy.append(camera_id)
            report.repaired += cured or 0
            found = CameraCheck(camera_id, journals, recordings, rows)
        report.add(found)
    return report


def _settled(camera_id: CameraId, journals: Path, recordings: Path, rows: CameraIndex | None) -> CameraCheck:
    """What a look finds that fell between no two steps of a recorder at work.

    The invariants hold after each of its steps, but a step may be two lines: a file begins, and with it a gap ends.
    """
    for _ in range(_LOOKS - 1):
        before = _written(journals / camera_id)
        found = CameraCheck(camera_id, journals, recordings, rows)
        if not found.problems:
            return found
        time.sleep(_STEP_S)
        if _written(journals / camera_id) == before:
            return found
    return CameraCheck(camera_id, journals, recordings, rows)


def _written(folder: Path) -> int:
    """Bytes of a camera's journals."""
    return sum(file.stat().st_size for file in folder.glob("*.jsonl"))


def _cameras(journals: Path, recordings: Path) -> set[CameraId]:
    told = {p.parent.name for p in journals.glob("*/recorder.jsonl")}
    kept = {p.name for p in recordings.iterdir() if p.is_dir()} if recordings.is_dir() else set()
    return {CameraId(name) for name in told | kept}


def _mend(path: Path, problems: Iterable[Problem]) -> int | None:
    """Append the facts that cure problems; how many were cured, None while a recorder holds the journal."""
    curable = [p for p in problems if p.mend]
    if not curable:
        return 0
    try:
        journal = Journal(path)
    except StorageProblem:
        return None
    try:
        for problem in curable:
            for fact in problem.mend:
                journal.append(fact)
    finally:
        journal.close()
    return len(curable)
