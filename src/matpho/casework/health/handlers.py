"""Health commands carried out in the desk's one transaction."""

from dataclasses import replace

from matpho.casework.health import alarms
from matpho.casework.health.alarms import Told
from matpho.casework.health.commands import AnswerProblem, KeepDays, NoteProblems
from matpho.casework.health.incidents import tell_as_incident
from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import TROUBLES
from matpho.casework.work import Work
from matpho.domain.events import AlarmTold, ProblemChanged
from matpho.domain.ids import new_id
from matpho.domain.people import Action, Part, require
from matpho.errors import BadInput, NotFound

LONGEST_NOTE = 1000
LONGEST_NAME = 120


def note_problems(work: Work, command: NoteProblems) -> None:
    """Store what was found, and tell people of it as the ward wishes; what is told is stored with it."""
    require(work.actor, Action.KEEP_HOUSE, Part.HEALTH)
    open_now = {(p.subject, p.trouble): p for p in work.unit.health.open_problems()}
    for subject, code, since, figures in command.raised:
        if (subject, code) in open_now:
            continue
        new = Problem(
            id=new_id(work.at),
            trouble=code,
            subject=subject,
            severity=TROUBLES[code].severity,
            since=since,
            raised=work.at,
            figures=dict(figures),
        )
        problem, told = alarms.raised(new, command.manners, work.at)
        _keep(work, problem, told)
    for changed in command.changed:
        stored = work.unit.health.problem(changed.id)
        if stored is None or stored.until is not None:
            continue
        problem = replace(stored, until=changed.until, figures=changed.figures)
        told = alarms.cleared(problem, command.manners, work.at) if problem.until is not None else None
        if problem != stored:
            _keep(work, problem, told, quietly=problem.until is None)
    _tell_later(work, command)


def _tell_later(work: Work, command: NoteProblems) -> None:
    """The digest after the quiet hours, and reminders of what nobody has answered."""
    told = alarms.digest(work.unit.health.queued_problems(), command.manners, work.at)
    later = (told,) if told else ()
    for one in (*later, *alarms.reminders(work.unit.health.open_problems(), command.manners, work.at)):
        for problem in one.problems:
            work.unit.health.put_problem(problem)
        _tell(work, one)


def _keep(work: Work, problem: Problem, told: Told | None, *, quietly: bool = False) -> None:
    work.unit.health.put_problem(problem)
    if not quietly:
        tell_as_incident(work, problem)
        work.tell(ProblemChanged(problem.id, problem.trouble, problem.subject, problem.until is None))
    if told is not None:
        _tell(work, told)


def _tell(work: Work, told: Told) -> None:
    work.tell(AlarmTold(told.why.value, tuple(p.id for p in told.problems)))


def keep_days(work: Work, command: KeepDays) -> None:
    """Store the figures of camera-days."""
    require(work.actor, Action.KEEP_HOUSE, Part.HEALTH)
    for day in command.days:
        work.unit.health.put_day(day)


def answer_problem(work: Work, command: AnswerProblem) -> None:
    """Take note of a problem: it is not told again, and the page says who sees to it."""
    require(work.actor, Action.ANSWER, Part.HEALTH)
    problem = work.unit.health.problem(command.problem_id)
    if problem is None:
        raise NotFound("there is no such problem", "không có sự cố này")
    if len(command.note) > LONGEST_NOTE or len(command.assigned) > LONGEST_NAME:
        raise BadInput("the note or the name is too long", "ghi chú hoặc tên quá dài")
    after = replace(
        problem,
        acknowledged_at=work.at,
        acknowledged_by=work.actor.id,
        note=command.note.strip(),
        assigned=command.assigned.strip(),
    )
    work.unit.health.put_problem(after)
    work.audit("answer_problem", f"problem:{problem.id}", {"trouble": problem.trouble, "subject": problem.subject})
    work.tell(ProblemChanged(problem.id, problem.trouble, problem.subject, problem.until is None))
