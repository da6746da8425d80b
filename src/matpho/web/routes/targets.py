"""Targets of messages, for administrators: how it goes, a test, and sending again what was given up."""

from fastapi import APIRouter

from matpho.casework.outgoing.commands import ResendLetter, TryTarget
from matpho.casework.outgoing.reasons import reason_said
from matpho.casework.outgoing.records import TargetCount
from matpho.casework.outgoing.ways import Way
from matpho.domain.people import Action, Part, Role, require
from matpho.errors import Conflict, NotFound
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas import targets as shape
from matpho.web.schemas.base import said

router = APIRouter(prefix="/api/targets", tags=["targets"])

_MOST_DEAD = 100


def _all(here: Context) -> shape.TargetsBody:
    with here.parts.store.read() as unit:
        counts = {c.target: c for c in unit.outbox.counts()}
        dead = unit.outbox.dead(_MOST_DEAD)
    return shape.TargetsBody(
        targets=[_target(way, counts.get(way.name)) for way in here.parts.ways],
        dead=[
            shape.DeadLetterBody(
                id=d.id,
                target=d.target,
                kind=d.kind,
                created=d.created,
                tries=d.tries,
                error=said(reason_said(d.error)),
            )
            for d in dead
        ],
    )


def _target(way: Way, count: TargetCount | None) -> shape.TargetBody:
    return shape.TargetBody(
        name=way.name,
        sort=way.sort,
        place=way.place,
        kinds=list(way.kinds),
        wrong=said(way.wrong) if way.wrong.en else None,
        waiting=count.waiting if count else 0,
        dead=count.dead if count else 0,
        oldest_waiting=count.oldest_waiting if count else None,
        last_sent=count.last_sent if count else None,
        last_error=said(reason_said(count.last_error)) if count and count.last_error else None,
        last_error_at=count.last_error_at if count else None,
    )


@router.get("", operation_id="list_targets", openapi_extra=least(Role.ADMIN), responses=errors(401, 403))
def list_targets(here: Here, caller: Caller) -> shape.TargetsBody:
    """Every target with its newest outcome, and what was given up."""
    require(caller.actor, Action.SEE, Part.TARGETS)
    return _all(here)


@router.post(
    "/{name}/test", operation_id="test_target", openapi_extra=least(Role.ADMIN), responses=errors(401, 403, 404, 409)
)
def test_target(here: Here, caller: Caller, name: str) -> shape.TargetsBody:
    """Send a message that says it is a test; how it went shows in the list."""
    require(caller.actor, Action.CHANGE, Part.TARGETS)
    way = next((w for w in here.parts.ways if w.name == name), None)
    if way is None:
        raise NotFound("there is no such target", "không có nơi nhận này")
    if way.wrong.en:
        raise Conflict(f"this target cannot be used: {way.wrong.en}", f"nơi nhận này chưa dùng được: {way.wrong.vi}")
    here.parts.desk.handle(TryTarget(target=name), caller.actor)
    return _all(here)


@router.post(
    "/letters/{letter_id}/resend",
    operation_id="resend_letter",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404, 409),
)
def resend_letter(here: Here, caller: Caller, letter_id: str) -> shape.TargetsBody:
    """Try a message again that was given up."""
    here.parts.desk.handle(ResendLetter(letter_id=letter_id), caller.actor)
    return _all(here)
