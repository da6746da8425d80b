"""Which footage goes and which stays, on real files, journals and a real database."""

from contextlib import closing
from dataclasses import replace

import pytest
from tests.integration.casework.kept_ward import ADMIN, CAMERA, RULES, SUPERVISOR, KeptWard

from matpho.casework.commands import ChangeCamera, HoldFootage, ReleaseHold
from matpho.casework.keeper import Keeper
from matpho.casework.keeping_views import keeping_view
from matpho.casework.register_records import SetRegister
from matpho.casework.timeline import timeline_of
from matpho.domain.camera import RecordMode
from matpho.domain.messages import RemovalWhy, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import Span, after
from matpho.testing.builders import camera, in_order
from matpho.testing.clock import NOON
from matpho.wiring.keeping import Housekeeping

pytestmark = pytest.mark.integration


def test_a_hold_keeps_footage_and_a_release_lets_it_go(kept_ward):
    held = Span(after(NOON, 5), after(NOON, 7))
    kept_ward.desk.handle(HoldFootage(camera_id=CAMERA.id, span=held, reason="Công an đề nghị"), SUPERVISOR)
    kept_ward.clock.go(3 * 86_400)
    kept_ward.keeper().step(need_bytes=10**9)
    kept_ward.clerk().step()
    assert len(kept_ward.files()) == 2  # the files that the hold reaches into
    with kept_ward.store.read() as unit:
        (hold,) = unit.keeping.holds()
        assert [row.action for row in unit.audit.rows()][-1] == "hold_footage"
    kept_ward.desk.handle(ReleaseHold(hold_id=hold.id, reason="Đã bàn giao"), SUPERVISOR)
    kept_ward.keeper().step()
    kept_ward.clerk().step()
    assert kept_ward.files() == []
    kept_ward.well()


def test_a_sign_that_promises_less_than_the_ward_keeps_is_kept(kept_ward):
    """Footage and tracks of that camera go after the promised day; held footage stays; the page says which is which."""
    kept_ward.desk.handle(SetRegister(camera_id=CAMERA.id, entry=in_order(retention_days=1)), ADMIN)
    kept_ward.clock.go(86_400 - 60 + 4.5)
    month = replace(RULES, routine_days=30, most_days=90)
    view = keeping_view(kept_ward.store, month, kept_ward.clock.now(), SUPERVISOR)
    assert [(c.kept_days, c.promised) for c in view.cameras] == [(1.0, True)]
    place = CAMERA.zones[0].polygon.bounds
    with kept_ward.store.write() as unit:
        for number, begun_s in enumerate((1, 16)):
            begun, ended = after(NOON, begun_s), after(NOON, begun_s + 1)
            unit.recordings.put_track(TrackEnded(CAMERA.id, number, Group.PERSON, begun, ended, ((begun, place),)))
    house = Housekeeping(kept_ward.settings, kept_ward.desk, kept_ward.store, kept_ward.clock)
    assert house.rules.routine_days == 30
    house.step()
    kept_ward.clerk().step()
    assert len(kept_ward.files()) == 7
    with kept_ward.store.read() as unit:
        assert [t.track_id for t in unit.recordings.tracks(CAMERA.id, Span(NOON, after(NOON, 60)))] == [1]
    assert [r.why for r in kept_ward.removals()] == [RemovalWhy.AGE]
    kept_ward.well()


def test_room_is_made_with_the_oldest(kept_ward):
    sizes = [p.stat().st_size for p in sorted(kept_ward.place.recordings.rglob("*.mp4"))]
    before = kept_ward.files()
    kept_ward.clock.go(600)
    done = kept_ward.keeper().step(need_bytes=sizes[0] + 1)
    kept_ward.clerk().step()
    assert (done.removed, done.missing_bytes) == (2, 0)
    assert kept_ward.files() == before[2:]
    assert [r.why for r in kept_ward.removals()] == [RemovalWhy.SPACE]
    kept_ward.well()


