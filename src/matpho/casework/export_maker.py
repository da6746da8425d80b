"""Makes exports in the background, one file at a time. The work is rows: a killed desk goes on where it stood."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from matpho.casework.desk import Desk
from matpho.casework.export_commands import KeepExport
from matpho.casework.exports import runs
from matpho.casework.manifest import About
from matpho.casework.ports import ClipMaker, Cut, RecordedFile, Store
from matpho.casework.recorded import recorded
from matpho.casework.records import Segment
from matpho.casework.timeline import holes
from matpho.domain.camera import StreamRole
from matpho.domain.codec import to_plain
from matpho.domain.export import Export, ExportCamera, ExportFile, ExportState
from matpho.domain.geometry import Polygon
from matpho.domain.people import PROGRAM
from matpho.domain.system_words import because
from matpho.domain.time import Clock, Instant, Span, after, to_iso
from matpho.domain.words import NOTHING_SAID, Said
from matpho.errors import MatphoError, NotFound, StorageProblem

_log = logging.getLogger(__name__)

FORMAT = "matpho-export/1"
MANIFEST = "manifest.json"
MOST_TRIES = 5
IDLE_S = 2.0
_BLOCK = 1 << 20


class CoverMaker(Protocol):
    """Covers private areas in the pixels of a finished clip."""

    def cover(self, source: Path, masks: Sequence[Polygon], out: Path) -> None:
        """Write ``source`` with ``masks`` burnt in to ``out``. Raises BadVideo or StorageProblem."""
        ...


class ExportMaker:
    """One thread's work: ask :meth:`step` again and again. Files lie in ``folder/<export>/``."""

    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        clips: ClipMaker,
        covers: CoverMaker,
        recordings: Path,
        folder: Path,
        clock: Clock,
        about: About,
    ) -> None:
        self._store = store
        self._desk = desk
        self._clips = clips
        self._covers = covers
        self._recordings = recordings
        self._folder = folder
        self._clock = clock
        self._about = about

    def place(self, export: Export) -> Path:
        """Where the files of an export lie."""
        return self._folder / export.id

    def step(self) -> float:
        """Make one file of the export that waits longest, or take away what is over; seconds until the next step.

        Raises StorageProblem when the database fails; what fails otherwise is stored with the row.
        """
        now = self._clock.now()
        with self._store.read() as unit:
            due, over = unit.exports.due(now), unit.exports.expired(now)
        for export in over:
            shutil.rmtree(self.place(export), ignore_errors=True)
            self._keep(replace(export, state=ExportState.EXPIRED, files=()))
        if due is None:
            return IDLE_S
        try:
            self._keep(self._further(due))
        except MatphoError as e:
            self._keep(self._failed(due, Said(e.vi, e.en), lasting=isinstance(e, StorageProblem)))
        except OSError as e:
            told = because(e)
            why = Said(f"không ghi được bản xuất: {told.vi}", f"the export cannot be written: {told.en}")
            self._keep(self._failed(due, why, lasting=True))
        except Exception:  # noqa: BLE001 - this worker's edge: stored with the row it failed for
            _log.exception("export %s could not be made", due.id)
            self._keep(self._failed(due, Said("Lỗi chương trình khi xuất.", "The program failed while exporting.")))
        return 0.01

    def _keep(self, export: Export) -> None:
        self._desk.handle(KeepExport(export=export), PROGRAM)

    def _failed(self, export: Export, why: Said, *, lasting: bool = False) -> Export:
        tries = export.tries + 1
        if tries >= MOST_TRIES and not lasting:
            shutil.rmtree(self.place(export), ignore_errors=True)
            return replace(export, state=ExportState.FAILED, detail=why, tries=tries, files=())
        return replace(export, detail=why, tries=tries, next_try=after(self._clock.now(), min(60.0, 2.0**tries)))

    def _further(self, export: Export) -> Export:
        """The row with one file more, or finished."""
        wanted = [(camera, run) for camera in export.cameras for run in self._runs(export, camera)]
        done = {file.name for file in export.files}
        for camera, run in wanted:
            name = _name(camera, max(run[0].start, export.span.start))
            if name not in done:
                made = self._file(export, camera, run, name)
                return replace(export, files=(*export.files, made), planned=len(wanted), detail=NOTHING_SAID)
        return self._finished(export)

    def _runs(self, export: Export, camera: ExportCamera) -> list[tuple[Segment, ...]]:
        with self._store.read() as unit:
            return runs(recorded(unit.recordings, camera.camera_id, export.span).segments, export.span)

    def _file(self, export: Export, camera: ExportCamera, run: tuple[Segment, ...], name: str) -> ExportFile:
        """Cut, cover where it must be, hash, and put in its place; raises what the makers raise."""
        folder = self.place(export)
        out = folder / name
        out.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = out.with_name(f".part-{out.name}")
        files = [RecordedFile(path=self._recordings / s.path, start=s.start, end=s.end) for s in run]
        last = run[-1].end if run[-1].end is not None else export.span.end
        span = Span(max(export.span.start, run[0].start), max(run[0].start, min(export.span.end, last)))
        try:
            cut = self._clips.cut(files, span, part)
            covered = bool(camera.masks) and camera.covered
            if covered:
                open_part = part.with_name(f".open-{out.name}")
                part.replace(open_part)
                try:
                    self._covers.cover(open_part, camera.masks, part)
                finally:
                    open_part.unlink(missing_ok=True)
            sha256, size = _digest(part)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        return _told(camera, name, cut, sha256, size, covered=covered)

    def _finished(self, export: Export) -> Export:
        if not export.files:
            raise NotFound("nothing of that time is recorded any more", "bản ghi của khoảng thời gian đó không còn")
        text = json.dumps(self._manifest(export), ensure_ascii=False, indent=2) + "\n"
        path = self.place(export) / MANIFEST
        part = path.with_name(f".part-{MANIFEST}")
        part.write_text(text, "utf-8")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
        digest, size = _digest(path)
        total = size + sum(f.size_bytes for f in export.files)
        return replace(export, state=ExportState.READY, manifest_sha256=digest, size_bytes=total, detail=NOTHING_SAID)

    def _manifest(self, export: Export) -> dict[str, Any]:
        with self._store.read() as unit:
            names = unit.cameras.names()
            person = unit.people.get(export.who)
            gaps = {c.camera_id: self._gaps(unit, export, c) for c in export.cameras}
        return {
            "format": FORMAT,
            "export": export.id,
            "software": self._about.software,
            "asked_by": {"id": export.who, "name": person.name if person else None},
            "asked": to_iso(export.asked),
            "made": to_iso(self._clock.now()),
            "reason": export.reason,
            "span": _span(export.span),
            "cameras": [
                {
                    "id": c.camera_id,
                    "name": names.get(c.camera_id, c.camera_id),
                    "private_areas_covered": c.covered and bool(c.masks),
                    "gaps": gaps[c.camera_id],
                }
                for c in export.cameras
            ],
            "files": [
                {
                    "file": f.name,
                    "camera": f.camera_id,
                    "span": _span(f.span),
                    "in_s": round(f.in_s, 6),
                    "out_s": round(f.out_s, 6),
                    "sha256": f.sha256,
                    "size_bytes": f.size_bytes,
                    "copied_from": list(f.sources),
                    "re_encoded": f.covered,
                    "note": to_plain(f.note),
                }
                for f in export.files
            ],
        }

    def _gaps(self, unit: Any, export: Export, camera: ExportCamera) -> list[dict[str, Any]]:
        """What of the asked span the files do not hold, with the cause."""
        held = [f.span for f in sorted(export.files, key=lambda f: f.span.start) if f.camera_id == camera.camera_id]
        told = [g for role in StreamRole for g in unit.recordings.gaps(camera.camera_id, role, export.span)]
        found = holes(held, told, export.span, export.span.start, self._clock.now())
        return [
            {**_span(Span(g.start, g.end)), "cause": g.cause.value if g.cause else None, **to_plain(g.said)}
            for g in found
        ]


def _told(camera: ExportCamera, name: str, cut: Cut, sha256: str, size: int, *, covered: bool) -> ExportFile:
    return ExportFile(
        camera_id=camera.camera_id,
        name=name,
        span=cut.span,
        in_s=cut.in_s,
        out_s=cut.out_s,
        sha256=sha256,
        size_bytes=size,
        sources=tuple("/".join(path.parts[-3:]) for path in cut.used),
        covered=covered,
        note=cut.note or NOTHING_SAID,
    )


def _name(camera: ExportCamera, start: Instant) -> str:
    stamp = to_iso(start).replace("-", "").replace(":", "").replace(".", "-")
    return f"{camera.camera_id}/{camera.camera_id}-{stamp}.mp4"


def _span(span: Span) -> dict[str, Any]:
    return {"start": to_iso(span.start), "end": to_iso(span.end), "start_ns": span.start, "end_ns": span.end}


def _digest(path: Path) -> tuple[str, int]:
    """SHA-256 and size, once the bytes are on the disk."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        os.fsync(file.fileno())
        while block := file.read(_BLOCK):
            found.update(block)
            size += len(block)
    return found.hexdigest(), size
