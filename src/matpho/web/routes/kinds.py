"""The incident catalogue and the reasons for a rejection."""

from fastapi import APIRouter

from matpho.domain.incident import REASONS
from matpho.domain.kinds import GROUP_NAMES, KINDS
from matpho.domain.people import Role
from matpho.domain.rule_setting import bounds_of
from matpho.rules.defaults import defaults_of
from matpho.web.context import Caller
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.incidents import KindBody, ReasonBody, RuleSettingBody

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
            settings=[_setting(name, value) for name, value in defaults_of(kind.code).items()],
        )
        for kind in KINDS.values()
    ]


def _setting(name: str, default: float) -> RuleSettingBody:
    bounds = bounds_of(name)
    return RuleSettingBody(name=name, unit=bounds.unit, default=default, least=bounds.least, most=bounds.most)


@router.get("/reasons", operation_id="list_reasons", openapi_extra=least(Role.OBSERVER), responses=errors(401))
def list_reasons(_caller: Caller) -> list[ReasonBody]:
    """Why an incident can be rejected."""
    return [ReasonBody(code=code, vi=said.vi, en=said.en) for code, said in REASONS.items()]
