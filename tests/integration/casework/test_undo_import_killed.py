"""An import whose taking back is killed at any step, or cut by the power at any byte of what was told."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.integration.casework.imported_ward import told_in

from matpho.cli.check import command as check_command
from matpho.cli.options import AT_THE_MACHINE
from matpho.domain.gaps import is_import
from matpho.settings import load
from matpho.video import removal as removal_of_files
from matpho.video.check import check
from matpho.video.journal import Journal
from matpho.video.removal import Remover
from matpho.wiring.keeping import recordings_place
from matpho.wiring.undo import undo_import

pytestmark = pytest.mark.integration


STEPS = ("append_all", "unlink", "unlink 3", "fsync folder")


def _die_at(step):
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    if step == "append_all":
        Journal.append_all = die
    elif step == "fsync folder":
        removal_of_files.sync_folder = die
    else:
        real, left = Path.unlink, [0 if step == "unlink" else 2]

        def unlink(path, *, missing_ok=False):
            if is_import(path.name):
                left[0] -= 1
                if left[0] < 0:
                    die()
            real(path, missing_ok=missing_ok)

        Path.unlink = unlink


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_every_second_is_accounted_for_and_the_rest_is_done_later(imported_ward, step):
    name = imported_ward.bring(12)
    imported_ward.as_it_is()
    child = os.fork()
    if child == 0:
        _die_at(step)
        imported_ward.undo(name)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    imported_ward.sound()
    imported_ward.as_it_is()
    imported_ward.sound()
    mended = CliRunner().invoke(check_command, ["--repair", "--json", "--home", str(imported_ward.home)])
    assert mended.exit_code == 0, mended.output
    assert json.loads(mended.stdout)["unaccounted_s"] == 0
    imported_ward.undo(name)
    assert imported_ward.as_it_is() == imported_ward.before
    imported_ward.sound()


def test_a_power_cut_may_leave_any_part_of_what_was_told(imported_ward, tmp_path):
    """Cut after every line, and in the middle of one: the import is there in part, and its time accounted for."""
    name = imported_ward.bring(12)
    journal = told_in(imported_ward.settings)
    begin = journal.stat().st_size
    whole = {p: p.read_bytes() for p in imported_ward.imported()}
    imported_ward.undo(name)
    told = journal.read_bytes()
    ends = [n + 1 for n, byte in enumerate(told) if byte == ord("\n") and n + 1 > begin]
    assert len(ends) == 5, "the decision, and each of four files"
    for number, size in enumerate(sorted({begin, *ends, *(e - 20 for e in ends)})):
        home = tmp_path / f"cut{number}"
        shutil.copytree(imported_ward.home, home, ignore=shutil.ignore_patterns("db"))
        cut = load(home, {})
        told_in(cut).write_bytes(told[:size])
        for path, data in whole.items():
            (cut.recordings / path.relative_to(imported_ward.settings.recordings)).write_bytes(data)
        found = check(cut.journals, cut.recordings)
        assert found.well, (size, found.problems)
        assert found.recorded_s + found.gap_s == pytest.approx(50, abs=0.1)
        gone = sum(1 for e in ends[1:] if e <= size)
        assert found.gap_s == pytest.approx(10 + 5 * gone, abs=0.1)
        undo_import(cut, name, AT_THE_MACHINE)
        after_it = check(cut.journals, cut.recordings)
        assert after_it.well
        assert after_it.gap_s == pytest.approx(30, abs=0.1)
        assert not [p for p in cut.recordings.rglob("*.mp4") if is_import(p.name)]


def test_what_is_left_when_it_was_killed_goes_with_the_next_start(imported_ward):
    name = imported_ward.bring(12)
    kept = {p: p.read_bytes() for p in imported_ward.imported()}
    imported_ward.undo(name)
    for path, data in kept.items():
        path.write_bytes(data)
    assert check(imported_ward.settings.journals, imported_ward.settings.recordings).well
    assert Remover(recordings_place(imported_ward.settings)).finish() == 4
    assert not imported_ward.imported()
