"""Retention on real files, journals and a real database, killed between any two of its steps."""

import json
import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from matpho.casework.commands import AddCamera, ChangeCamera, HoldFootage, ReleaseHold
from matpho.casework.desk import Desk
from matpho.casework.duties import Clerk
from matpho.casework.keeper import Keeper
from matpho.casework.keeping_views import keeping_view
from matpho.casework.register_records import SetRegister
from matpho.casework.timeline import timeline_of
from matpho.cli.check import command
from matpho.domain.camera import RecordMode, StreamRole
from matpho.domain.events import PlaceChanged
from matpho.domain.ids import PersonId
from matpho.domain.keeping import KeepRules
from matpho.domain.messages import HitSeen, RemovalWhy, SegmentClosed, SegmentOpened, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.people import PROGRAM, Actor, Role
from matpho.domain.time import Span, after
from matpho.errors import StorageProblem
from matpho.plugins.stores.sql import SqlStore
from matpho.settings import load
from matpho.testing.builders import camera, hit, in_order
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import packets
from matpho.video.check import check
from matpho.video.journal import Journal
from matpho.video.place import Place, PlaceKind
from matpho.video.removal import Remover
from matpho.video.segment import SegmentWriter
from matpho.wiring.desk import CameraFile, JournalFolder
from matpho.wiring.index import recorded_index
from matpho.wiring.keeping import Housekeeping

pytestmark = pytest.mark.integration

CAMERA = camera(staged=True)
RULES = KeepRules(routine_days=1, most_days=2, wait_s=600, pre_s=0.5, post_s=0.5)
SUPERVISOR, ADMIN = Actor(PersonId("s"), Role.SUPERVISOR), Actor(PersonId("a"), Role.ADMIN)
LENGTH_S = 2.0


class Ward:
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


@pytest.fixture
def ward(tmp_path):
    one = Ward(tmp_path)
    yield one
    one.store.close()


def killed_at(step: str, ward: Ward) -> None:
    """Do a round in a process of its own that is killed at a step."""
    child = os.fork()
    if child == 0:
        try:
            ward.open()
            _arm(step, ward)
            ward.keeper().step()
            ward.clerk().step()
        finally:
            os._exit(9)  # not killed: the step was never reached
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{step} was never reached"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(step: str, ward: Ward) -> None:
    remover = ward.remover
    tell, delete, unlink, rmdir = remover.tell, remover.delete, Path.unlink, Path.rmdir
    count = 0

    def after_call(call: Callable[..., object]) -> Callable[..., None]:
        def wrapped(*given: object, **named: object) -> None:
            call(*given, **named)
            _die()

        return wrapped

    def fourth_unlink(self: Path, **named: bool) -> None:
        nonlocal count
        unlink(self, **named)
        count += 1
        if count == 4:
            _die()

    def die(*_: object) -> None:
        _die()

    if step == "before telling":
        remover.tell = die  # type: ignore[method-assign]
    elif step == "after telling, before the commit":
        remover.tell = after_call(tell)  # type: ignore[method-assign]
    elif step == "before deleting":
        remover.delete = die  # type: ignore[method-assign,assignment]
    elif step == "between two deletions":
        Path.unlink = fourth_unlink  # type: ignore[method-assign]
    elif step == "after a folder went":
        Path.rmdir = after_call(rmdir)  # type: ignore[method-assign,assignment]
    elif step == "after deleting":
        remover.delete = after_call(delete)  # type: ignore[method-assign,assignment]
    else:
        Clerk.step = die  # type: ignore[method-assign,assignment]


