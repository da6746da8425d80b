"""What every store keeps of health and of the outbox (see :mod:`matpho.testing.contracts.store`)."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from matpho.casework.health.records import CameraDay, Problem
from matpho.casework.health.trouble import Severity
from matpho.casework.outgoing.records import LetterState
from matpho.domain.ids import CameraId, PersonId
from matpho.testing.builders import at
from matpho.testing.contracts.store import CAMERA, Open


def _problem(name: str, since: float) -> Problem:
    return Problem(
        id=name,
        trouble="clock",
        subject=f"camera:{CAMERA}",
        severity=Severity.NOTICE,
        since=at(since),
        raised=at(since + 60),
        figures={"offset_s": -3600.25, "link": "live"},
    )


def problems_come_back_as_they_were(opened: Open) -> None:
    """Open ones oldest first, queued ones over or not, ended ones newest end first."""
    first, second = _problem("a", 10), _problem("b", 0)
    with closing(opened()) as store, store.write() as unit:
        unit.health.put_problem(first)
        unit.health.put_problem(second)
    answered = replace(
        first,
        acknowledged_at=at(99),
        acknowledged_by=PersonId("lan"),
        note="Đã gọi thợ",
        assigned="Anh Bình",
        told=2,
        told_at=at(70),
    )
    ended = replace(second, until=at(500), queued=True)
    with closing(opened()) as store:
        with store.read() as unit:
            assert unit.health.open_problems() == (second, first)
        with store.write() as unit:
            unit.health.put_problem(answered)
            unit.health.put_problem(ended)
        with store.read() as unit:
            assert unit.health.problem("a") == answered
            assert unit.health.problem("c") is None
            assert unit.health.open_problems() == (answered,)
            assert unit.health.queued_problems() == (ended,)
            assert unit.health.recent_problems(at(500), 10) == (ended,)
            assert unit.health.recent_problems(at(501), 10) == ()


def days_are_kept_by_camera_and_date(opened: Open) -> None:
    """A day stored again replaces itself."""
    day = CameraDay(
        camera_id=CAMERA, day="2026-01-02", expected_s=86400, recorded_s=86000.5, gaps={"network": 399.5}, looks=7
    )
    other = replace(day, camera_id=CameraId("khac"), day="2026-01-01", gaps={}, sharpness=0.25)
    with closing(opened()) as store:
        with store.write() as unit:
            unit.health.put_day(replace(day, recorded_s=1.0))
            unit.health.put_day(other)
            unit.health.put_day(day)
        with store.read() as unit:
            assert unit.health.days("2026-01-01", "2026-01-02") == (other, day)
            assert unit.health.days("2026-01-02", "2026-01-31") == (day,)
            assert unit.health.days("2026-01-01", "2026-01-31", [CAMERA]) == (day,)


def letters_wait_in_order(opened: Open) -> None:
    """The head of each target is its oldest waiting letter; what is sent is forgotten, what is dead is bounded."""
    with closing(opened()) as store, store.write() as unit:
        letters = [unit.outbox.add(t, "test", {"n": n, "chữ": "ấ"}, at(n)) for n, t in enumerate("abab")]
    assert len({letter.id for letter in letters}) == 4
    with closing(opened()) as store:
        with store.write() as unit:
            assert unit.outbox.head("b") == letters[1]
            unit.outbox.save(replace(letters[0], state=LetterState.SENT, done=at(50), tries=1))
            unit.outbox.save(replace(letters[1], state=LetterState.DEAD, done=at(60), error="answered 400"))
        with store.read() as unit:
            assert unit.outbox.head("a") == letters[2]
            assert unit.outbox.head("b") == letters[3]
            assert unit.outbox.head("c") is None
            assert unit.outbox.waiting("a") == 1
            a, b = unit.outbox.counts()
            assert (a.target, a.waiting, a.dead, a.last_sent, a.oldest_waiting) == ("a", 1, 0, at(50), at(2))
            assert (b.dead, b.last_error, b.last_error_at) == (1, "answered 400", at(60))
            assert [letter.id for letter in unit.outbox.dead(10)] == [letters[1].id]
        with store.write() as unit:
            unit.outbox.prune(at(50), 1)
            assert unit.outbox.get(letters[0].id) is not None
            unit.outbox.prune(at(51), 0)
        with store.read() as unit:
            assert [unit.outbox.get(letter.id) is None for letter in letters] == [True, True, False, False]


HEALTH_PROMISES: tuple[Callable[[Open], None], ...] = (
    problems_come_back_as_they_were,
    days_are_kept_by_camera_and_date,
    letters_wait_in_order,
)
"""Every promise; a test runs each against each database."""
