"""The duty that looks after health: every few seconds what shows, every minute what the day has come to."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Protocol

from matpho.casework.desk import Desk
from matpho.casework.health import days as of_day
from matpho.casework.health.alarms import Manners
from matpho.casework.health.commands import KeepDays, NoteProblems
from matpho.casework.health.hysteresis import Hysteresis, Key, subject_of
from matpho.casework.health.records import CameraDay, Problem
from matpho.casework.health.signs import (
    WORDS_S,
    DiskFacts,
    Sign,
    Signs,
    analysis_signs,
    disk_signs,
    picture_signs,
    process_signs,
    register_signs,
    stream_signs,
)
from matpho.casework.ports import Store, Unit
from matpho.casework.register import active
from matpho.casework.states import States
from matpho.domain.camera import Camera
from matpho.domain.ids import CameraId
from matpho.domain.messages import Link
from matpho.domain.people import PROGRAM
from matpho.domain.register import NOTHING, RegisterEntry
from matpho.domain.time import SECOND, Clock, Instant, Span, after, seconds

LOOK_EVERY_S = 5.0
DAY_EVERY_S = 60.0
DAY_SHARE = 0.01
"""Of the time at most goes into adding up the days: many cameras make it rarer."""
TOTALS_EVERY_S = 900.0
SETTLE_S = 600.0
"""So long after midnight yesterday's figures are still brought up to date: files and gaps are told late."""
STEADY_S = 30.0
"""A stream that has just come up sends what had piled up: its rate is learnt only after so long."""
_BACK_DAYS = 45  # how far the watch over dirty lenses looks back
_LEARN, _LEARN_SLOW = 0.05, 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDisk:
    """What the machine says of its disk: bytes, and whether the disk itself reports that it fails (None: unknown).

    ``there``: it is the one that was recorded to; ``writable``: it is not mounted read-only.
    """

    total: int
    free: int
    reserve: int
    failing: bool | None = None
    there: bool = True
    writable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineProcess:
    """One of our processes: running, late, waiting or stopped; how often it was started again since the system was.

    ``analysed``: how many pictures were due for its analysis and how many it left out, since it began; None where it
    analyses none.
    """

    name: str
    state: str
    restarts: int
    analysed: tuple[float, float] | None = None


class Machine(Protocol):
    """The machine as the health subject sees it."""

    def disk(self) -> MachineDisk:
        """The disk of the recordings."""
        ...

    def processes(self) -> Sequence[MachineProcess]:
        """All processes that the supervisor keeps."""
        ...


@dataclass(slots=True)
class _Looks:
    """Bright looks at one camera since the figures of its day were last stored."""

    day: str = ""
    total: float = 0.0
    count: int = 0


@dataclass(slots=True)
class _Memory:
    """What only the running process knows; a restart begins it anew."""

    usual_fps: dict[CameraId, float] = field(default_factory=dict)
    last_look: dict[CameraId, Instant] = field(default_factory=dict)
    looks: dict[tuple[CameraId, str], _Looks] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)
    restarted: dict[str, deque[Instant]] = field(default_factory=dict)
    analysed: dict[str, deque[tuple[Instant, float, float]]] = field(default_factory=dict)
    per_day: float = 0.0
    kept_days: float = 0.0
    days: dict[CameraId, tuple[CameraDay, ...]] = field(default_factory=dict)
    days_due_s: float = 0.0
    totals_due_s: float = 0.0


