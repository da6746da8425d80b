"""Holds that people place on footage, and the one door through which footage is removed."""

import logging
from dataclasses import replace

from matpho.casework.commands import ForgetOld, HoldFootage, ReleaseHold, RemoveFootage, TakeBackImport
from matpho.casework.ports import Unit
from matpho.casework.retention import around
from matpho.casework.work import Work
from matpho.domain.events import FootageRemoved, HoldsChanged
from matpho.domain.ids import CameraId, new_id
from matpho.domain.keeping import Hold, HoldId, KeepRules, Protected
from matpho.domain.people import Action, Part, require
from matpho.domain.time import Instant, Span, after, to_iso
from matpho.errors import BadInput, Conflict, NotFound

_log = logging.getLogger(__name__)

LONGEST_REASON = 500


def protected(unit: Unit, rules: KeepRules, now: Instant) -> Protected:
    """What must stay: holds, and what incidents that are not done with show."""
    spans: dict[CameraId, list[Span]] = {}
    for hold in unit.keeping.holds():
        spans.setdefault(hold.camera_id, []).append(hold.span)
    for camera_id, span in unit.keeping.extracts(after(now, -rules.extract_days * 86_400.0)):
        spans.setdefault(camera_id, []).append(around(span, rules))
    return Protected({camera_id: tuple(some) for camera_id, some in spans.items()})


def hold(work: Work, command: HoldFootage) -> None:
    """Keep a span of a camera's footage, also of one that has left service; what is gone is not brought back."""
    require(work.actor, Action.HOLD, Part.RETENTION)
    if not work.unit.cameras.known(command.camera_id):
        raise NotFound(f"there is no camera {command.camera_id}", f"không có camera {command.camera_id}")
    reason = _reason(command.reason)
    if command.span.end <= command.span.start:
        raise BadInput("the span to be held is empty", "khoảng thời gian cần giữ không hợp lệ")
    placed = Hold(
        id=HoldId(new_id(work.at)),
        camera_id=command.camera_id,
        span=command.span,
        reason=reason,
        placed_by=work.actor.id,
        placed=work.at,
    )
    work.unit.keeping.put_hold(placed)
    detail: dict[str, str | int | float | bool | None] = {"hold": placed.id}
    detail |= {"start": placed.span.start, "end": placed.span.end}
    work.audit("hold_footage", f"camera:{command.camera_id}", detail)
    work.tell(HoldsChanged(command.camera_id))


def release(work: Work, command: ReleaseHold) -> None:
    """End a hold; a camera that has left service may have holds still."""
    held = work.unit.keeping.hold(command.hold_id)
    if held is None:
        raise NotFound("there is no such hold", "không có lệnh giữ này")
    require(work.actor, Action.HOLD, Part.RETENTION)
    if held.released is not None:
        raise Conflict("the hold was released already", "lệnh giữ này đã được gỡ")
    _reason(command.reason)
    work.unit.keeping.put_hold(replace(held, released=work.at, released_by=work.actor.id))
    work.audit("release_hold", f"camera:{held.camera_id}", {"hold": held.id})
    work.tell(HoldsChanged(held.camera_id))


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise BadInput("say in a few words why", "hãy ghi ngắn gọn lý do")
    return reason


def remove(work: Work, command: RemoveFootage) -> None:
    """Tell the journals of the removals that nothing protects, as it is known in this very transaction."""
    require(work.actor, Action.KEEP_HOUSE, Part.RETENTION)
    safe = protected(work.unit, command.rules, work.at)
    going = tuple(r for r in command.removals if not safe.holds(r.camera_id, Span(r.start, max(r.start, r.end))))
    command.tell(going)
    if going:
        work.tell(FootageRemoved(going))


def take_back_import(work: Work, command: TakeBackImport) -> None:
    """Tell the journal that an import goes, if nothing protects its files, as it is known in this very transaction."""
    require(work.actor, Action.REMOVE, Part.RETENTION)
    kept = Protected({command.camera_id: command.spans})
    held = [h for h in work.unit.keeping.holds() if kept.holds(h.camera_id, h.span)]
    if held:
        raise Conflict(
            f"nothing was removed: footage of this import is on hold: {'; '.join(_named(h, 'from') for h in held)}",
            f"chưa xoá gì: bản ghi của lần nhập này đang được giữ: {'; '.join(_named(h, 'từ') for h in held)}",
        )
    extracts = work.unit.keeping.extracts(after(work.at, -command.rules.extract_days * 86_400.0))
    near = sum(kept.holds(camera_id, around(span, command.rules)) for camera_id, span in extracts)
    if near and not command.near_incidents:
        raise Conflict(
            f"nothing was removed: incidents that are not done with fall into this footage ({near}); what is sealed of "
            "them stays, so look at them first, and repeat with --near-incidents",
            f"chưa xoá gì: có {near} vụ việc chưa xong rơi vào đoạn này; chứng cứ đã niêm phong vẫn còn, hãy xem các "
            "vụ việc đó trước rồi chạy lại với --near-incidents",
        )
    command.tell()


def _named(hold: Hold, since: str) -> str:
    """A hold as people know it: why, and from when to when."""
    return f"“{hold.reason}” ({hold.id}, {since} {to_iso(hold.span.start)} – {to_iso(hold.span.end)})"


def forget_old(work: Work, command: ForgetOld) -> None:
    """Drop old rows, a limited number of each table at once."""
    require(work.actor, Action.KEEP_HOUSE, Part.RETENTION)
    for table, rows in work.unit.keeping.forget_old(work.at, command.days, command.by_camera).items():
        _log.info("%d old rows of %s are gone", rows, table)
