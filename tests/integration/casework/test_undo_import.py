"""An import taken back, on real files, journals and a real database."""

import json
import os
from contextlib import closing
from dataclasses import replace

import pytest
from click.testing import CliRunner
from tests.integration.casework.imported_ward import CAMERA, told_in

from matpho.casework.commands import TakeFacts
from matpho.casework.retention import removal
from matpho.cli.imports import command as imports_command
from matpho.cli.options import AT_THE_MACHINE
from matpho.domain.gaps import is_import
from matpho.domain.ids import PersonId
from matpho.domain.messages import HitSeen, ImportBegan, RemovalWhy
from matpho.domain.people import PROGRAM, Actor, Role
from matpho.domain.time import after, to_iso
from matpho.errors import Conflict, NotAllowed, NotFound, StorageProblem
from matpho.settings import load
from matpho.testing.builders import hit
from matpho.testing.clock import NOON
from matpho.video.brought import imports_of
from matpho.video.check import check
from matpho.video.journal import Journal, read
from matpho.video.removal import Remover
from matpho.wiring.backup import make_backup, restore
from matpho.wiring.desk import desk_of, open_store
from matpho.wiring.index import recorded_index
from matpho.wiring.keeping import recordings_place
from matpho.wiring.rebuild import rebuild
from matpho.wiring.undo import all_imports, undo_import

pytestmark = pytest.mark.integration


def test_a_wrong_clock_is_taken_back_and_the_card_brought_in_again_with_another(imported_ward):
    wrong = imported_ward.bring(12)
    imported_ward.as_it_is()
    assert imported_ward.sound().gap_s == pytest.approx(10, abs=0.1)
    done = imported_ward.undo(wrong)
    assert (done.files, done.length_s) == (4, pytest.approx(20, abs=0.1))
    assert imported_ward.as_it_is() == imported_ward.before, "files, rows and gaps, in the index and in the journals"
    assert imported_ward.sound().removed == 0, "no footage of that time was removed"
    right = imported_ward.bring(14, "--offset-s", "3")
    imported_ward.as_it_is()
    assert imported_ward.sound().gap_s == pytest.approx(10, abs=0.1)
    first, second = all_imports(imported_ward.settings)
    assert (first.id, second.id) == (wrong, right)
    assert (first.files, first.undone.files) == ([], 4)
    assert (second.began.offset_s, second.began.uid, second.undone) == (3.0, os.getuid(), None)
    assert second.files[0].start == after(NOON, 17)
    assert [d["import"] for d in imported_ward.audited("import_footage")] == [wrong, right]
    (told,) = imported_ward.audited("undo_import")
    assert told == {"import": wrong, "files": 4, "length_s": pytest.approx(20, abs=0.1), "uid": os.getuid()}


def test_the_same_card_at_the_same_time_comes_back_after_it_was_taken_back(imported_ward):
    """Its files have other names: nothing that was told of the first ones is true of them."""
    first = imported_ward.bring(12)
    names = imported_ward.imported()
    imported_ward.undo(first)
    second = imported_ward.bring(12)
    assert not set(names) & set(imported_ward.imported())
    imported_ward.as_it_is()
    assert Remover(recordings_place(imported_ward.settings)).finish() == 0
    assert len(imported_ward.imported()) == 4
    assert imported_ward.sound().gap_s == pytest.approx(10, abs=0.1)
    imported_ward.undo(second)
    assert imported_ward.as_it_is() == imported_ward.before


def test_only_what_that_import_added_goes(imported_ward):
    one, other = imported_ward.bring(5), imported_ward.bring(18)
    kept = [c.path for c in imports_of(imported_ward.settings.journals, CAMERA)[1].files]
    imported_ward.as_it_is()
    imported_ward.undo(one)
    assert [p.relative_to(imported_ward.settings.recordings).as_posix() for p in imported_ward.imported()] == kept
    imported_ward.as_it_is()
    assert imported_ward.sound().gap_s == pytest.approx(30 - 13, abs=0.2)
    imported_ward.undo(other)
    assert imported_ward.as_it_is() == imported_ward.before


