"""Decisions of the ward that allow advisory kinds for a time."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.time import Instant
from matpho.domain.ward_decision import (
    LEAST_REASON,
    LONGEST_DAYS,
    LONGEST_REASON,
    LONGEST_TEXT,
    Cover,
    DecisionState,
    WardDecision,
)
from matpho.web.schemas.base import Form, Shape, Time

Line = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
DecidedKind = Literal["crowd", "fight", "person_down"]


class CoverBody(Form):
    """A camera that the decision names; ``zone`` null: all of its gathering zones."""

    camera_id: Annotated[str, Field(min_length=1, max_length=40)]
    zone: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class NewDecision(Form):
    """A decision as its document says it. ``covers`` empty: every camera."""

    number: Line
    dated: date
    issuer: Line
    kinds: Annotated[list[DecidedKind], Field(min_length=1, max_length=3)]
    covers: Annotated[list[CoverBody], Field(max_length=500, default_factory=list)]
    start: Time
    end: Time
    reason: Annotated[str, Field(min_length=LEAST_REASON, max_length=LONGEST_REASON)]


class DecisionBody(Shape):
    """A decision and where it stands now. ``may_confirm`` and ``may_revoke`` are for who asks."""

    id: str
    number: str
    dated: date
    issuer: str
    kinds: list[DecidedKind]
    covers: list[CoverBody]
    start: Time
    end: Time
    reason: str
    state: DecisionState
    entered: Time
    entered_by: str | None
    confirmed: Time | None
    confirmed_by: str | None
    revoked: Time | None
    revoked_by: str | None
    revoked_why: str
    may_confirm: bool
    may_revoke: bool


class DecisionsBody(Shape):
    """All of them, the newest first. ``longest_days`` is how long one may hold."""

    decisions: list[DecisionBody]
    longest_days: int = LONGEST_DAYS
    may_enter: bool


class Revocation(Form):
    """Why a decision ends early."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


def covers_of(form: NewDecision) -> tuple[Cover, ...]:
    """What the form names."""
    return tuple(Cover(CameraId(c.camera_id), None if c.zone is None else ZoneId(c.zone)) for c in form.covers)


def decision_body(decision: WardDecision, now: Instant, names: dict[str, str], who: str | None) -> DecisionBody:
    """A decision; ``names`` of people by id, ``who`` the person that asks where they may change decisions."""
    state = decision.state(now)
    live = state not in (DecisionState.ENDED, DecisionState.REVOKED)
    return DecisionBody(
        id=decision.id,
        number=decision.number,
        dated=decision.dated,
        issuer=decision.issuer,
        kinds=[k for k in ("crowd", "fight", "person_down") if k in decision.kinds],
        covers=[CoverBody(camera_id=c.camera, zone=c.zone) for c in decision.covers],
        start=decision.start,
        end=decision.end,
        reason=decision.reason,
        state=state,
        entered=decision.entered,
        entered_by=names.get(decision.entered_by or ""),
        confirmed=decision.confirmed,
        confirmed_by=names.get(decision.confirmed_by or ""),
        revoked=decision.revoked,
        revoked_by=names.get(decision.revoked_by or ""),
        revoked_why=decision.revoked_why,
        may_confirm=who is not None and state is DecisionState.WAITING and who != decision.entered_by,
        may_revoke=who is not None and live,
    )
