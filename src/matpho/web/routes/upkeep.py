"""Health of cameras and machine: the page that a maintainer works from. It shows no footage."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from matpho.casework.health.commands import AnswerProblem, SetQuietHours
from matpho.casework.health.records import CameraDay, Problem
from matpho.casework.health.signs import DiskFacts
from matpho.casework.health.trouble import TROUBLES
from matpho.casework.health.views import MOST_DAYS, CameraHealth, HealthViews
from matpho.casework.health.words import sentence, whose
from matpho.domain.people import Action, Part, Role, may
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas import upkeep as shape
from matpho.web.schemas.base import said
from matpho.web.sessions import Visitor
from matpho.web.spreadsheet import spreadsheet

router = APIRouter(prefix="/api/health", tags=["health"])


def _views(here: Context) -> HealthViews:
    options = here.parts.options
    return HealthViews(here.parts.store, here.parts.states, ZoneInfo(options.time_zone), options.quiet)


def _ward(here: Context, caller: Visitor) -> shape.WardHealthBody:
    found = _views(here).health(caller.actor, here.parts.clock.now())
    names = {str(k): v for k, v in found.camera_names.items()}
    return shape.WardHealthBody(
        now=here.parts.clock.now(),
        days=list(found.days),
        uptime_day=found.uptime[1],
        uptime_week=found.uptime[7],
        uptime_month=found.uptime[30],
        cameras=[_camera(camera) for camera in found.cameras],
        problems=[_problem(p, names, found.people) for p in found.problems],
        recent=[_problem(p, names, found.people) for p in found.recent],
        disk=_disk(found.disk) if found.disk else None,
        quiet=shape.QuietBody(
            hours=found.quiet.now.text,
            urgent_always=found.quiet.now.urgent_always,
            own=found.quiet.own,
            file_hours=found.quiet.file.text,
            file_urgent_always=found.quiet.file.urgent_always,
            now=found.quiet_now,
        ),
        may_answer=may(caller.actor, Action.ANSWER, Part.HEALTH),
        may_change=may(caller.actor, Action.CHANGE, Part.HEALTH),
    )


def _problem(problem: Problem, names: Mapping[str, str], people: Mapping[str, str]) -> shape.ProblemBody:
    who = problem.acknowledged_by
    return shape.ProblemBody(
        id=problem.id,
        trouble=problem.trouble,
        severity=problem.severity,
        camera_id=problem.camera_id,
        about=said(whose(problem, names)),
        name=said(TROUBLES[problem.trouble].name),
        text=said(sentence(problem)),
        advice=said(TROUBLES[problem.trouble].advice),
        since=problem.since,
        until=problem.until,
        queued=problem.queued,
        figures=dict(problem.figures),
        acknowledged_at=problem.acknowledged_at,
        acknowledged_by=people.get(who) if who is not None else None,
        note=problem.note,
        assigned=problem.assigned,
    )


def _disk(disk: DiskFacts) -> shape.DiskHealthBody:
    left = disk.days_left
    return shape.DiskHealthBody(
        total=disk.total,
        free=disk.free,
        reserved=disk.reserve,
        per_day=round(disk.per_day),
        days_left=None if left is None else round(left, 1),
        days_kept=None if left is None else round(disk.kept_days + left, 1),
        days_wanted=disk.wanted_days,
        failing=disk.failing,
    )


def _camera(found: CameraHealth) -> shape.CameraHealthBody:
    stream, picture = found.stream, found.picture
    return shape.CameraHealthBody(
        id=found.camera.id,
        name=found.camera.name,
        staged=found.camera.staged,
        link=stream.link if stream else None,
        last_packet=stream.last_packet if stream else None,
        fps=round(stream.fps, 1) if stream else None,
        clock_offset_ms=stream.clock_offset_ms if stream else None,
        picture=shape.PictureBody(
            at=picture.at,
            brightness=picture.brightness,
            contrast=picture.contrast,
            sharpness=picture.sharpness,
            frozen_s=picture.frozen_s,
            fault=picture.fault,
        )
        if picture
        else None,
        uptime=_share(found.uptime),
        problems=[p.id for p in found.problems],
        days=[_day(day) for day in found.days],
    )


def _day(day: CameraDay) -> shape.CameraDayBody:
    return shape.CameraDayBody(
        day=day.day,
        uptime=_share(day.uptime),
        expected_s=day.expected_s,
        recorded_s=day.recorded_s,
        gaps=dict(day.gaps),
    )


def _share(value: float | None) -> float | None:
    return round(value, 5) if value is not None else None


@router.get("", operation_id="get_ward_health", openapi_extra=least(Role.OBSERVER), responses=errors(401, 403))
def get_ward_health(here: Here, caller: Caller) -> shape.WardHealthBody:
    """What is wrong, worst first, and how much every camera recorded on each of the last 30 days."""
    return _ward(here, caller)


@router.post(
    "/problems/{problem_id}/answer",
    operation_id="answer_problem",
    openapi_extra=least(Role.OFFICER),
    responses=errors(401, 403, 404, 422),
)
def answer_problem(here: Here, caller: Caller, problem_id: str, form: shape.AnswerForm) -> shape.WardHealthBody:
    """Take note of a problem, so that it is not told again, and say who sees to it."""
    command = AnswerProblem(problem_id=problem_id, note=form.note, assigned=form.assigned)
    here.parts.desk.handle(command, caller.actor)
    return _ward(here, caller)


@router.put(
    "/quiet-hours",
    operation_id="set_quiet_hours",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 422),
)
def set_quiet_hours(here: Here, caller: Caller, form: shape.QuietForm) -> shape.WardHealthBody:
    """Set when nobody is told of problems; it holds at once, and what waited for the end of the old ones is told."""
    command = SetQuietHours(hours=form.hours, urgent_always=form.urgent_always)
    here.parts.desk.handle(command, caller.actor)
    return _ward(here, caller)


@router.get(
    "/uptime.csv",
    operation_id="get_uptime_csv",
    openapi_extra=least(Role.OBSERVER),
    responses={**errors(401, 403, 422), 200: {"content": {"text/csv": {}}}},
    response_class=Response,
)
def get_uptime_csv(here: Here, caller: Caller, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 30) -> Response:
    """Every camera-day of the last days: seconds due, recorded, and missing by cause."""
    text = _views(here).uptime_csv(caller.actor, here.parts.clock.now(), days)
    return spreadsheet("\ufeff" + text, "uptime.csv")