STEPS = (
    "before telling",
    "after telling, before the commit",
    "before deleting",
    "between two deletions",
    "after a folder went",
    "after deleting",
    "before the index hears of it",
)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_nothing_is_wrong_and_the_next_start_ends_the_work(ward, step):
    ward.clock.go(86_400 - 60 + 14.5)  # the first seven files are over their time
    killed_at(step, ward)
    ward.well()
    ward.keeper().step()
    ward.clerk().step()
    ward.well()
    assert len(ward.files()) == 2
    assert not (ward.place.recordings / CAMERA.id / "2026-01-01").exists()
    (gone,) = ward.removals()
    assert (gone.span, gone.why, gone.files) == (Span(NOON, after(NOON, 14)), RemovalWhy.AGE, 7)
    (told,) = ward.minutes()
    assert (told.month, told.files, told.length_s) == ("2026-01", 7, 14.0)
    assert ward.report().removed == 7


def test_a_file_that_vanished_without_a_word_is_told(ward):
    """The fourth invariant is proved, not believed."""
    ward.clock.go(86_400 - 60 + 4.5)
    ward.keeper().step()
    ward.clerk().step()
    next(ward.place.recordings.rglob("*.mp4")).unlink()
    assert "unreadable" in [p.code for p in ward.report().problems]


def test_a_hold_keeps_footage_and_a_release_lets_it_go(ward):
    held = Span(after(NOON, 5), after(NOON, 7))
    ward.desk.handle(HoldFootage(camera_id=CAMERA.id, span=held, reason="Công an đề nghị"), SUPERVISOR)
    ward.clock.go(3 * 86_400)
    ward.keeper().step(need_bytes=10**9)
    ward.clerk().step()
    assert len(ward.files()) == 2  # the files that the hold reaches into
    with ward.store.read() as unit:
        (hold,) = unit.keeping.holds()
        assert [row.action for row in unit.audit.rows()][-1] == "hold_footage"
    ward.desk.handle(ReleaseHold(hold_id=hold.id, reason="Đã bàn giao"), SUPERVISOR)
    ward.keeper().step()
    ward.clerk().step()
    assert ward.files() == []
    ward.well()


def test_a_sign_that_promises_less_than_the_ward_keeps_is_kept(ward):
    """Footage and tracks of that camera go after the promised day; held footage stays; the page says which is which."""
    ward.desk.handle(SetRegister(camera_id=CAMERA.id, entry=in_order(retention_days=1)), ADMIN)
    ward.clock.go(86_400 - 60 + 4.5)
    month = replace(RULES, routine_days=30, most_days=90)
    view = keeping_view(ward.store, month, ward.clock.now(), SUPERVISOR)
    assert [(c.kept_days, c.promised) for c in view.cameras] == [(1.0, True)]
    place = CAMERA.zones[0].polygon.bounds
    with ward.store.write() as unit:
        for number, begun_s in enumerate((1, 16)):
            begun, ended = after(NOON, begun_s), after(NOON, begun_s + 1)
            unit.recordings.put_track(TrackEnded(CAMERA.id, number, Group.PERSON, begun, ended, ((begun, place),)))
    house = Housekeeping(ward.settings, ward.desk, ward.store, ward.clock)
    assert house.rules.routine_days == 30
    house.step()
    ward.clerk().step()
    assert len(ward.files()) == 7
    with ward.store.read() as unit:
        assert [t.track_id for t in unit.recordings.tracks(CAMERA.id, Span(NOON, after(NOON, 60)))] == [1]
    assert [r.why for r in ward.removals()] == [RemovalWhy.AGE]
    ward.well()


def test_room_is_made_with_the_oldest(ward):
    sizes = [p.stat().st_size for p in sorted(ward.place.recordings.rglob("*.mp4"))]
    before = ward.files()
    ward.clock.go(600)
    done = ward.keeper().step(need_bytes=sizes[0] + 1)
    ward.clerk().step()
    assert (done.removed, done.missing_bytes) == (2, 0)
    assert ward.files() == before[2:]
    assert [r.why for r in ward.removals()] == [RemovalWhy.SPACE]
    ward.well()


