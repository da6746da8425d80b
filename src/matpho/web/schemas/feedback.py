"""Precision as people's decisions tell it, and proposals for zones."""

from typing import Annotated

from pydantic import Field

from matpho.casework.feedback.precision import LEAST_DECIDED, Tally
from matpho.casework.feedback.views import PrecisionView, ProposalView
from matpho.domain.observation import Light
from matpho.domain.proposal import ProposalState, Step
from matpho.web.schemas.base import Form, PointBody, Shape, Time


class TallyBody(Shape):
    """Counts, and the share that was confirmed with its 95 % interval; null where too few are decided to say."""

    confirmed: int
    rejected: int
    not_reviewed: int
    waiting: int
    set_aside: int
    precision: float | None
    low: float | None
    high: float | None


class PrecisionRowBody(Shape):
    """One kind on one camera by one light (null: nobody wrote it down)."""

    kind: str
    camera_id: str
    camera_name: str
    light: Light | None
    tally: TallyBody


class PrecisionKindBody(Shape):
    """One kind in all."""

    kind: str
    tally: TallyBody


class PrecisionWeekBody(Shape):
    """One kind in the week that began at ``start`` (Monday, UTC)."""

    kind: str
    start: Time
    tally: TallyBody


class PrecisionBody(Shape):
    """All figures since an instant. ``least`` is how many must be decided; ``cut_off``: older ones were left out."""

    since: Time
    least: int
    cut_off: bool
    kinds: list[PrecisionKindBody]
    rows: list[PrecisionRowBody]
    weeks: list[PrecisionWeekBody]


class StepBody(Shape):
    """One thing that happened to a proposal."""

    at: Time
    state: ProposalState
    reason: str


class ProposalBody(Shape):
    """A change that decided incidents speak for. ``setting`` is empty where a ``spot`` is proposed instead.

    ``spared`` of ``rejected`` incidents would not have been told, and ``lost`` of ``confirmed`` ones.
    """

    id: str
    camera_id: str
    camera_name: str
    zone_id: str
    kind: str
    setting: str
    old: float | None
    new: float | None
    spot: list[PointBody] | None
    spared: int
    rejected: int
    lost: int
    confirmed: int
    examples: list[str]
    light: Light | None
    since: Time
    made: Time
    state: ProposalState
    steps: list[StepBody]
    decided_by: str | None
    may_answer: bool
    may_revert: bool


class ProposalAnswer(Form):
    """A person's answer; declining needs a reason."""

    accept: bool
    reason: Annotated[str, Field(max_length=500)] = ""


class ProposalRevert(Form):
    """Taking an accepted change back."""

    reason: Annotated[str, Field(max_length=500)] = ""


def precision_body(view: PrecisionView) -> PrecisionBody:
    """The figures as the API gives them."""
    figures = view.figures
    return PrecisionBody(
        since=view.since,
        least=LEAST_DECIDED,
        cut_off=view.cut_off,
        kinds=[PrecisionKindBody(kind=kind, tally=_tally(tally)) for kind, tally in figures.kinds],
        rows=[
            PrecisionRowBody(
                kind=row.kind,
                camera_id=row.camera_id,
                camera_name=view.names.get(row.camera_id, row.camera_id),
                light=row.light,
                tally=_tally(row.tally),
            )
            for row in figures.rows
        ],
        weeks=[PrecisionWeekBody(kind=week.kind, start=week.start, tally=_tally(week.tally)) for week in figures.weeks],
    )


def _tally(tally: Tally) -> TallyBody:
    low, high = tally.interval or (None, None)
    return TallyBody(
        confirmed=tally.confirmed,
        rejected=tally.rejected,
        not_reviewed=tally.not_reviewed,
        waiting=tally.waiting,
        set_aside=tally.set_aside,
        precision=_rounded(tally.share),
        low=_rounded(low),
        high=_rounded(high),
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def proposal_body(view: ProposalView) -> ProposalBody:
    """A proposal as the API gives it."""
    one, weighed = view.proposal, view.proposal.weighed
    return ProposalBody(
        id=one.id,
        camera_id=one.camera_id,
        camera_name=view.camera_name,
        zone_id=one.zone_id,
        kind=one.kind,
        setting=one.setting,
        old=one.old,
        new=one.new,
        spot=[(p.x, p.y) for p in one.spot.points] if one.spot else None,
        spared=weighed.spared,
        rejected=weighed.rejected,
        lost=weighed.lost,
        confirmed=weighed.confirmed,
        examples=list(weighed.examples),
        light=weighed.light,
        since=one.since,
        made=one.made,
        state=one.state,
        steps=[_step(step) for step in one.steps],
        decided_by=view.decided_by,
        may_answer=view.may_answer,
        may_revert=view.may_revert,
    )


def _step(step: Step) -> StepBody:
    return StepBody(at=step.at, state=step.state, reason=step.reason)
