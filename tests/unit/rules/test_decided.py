"""Rules behind a decision: asleep without one, silent at once when it ends, and by a switch in files."""

from dataclasses import replace
from datetime import UTC

import pytest
from tests.unit.rules.scenes import every, place, play, t

from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.observation import Scene, Turmoil
from matpho.domain.permit import Permit
from matpho.rules.decided import Decided
from matpho.rules.fight import Fight
from matpho.rules.table import rules_for

pytestmark = pytest.mark.unit

ON = {"fight": {"enabled": True}}


def brawl(at: float) -> Scene:
    return Scene(place().camera.id, t(at), (), (), turmoil=(Turmoil(Box(0.1, 0.3, 0.2, 0.4), 0.4, 0.4, 3),))


def live(start: float, end: float, **rules: object):
    where = place(Purpose.GATHERING, rules=rules)  # type: ignore[arg-type]
    permit = Permit(decision="d", kinds=("fight",), start=t(start), end=t(end))
    return replace(where, local=UTC, camera=replace(where.camera, permits=(permit,)))


def test_live_it_speaks_while_a_decision_is_in_force_and_ends_with_it():
    rule = Decided("fight", live(10, 20), Fight)
    told = play(rule, every(0.2, 0, 40), brawl)
    assert told[0].at >= t(10)
    assert told[-1].end is not None
    assert told[-1].end <= t(20.2)
    assert len({hit.id for hit in told}) == 1


def test_live_a_cameras_own_switch_cannot_replace_the_decision_but_can_refuse_it():
    where = replace(place(Purpose.GATHERING, rules=ON), local=UTC)
    assert play(Decided("fight", where, Fight), every(0.2, 0, 20), brawl) == []
    off = live(0, 100, fight={"enabled": False})
    assert play(Decided("fight", off, Fight), every(0.2, 0, 20), brawl) == []


def test_in_a_file_only_the_files_own_switch_wakes_it():
    assert play(Decided("fight", place(Purpose.GATHERING), Fight), every(0.2, 0, 20), brawl) == []
    assert play(Decided("fight", place(Purpose.GATHERING, rules=ON), Fight), every(0.2, 0, 20), brawl)


def test_every_kind_behind_a_decision_is_wrapped():
    wrapped = [r for r in rules_for(place(Purpose.GATHERING).camera, "r", None) if isinstance(r, Decided)]
    assert len(wrapped) >= 2
    assert not any(rule.awake(t(0)) for rule in wrapped)
