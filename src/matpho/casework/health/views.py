"""The health page: what is wrong, worst first, and how much was recorded on each day."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from matpho.casework.health import days as of_day
from matpho.casework.health.alarms import Manners
from matpho.casework.health.quiet import Quiet, quiet_of
from matpho.casework.health.records import CameraDay, Problem
from matpho.casework.health.signs import DiskFacts
from matpho.casework.health.trouble import Severity
from matpho.casework.ports import Store
from matpho.casework.spreadsheet import cell
from matpho.casework.states import States
from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.messages import PictureSeen, StreamState
from matpho.domain.people import Action, Actor, Part, require
from matpho.domain.quiet import QuietHours
from matpho.domain.time import Instant, after
from matpho.errors import BadInput

MOST_DAYS = 400
_RANK = {Severity.URGENT: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
_RECENT_S = 7 * 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """One camera: its newest states, its open problems (worst first) and its days in order."""

    camera: Camera
    stream: StreamState | None
    picture: PictureSeen | None
    problems: tuple[Problem, ...]
    days: tuple[CameraDay, ...]
    uptime: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The ward's health. ``uptime`` is over the last 1, 7 and 30 days, 0..1; cameras come worst first.

    ``disk`` is None until it was looked at. ``quiet_now``: nobody is told at the moment, but of what is urgent where
    that is wished.
    """

    today: str
    days: tuple[str, ...]
    uptime: dict[int, float | None]
    cameras: tuple[CameraHealth, ...]
    problems: tuple[Problem, ...]
    recent: tuple[Problem, ...]
    people: dict[str, str]
    camera_names: dict[CameraId, str]
    disk: DiskFacts | None
    quiet: Quiet
    quiet_now: bool


class HealthViews:
    """Reads what the health subject keeps; ``quiet`` are the quiet hours of the settings file."""

    def __init__(self, store: Store, states: States, zone: tzinfo, quiet: QuietHours) -> None:
        self._store, self._states, self._zone, self._quiet = store, states, zone, quiet

    def health(self, actor: Actor, now: Instant, length: int = 30) -> Health:
        """Everything on the page. Raises NotAllowed."""
        require(actor, Action.SEE, Part.HEALTH)
        today = of_day.local_day(now, self._zone)
        names = _names(today, length)
        with self._store.read() as unit:
            cameras = tuple(c for c in unit.cameras.all() if c.main or c.sub)
            rows = unit.health.days(names[0], today)
            problems = worst_first(unit.health.open_problems())
            recent = unit.health.recent_problems(after(now, -_RECENT_S), 100)
            people = {p.id: p.name for p in unit.people.all()}
            camera_names = unit.cameras.names()
            quiet = quiet_of(unit, self._quiet)
        shown = [self._camera(c, problems, rows) for c in cameras]
        ids = {c.id for c in cameras}
        uptime = {
            n: of_day.ward_uptime(d for d in rows if d.day > of_day.days_before(today, n) and d.camera_id in ids)
            for n in (1, 7, 30)
        }
        return Health(
            today=today,
            days=names,
            uptime=uptime,
            cameras=tuple(sorted(shown, key=_badness)),
            problems=problems,
            recent=recent,
            people={str(k): v for k, v in people.items()},
            camera_names=camera_names,
            disk=self._states.disk,
            quiet=quiet,
            quiet_now=Manners(quiet=quiet.now.hours, zone=self._zone).is_quiet(now),
        )

    def _camera(self, camera: Camera, problems: Sequence[Problem], rows: Sequence[CameraDay]) -> CameraHealth:
        own = tuple(d for d in rows if d.camera_id == camera.id)
        return CameraHealth(
            camera=replace(camera, main=None, sub=None),
            stream=self._states.stream(camera.id, camera.recorded_role),
            picture=self._states.picture(camera.id),
            problems=tuple(p for p in problems if p.camera_id == camera.id),
            days=own,
            uptime=of_day.ward_uptime(own),
        )

    def uptime_csv(self, actor: Actor, now: Instant, length: int) -> str:
        """Every camera-day of the last ``length`` days as CSV (UTF-8, header in English).

        A text that a spreadsheet would take for a formula gets an apostrophe. Raises NotAllowed or BadInput.
        """
        require(actor, Action.SEE, Part.HEALTH)
        if not 1 <= length <= MOST_DAYS:
            raise BadInput(f"1 to {MOST_DAYS} days", f"từ 1 đến {MOST_DAYS} ngày")
        today = of_day.local_day(now, self._zone)
        with self._store.read() as unit:
            rows, names = unit.health.days(_names(today, length)[0], today), unit.cameras.names()
        causes = sorted({cause for row in rows for cause in row.gaps})
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        gap_names = [f"gap_{cause}_s" for cause in causes]
        writer.writerow(["day", "camera", "name", "expected_s", "recorded_s", "uptime_percent", *gap_names])
        for row in rows:
            uptime = f"{100 * row.uptime:.3f}" if row.uptime is not None else ""
            figures = [f"{row.expected_s:.0f}", f"{row.recorded_s:.0f}", uptime]
            gaps = [f"{row.gaps.get(cause, 0.0):.0f}" for cause in causes]
            writer.writerow([row.day, row.camera_id, cell(names.get(row.camera_id, "")), *figures, *gaps])
        return out.getvalue()


def worst_first(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Urgent ones first, those nobody has answered before others, then the oldest."""
    return tuple(sorted(problems, key=lambda p: (_RANK[p.severity], p.acknowledged_at is not None, p.since, p.id)))


def _badness(shown: CameraHealth) -> tuple[int, float, str]:
    worst = min((_RANK[p.severity] for p in shown.problems), default=9)
    return worst, shown.uptime if shown.uptime is not None else 2.0, shown.camera.name


def _names(today: str, length: int) -> tuple[str, ...]:
    return tuple(of_day.days_before(today, n) for n in range(length - 1, -1, -1))