def test_a_second_time_says_that_nothing_is_left(imported_ward):
    name = imported_ward.bring(12)
    told = []
    for _ in range(2):
        done = CliRunner().invoke(imports_command, ["undo", name, "--home", str(imported_ward.home)])
        assert done.exit_code == 0, done.output
        told.append(done.output)
    assert "đã gỡ bỏ / removed 20.0 s, 4" in told[0]
    assert "không còn gì" in told[1]
    assert "nothing is left" in told[1]
    imported_ward.as_it_is()
    assert len(imported_ward.audited("undo_import")) == 1
    assert imported_ward.undo(name).files == 0


def test_what_is_on_hold_stays_and_the_hold_is_named(imported_ward):
    name = imported_ward.bring(12)
    imported_ward.as_it_is()
    kept = imported_ward.as_it_is()
    elsewhere = imported_ward.hold(1, 11, "Va chạm ở ngã ba")
    held = imported_ward.hold(31.5, 33, "Công an yêu cầu giữ")
    for dry in (True, False):
        with pytest.raises(Conflict) as refused:
            imported_ward.undo(name, dry=dry)
        for said in (refused.value.en, refused.value.vi):
            assert held.id in said
            assert "Công an yêu cầu giữ" in said
            assert to_iso(held.span.start) in said
            assert elsewhere.id not in said
    assert imported_ward.as_it_is() == kept
    assert not imported_ward.audited("undo_import")
    imported_ward.release(held)
    assert imported_ward.undo(name).files == 4
    assert imported_ward.as_it_is() == imported_ward.before


def test_what_an_incident_that_is_not_done_with_shows_goes_only_when_that_is_said(imported_ward):
    name = imported_ward.bring(12)
    imported_ward.as_it_is()
    seen = hit(camera_id=CAMERA, start=after(NOON, 15), at=after(NOON, 20), end=after(NOON, 21))
    with closing(open_store(imported_ward.settings)) as store:
        command = TakeFacts(journal=f"{CAMERA}/vision", start=0, end=1, facts=(HitSeen(seen),))
        desk_of(imported_ward.settings, store).handle(command, PROGRAM)
    with pytest.raises(Conflict, match="--near-incidents"):
        imported_ward.undo(name)
    assert len(imported_ward.imported()) == 4
    assert imported_ward.undo(name, near_incidents=True).files == 4
    assert not imported_ward.imported()


def test_a_dry_run_changes_nothing(imported_ward):
    name = imported_ward.bring(12)
    kept = {p: p.read_bytes() for p in imported_ward.home.rglob("*") if p.is_file() and "db" not in p.parts}
    assert imported_ward.undo(name, dry=True).files == 4
    assert {p: p.read_bytes() for p in imported_ward.home.rglob("*") if p.is_file() and "db" not in p.parts} == kept


def test_what_is_not_known_not_allowed_or_busy_is_refused(imported_ward):
    name = imported_ward.bring(12)
    with pytest.raises(NotFound, match="matpho imports"):
        imported_ward.undo("../x")
    for role in (None, *Role):
        if role is not Role.ADMIN:
            with pytest.raises(NotAllowed):
                undo_import(imported_ward.settings, name, Actor(PersonId("p"), role))
    busy = Journal(told_in(imported_ward.settings))
    with pytest.raises(StorageProblem):
        imported_ward.undo(name)
    busy.close()
    assert len(imported_ward.imported()) == 4


