"""Letters and what can be asked of the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from matpho.domain.time import EPOCH, Instant


class LetterState(StrEnum):
    """Where a letter is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # given up; a person may send it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one target. ``number`` orders the letters of all targets; ``id`` lets the receiver drop doubles.

    ``kind`` is such as ``incident.opened`` or ``health.raised``; ``body`` is what the target's plug-in makes its
    message of: ids, kinds, states and links, never footage or a person's name.
    """

    number: int
    id: str
    target: str
    kind: str
    body: Mapping[str, Any]
    created: Instant
    state: LetterState = LetterState.WAITING
    tries: int = 0
    next_try: Instant = EPOCH
    done: Instant | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCount:
    """How many letters of a target are where, and its newest outcome."""

    target: str
    waiting: int
    dead: int
    oldest_waiting: Instant | None
    last_sent: Instant | None
    last_error: str
    last_error_at: Instant | None


class OutboxRows(Protocol):
    """The outbox."""

    def add(self, target: str, kind: str, body: Mapping[str, Any], at: Instant) -> Letter:
        """Store a new letter behind all others."""
        ...

    def save(self, letter: Letter) -> None:
        """Store a changed letter."""
        ...

    def get(self, letter_id: str) -> Letter | None:
        """Load one by its id."""
        ...

    def head(self, target: str) -> Letter | None:
        """The letter of a target that is to be delivered next; those behind it wait for it."""
        ...

    def waiting(self, target: str) -> int:
        """How many letters wait for a target."""
        ...

    def counts(self) -> tuple[TargetCount, ...]:
        """Every target that ever had a letter that is still kept, by name."""
        ...

    def dead(self, limit: int) -> tuple[Letter, ...]:
        """Letters that were given up, newest first."""
        ...

    def prune(self, sent_before: Instant, most_dead: int) -> None:
        """Forget letters sent before an instant, and the oldest of too many dead ones."""
        ...
