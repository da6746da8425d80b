"""Proposals made, answered and taken back. Only a person's answer changes a zone, by the zone editor's own command."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matpho.casework import cameras
from matpho.casework.commands import SetZones
from matpho.casework.feedback.commands import AnswerProposal, MakeProposals, RevertProposal
from matpho.casework.feedback.examples import examples
from matpho.casework.feedback.suggest import Suggestion, suggestions
from matpho.casework.records import Figures, IncidentFilter
from matpho.casework.work import Work
from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.ids import new_id
from matpho.domain.incident import IncidentState
from matpho.domain.people import Action, Part, require
from matpho.domain.proposal import Proposal, ProposalId, ProposalState
from matpho.domain.time import Instant, after
from matpho.errors import BadInput, Conflict, NotFound

LOOK_BACK_S = 90 * 86_400.0
AGAIN = 2
"""What was declined or reverted is proposed again only when this many times as many incidents speak for it."""
LONGEST_REASON = 500
MOST_EXAMPLES = 2000
_SAME_SPOT = 0.3  # IoU

Settings = Mapping[str, float | bool | str]


def make(work: Work, command: MakeProposals) -> None:
    """Weigh every camera's decided incidents: new proposals, renewed ones, and withdrawn ones."""
    del command
    require(work.actor, Action.KEEP_HOUSE, Part.INCIDENTS)
    for camera in work.unit.cameras.all():
        _weigh(work, camera)


def _weigh(work: Work, camera: Camera) -> None:
    since = after(work.at, -LOOK_BACK_S)
    decided = frozenset({IncidentState.CONFIRMED, IncidentState.REJECTED})
    which = IncidentFilter(states=decided, camera_id=camera.id, start=since)
    incidents = work.unit.incidents.page(which, None, MOST_EXAMPLES)
    known = work.unit.proposals.all(camera.id)
    told = examples(incidents, work.unit.hits.of([i.id for i in incidents]))
    found = [s for s in suggestions(camera, told) if _is_news(s, known)]
    waiting = [p for p in known if p.state is ProposalState.OPEN]
    for suggestion in found:
        same = next((p for p in waiting if _same(suggestion, p)), None)
        _store(work, camera, suggestion, same, since)
        waiting = [p for p in waiting if p is not same]
    for proposal in waiting:
        work.unit.proposals.put(proposal.moved(ProposalState.WITHDRAWN, at=work.at, who=None))
        work.audit("withdraw_proposal", f"camera:{camera.id}", {"proposal": proposal.id})


def _store(work: Work, camera: Camera, suggestion: Suggestion, same: Proposal | None, since: Instant) -> None:
    proposal = Proposal(
        id=same.id if same else ProposalId(new_id(work.at)),
        camera_id=camera.id,
        zone_id=suggestion.zone_id,
        kind=suggestion.kind,
        setting=suggestion.setting,
        old=suggestion.old,
        new=suggestion.new,
        spot=suggestion.spot,
        weighed=suggestion.weighed,
        since=since,
        made=same.made if same else work.at,
    )
    if same is None or proposal != replace(same, since=since):
        work.unit.proposals.put(proposal)
    if same is None:
        work.audit("propose", f"camera:{camera.id}", _detail(proposal))


def _same(suggestion: Suggestion, proposal: Proposal) -> bool:
    """Whether both say the same thing: the same setting, or about the same spot."""
    if suggestion.spot is None or proposal.spot is None:
        told = (suggestion.zone_id, suggestion.kind, suggestion.setting)
        return suggestion.spot is proposal.spot and told == (proposal.zone_id, proposal.kind, proposal.setting)
    return suggestion.spot.bounds.iou(proposal.spot.bounds) >= _SAME_SPOT


def _is_news(suggestion: Suggestion, known: Sequence[Proposal]) -> bool:
    """Not what people have said no to, unless much more speaks for it now."""
    refused = (ProposalState.DECLINED, ProposalState.REVERTED)
    return not any(
        p.state in refused and _same(suggestion, p) and suggestion.weighed.spared < AGAIN * p.weighed.spared
        for p in known
    )


