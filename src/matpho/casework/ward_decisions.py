"""Entering, confirming and revoking decisions of the ward; what they allow on each camera."""

from collections.abc import Sequence
from dataclasses import replace

from matpho.casework.decision_records import ConfirmDecision, EnterDecision, RevokeDecision
from matpho.casework.ports import Store, Unit
from matpho.casework.records import Figures
from matpho.casework.work import Work
from matpho.domain.camera import Camera
from matpho.domain.events import DecisionsChanged
from matpho.domain.people import Action, Actor, Part, require
from matpho.domain.time import Instant, to_iso
from matpho.domain.ward_decision import Cover, WardDecision, checked
from matpho.errors import BadInput, Conflict, NotAllowed, NotFound

LONGEST_WHY = 500
MOST_COVERS = 500


def enter(work: Work, command: EnterDecision) -> None:
    """Store it as one that waits for a second person. Raises BadInput, NotFound for a camera that is not there."""
    require(work.actor, Action.ADD, Part.DECISIONS)
    if len(command.covers) > MOST_COVERS:
        raise BadInput("too many cameras are named; name none for all", "quá nhiều camera; để trống nghĩa là tất cả")
    for cover in command.covers:
        _check_cover(work, cover)
    decision = checked(
        WardDecision(
            id=command.id,
            number=command.number.strip(),
            dated=command.dated,
            issuer=command.issuer.strip(),
            kinds=tuple(dict.fromkeys(command.kinds)),
            covers=tuple(dict.fromkeys(command.covers)),
            start=command.start,
            end=command.end,
            reason=command.reason.strip(),
            entered=work.at,
            entered_by=work.actor.id,
        )
    )
    _keep(work, "enter_decision", decision)


def confirm(work: Work, command: ConfirmDecision) -> None:
    """Let it come into force. Raises NotAllowed for who entered it, Conflict when it does not wait."""
    require(work.actor, Action.CHANGE, Part.DECISIONS)
    decision = _load(work, command.decision_id)
    if decision.confirmed is not None or decision.revoked is not None or work.at >= decision.end:
        raise Conflict("this decision does not wait for a confirmation", "quyết định này không chờ xác nhận")
    if decision.entered_by == work.actor.id:
        raise NotAllowed(
            "another person than who entered it must confirm it", "người xác nhận phải khác người đã nhập quyết định"
        )
    _keep(work, "confirm_decision", replace(decision, confirmed=work.at, confirmed_by=work.actor.id))


def revoke(work: Work, command: RevokeDecision) -> None:
    """End it at once. Raises Conflict when it has ended already."""
    require(work.actor, Action.REMOVE, Part.DECISIONS)
    decision = _load(work, command.decision_id)
    if decision.revoked is not None or work.at >= decision.end:
        raise Conflict("this decision has ended already", "quyết định này đã hết hiệu lực")
    why = command.reason.strip()
    if not why or len(why) > LONGEST_WHY:
        raise BadInput("say in a few words why", "hãy ghi ngắn gọn lý do")
    _keep(work, "revoke_decision", replace(decision, revoked=work.at, revoked_by=work.actor.id, revoked_why=why))


def decisions_of(store: Store, actor: Actor) -> tuple[WardDecision, ...]:
    """All of them, the newest first; everybody of the ward's staff may read what was decided."""
    require(actor, Action.SEE, Part.DECISIONS)
    with store.read() as unit:
        return unit.decisions.all()


def with_permits(unit: Unit, cameras: Sequence[Camera], now: Instant) -> tuple[Camera, ...]:
    """The cameras with what decisions allow on them; those that have ended are left out."""
    decisions = [d for d in unit.decisions.all() if now < d.end]
    return tuple(
        replace(camera, permits=tuple(p for d in decisions if (p := d.permit_for(camera.id)) is not None))
        for camera in cameras
    )


def _check_cover(work: Work, cover: Cover) -> None:
    camera = work.camera(cover.camera)
    if cover.zone is not None and all(zone.id != cover.zone for zone in camera.zones):
        raise NotFound(f"camera {camera.id} has no zone {cover.zone}", f"camera {camera.id} không có vùng {cover.zone}")


def _load(work: Work, decision_id: str) -> WardDecision:
    decision = work.unit.decisions.get(decision_id)
    if decision is None:
        raise NotFound("there is no such decision", "không có quyết định này")
    return decision


def _keep(work: Work, act: str, decision: WardDecision) -> None:
    work.unit.decisions.put(decision)
    told: Figures = {
        "number": decision.number[:80],
        "kinds": ",".join(decision.kinds),
        "cameras": len({c.camera for c in decision.covers}) or "all",
        "from": to_iso(decision.start),
        "to": to_iso(decision.end),
    }
    work.audit(act, f"decision:{decision.id}", told)
    work.tell(DecisionsChanged(decision.id))
