"""Recorded files that are kept or go, with what decides it: real files, journals and a real database."""

from pathlib import Path

import pytest

from matpho.casework.commands import AddCamera
from matpho.casework.desk import Desk
from matpho.casework.duties import Clerk
from matpho.casework.keeper import Keeper
from matpho.domain.camera import RecordMode, StreamRole
from matpho.domain.ids import PersonId
from matpho.domain.keeping import KeepRules
from matpho.domain.messages import HitSeen, SegmentClosed, SegmentOpened
from matpho.domain.people import PROGRAM, Actor, Role
from matpho.domain.time import Span, after
from matpho.plugins.stores.sql import SqlStore
from matpho.settings import load
from matpho.testing.builders import camera, hit
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import packets
from matpho.video.check import check
from matpho.video.journal import Journal
from matpho.video.place import Place
from matpho.video.removal import Remover
from matpho.video.segment import SegmentWriter
from matpho.wiring.desk import CameraFile, JournalFolder
from matpho.wiring.index import recorded_index

CAMERA = camera(staged=True)
RULES = KeepRules(routine_days=1, most_days=2, wait_s=600, pre_s=0.5, post_s=0.5)
SUPERVISOR, ADMIN = Actor(PersonId("s"), Role.SUPERVISOR), Actor(PersonId("a"), Role.ADMIN)
LENGTH_S = 2.0


class KeptWard:
    """A home with nine recorded files that follow each other from noon on, and a desk that has read of them."""

    def __init__(self, home: Path, record: RecordMode = RecordMode.MAIN) -> None:
        self.home = home
        self.place = Place(home / "recordings", home / "journal")
        self.place.adopt()
        self.clock = HandClock(after(NOON, 60))
        journal = Journal(home / "journal" / CAMERA.id / "recorder.jsonl")
        for number in range(9):
            self._record(journal, number)
        journal.close()
        self.open()
        self.desk.handle(AddCamera(camera=camera(staged=True, record=record)), PROGRAM)
        self.clerk().step()

    def _record(self, journal: Journal, number: int) -> None:
        start = after(NOON, number * LENGTH_S)
        info, script = packets(pictures=20, start=start, gop=10)
        path = f"{CAMERA.id}/2026-01-0{1 + number // 5}/{start}.mp4"
        writer = SegmentWriter(self.place.recordings / path, info, start)
        journal.append(SegmentOpened(CAMERA.id, StreamRole.MAIN, path, start, "h264", 320, 240))
        writer.create()
        for packet in script:
            writer.add(packet, 0.0)
        writer.close()
        journal.append(SegmentClosed(CAMERA.id, path, start, after(start, LENGTH_S), writer.size, 20))

    def open(self) -> None:
        """A desk, as after a start."""
        self.settings = load(self.home, {})
        self.store = SqlStore(self.settings.database_url, self.clock)
        self.desk = Desk(self.store, self.clock, CameraFile(self.home / "cameras.json"))
        self.remover = Remover(self.place)

    def clerk(self) -> Clerk:
        return Clerk(self.desk, self.store, JournalFolder(self.home / "journal"))

    def keeper(self) -> Keeper:
        return Keeper(desk=self.desk, store=self.store, remover=self.remover, clock=self.clock, rules=RULES)

    def see(self) -> None:
        """Something short, nine seconds after noon."""
        journal = Journal(self.home / "journal" / CAMERA.id / "vision.jsonl")
        times = {"start": after(NOON, 9), "at": after(NOON, 9.2), "end": after(NOON, 9.3)}
        journal.append(HitSeen(hit(camera_id=CAMERA.id, **times)))
        journal.close()
        self.clerk().step()

    def files(self) -> list[str]:
        return sorted(p.name for p in self.place.recordings.rglob("*.mp4"))

    def report(self):
        return check(self.place.journals, self.place.recordings, index=recorded_index(self.settings))

    def well(self) -> None:
        report = self.report()
        assert report.well, report.problems
        assert report.recorded_s + report.removed_s == pytest.approx(9 * LENGTH_S)

    def minutes(self):
        with self.store.read() as unit:
            return unit.keeping.minutes()

    def removals(self):
        with self.store.read() as unit:
            return unit.keeping.removals(CAMERA.id, Span(NOON, after(NOON, 3600)))