def test_only_what_surrounds_an_incident_is_kept(tmp_path):
    ward = Ward(tmp_path, RecordMode.ON_INCIDENT)
    with closing(ward.store):
        ward.see()
        ward.keeper().step()
        assert len(ward.files()) == 9  # what could still be reported is waited for
        ward.clock.go(700)
        ward.keeper().step()
        ward.clerk().step()
        assert ward.files() == [f"{after(NOON, 8)}.mp4"]
        assert [(r.span.start, r.span.end, r.why) for r in ward.removals()] == [
            (NOON, after(NOON, 8), RemovalWhy.NOT_KEPT),
            (after(NOON, 10), after(NOON, 18), RemovalWhy.NOT_KEPT),
        ]
        ward.well()


def test_what_was_recorded_before_a_camera_was_told_to_keep_less_stays(tmp_path):
    ward = Ward(tmp_path)
    with closing(ward.store):
        ward.desk.handle(ChangeCamera(camera=camera(staged=True, record=RecordMode.ON_INCIDENT)), ADMIN)
        ward.clock.go(700)
        ward.keeper().step()
        assert len(ward.files()) == 9, "it was promised to stay for a day"
        view = keeping_view(ward.store, RULES, ward.clock.now(), SUPERVISOR)
        assert sum(g.size_bytes for g in view.ahead) == sum(c.size_bytes for c in view.cameras)
        ward.clock.go(86_400)
        ward.keeper().step()
        assert ward.files() == []
        ward.clerk().step()
        assert {r.why for r in ward.removals()} == {RemovalWhy.AGE}
        ward.well()


def test_a_legal_minimum_holds_for_what_is_near_no_incident_too(tmp_path):
    ward = Ward(tmp_path, RecordMode.ON_INCIDENT)
    with closing(ward.store):
        least = replace(RULES, routine_days=2, most_days=3, least_days=1)
        keeper = Keeper(desk=ward.desk, store=ward.store, remover=ward.remover, clock=ward.clock, rules=least)
        ward.clock.go(700)
        keeper.step()
        assert len(ward.files()) == 9
        ward.clock.go(86_400)
        keeper.step()
        assert ward.files() == []


def test_what_goes_within_the_hour_is_shown_ahead(tmp_path):
    ward = Ward(tmp_path, RecordMode.ON_INCIDENT)
    with closing(ward.store):
        ward.see()
        sizes = {p.name: p.stat().st_size for p in ward.place.recordings.rglob("*.mp4")}
        kept = sizes.pop(f"{after(NOON, 8)}.mp4")
        view = keeping_view(ward.store, RULES, ward.clock.now(), SUPERVISOR)
        today, *later = view.ahead
        assert today.size_bytes == sum(sizes.values())
        assert today.day <= ward.clock.now()
        assert sum(g.size_bytes for g in later) == pytest.approx(kept, abs=2), "each file is shown once"


def test_a_vanished_disk_is_told_and_nothing_is_written_or_deleted(ward):
    ward.clock.go(40 * 86_400)
    told = []
    ward.desk.listen(told.append)
    house = Housekeeping(ward.settings, ward.desk, ward.store, ward.clock)
    real = ward.place.recordings.rename(ward.home / "unmounted")
    ward.place.recordings.mkdir()
    house.step()
    assert house.state.kind is PlaceKind.VANISHED
    assert "tháo" in house.state.said.vi
    assert [event.kind for event in told] == ["vanished"]
    with pytest.raises(StorageProblem):
        ward.keeper().step()
    assert list(ward.place.recordings.iterdir()) == []
    assert len(list(real.rglob("*.mp4"))) == 9
    ward.place.recordings.rmdir()
    real.rename(ward.place.recordings)
    house.step()
    assert house.state.kind in (PlaceKind.WELL, PlaceKind.LOW, PlaceKind.FULL)
    assert ward.files() == []


