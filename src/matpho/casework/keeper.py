"""Housekeeping: what is over its time goes, and what the newest recording needs the room of; told first, then done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matpho.casework.commands import RemoveFootage
from matpho.casework.desk import Desk
from matpho.casework.holds import protected
from matpho.casework.ports import Store, Unit
from matpho.casework.records import Segment
from matpho.casework.retention import SETTLED_S, cutoff, for_room, not_near, of_age, promised, waited
from matpho.domain.camera import RecordMode
from matpho.domain.events import FootageRemoved
from matpho.domain.ids import CameraId
from matpho.domain.keeping import KeepRules, Protected
from matpho.domain.messages import SegmentRemoved
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock, Instant, Span, after

AT_ONCE = 200


class Remover(Protocol):
    """Deletes recording files."""

    def tell(self, facts: Sequence[SegmentRemoved]) -> None:
        """Write to the journals that they go; raises StorageProblem."""
        ...

    def delete(self, facts: Iterable[SegmentRemoved]) -> int:
        """Delete what was told; how many were there. Raises StorageProblem."""
        ...

    def finish(self) -> int:
        """Do what was told before a crash and not done; raises StorageProblem."""
        ...


@dataclass(slots=True)
class Outcome:
    """What one round did. ``more``: there is more to do at once. ``missing_bytes``: so much room could not be made."""

    removed: int = 0
    missing_bytes: int = 0
    below_least: bool = False
    more: bool = False


class Keeper:
    """One thread's work: ask :meth:`step` again and again."""

    def __init__(self, *, desk: Desk, store: Store, remover: Remover, clock: Clock, rules: KeepRules) -> None:
        self._desk, self._store, self._remover, self._clock, self.rules = desk, store, remover, clock, rules
        self._finished = False
        self._gone: set[str] = set()  # removed, and the index may not have heard of it yet
        self._near: dict[CameraId, tuple[Instant, str]] = {}  # how far each camera was looked through

    def step(self, need_bytes: int = 0) -> Outcome:
        """Remove what is over its time, then what makes room. Raises StorageProblem; nothing is half done then
        that the next step does not finish.
        """
        if not self._finished:
            self._remover.finish()
            self._finished = True
        now = self._clock.now()
        with self._store.read() as unit:
            safe = protected(unit, self.rules, now)
            self._gone = {path for path in self._gone if unit.recordings.segment(path) is not None}
            rules = promised(unit, self.rules)
            going = list(self._near_nothing(unit, safe, now))
            for camera_id in (None, *rules.shorter):
                going += self._over_time(unit, safe, rules, now, camera_id)
            plan = for_room([], safe, self.rules, now, 0)
            freed = sum(r.size_bytes for r in going)
            if need_bytes > freed:
                plan = for_room(self._oldest(unit, safe, now), safe, self.rules, now, need_bytes - freed)
        unique = {r.path: r for r in (*going, *plan.removals)}
        return Outcome(
            removed=self._carry_out(tuple(unique.values())),
            missing_bytes=plan.missing_bytes,
            below_least=plan.below_least,
            more=len(unique) >= AT_ONCE,
        )

    def _carry_out(self, removals: tuple[SegmentRemoved, ...]) -> int:
        """Tell, then delete, in portions. A crash in between is made good by :meth:`Remover.finish`."""
        done = 0
        for begin in range(0, len(removals), AT_ONCE):
            self._finished = False  # until this portion is done: trouble in between is made good by the next step
            near, self._near = self._near, {}
            events = self._desk.handle(
                RemoveFootage(removals=removals[begin : begin + AT_ONCE], rules=self.rules, tell=self._remover.tell),
                PROGRAM,
            )
            told = [r for event in events if isinstance(event, FootageRemoved) for r in event.removals]
            self._gone.update(r.path for r in told)
            self._remover.delete(told)
            self._finished, self._near = True, near
            done += len(told)
        return done

    def _left(self, segments: Iterable[Segment]) -> list[Segment]:
        return [s for s in segments if s.path not in self._gone]

    def _over_time(
        self, unit: Unit, safe: Protected, rules: KeepRules, now: Instant, camera_id: CameraId | None
    ) -> tuple[SegmentRemoved, ...]:
        """Up to a portion of what is over its time, of a camera whose sign promises less than the ward keeps, or of
        all; protected files among the oldest are looked past.
        """
        found: list[SegmentRemoved] = []
        cursor: tuple[Instant, str] | None = None
        limit = cutoff(rules, now, camera_id)
        while len(found) < AT_ONCE:
            page = unit.keeping.ended(limit, AT_ONCE, after=cursor, camera_id=camera_id)
            found += of_age(self._left(page), safe, rules, now)
            if len(page) < AT_ONCE:
                break
            cursor = (page[-1].end or page[-1].start, page[-1].path)
        return tuple(found[:AT_ONCE])

    def _near_nothing(self, unit: Unit, safe: Protected, now: Instant) -> tuple[SegmentRemoved, ...]:
        """What the cameras that keep only what surrounds incidents need not keep."""
        found: list[SegmentRemoved] = []
        limit = waited(self.rules, now)
        for camera in unit.cameras.all():
            if camera.record is not RecordMode.ON_INCIDENT:
                self._near.pop(camera.id, None)
                continue
            since = unit.cameras.record_since(camera.id)
            begin = self._near.get(camera.id, None if since is None else (since, ""))
            page = unit.keeping.ended(limit, AT_ONCE, after=begin, camera_id=camera.id)
            if not page:
                continue
            reach = Span(
                after(min(s.start for s in page), -self.rules.post_s),
                after(max(s.end or s.start for s in page), self.rules.pre_s),
            )
            near = unit.keeping.incident_spans(camera.id, reach)
            found += not_near(self._left(page), near, safe, self.rules, now, since)
            self._near[camera.id] = (page[-1].end or page[-1].start, page[-1].path)
        return tuple(found)

    def _oldest(self, unit: Unit, safe: Protected, now: Instant) -> list[Segment]:
        """The oldest files that may go for room, as many as one step removes."""
        found: list[Segment] = []
        cursor: tuple[Instant, str] | None = None
        while len(found) < AT_ONCE:
            page = unit.keeping.ended(after(now, -SETTLED_S), AT_ONCE, after=cursor)
            found += [s for s in self._left(page) if not safe.holds(s.camera_id, Span(s.start, s.end or s.start))]
            if len(page) < AT_ONCE:
                break
            cursor = (page[-1].end or page[-1].start, page[-1].path)
        return found
