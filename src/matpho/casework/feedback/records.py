"""What the store can be asked about proposals."""

from typing import Protocol

from matpho.domain.ids import CameraId
from matpho.domain.proposal import Proposal, ProposalId


class Proposals(Protocol):
    """Proposals by id; none is ever deleted."""

    def put(self, proposal: Proposal) -> None:
        """Store a new or changed one."""
        ...

    def get(self, proposal_id: ProposalId) -> Proposal | None:
        """Load one."""
        ...

    def all(self, camera_id: CameraId | None = None) -> tuple[Proposal, ...]:
        """All, or those of a camera, newest first."""
        ...
