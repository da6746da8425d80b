"""Makes the files that incidents ask for, one attempt at a time. The work is rows: a killed desk goes on with it."""

import logging
from dataclasses import replace
from pathlib import Path

from matpho.casework.commands import KeepEvidence
from matpho.casework.coverage import Coverage
from matpho.casework.desk import Desk
from matpho.casework.manifest import About, Story, compose
from matpho.casework.plan import shown
from matpho.casework.ports import ClipMaker, EvidenceVault, RecordedFile, StillMaker, Store, Unit
from matpho.casework.recorded import recorded
from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceRole, EvidenceState
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock, Instant, Span, after, seconds
from matpho.domain.words import NOTHING_SAID, Said
from matpho.errors import Corrupt, MatphoError, NotFound, StorageProblem

_log = logging.getLogger(__name__)

MOST_TRIES = 6
AGAIN_S = 2.0
LONGEST_WAIT_S = 60.0
SHORT_S = 1.0
"""A clip that ends this much before what was asked for is short."""
_AROUND_S = 20.0
_IDLE_S = 2.0
_NAMES = {EvidenceKind.CLIP: "mp4", EvidenceKind.STILL: "jpg", EvidenceKind.MANIFEST: "json"}


class EvidenceMaker:
    """One thread's work: ask :meth:`step` again and again."""

    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        clips: ClipMaker,
        stills: StillMaker,
        vault: EvidenceVault,
        recordings: Path,
        clock: Clock,
        about: About,
    ) -> None:
        self._store = store
        self._desk = desk
        self._clips = clips
        self._stills = stills
        self._vault = vault
        self._recordings = recordings
        self._clock = clock
        self._about = about

    def step(self) -> float:
        """Make what is due; how many seconds nothing will be due, at most two.

        Raises StorageProblem when the database fails; what fails otherwise is stored with the row it failed for.
        """
        with self._store.read() as unit:
            due = unit.evidence.due(self._clock.now(), 8)
        for row in due:
            self._desk.handle(KeepEvidence(before=row, after=self._attempt(row)), PROGRAM)
        with self._store.read() as unit:
            soonest = unit.evidence.next_try()
        wait_s = _IDLE_S if soonest is None else seconds(soonest - self._clock.now())
        return min(_IDLE_S, max(0.05, wait_s))

    def _attempt(self, row: Evidence) -> Evidence:
        """The row after one attempt; whatever goes wrong is part of it."""
        try:
            if row.kind is EvidenceKind.MANIFEST:
                return self._manifest(row)
            with self._store.read() as unit:
                coverage = self._coverage(unit, row)
            try:
                return self._file(row, coverage)
            except NotFound:
                if coverage.complete(row.wanted):
                    return _failed(row, coverage.why_missing(row.wanted))
                return self._later(row)
        except MatphoError as e:
            full = isinstance(e, StorageProblem) and not isinstance(e, Corrupt)
            return self._tried(row, Said(e.vi, e.en), lasting=full)
        except Exception:  # noqa: BLE001 - this worker's edge: stored with the row it failed for
            _log.exception("evidence %s of incident %s could not be made", row.id, row.incident_id)
            return self._tried(row, Said("Lỗi chương trình khi tạo tệp.", "The program failed while making the file."))

    def _coverage(self, unit: Unit, row: Evidence) -> Coverage:
        span = Span(after(row.wanted.start, -_AROUND_S), after(row.wanted.end, _AROUND_S))
        found = recorded(unit.recordings, row.camera_id, span)
        removed = unit.keeping.removals(row.camera_id, span)
        return Coverage(found.segments, found.gaps, self._clock.now(), removed)

    def _file(self, row: Evidence, coverage: Coverage) -> Evidence:
        """A clip or a still; raises NotFound where the recording has nothing of it."""
        files = [RecordedFile(path=self._recordings / s.path, start=s.start, end=s.end) for s in coverage.segments]
        if not files:
            raise NotFound("no recording", "không có bản ghi")
        out = self._vault.scratch(f"{row.id}.{_NAMES[row.kind]}")
        if row.kind is EvidenceKind.STILL:
            at = self._still(row, files, out)
            return self._sealed(replace(row, span=Span(at, at)), out)
        cut = self._clips.cut(files, row.wanted, out)
        short = seconds(row.wanted.end - cut.span.end) > SHORT_S
        if short and not (coverage.overdue(row.wanted) or coverage.gap_at(row.wanted.end)):
            return self._later(row)
        late = seconds(cut.span.start - row.wanted.start) > SHORT_S
        made = replace(
            row,
            span=cut.span,
            in_s=cut.in_s,
            out_s=cut.out_s,
            segments=tuple(_relative(path, self._recordings) for path in cut.used),
            detail=cut.note or (coverage.why_missing(row.wanted) if short or late else NOTHING_SAID),
        )
        return self._sealed(made, out)

    def _still(self, row: Evidence, files: list[RecordedFile], out: Path) -> Instant:
        """One instant's picture, or the best of a span; where nothing can be chosen, that nearest to the incident."""
        span = row.wanted
        if span.start == span.end:
            return self._stills.take(files, span.start, out)
        with self._store.read() as unit:
            incident = unit.incidents.get(row.incident_id)
        try:
            return self._stills.choose(files, span, None if incident is None else incident.box, out)
        except NotFound:
            return self._stills.take(files, span.end if row.role is EvidenceRole.BEFORE else span.start, out)

    def _manifest(self, row: Evidence) -> Evidence:
        with self._store.read() as unit:
            rows = unit.evidence.of([row.incident_id]).get(row.incident_id, ())
            waiting = [r.next_try for r in rows if r.state is EvidenceState.MAKING and r.kind is not row.kind]
            if waiting:
                return replace(row, next_try=max(*waiting, after(self._clock.now(), 0.2)))
            text = compose(self._story(unit, row, rows))
        out = self._vault.scratch(f"{row.id}.json")
        out.write_text(text, "utf-8")
        return self._sealed(replace(row, span=row.wanted), out)

    def _story(self, unit: Unit, row: Evidence, rows: tuple[Evidence, ...]) -> Story:
        incident = unit.incidents.get(row.incident_id)
        if incident is None:
            raise NotFound(f"there is no incident {row.incident_id}", f"không có vụ việc {row.incident_id}")
        return Story(
            incident=incident,
            hits=unit.hits.of([incident.id]).get(incident.id, ()),
            files=shown(rows),
            tracks=unit.recordings.tracks(row.camera_id, row.wanted),
            camera=unit.cameras.get(row.camera_id),
            zone_version=unit.cameras.zone_version(row.camera_id, incident.at),
            about=self._about,
            made=self._clock.now(),
        )

    def _sealed(self, row: Evidence, out: Path) -> Evidence:
        sealed = self._vault.seal(row.incident_id, f"{row.slot}-{row.id[-5:]}.{_NAMES[row.kind]}", out)
        return replace(
            row,
            state=EvidenceState.READY,
            path=sealed.name,
            sha256=sealed.sha256,
            size_bytes=sealed.size_bytes,
            tries=row.tries + 1,
        )

    def _later(self, row: Evidence) -> Evidence:
        """The recording has not come this far yet: no fault of anybody's, and no try."""
        return replace(row, next_try=after(self._clock.now(), AGAIN_S))

    def _tried(self, row: Evidence, why: Said, *, lasting: bool = False) -> Evidence:
        """One try more; ``lasting`` trouble (a full disk) is waited out however long it takes."""
        tries = row.tries + 1
        if tries >= MOST_TRIES and not lasting:
            return replace(_failed(row, why), tries=tries)
        wait_s = min(LONGEST_WAIT_S, AGAIN_S * 2 ** min(tries, 10))
        return replace(row, tries=tries, detail=why, next_try=after(self._clock.now(), wait_s))


def _failed(row: Evidence, why: Said) -> Evidence:
    return replace(row, state=EvidenceState.FAILED, detail=why)


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
