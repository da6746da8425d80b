"""Proposals: one row each, what is asked of the table beside the whole of it."""

from typing import Any

import sqlalchemy as sa

from matpho.domain.ids import CameraId
from matpho.domain.proposal import Proposal, ProposalId
from matpho.plugins.stores.rows import as_json, of_json, put
from matpho.plugins.stores.schema_feedback import proposals


def _proposal(row: Any) -> Proposal:
    found: Proposal = of_json(Proposal, row.body)
    return found


class SqlProposals:
    """The table ``proposals``; see ``matpho.casework.feedback.records.Proposals``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, proposal: Proposal) -> None:
        """Store a new or changed one."""
        values = {
            "id": proposal.id,
            "camera_id": proposal.camera_id,
            "state": proposal.state.value,
            "made_ns": proposal.made,
            "body": as_json(proposal),
        }
        put(self._db, proposals, values)

    def get(self, proposal_id: ProposalId) -> Proposal | None:
        """Load one."""
        row = self._db.execute(sa.select(proposals.c.body).where(proposals.c.id == proposal_id)).first()
        return _proposal(row) if row is not None else None

    def all(self, camera_id: CameraId | None = None) -> tuple[Proposal, ...]:
        """All, or those of a camera, newest first."""
        query = sa.select(proposals.c.body).order_by(proposals.c.made_ns.desc(), proposals.c.id.desc())
        if camera_id is not None:
            query = query.where(proposals.c.camera_id == camera_id)
        return tuple(_proposal(row) for row in self._db.execute(query))
