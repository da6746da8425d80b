"""Retention killed between any two of its steps, and an index that has to hear of it again."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.integration.casework.kept_ward import CAMERA, KeptWard

from matpho.casework.duties import Clerk
from matpho.domain.messages import RemovalWhy
from matpho.domain.time import Span, after
from matpho.testing.clock import NOON

pytestmark = pytest.mark.integration


STEPS = (
    "before telling",
    "after telling, before the commit",
    "before deleting",
    "between two deletions",
    "after a folder went",
    "after deleting",
    "before the index hears of it",
)


def killed_at(step: str, kept_ward: KeptWard) -> None:
    """Do a round in a process of its own that is killed at a step."""
    child = os.fork()
    if child == 0:
        try:
            kept_ward.open()
            _arm(step, kept_ward)
            kept_ward.keeper().step()
            kept_ward.clerk().step()
        finally:
            os._exit(9)  # not killed: the step was never reached
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{step} was never reached"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(step: str, kept_ward: KeptWard) -> None:
    remover = kept_ward.remover
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


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_nothing_is_wrong_and_the_next_start_ends_the_work(kept_ward, step):
    kept_ward.clock.go(86_400 - 60 + 14.5)  # the first seven files are over their time
    killed_at(step, kept_ward)
    kept_ward.well()
    kept_ward.keeper().step()
    kept_ward.clerk().step()
    kept_ward.well()
    assert len(kept_ward.files()) == 2
    assert not (kept_ward.place.recordings / CAMERA.id / "2026-01-01").exists()
    (gone,) = kept_ward.removals()
    assert (gone.span, gone.why, gone.files) == (Span(NOON, after(NOON, 14)), RemovalWhy.AGE, 7)
    (told,) = kept_ward.minutes()
    assert (told.month, told.files, told.length_s) == ("2026-01", 7, 14.0)
    assert kept_ward.report().removed == 7


def test_a_file_that_vanished_without_a_word_is_told(kept_ward):
    """The fourth invariant is proved, not believed."""
    kept_ward.clock.go(86_400 - 60 + 4.5)
    kept_ward.keeper().step()
    kept_ward.clerk().step()
    next(kept_ward.place.recordings.rglob("*.mp4")).unlink()
    assert "unreadable" in [p.code for p in kept_ward.report().problems]


def test_an_index_that_is_made_anew_counts_no_removal_twice(kept_ward):
    kept_ward.clock.go(86_400 - 60 + 4.5)
    kept_ward.keeper().step()
    kept_ward.clerk().step()
    before = (kept_ward.minutes(), kept_ward.removals())
    with kept_ward.store.write() as unit:
        for journal in ("recorder", "retention"):
            unit.notes.set_offset(f"{CAMERA.id}/{journal}", 0)
    kept_ward.clerk().step()
    assert (kept_ward.minutes(), kept_ward.removals()) == before
    kept_ward.well()
