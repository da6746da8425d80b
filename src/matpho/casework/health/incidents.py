"""Troubles of a camera that the ward counts as incidents: a poor picture, and a clock that is off.

Hysteresis is the trouble's own. What the picture itself shows as covered, out of focus or turned is told by the rule
``camera_tampering`` already, and a lost stream by ``camera_outage``: neither is told twice.
"""

from collections.abc import Mapping
from types import MappingProxyType

from matpho.casework.health.records import Problem
from matpho.casework.health.words import sentence
from matpho.casework.ingest import take_hit
from matpho.casework.work import Work
from matpho.domain.hit import RuleHit
from matpho.domain.kinds import KINDS

TOLD_AS: Mapping[str, str] = MappingProxyType(
    {
        "black": "picture_quality",
        "frozen": "picture_quality",
        "low_fps": "picture_quality",
        "dirty": "picture_quality",
        "clock": "clock_drift",
    }
)
"""The kind of incident by trouble."""


def tell_as_incident(work: Work, problem: Problem) -> None:
    """Open the incident of a trouble, or tell it again: longer, with other figures, or ended. Others are left alone."""
    kind = TOLD_AS.get(problem.trouble)
    if kind is None or problem.camera_id is None:
        return
    camera = work.unit.cameras.get(problem.camera_id)
    if camera is None:
        return
    until = problem.until
    hit = RuleHit(
        id=f"health-{problem.id}",
        kind=kind,
        camera_id=camera.id,
        zone_id=None,
        thing=f"trouble:{problem.trouble}",
        start=problem.since,
        at=work.at,
        end=None if until is None else max(until, problem.since),
        box=None,
        score=1.0,
        advisory=KINDS[kind].advisory,
        why=sentence(problem),
        figures={name: value for name, value in problem.figures.items() if not isinstance(value, str)},
        staged=camera.staged,
    )
    take_hit(work, hit)
