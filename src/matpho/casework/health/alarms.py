"""When people are told of a problem: at once, after the quiet hours in one digest, and again while none answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum

from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import Severity
from matpho.domain.camera import Hours
from matpho.domain.time import Instant, seconds


class Telling(StrEnum):
    """Why people are told."""

    RAISED = "raised"
    CLEARED = "cleared"
    REMINDER = "reminder"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The ward's wishes. Urgent problems are told in the quiet hours too when ``urgent_always``."""

    quiet: Hours | None = None
    zone: tzinfo
    remind_s: float = 24 * 3600.0
    most_reminders: int = 5
    urgent_always: bool = False

    def is_quiet(self, at: Instant) -> bool:
        """Whether people want to be left alone now."""
        return self.quiet is not None and self.quiet.holds(datetime.fromtimestamp(seconds(at), self.zone).time())


@dataclass(frozen=True, slots=True)
class Told:
    """A telling and the rows as they are after it."""

    why: Telling
    problems: tuple[Problem, ...]


def raised(problem: Problem, manners: Manners, now: Instant) -> tuple[Problem, Told | None]:
    """A new problem: told at once, or queued. Notices always wait for the digest of the page: they are not pushed."""
    if problem.severity is Severity.NOTICE:
        return problem, None
    if manners.is_quiet(now) and not (manners.urgent_always and problem.severity is Severity.URGENT):
        return replace(problem, queued=True), None
    after = replace(problem, told=1, told_at=now)
    return after, Told(Telling.RAISED, (after,))


def cleared(problem: Problem, manners: Manners, now: Instant) -> Told | None:
    """The end of a problem: told only where its beginning was; one that is still queued goes into the digest."""
    if problem.queued or problem.told == 0 or manners.is_quiet(now):
        return None
    return Told(Telling.CLEARED, (problem,))


def reminders(open_now: Sequence[Problem], manners: Manners, now: Instant) -> tuple[Told, ...]:
    """Those that were told, not answered, and still hold: again after ``remind_s``, a bounded number of times."""
    if manners.is_quiet(now):
        return ()
    due = [
        p
        for p in open_now
        if p.told_at is not None
        and p.acknowledged_at is None
        and p.told <= manners.most_reminders
        and seconds(now - p.told_at) >= manners.remind_s
    ]
    return tuple(Told(Telling.REMINDER, (replace(p, told=p.told + 1, told_at=now),)) for p in due)


def digest(queued: Sequence[Problem], manners: Manners, now: Instant) -> Told | None:
    """What was queued in the quiet hours, in one telling once they are over; also what has ended meanwhile."""
    if not queued or manners.is_quiet(now):
        return None
    return Told(Telling.DIGEST, tuple(replace(p, queued=False, told=1, told_at=now) for p in queued))