class HealthKeeper:
    """Keeps problems and camera-days true. One thread calls :meth:`step`."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        states: States,
        machine: Machine,
        clock: Clock,
        manners: Callable[[], Manners],
        *,
        wanted_days: float,
    ) -> None:
        self._desk, self._store, self._states, self._machine = desk, store, states, machine
        self._clock, self._manners, self._wanted_days = clock, manners, wanted_days
        self._hysteresis = Hysteresis()
        self._memory = _Memory()
        self._open: tuple[Problem, ...] = ()

    def step(self) -> float:
        """Look once; seconds until the next look. Raises StorageProblem."""
        now, manners = self._clock.now(), self._manners()
        with self._store.read() as unit:
            cameras = tuple(c for c in active(unit, unit.cameras.all()) if c.recorded_address)
            entries = unit.register.all()
        self._take_looks(cameras, manners)
        if self._clock.monotonic_s() >= self._memory.days_due_s:
            begun_s = self._clock.monotonic_s()
            self._roll_up(cameras, now, manners)
            done_s = self._clock.monotonic_s()
            self._memory.days_due_s = done_s + DAY_EVERY_S + (done_s - begun_s) / DAY_SHARE
        with self._store.read() as unit:
            open_now = {(p.subject, p.trouble): p for p in unit.health.open_problems()}
            queued = bool(unit.health.queued_problems())
        self._remember_rates(open_now.values())
        signs = self._signs(cameras, now) | _in_the_register(cameras, entries, now, manners.zone)
        verdict = self._hysteresis.judge(signs, open_now, now)
        telling = queued or any(p.told_at is not None for p in open_now.values())
        if verdict.raised or verdict.changed or telling:
            self._desk.handle(NoteProblems(raised=verdict.raised, changed=verdict.changed, manners=manners), PROGRAM)
        return LOOK_EVERY_S

    def _signs(self, cameras: Sequence[Camera], now: Instant) -> dict[Key, Sign]:
        processes = self._machine.processes()
        recorder = next((p for p in processes if p.name == "recorder"), None)
        deaf = recorder is not None and recorder.state != "running"
        signs: dict[Key, Sign] = {}
        for camera in cameras:
            found = self._camera_signs(camera, now, deaf=deaf)
            signs |= {(subject_of(camera.id), code): sign for code, sign in found.items()}
        for process in processes:
            found = process_signs(process.state, self._restarted(process, now), now)
            if process.analysed is not None:
                found |= analysis_signs(self._left_out(process.name, (now, *process.analysed)))
            signs |= {(f"process:{process.name}", code): sign for code, sign in found.items()}
        disk = self._machine.disk()
        facts = DiskFacts(
            total=disk.total,
            free=disk.free,
            reserve=disk.reserve,
            per_day=self._memory.per_day,
            kept_days=self._memory.kept_days,
            wanted_days=self._wanted_days,
            failing=disk.failing,
            there=disk.there,
            writable=disk.writable,
        )
        self._states.disk = facts
        return signs | {("disk", code): sign for code, sign in disk_signs(facts).items()}

    def _camera_signs(self, camera: Camera, now: Instant, *, deaf: bool) -> Signs:
        state = self._states.stream(camera.id, camera.recorded_role)
        steady = state and state.link is Link.LIVE and seconds(now - state.since) >= STEADY_S
        usual = self._usual_fps(camera.id, state.fps if state and steady else None)
        found = stream_signs(None if deaf else state, now, usual)  # a dead recorder's last word is of no use
        found |= picture_signs(self._states.picture(camera.id), now)
        if found["offline"].holds:
            found |= {code: Sign(None) for code in picture_signs(None, now)}
        known = self._memory.days.get(camera.id, ())
        is_dirty, left = of_day.dirty(known)
        found["dirty"] = Sign(is_dirty, {"sharpness_left": left})
        missing_s = max((d.gap_s for d in known[-2:]), default=0.0)
        found["gaps"] = Sign(missing_s > of_day.MANY_GAP_S, {"gap_minutes": round(missing_s / 60)})
        return found

    def _usual_fps(self, camera_id: CameraId, fps: float | None) -> float:
        """The rate that a stream has when it is well: learnt fast near it, slowly far below it."""
        usual = self._memory.usual_fps.get(camera_id, 0.0)
        if fps is not None and fps > 0:
            far = usual > 0 and fps < 0.6 * usual
            usual = fps if usual == 0 else usual + (_LEARN_SLOW if far else _LEARN) * (fps - usual)
            self._memory.usual_fps[camera_id] = usual
        return usual

    def _remember_rates(self, open_now: Iterable[Problem]) -> None:
        """Of streams that were slow before this process began: learnt anew, the slow rate would be the usual one."""
        for problem in open_now:
            usual = problem.figures.get("usual_fps")
            if problem.trouble == "low_fps" and problem.camera_id is not None and isinstance(usual, int | float):
                self._memory.usual_fps.setdefault(problem.camera_id, float(usual))

    def _restarted(self, process: MachineProcess, now: Instant) -> Sequence[Instant]:
        memory = self._memory
        before = memory.restarts.get(process.name, process.restarts)
        memory.restarts[process.name] = process.restarts
        times = memory.restarted.setdefault(process.name, deque(maxlen=20))
        times.extend([now] * min(20, max(0, process.restarts - before)))
        return times

    def _left_out(self, process: str, word: tuple[Instant, float, float]) -> Sequence[tuple[Instant, float, float]]:
        """What a process has said of its analysis lately."""
        words = self._memory.analysed.setdefault(process, deque())
        words.append(word)
        while not 0 <= seconds(word[0] - words[0][0]) <= WORDS_S:  # or the wall clock was set back
            words.popleft()
        return words

    def _take_looks(self, cameras: Sequence[Camera], manners: Manners) -> None:
        """Collect the sharpness of bright, faultless pictures for the day's mean."""
        for camera in cameras:
            seen = self._states.picture(camera.id)
            if seen is None or self._memory.last_look.get(camera.id) == seen.at:
                continue
            self._memory.last_look[camera.id] = seen.at
            if seen.brightness >= of_day.BRIGHT and not seen.fault and seen.frozen_s == 0:
                key = camera.id, of_day.local_day(seen.at, manners.zone)
                looks = self._memory.looks.setdefault(key, _Looks(key[1]))
                looks.total += seen.sharpness
                looks.count += 1

    def _roll_up(self, cameras: Sequence[Camera], now: Instant, manners: Manners) -> None:
        """Bring the figures of today (and, just after midnight, yesterday) up to date, and read the weeks before."""
        today = of_day.local_day(now, manners.zone)
        recent = of_day.local_day(after(now, -SETTLE_S), manners.zone)
        changed: list[CameraDay] = []
        with self._store.read() as unit:
            for camera in cameras:
                changed += [
                    day for name in sorted({today, recent}) if (day := self._day(unit, camera, name, now, manners))
                ]
        if changed:
            self._desk.handle(KeepDays(days=tuple(changed)), PROGRAM)
        self._memory.looks.clear()
        first = of_day.days_before(today, _BACK_DAYS)
        with self._store.read() as unit:
            for camera in cameras:
                self._memory.days[camera.id] = unit.health.days(first, today, [camera.id])
            if self._clock.monotonic_s() < self._memory.totals_due_s:
                return
            totals = unit.recordings.totals()
        self._memory.totals_due_s = self._clock.monotonic_s() + TOTALS_EVERY_S
        kept_s = seconds(totals.newest - totals.oldest) if totals.oldest is not None and totals.newest else 0.0
        self._memory.kept_days = kept_s / 86400
        self._memory.per_day = totals.bytes / kept_s * 86400 if kept_s > 3600 else 0.0

    def _day(self, unit: Unit, camera: Camera, day: str, now: Instant, manners: Manners) -> CameraDay | None:
        whole = of_day.day_span(day, manners.zone)
        role = camera.recorded_role
        segments, gaps = unit.recordings.segments(camera.id, role, whole), unit.recordings.gaps(camera.id, role, whole)
        removed = tuple(r.span for r in unit.keeping.removals(camera.id, whole) if r.role is role)
        stored = next(iter(unit.health.days(day, day, [camera.id])), None)
        earlier = unit.health.days(of_day.days_before(day, 1), of_day.days_before(day, 1), [camera.id])
        begun = whole.start
        if not earlier:  # its first day here begins with the first that was heard of it
            firsts = [s.start for s in segments] + [g.start for g in gaps] + [r.start for r in removed]
            if not firsts:
                return None
            begun = max(whole.start, min(firsts))
        end = Instant(min(whole.end, now // SECOND * SECOND))
        if end <= begun:
            return None
        fresh = of_day.camera_day(camera.id, day, Span(begun, end), segments, gaps, now, removed)
        return self._with_looks(fresh, stored)

    def _with_looks(self, day: CameraDay, stored: CameraDay | None) -> CameraDay:
        looks = self._memory.looks.get((day.camera_id, day.day), _Looks())
        count = looks.count + (stored.looks if stored else 0)
        total = looks.total + (stored.sharpness * stored.looks if stored else 0.0)
        return replace(day, sharpness=round(total / count, 5) if count else 0.0, looks=count)


def _in_the_register(
    cameras: Sequence[Camera], entries: Mapping[CameraId, RegisterEntry], now: Instant, zone: tzinfo
) -> dict[Key, Sign]:
    """What of the cameras' entries is overdue today; staged ones show nobody and lack nothing."""
    today = datetime.fromtimestamp(now / SECOND, tz=zone).date()
    return {
        (subject_of(camera.id), code): sign
        for camera in cameras
        if not camera.staged
        for code, sign in register_signs(entries.get(camera.id, NOTHING), today).items()
    }