def test_what_retention_removed_meanwhile_is_not_taken_back_again(imported_ward):
    name = imported_ward.bring(12)
    imported_ward.as_it_is()
    with closing(open_store(imported_ward.settings)) as store, store.read() as unit:
        oldest = next(s for s in unit.recordings.all_segments() if is_import(s.path))
    remover = Remover(recordings_place(imported_ward.settings))
    gone = removal(oldest, after(NOON, 60), RemovalWhy.AGE)
    remover.tell([gone])
    remover.delete([gone])
    assert imported_ward.undo(name).files == 3
    imported_ward.as_it_is()
    found = check(
        imported_ward.settings.journals, imported_ward.settings.recordings, index=recorded_index(imported_ward.settings)
    )
    assert found.well, found.problems
    assert (found.removed, found.removed_s) == (1, pytest.approx(5, abs=0.1))


def test_imports_of_before_they_had_names_are_taken_back_as_one(imported_ward):
    """An earlier version named files by their start alone, and told neither the import nor its offset."""
    imported_ward.bring(12)
    journal = told_in(imported_ward.settings)
    facts = [f for f, _ in read(journal) if not isinstance(f, ImportBegan)]
    journal.unlink()
    old = Journal(journal)
    for fact in facts:
        old.append(_as_before(fact))
    old.close()
    for path in imported_ward.imported():
        path.rename(path.with_name(_short(path.name)))
    imported_ward.as_it_is()
    imported_ward.sound()
    (one,) = all_imports(imported_ward.settings)
    assert (one.name, one.began, len(one.files)) == (f"earlier-{CAMERA}", None, 4)
    listed = CliRunner().invoke(imports_command, ["--home", str(imported_ward.home)])
    assert one.name in listed.output
    assert imported_ward.undo(one.name).files == 4
    assert imported_ward.as_it_is() == imported_ward.before


def _short(name):
    return f"{name.partition('-')[0]}-import.mp4"


def _as_before(fact):
    if hasattr(fact, "path"):
        folder, _, name = fact.path.rpartition("/")
        return replace(fact, path=f"{folder}/{_short(name)}")
    return replace(fact, import_id="", offset_s=0.0)


def test_the_list_says_when_by_whom_how_much_and_with_which_offset(imported_ward):
    name = imported_ward.bring(12, "--offset-s", "2.5")
    listed = CliRunner().invoke(imports_command, ["--home", str(imported_ward.home), "--camera", CAMERA])
    assert listed.exit_code == 0, listed.output
    assert name in listed.output
    assert "+2.5 s" in listed.output
    assert "0.3 phút / min" in listed.output
    assert "--start" in listed.output
    as_json = CliRunner().invoke(imports_command, ["--home", str(imported_ward.home), "--json"])
    (told,) = json.loads(as_json.stdout)
    assert (told["import"], told["offset_s"], told["files"], told["undone"]) == (name, 2.5, 4, None)
    nothing = CliRunner().invoke(imports_command, ["--home", str(imported_ward.home), "--camera", "khac", "--json"])
    assert json.loads(nothing.stdout) == []


@pytest.mark.parametrize("recordings", [False, True])
def test_a_backup_made_afterwards_restores_the_gap_and_not_the_footage(imported_ward, tmp_path, recordings):
    name = imported_ward.bring(12)
    imported_ward.undo(name)
    imported_ward.as_it_is()
    make_backup(imported_ward.settings, tmp_path / "b.tar", recordings=recordings)
    restore(tmp_path / "b.tar", tmp_path / "again", database="")
    home = load(tmp_path / "again", {})
    found = check(home.journals, home.recordings)
    assert found.well, found.problems
    assert found.gap_s == pytest.approx(30, abs=0.1)
    assert found.recorded_s == pytest.approx(20 if recordings else 0, abs=0.1)
    assert undo_import(home, name, AT_THE_MACHINE).files == 0


def test_an_index_made_anew_from_the_journals_is_the_same(imported_ward):
    imported_ward.undo(imported_ward.bring(12))
    imported_ward.bring(14)
    kept = imported_ward.as_it_is()
    rebuild(imported_ward.settings)
    assert imported_ward.as_it_is() == kept
    imported_ward.sound()