def test_only_what_surrounds_an_incident_is_kept(tmp_path):
    kept_ward = KeptWard(tmp_path, RecordMode.ON_INCIDENT)
    with closing(kept_ward.store):
        kept_ward.see()
        kept_ward.keeper().step()
        assert len(kept_ward.files()) == 9  # what could still be reported is waited for
        kept_ward.clock.go(700)
        kept_ward.keeper().step()
        kept_ward.clerk().step()
        assert kept_ward.files() == [f"{after(NOON, 8)}.mp4"]
        assert [(r.span.start, r.span.end, r.why) for r in kept_ward.removals()] == [
            (NOON, after(NOON, 8), RemovalWhy.NOT_KEPT),
            (after(NOON, 10), after(NOON, 18), RemovalWhy.NOT_KEPT),
        ]
        kept_ward.well()


def test_what_was_recorded_before_a_camera_was_told_to_keep_less_stays(tmp_path):
    kept_ward = KeptWard(tmp_path)
    with closing(kept_ward.store):
        kept_ward.desk.handle(ChangeCamera(camera=camera(staged=True, record=RecordMode.ON_INCIDENT)), ADMIN)
        kept_ward.clock.go(700)
        kept_ward.keeper().step()
        assert len(kept_ward.files()) == 9, "it was promised to stay for a day"
        view = keeping_view(kept_ward.store, RULES, kept_ward.clock.now(), SUPERVISOR)
        assert sum(g.size_bytes for g in view.ahead) == sum(c.size_bytes for c in view.cameras)
        kept_ward.clock.go(86_400)
        kept_ward.keeper().step()
        assert kept_ward.files() == []
        kept_ward.clerk().step()
        assert {r.why for r in kept_ward.removals()} == {RemovalWhy.AGE}
        kept_ward.well()


def test_a_legal_minimum_holds_for_what_is_near_no_incident_too(tmp_path):
    kept_ward = KeptWard(tmp_path, RecordMode.ON_INCIDENT)
    with closing(kept_ward.store):
        least = replace(RULES, routine_days=2, most_days=3, least_days=1)
        keeper = Keeper(
            desk=kept_ward.desk, store=kept_ward.store, remover=kept_ward.remover, clock=kept_ward.clock, rules=least
        )
        kept_ward.clock.go(700)
        keeper.step()
        assert len(kept_ward.files()) == 9
        kept_ward.clock.go(86_400)
        keeper.step()
        assert kept_ward.files() == []


def test_what_goes_within_the_hour_is_shown_ahead(tmp_path):
    kept_ward = KeptWard(tmp_path, RecordMode.ON_INCIDENT)
    with closing(kept_ward.store):
        kept_ward.see()
        sizes = {p.name: p.stat().st_size for p in kept_ward.place.recordings.rglob("*.mp4")}
        kept = sizes.pop(f"{after(NOON, 8)}.mp4")
        view = keeping_view(kept_ward.store, RULES, kept_ward.clock.now(), SUPERVISOR)
        today, *later = view.ahead
        assert today.size_bytes == sum(sizes.values())
        assert today.day <= kept_ward.clock.now()
        assert sum(g.size_bytes for g in later) == pytest.approx(kept, abs=2), "each file is shown once"


def test_the_timeline_says_deleted_and_not_unknown(tmp_path):
    kept_ward = KeptWard(tmp_path, RecordMode.ON_INCIDENT)
    with closing(kept_ward.store):
        kept_ward.see()
        kept_ward.clock.go(700)
        kept_ward.keeper().step()
        kept_ward.clerk().step()
        (line,) = timeline_of(kept_ward.store, [CAMERA.id], Span(NOON, after(NOON, 18)), kept_ward.clock.now())
        assert line.recorded == (Span(after(NOON, 8), after(NOON, 10)),)
        assert [(g.start, g.end, g.cause, g.said.vi) for g in line.gaps] == [
            (NOON, after(NOON, 8), None, "bản ghi đã xoá: không có vụ việc nào gần đó"),
            (after(NOON, 10), after(NOON, 18), None, "bản ghi đã xoá: không có vụ việc nào gần đó"),
        ]
