"""Files of evidence: clips, stills, manifests."""

from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from matpho.domain.evidence import Evidence, EvidenceKind
from matpho.domain.people import Action, Role
from matpho.web.answers import Unavailable
from matpho.web.context import Caller, Context, Here, load_evidence
from matpho.web.media import file_answer
from matpho.web.openapi_notes import errors, least
from matpho.web.viewings import masked_for

router = APIRouter(prefix="/api/incidents", tags=["footage"])
_SUFFIX = {EvidenceKind.CLIP: "mp4", EvidenceKind.STILL: "jpg", EvidenceKind.MANIFEST: "json"}
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def _file(here: Context, evidence: Evidence, *, masked: bool) -> Path:
    sealed = here.parts.vault.file(evidence.path)
    if not masked or evidence.kind is EvidenceKind.MANIFEST:
        return sealed
    if here.covered is None:
        raise Unavailable(
            "This footage has private areas and no covered copy can be made here.",
            "Đoạn hình có vùng riêng tư và chưa tạo được bản che.",
        )
    return here.covered.file(evidence, sealed)


@router.get(
    "/{incident_id}/evidence/{evidence_id}",
    operation_id="get_evidence",
    openapi_extra=least(Role.OFFICER),
    response_class=Response,
    responses={
        **errors(401, 403, 404, 503),
        200: {"content": {"video/mp4": _BINARY, "image/jpeg": _BINARY, "application/json": {}}},
        206: {"description": "The range that was asked for"},
        416: {"description": "The file has no such range"},
    },
)
def get_evidence(
    here: Here,
    request: Request,
    incident_id: str,
    evidence_id: str,
    caller: Caller,
    size: Literal["full", "small"] = "full",
) -> Response:
    """A file, whole or in part; ``small`` is a still for lists. Private areas are covered below supervisor. Audited
    before the first byte.
    """
    evidence = load_evidence(here, caller, incident_id, evidence_id, Action.WATCH)
    masked = masked_for(caller, evidence)
    if size == "small" and evidence.kind is EvidenceKind.STILL:
        picture = here.thumbs.of(evidence, here.parts.vault.file(evidence.path), masked=masked)
        here.viewings.note_file(caller, evidence, masked=masked, size=size)
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})
    path = _file(here, evidence, masked=masked)
    here.viewings.note_file(caller, evidence, masked=masked, size="full")
    return file_answer(
        path,
        request.headers,
        media_type=evidence.media_type,
        tag=f"{evidence.sha256}{'-masked' if masked else ''}",
        name=f"{evidence.incident_id}-{evidence.slot}.{_SUFFIX[evidence.kind]}",
    )
