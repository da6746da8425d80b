"""What can be asked of the desk about health."""

from collections.abc import Mapping
from dataclasses import dataclass

from matpho.casework.health.alarms import Manners
from matpho.casework.health.records import CameraDay, Problem
from matpho.domain.time import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteProblems:
    """What one round of looking came to (see ``hysteresis.Verdict``), told to people by the ward's ``manners``."""

    raised: tuple[tuple[str, str, Instant, Mapping[str, float | str]], ...]
    changed: tuple[Problem, ...]
    manners: Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepDays:
    """Store the figures of camera-days."""

    days: tuple[CameraDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProblem:
    """Somebody has taken note of a problem: a note, and who will see to it (a technician's name or firm)."""

    problem_id: str
    note: str = ""
    assigned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetQuietHours:
    """Other quiet hours: such as ``22:00-06:00``, "" for none, None for those of the settings file again."""

    hours: str | None
    urgent_always: bool = False


HealthCommand = NoteProblems | KeepDays | AnswerProblem | SetQuietHours
