"""How often each kind is right, as people decided, and the proposals that come of it."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Query, Response

from matpho.casework.feedback.commands import AnswerProposal, RevertProposal
from matpho.casework.feedback.views import PrecisionView, precision_view, proposals_view
from matpho.casework.spreadsheet import cell
from matpho.domain.kinds import described
from matpho.domain.observation import LIGHT_NAMES
from matpho.domain.people import Role
from matpho.domain.proposal import ProposalId
from matpho.domain.time import after
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.feedback import (
    PrecisionBody,
    ProposalAnswer,
    ProposalBody,
    ProposalRevert,
    precision_body,
    proposal_body,
)
from matpho.web.sessions import Visitor
from matpho.web.spreadsheet import spreadsheet

router = APIRouter(prefix="/api/feedback", tags=["feedback"])
Days = Annotated[int, Query(ge=1, le=800)]
_HEAD = (
    "Mã loại / Kind", "Loại vụ việc", "Kind of incident", "Mã camera / Camera id", "Camera", "Ánh sáng / Light",
    "Đã xác nhận / Confirmed", "Đã loại / Rejected", "Chưa được xem / Not reviewed", "Đang chờ / Waiting",
    "Trùng hoặc thử / Set aside", "Độ chính xác / Precision", "Cận dưới 95 % / Low", "Cận trên 95 % / High",
)  # fmt: skip


def _view(here: Context, caller: Visitor, days: int, kind: str | None = None) -> PrecisionView:
    return precision_view(here.parts.store, after(here.parts.clock.now(), -days * 86_400.0), caller.actor, kind)


@router.get("/precision", operation_id="get_precision", openapi_extra=least(Role.OBSERVER), responses=errors(401, 422))
def get_precision(here: Here, caller: Caller, days: Days = 90) -> PrecisionBody:
    """By kind, camera, light and week: confirmed and rejected, and the precision where enough is decided to say."""
    return precision_body(_view(here, caller, days))


@router.get(
    "/precision.csv",
    operation_id="get_precision_table",
    openapi_extra=least(Role.OBSERVER),
    responses={**errors(401, 422), 200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def get_precision_table(here: Here, caller: Caller, days: Days = 90) -> Response:
    """The rows by kind, camera and light for spreadsheets (UTF-8 with a mark)."""
    view, text = _view(here, caller, days), io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_HEAD)
    for row in view.figures.rows:
        kind, light, tally = described(row.kind).name, LIGHT_NAMES.get(row.light) if row.light else None, row.tally
        words = (row.kind, kind.vi, kind.en, row.camera_id, cell(view.names.get(row.camera_id, row.camera_id)))
        counts = (tally.confirmed, tally.rejected, tally.not_reviewed, tally.waiting, tally.set_aside)
        shares = (tally.share, *(tally.interval or (None, None)))
        told = ("" if share is None else f"{share:.4f}" for share in shares)
        table.writerow((*words, f"{light.vi} / {light.en}" if light else "", *counts, *told))
    return spreadsheet(b"\xef\xbb\xbf" + text.getvalue().encode(), "do-chinh-xac.csv")


@router.get("/proposals", operation_id="list_proposals", openapi_extra=least(Role.OBSERVER), responses=errors(401))
def list_proposals(here: Here, caller: Caller) -> list[ProposalBody]:
    """All proposals, those that wait for an answer first."""
    return [proposal_body(view) for view in proposals_view(here.parts.store, caller.actor)]


@router.post(
    "/proposals/{proposal_id}/answer",
    operation_id="answer_proposal",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def answer_proposal(here: Here, proposal_id: str, form: ProposalAnswer, caller: Caller) -> ProposalBody:
    """Accept, which changes the camera's zones, or decline with a reason; audited."""
    command = AnswerProposal(proposal_id=ProposalId(proposal_id), accept=form.accept, reason=form.reason)
    here.parts.desk.handle(command, caller.actor)
    return _one(here, caller, proposal_id)


@router.post(
    "/proposals/{proposal_id}/revert",
    operation_id="revert_proposal",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def revert_proposal(here: Here, proposal_id: str, form: ProposalRevert, caller: Caller) -> ProposalBody:
    """Take an accepted change back, if nobody has changed it since; audited."""
    here.parts.desk.handle(RevertProposal(proposal_id=ProposalId(proposal_id), reason=form.reason), caller.actor)
    return _one(here, caller, proposal_id)


def _one(here: Context, caller: Visitor, proposal_id: str) -> ProposalBody:
    views = proposals_view(here.parts.store, caller.actor)
    return proposal_body(next(view for view in views if view.proposal.id == proposal_id))
