"""What people have allowed at a place is not counted there: by any rule about things that stay."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from tests.unit.rules.scenes import every, place, play, scene, t, thing

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.permitted import Permitted, outline_of
from matpho.domain.time import Instant, from_iso
from matpho.rules.illegal_dumping import IllegalDumping
from matpho.rules.obstruction import Obstruction
from matpho.rules.permitted import counted_share, holds, is_permitted
from matpho.rules.rubbish_heap import RubbishHeap
from matpho.rules.rule import Place, Rule
from matpho.rules.sidewalk_encroachment import SidewalkEncroachment

pytestmark = pytest.mark.unit

POT = Box(0.1, 0.5, 0.2, 0.2)


def allowing(purpose: Purpose, *boxes: Box, until: date | None = None) -> Place:
    there = place(purpose)
    permitted = tuple(Permitted(id=f"p{i}", outline=outline_of(b), until=until) for i, b in enumerate(boxes))
    assert there.zone is not None
    return replace(there, zone=replace(there.zone, permitted=permitted))


@pytest.mark.parametrize(
    ("purpose", "rule"),
    [
        (Purpose.SIDEWALK, SidewalkEncroachment),
        (Purpose.SIDEWALK, IllegalDumping),
        (Purpose.NO_DUMPING, RubbishHeap),
        (Purpose.ROADWAY, Obstruction),
    ],
)
def test_the_pot_that_is_allowed_is_not_told_and_is_told_where_it_is_not(purpose: Purpose, rule: type[Rule]):
    def with_pot(now: float):
        return scene(now, static=[thing(1, box=POT, now=now)])

    allowed = rule(allowing(purpose, POT.grown(0.01, 0.01)))  # type: ignore[call-arg]
    assert play(allowed, every(1, 0, 200), with_pot) == []
    elsewhere = rule(allowing(purpose, Box(0.6, 0.1, 0.1, 0.1)))  # type: ignore[call-arg]
    assert play(elsewhere, every(1, 0, 130), with_pot)


def test_a_larger_thing_around_it_counts_and_of_an_area_only_what_lies_outside():
    there = allowing(Purpose.SIDEWALK, Box(0.1, 0.5, 0.07, 0.2))
    assert not is_permitted(thing(1, box=POT), there, Instant(0))
    assert counted_share(thing(1, box=POT), there, Instant(0)) == pytest.approx(2 / 3)


def test_it_ends_after_its_last_day_in_the_wards_time():
    there = replace(allowing(Purpose.SIDEWALK, POT, until=date(2026, 11, 27)), local=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert there.zone is not None
    (permitted,) = there.zone.permitted
    assert holds(permitted, there, from_iso("2026-11-27T16:59:59Z"))
    assert not holds(permitted, there, from_iso("2026-11-27T17:00:00Z"))
    assert holds(permitted, replace(there, local=None), from_iso("2026-12-27T17:00:00Z")), "a file has no day"


def test_it_is_told_once_its_last_day_is_over():
    there = replace(allowing(Purpose.NO_DUMPING, POT, until=date(1970, 1, 1)), local=ZoneInfo("UTC"))
    midnight = 86_400.0
    hits = play(
        IllegalDumping(there),
        every(1, midnight - 60, midnight + 20),
        lambda now: scene(now, static=[thing(1, box=POT, now=now)]),
    )
    assert [h.at for h in hits] == [t(midnight)]
