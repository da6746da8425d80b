"""The ward's decisions as casework asks for them, and the commands that concern them."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from matpho.domain.time import Instant
from matpho.domain.ward_decision import Cover, WardDecision


class Decisions(Protocol):
    """The ward's decisions by id."""

    def put(self, decision: WardDecision) -> None:
        """Store a new or changed one."""
        ...

    def get(self, decision_id: str) -> WardDecision | None:
        """Load one."""
        ...

    def all(self) -> tuple[WardDecision, ...]:
        """Every one that was ever entered, the newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterDecision:
    """Write down a decision of the ward. It allows nothing until another person confirms it."""

    id: str
    number: str
    dated: date
    issuer: str
    kinds: tuple[str, ...]
    covers: tuple[Cover, ...]
    start: Instant
    end: Instant
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDecision:
    """Confirm that it was entered as the ward decided it; by somebody else than who entered it."""

    decision_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeDecision:
    """End it now, whatever its end date; also one that waits for its second person."""

    decision_id: str
    reason: str


DecisionCommand = EnterDecision | ConfirmDecision | RevokeDecision
"""The ward's decisions."""