def test_the_timeline_says_deleted_and_not_unknown(tmp_path):
    ward = Ward(tmp_path, RecordMode.ON_INCIDENT)
    with closing(ward.store):
        ward.see()
        ward.clock.go(700)
        ward.keeper().step()
        ward.clerk().step()
        (line,) = timeline_of(ward.store, [CAMERA.id], Span(NOON, after(NOON, 18)), ward.clock.now())
        assert line.recorded == (Span(after(NOON, 8), after(NOON, 10)),)
        assert [(g.start, g.end, g.cause, g.said.vi) for g in line.gaps] == [
            (NOON, after(NOON, 8), None, "bản ghi đã xoá: không có vụ việc nào gần đó"),
            (after(NOON, 10), after(NOON, 18), None, "bản ghi đã xoá: không có vụ việc nào gần đó"),
        ]


def test_an_index_that_is_made_anew_counts_no_removal_twice(ward):
    ward.clock.go(86_400 - 60 + 4.5)
    ward.keeper().step()
    ward.clerk().step()
    before = (ward.minutes(), ward.removals())
    with ward.store.write() as unit:
        for journal in ("recorder", "retention"):
            unit.notes.set_offset(f"{CAMERA.id}/{journal}", 0)
    ward.clerk().step()
    assert (ward.minutes(), ward.removals()) == before
    ward.well()


def test_the_check_says_that_the_disk_is_not_there_and_takes_a_new_one_over(ward):
    ward.place.recordings.rename(ward.home / "unmounted")
    ward.place.recordings.mkdir()
    with pytest.raises(StorageProblem) as refused:
        CliRunner().invoke(command, ["--home", str(ward.home)], catch_exceptions=False, standalone_mode=False)
    assert "chưa ghi gì" in refused.value.vi
    told = CliRunner().invoke(command, ["--home", str(ward.home), "--new-disk", "--json"])
    assert told.exit_code == 1
    assert {p["code"] for p in json.loads(told.stdout)["problems"]} == {"unreadable"}
    assert ward.place.there


def test_a_disk_that_fills_loses_its_oldest_and_says_so_and_a_full_one_keeps_what_is_held(ward, monkeypatch):
    """The disk is made small by what is told of it: its room less the bytes that are really there."""
    files = sorted(ward.place.recordings.rglob("*.mp4"))
    sizes, names = [p.stat().st_size for p in files], ward.files()
    room = 6_000_000 + sum(sizes)  # exactly the lower margin is free

    def usage(_: object) -> object:
        used = sum(p.stat().st_size for p in ward.place.recordings.rglob("*.mp4"))
        return SimpleNamespace(total=100_000_000, used=100_000_000 - room + used, free=room - used)

    settings = replace(ward.settings, recording=replace(ward.settings.recording, reserve_mb=1))
    house = Housekeeping(settings, ward.desk, ward.store, ward.clock)
    assert house.margins(100_000_000) == (6_000_000, 11_000_000)
    monkeypatch.setattr("matpho.video.place.shutil.disk_usage", usage)
    told = []
    ward.desk.listen(lambda event: told.append(event.kind) if isinstance(event, PlaceChanged) else None)
    ward.clock.go(600)
    house.step()
    assert (house.state.kind, ward.files()) == (PlaceKind.WELL, names)
    room -= 1
    monkeypatch.setattr(house, "margins", lambda _: (6_000_000, 6_000_000 + sizes[0]))
    house.step()
    ward.clerk().step()
    assert (house.state.kind, ward.files()) == (PlaceKind.LOW, names[2:])
    house.step()
    assert (house.state.kind, ward.files()) == (PlaceKind.WELL, names[2:])
    span = Span(NOON, after(NOON, 60))
    ward.desk.handle(HoldFootage(camera_id=CAMERA.id, span=span, reason="giữ"), SUPERVISOR)
    room -= 1_000_000
    house.step()
    assert (house.state.kind, ward.files()) == (PlaceKind.FULL, names[2:])
    assert told == ["low", "well", "full"]
    ward.well()
