"""What can be asked of the desk about proposals."""

from dataclasses import dataclass

from matpho.domain.proposal import ProposalId


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeProposals:
    """Weigh the decisions of the last months anew: make, renew and withdraw proposals. Changes no setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProposal:
    """Accept a proposal, which changes the zones, or decline it with a reason."""

    proposal_id: ProposalId
    accept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertProposal:
    """Take an accepted proposal's change back."""

    proposal_id: ProposalId
    reason: str = ""


FeedbackCommand = MakeProposals | AnswerProposal | RevertProposal
