"""Jumping the green is a kind of its own, known once green has come."""

import pytest
from tests.unit.rules.streets import at_s, drive, junction, phases, stop_line

from matpho.domain.observation import LampColour
from matpho.rules.jump_start import JumpStart
from matpho.rules.red_light import RedLight

pytestmark = pytest.mark.unit

OVER = drive((0.5, 0.85), (0.0, -0.15), begin=1.0)  # its front is on the line at about 2.4 s
GREEN_SOON = phases((0.0, LampColour.RED), (4.6, LampColour.GREEN))
GREEN_LATE = phases((0.0, LampColour.RED), (7.5, LampColour.GREEN))


def test_who_crosses_shortly_before_green_jumps_it_and_does_not_run_the_red():
    told = junction(JumpStart(stop_line()), [OVER], until=12, lamp=GREEN_SOON, finish=False)
    assert [hit.kind for hit in told] == ["jump_start"]
    assert told[0].figures["before_green_s"] == pytest.approx(4.6 - at_s(told[0].start), abs=0.01)
    assert "trước khi đèn xanh" in told[0].why.vi
    assert junction(RedLight(stop_line()), [OVER], until=12, lamp=GREEN_SOON) == []


def test_who_crosses_long_before_green_runs_the_red_and_jumps_nothing():
    assert junction(JumpStart(stop_line()), [OVER], until=12, lamp=GREEN_LATE) == []
    assert len(junction(RedLight(stop_line()), [OVER], until=12, lamp=GREEN_LATE)) == 1


def test_who_starts_at_green_is_silent():
    def waits_for_green(s: float) -> tuple[float, float]:
        return 0.5, 0.72 - 0.15 * max(0.0, s - 4.7)

    assert junction(JumpStart(stop_line()), [waits_for_green], until=12, lamp=GREEN_SOON) == []


def test_the_window_is_a_setting_and_moves_both_kinds():
    rules = {"jump_start": {"max_before_green_s": 1.5}}
    assert junction(JumpStart(stop_line(rules=rules)), [OVER], until=12, lamp=GREEN_SOON) == []
    assert len(junction(RedLight(stop_line(rules=rules)), [OVER], until=12, lamp=GREEN_SOON)) == 1
