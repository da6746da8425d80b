"""What the ward has decided about advisory kinds: entered by one person, confirmed by another, ended by any of them."""

from fastapi import APIRouter

from matpho.casework.decision_records import ConfirmDecision, EnterDecision, RevokeDecision
from matpho.casework.ward_decisions import decisions_of
from matpho.domain.ids import new_id
from matpho.domain.people import Action, Part, Role, may, require
from matpho.errors import NotFound
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.decisions import (
    DecisionBody,
    DecisionsBody,
    NewDecision,
    Revocation,
    covers_of,
    decision_body,
)
from matpho.web.sessions import Visitor

router = APIRouter(prefix="/api/decisions", tags=["decisions"])


def _bodies(here: Context, caller: Visitor) -> list[DecisionBody]:
    names = {str(person.id): person.name for person in here.parts.views.people()}
    changes = may(caller.actor, Action.CHANGE, Part.DECISIONS)
    who, now = caller.actor.id if changes else None, here.parts.clock.now()
    return [decision_body(d, now, names, who) for d in decisions_of(here.parts.store, caller.actor)]


def _one(here: Context, caller: Visitor, decision_id: str) -> DecisionBody:
    for body in _bodies(here, caller):
        if body.id == decision_id:
            return body
    raise NotFound("There is no such decision.", "Không có quyết định này.")


@router.get("", operation_id="list_decisions", openapi_extra=least(Role.OBSERVER), responses=errors(401, 403))
def list_decisions(here: Here, caller: Caller) -> DecisionsBody:
    """Every decision that was entered, the newest first, and where each stands."""
    enters = may(caller.actor, Action.ADD, Part.DECISIONS)
    return DecisionsBody(decisions=_bodies(here, caller), may_enter=enters)


@router.post(
    "",
    operation_id="enter_decision",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 422),
    status_code=201,
)
def enter_decision(here: Here, form: NewDecision, caller: Caller) -> DecisionBody:
    """Write down a decision of the ward. It allows nothing until another person confirms it; audited."""
    require(caller.actor, Action.ADD, Part.DECISIONS)
    command = EnterDecision(
        id=new_id(here.parts.clock.now()),
        number=form.number,
        dated=form.dated,
        issuer=form.issuer,
        kinds=tuple(form.kinds),
        covers=covers_of(form),
        start=form.start,
        end=form.end,
        reason=form.reason,
    )
    here.parts.desk.handle(command, caller.actor)
    return _one(here, caller, command.id)


@router.post(
    "/{decision_id}/confirm",
    operation_id="confirm_decision",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409),
)
def confirm_decision(here: Here, decision_id: str, caller: Caller) -> DecisionBody:
    """Confirm what somebody else entered; from its start on the rules run. Audited."""
    require(caller.actor, Action.CHANGE, Part.DECISIONS)
    here.parts.desk.handle(ConfirmDecision(decision_id=decision_id), caller.actor)
    return _one(here, caller, decision_id)


@router.post(
    "/{decision_id}/revoke",
    operation_id="revoke_decision",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def revoke_decision(here: Here, decision_id: str, form: Revocation, caller: Caller) -> DecisionBody:
    """End a decision now: the rules go silent at once. Audited."""
    require(caller.actor, Action.REMOVE, Part.DECISIONS)
    here.parts.desk.handle(RevokeDecision(decision_id=decision_id, reason=form.reason), caller.actor)
    return _one(here, caller, decision_id)
