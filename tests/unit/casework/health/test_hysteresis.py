"""A trouble must last to be raised and stay away to be cleared."""

import pytest

from matpho.casework.health.hysteresis import Hysteresis
from matpho.casework.health.records import Problem
from matpho.casework.health.signs import Sign
from matpho.casework.health.trouble import TROUBLES, Severity
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

KEY = ("camera:cong-cho", "offline")
BAD, GOOD, UNKNOWN = Sign(holds=True, figures={"silent_s": 20.0}), Sign(holds=False), Sign(None)


def problem(**more):
    return Problem(
        id="p", trouble="offline", subject=KEY[0], severity=Severity.URGENT, since=at(0), raised=at(60), **more
    )


def test_it_is_raised_only_after_it_lasted_and_dated_from_its_beginning():
    watch = Hysteresis()
    for s in range(0, 60, 5):
        assert watch.judge({KEY: BAD}, {}, at(s)).raised == ()
    ((subject, code, since, figures),) = watch.judge({KEY: BAD}, {}, at(60)).raised
    assert (subject, code, since, figures) == (*KEY, at(0), {"silent_s": 20.0})


def test_a_flapping_camera_is_not_raised_but_not_knowing_does_not_save_it():
    watch = Hysteresis()
    for s in range(0, 600, 5):
        assert watch.judge({KEY: BAD if s % 30 else GOOD}, {}, at(s)).raised == ()
    watch = Hysteresis()
    watch.judge({KEY: BAD}, {}, at(0))
    watch.judge({KEY: UNKNOWN}, {}, at(30))
    assert watch.judge({KEY: UNKNOWN}, {}, at(90)).raised == ()
    assert watch.judge({KEY: BAD}, {}, at(95)).raised


def test_a_clock_that_is_right_again_within_two_minutes_is_not_told():
    watch, clock = Hysteresis(), ("camera:cong-cho", "clock")
    off = Sign(holds=True, figures={"offset_s": 30.0})
    for s in range(0, 900, 5):  # a camera whose clock is set right every hundred seconds
        assert watch.judge({clock: off if s % 100 else GOOD}, {}, at(s)).raised == ()
    assert [watch.judge({clock: off}, {}, at(s)).raised for s in (905, 1030)][1]


def test_it_is_cleared_only_after_it_stayed_away_and_dated_from_then():
    watch, open_now = Hysteresis(), {KEY: problem()}
    assert watch.judge({KEY: GOOD}, open_now, at(100)).changed == ()
    assert watch.judge({KEY: BAD}, open_now, at(130)).changed[0].until is None  # its figures came
    assert watch.judge({KEY: GOOD}, open_now, at(140)).changed == ()
    assert watch.judge({KEY: UNKNOWN}, open_now, at(190)).changed == ()
    assert watch.judge({KEY: GOOD}, open_now, at(200)).changed == ()
    assert watch.judge({KEY: GOOD}, open_now, at(260)).changed[0].until == at(200)


def test_a_camera_taken_out_of_service_has_no_problems():
    (gone,) = Hysteresis().judge({}, {KEY: problem()}, at(500)).changed
    assert gone.until == at(500)


def test_a_clock_set_back_only_delays():
    watch = Hysteresis()
    watch.judge({KEY: BAD}, {}, at(3600))
    assert watch.judge({KEY: BAD}, {}, at(0)).raised == ()
    assert watch.judge({KEY: BAD}, {}, at(60)).raised


def test_figures_are_rewritten_when_they_moved_much():
    watch, open_now = Hysteresis(), {KEY: problem(figures={"silent_s": 20.0})}
    assert watch.judge({KEY: Sign(holds=True, figures={"silent_s": 22.0})}, open_now, at(1)).changed == ()
    assert watch.judge({KEY: Sign(holds=True, figures={"silent_s": 60.0})}, open_now, at(2)).changed[0].figures == {
        "silent_s": 60.0
    }


def test_every_trouble_says_what_to_do_in_both_languages():
    for trouble in TROUBLES.values():
        for said in (trouble.name, trouble.advice):
            assert said.vi
            assert said.en
            assert said.vi != said.en