def answer(work: Work, command: AnswerProposal) -> None:
    """Accept or decline; accepting changes the zones as the zone editor does, if they still are what was weighed."""
    proposal, camera = _loaded(work, command.proposal_id)
    reason = _reason(command.reason, needed=not command.accept)
    state = ProposalState.ACCEPTED if command.accept else ProposalState.DECLINED
    moved = proposal.moved(state, at=work.at, who=work.actor.id, reason=reason)
    if command.accept:
        cameras.set_zones(work, SetZones(camera_id=camera.id, zones=_applied(camera.zones, proposal)))
    work.unit.proposals.put(moved)
    work.audit("accept_proposal" if command.accept else "decline_proposal", f"camera:{camera.id}", _detail(proposal))


def revert(work: Work, command: RevertProposal) -> None:
    """Take back what an accepted proposal changed, if nobody has changed it since."""
    proposal, camera = _loaded(work, command.proposal_id)
    moved = proposal.moved(
        ProposalState.REVERTED, at=work.at, who=work.actor.id, reason=_reason(command.reason, needed=False)
    )
    cameras.set_zones(work, SetZones(camera_id=camera.id, zones=_taken_back(camera.zones, proposal)))
    work.unit.proposals.put(moved)
    work.audit("revert_proposal", f"camera:{camera.id}", _detail(proposal))


def _loaded(work: Work, proposal_id: ProposalId) -> tuple[Proposal, Camera]:
    proposal = work.unit.proposals.get(proposal_id)
    if proposal is None:
        raise NotFound("there is no such proposal", "không có đề xuất này")
    camera = work.camera(proposal.camera_id)
    require(work.actor, Action.CHANGE_ZONES, camera)
    return proposal, camera


def _reason(text: str, *, needed: bool) -> str:
    reason = text.strip()
    if (needed and not reason) or len(reason) > LONGEST_REASON:
        raise BadInput("say in a few words why", "hãy ghi ngắn gọn lý do")
    return reason


def _changed_since() -> Conflict:
    return Conflict(
        "the zones have been changed since; look at them first", "vùng đã được sửa từ sau đề xuất này, hãy xem lại vùng"
    )


def _applied(zones: Sequence[Zone], proposal: Proposal) -> tuple[Zone, ...]:
    """The zones after the change. Raises Conflict when they are not what was weighed."""
    if proposal.spot is not None:
        if any(zone.id == proposal.zone_id for zone in zones):
            raise _changed_since()
        return (*zones, Zone(id=proposal.zone_id, purpose=Purpose.IGNORE, polygon=proposal.spot))
    return _with_setting(zones, proposal, before=proposal.old, now=proposal.new)


def _taken_back(zones: Sequence[Zone], proposal: Proposal) -> tuple[Zone, ...]:
    """The zones without the change. Raises Conflict when somebody has changed what it changed."""
    if proposal.spot is not None:
        ours = Zone(id=proposal.zone_id, purpose=Purpose.IGNORE, polygon=proposal.spot)
        if ours not in zones:
            raise _changed_since()
        return tuple(zone for zone in zones if zone != ours)
    return _with_setting(zones, proposal, before=proposal.new, now=proposal.old)


def _with_setting(
    zones: Sequence[Zone], proposal: Proposal, *, before: float | None, now: float | None
) -> tuple[Zone, ...]:
    zone = next((z for z in zones if z.id == proposal.zone_id), None)
    told: Settings = {} if zone is None else zone.rules.get(proposal.kind, {})
    if zone is None or told.get(proposal.setting) != before:
        raise _changed_since()
    kept = {name: value for name, value in told.items() if name != proposal.setting}
    settings: Settings = kept if now is None else {**kept, proposal.setting: now}
    rules = {kind: values for kind, values in zone.rules.items() if kind != proposal.kind}
    changed = replace(zone, rules={**rules, proposal.kind: settings} if settings else rules)
    return tuple(changed if z is zone else z for z in zones)


def _detail(proposal: Proposal) -> Figures:
    weighed = proposal.weighed
    return {
        "proposal": proposal.id,
        "zone": proposal.zone_id,
        "kind": proposal.kind,
        "setting": proposal.setting or "spot",
        "old": proposal.old,
        "new": proposal.new,
        "spared": f"{weighed.spared}/{weighed.rejected}",
        "lost": f"{weighed.lost}/{weighed.confirmed}",
    }
