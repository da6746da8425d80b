"""A proposal for a camera's zones, made of what people decided about past incidents. Nobody but people accepts one."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from matpho.domain.geometry import Polygon
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.observation import Light
from matpho.domain.time import Instant
from matpho.errors import Conflict

ProposalId = NewType("ProposalId", str)


class ProposalState(StrEnum):
    """Where people are with it. ``withdrawn``: newer decisions no longer bear it out."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVERTED = "reverted"
    WITHDRAWN = "withdrawn"


_S = ProposalState
_FROM = {_S.ACCEPTED: _S.OPEN, _S.DECLINED: _S.OPEN, _S.WITHDRAWN: _S.OPEN, _S.REVERTED: _S.ACCEPTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a change would have done to incidents that people decided: ``spared`` of ``rejected`` ones would not have
    been told, and ``lost`` of ``confirmed`` ones. ``examples`` are the spared, ``light`` that of most of them.
    """

    spared: int
    rejected: int
    lost: int
    confirmed: int
    examples: tuple[IncidentId, ...] = ()
    light: Light | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a proposal; ``who`` is None where the program did it."""

    at: Instant
    who: PersonId | None
    state: ProposalState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One change: a ``setting`` of a kind at a zone from ``old`` (None: the rule's own) to ``new``, or a ``spot`` that
    is not analysed any more, which becomes the zone ``zone_id``. ``since`` is from when on decisions were weighed.
    """

    id: ProposalId
    camera_id: CameraId
    zone_id: ZoneId
    kind: str
    setting: str = ""
    old: float | None = None
    new: float | None = None
    spot: Polygon | None = None
    weighed: Weighed
    since: Instant
    made: Instant
    state: ProposalState = ProposalState.OPEN
    steps: tuple[Step, ...] = ()

    def moved(self, state: ProposalState, *, at: Instant, who: PersonId | None, reason: str = "") -> "Proposal":
        """The proposal after a step. Raises Conflict when that cannot follow."""
        if _FROM.get(state) is not self.state:
            raise Conflict("somebody has decided on this proposal already", "đề xuất này đã được xử lý")
        return replace(self, state=state, steps=(*self.steps, Step(at=at, who=who, state=state, reason=reason)))
