"""What the page on accuracy shows: precision, and proposals with what each would have done."""

from dataclasses import dataclass

from matpho.casework.feedback.precision import Precision, precision
from matpho.casework.ports import Store
from matpho.casework.records import IncidentFilter
from matpho.domain.ids import CameraId
from matpho.domain.people import Action, Actor, Part, may, require
from matpho.domain.proposal import Proposal, ProposalState
from matpho.domain.time import Instant

MOST_INCIDENTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionView:
    """Figures since an instant, names of cameras, and whether there were more incidents than were looked at."""

    since: Instant
    figures: Precision
    names: dict[CameraId, str]
    cut_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A proposal with the names it mentions; ``may_answer`` and ``may_revert`` are for the person who asks."""

    proposal: Proposal
    camera_name: str
    decided_by: str | None
    may_answer: bool
    may_revert: bool


def precision_view(store: Store, since: Instant, actor: Actor, kind: str | None = None) -> PrecisionView:
    """Precision of what rules told since an instant, the newest ``MOST_INCIDENTS`` of it."""
    require(actor, Action.SEE, Part.INCIDENTS)
    which = IncidentFilter(start=since, kinds=frozenset({kind} if kind else ()))
    with store.read() as unit:
        found = unit.incidents.page(which, None, MOST_INCIDENTS + 1)
        names = unit.cameras.names()
    return PrecisionView(
        since=since, figures=precision(found[:MOST_INCIDENTS]), names=names, cut_off=len(found) > MOST_INCIDENTS
    )


def proposals_view(store: Store, actor: Actor) -> tuple[ProposalView, ...]:
    """All proposals: those that wait first, then the newest."""
    require(actor, Action.SEE, Part.INCIDENTS)
    with store.read() as unit:
        proposals, names = unit.proposals.all(), unit.cameras.names()
        people = {p.id: p.name for p in unit.people.all()}
        there = {camera.id: camera for camera in unit.cameras.all()}
    ordered = sorted(proposals, key=lambda p: p.state is not ProposalState.OPEN)
    views = []
    for proposal in ordered:
        camera = there.get(proposal.camera_id)
        allowed = camera is not None and may(actor, Action.CHANGE_ZONES, camera)
        decided = [step for step in proposal.steps if step.who is not None]
        views.append(
            ProposalView(
                proposal=proposal,
                camera_name=names.get(proposal.camera_id, proposal.camera_id),
                decided_by=people.get(decided[-1].who) if decided and decided[-1].who else None,
                may_answer=allowed and proposal.state is ProposalState.OPEN,
                may_revert=allowed and proposal.state is ProposalState.ACCEPTED,
            )
        )
    return tuple(views)
