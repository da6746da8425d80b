"""Asking for an export, how its making goes, fetching it, and taking it away when its time is over."""

from dataclasses import replace

from matpho.casework.export_commands import AskExport, KeepExport, NoteDownload
from matpho.casework.recorded import recorded
from matpho.casework.records import Figures, Segment
from matpho.casework.timeline import masked_then
from matpho.casework.work import Work
from matpho.domain.export import Export, ExportCamera, ExportState
from matpho.domain.ids import new_id
from matpho.domain.people import Action, may, require
from matpho.domain.time import SECOND, Instant, Span, after, to_iso
from matpho.errors import BadInput, NotFound

LONGEST_S = 24 * 3600.0
MOST_BYTES = 16 << 30
MOST_CAMERAS = 8
KEPT_DAYS = 7
LEAST_REASON = 10


def new_export_id(at: Instant) -> str:
    """A name for an export."""
    return new_id(at)


def ask(work: Work, command: AskExport) -> None:
    """Store the wish. Raises NotAllowed, NotFound, or BadInput when there is nothing there, or too much."""
    if not command.cameras or len(set(command.cameras)) > MOST_CAMERAS:
        raise BadInput(f"1 to {MOST_CAMERAS} cameras", f"chọn từ 1 đến {MOST_CAMERAS} camera")
    if not 0 < command.span.length_s <= LONGEST_S or command.span.end > work.at:
        raise BadInput("a span of up to 24 hours that is over", "khoảng thời gian tối đa 24 giờ và đã qua")
    reason = " ".join(command.reason.split())
    if len(reason) < LEAST_REASON:
        raise BadInput("say what the footage is for", "hãy ghi rõ mục đích sử dụng đoạn hình")
    cameras, planned, size = [], 0, 0
    for camera_id in dict.fromkeys(command.cameras):
        camera = work.camera_ever(camera_id)
        require(work.actor, Action.WATCH, camera)
        then = masked_then(work.unit, camera, command.span)
        covered = not may(work.actor, Action.WATCH_UNMASKED, then)
        cameras.append(ExportCamera(camera_id, then.masks, covered=covered))
        found = recorded(work.unit.recordings, camera_id, command.span).segments
        planned += len(runs(found, command.span))
        size += sum(estimate(s, command.span, work.at) for s in found)
    if not planned:
        raise NotFound("nothing of that time was recorded", "không có bản ghi của khoảng thời gian đó")
    if size > MOST_BYTES:
        limit = MOST_BYTES >> 30
        raise BadInput(
            f"that is {size / (1 << 30):.0f} GB, at most {limit} GB; choose less",
            f"khoảng {size / (1 << 30):.0f} GB, tối đa {limit} GB; hãy chọn ngắn hơn",
        )
    assert work.actor.id is not None
    export = Export(
        id=command.id,
        who=work.actor.id,
        asked=work.at,
        cameras=tuple(cameras),
        span=command.span,
        reason=reason,
        planned=planned,
        next_try=work.at,
    )
    work.unit.exports.put(export)
    for one in cameras:
        detail: dict[str, str | int | float | bool | None] = {
            "export": export.id,
            "from": to_iso(export.span.start),
            "to": to_iso(export.span.end),
        }
        work.audit("ask_export", f"camera:{one.camera_id}", {**detail, "masked": one.covered, "reason": reason[:200]})


def keep(work: Work, command: KeepExport) -> None:
    """Store progress or an outcome; a row that is no longer in the making stays, unless its time is over."""
    new = command.export
    require(work.actor, Action.KEEP_HOUSE, new)
    old = work.unit.exports.get(new.id)
    if old is None or (old.state is not ExportState.MAKING and new.state is not ExportState.EXPIRED):
        return
    if new.state is not old.state:
        if new.state is ExportState.READY:
            new = replace(new, expires=after(work.at, KEPT_DAYS * 86400.0))
        elif new.state is ExportState.FAILED:
            new = replace(new, expires=after(work.at, 86400.0))
        work.audit("keep_export", f"export:{new.id}", {"state": new.state.value, "sha256": new.manifest_sha256})
    work.unit.exports.put(new)


def note_download(work: Work, command: NoteDownload) -> None:
    """Audit a download. Raises NotFound, NotAllowed."""
    export = work.unit.exports.get(command.export_id)
    if export is None or export.state is not ExportState.READY:
        raise NotFound("there is no such export", "không có bản xuất này")
    require(work.actor, Action.WATCH, export)
    told: Figures = {"sha256": export.manifest_sha256, "masked": not export.shows_private_areas}
    work.audit("download_export", f"export:{export.id}", told)


def runs(segments: tuple[Segment, ...], span: Span, longest_s: float = 1800.0) -> list[tuple[Segment, ...]]:
    """Files that become one file of an export: without a gap between them, of one kind of picture, half an hour."""
    found: list[list[Segment]] = []
    for one in segments:
        if one.start >= span.end or (one.end is not None and one.end <= span.start):
            continue
        last = found[-1][-1] if found else None
        joined = (
            last is not None
            and last.end is not None
            and one.start - last.end <= SECOND // 2
            and (last.codec, last.width, last.height, last.role) == (one.codec, one.width, one.height, one.role)
            and one.start - found[-1][0].start < longest_s * SECOND
        )
        if joined:
            found[-1].append(one)
        else:
            found.append([one])
    return [tuple(run) for run in found]


def estimate(segment: Segment, span: Span, now: Instant) -> int:
    """About how many bytes of a file lie inside the span; a growing file counts as 8 Mbit/s."""
    end = segment.end if segment.end is not None else now
    shared = max(0, min(end, span.end) - max(segment.start, span.start))
    if segment.end is None or not segment.size_bytes or end <= segment.start:
        return shared * 1_000_000 // SECOND
    return segment.size_bytes * shared // (end - segment.start)
