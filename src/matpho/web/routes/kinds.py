"""The incident catalogue and the reasons for a rejection."""

from fastapi import APIRouter

from matpho.domain.incident import REASONS
from matpho.domain.kinds import GROUP_NAMES, KINDS
from matpho.domain.people import Role
from matpho.web.context import Caller
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.incidents import KindBody, ReasonBody

router = APIRouter(prefix="/api", tags=["kinds"])


@router.get("/kinds", operation_id="list_kinds", openapi_extra=least(Role.OBSERVER), responses=errors(401))
def list_kinds(_caller: Caller) -> list[KindBody]:
    """All kinds of incident, those that only people enter too."""
    return [
        KindBody(
            kind=kind.code,
            vi=kind.name.vi,
            en=kind.name.en,
            group=kind.group,
            group_vi=GROUP_NAMES[kind.group].vi,
            group_en=GROUP_NAMES[kind.group].en,
            advisory=kind.advisory,
            found_by_rule=kind.found_by_rule,
        )
        for kind in KINDS.values()
    ]


@router.get("/reasons", operation_id="list_reasons", openapi_extra=least(Role.OBSERVER), responses=errors(401))
def list_reasons(_caller: Caller) -> list[ReasonBody]:
    """Why an incident can be rejected."""
    return [ReasonBody(code=code, vi=said.vi, en=said.en) for code, said in REASONS.items()]
