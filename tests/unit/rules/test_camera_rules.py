"""Tampering and outage: the rules of the camera as a whole."""

import pytest
from tests.unit.rules.scenes import every, place, play, scene, t

from matpho.domain.observation import Fault, PictureState
from matpho.rules.camera_outage import CameraOutage
from matpho.rules.camera_tampering import CameraTampering
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit


def whole() -> Place:
    there = place()
    return Place(there.camera, None, None, "run")


def faulty(at: float):
    if at < 10 or at >= 30:
        return scene(at)
    return scene(at, picture=PictureState(Fault.COVERED if at < 15 else Fault.TURNED, t(9), 0.9))


def test_covered_then_turned_then_well_is_one_incident():
    hits = play(CameraTampering(whole()), every(0.5, 0, 40), faulty)
    assert len({h.id for h in hits}) == 1
    assert hits[0].start == t(9)
    assert "bị che" in hits[0].why.vi
    assert "turned" in hits[-1].why.en
    assert hits[-1].end == t(29.5)
    assert hits[0].box is None
    assert hits[0].zone_id is None


def test_a_well_picture_is_not_told():
    assert play(CameraTampering(whole()), every(0.5, 0, 40), scene) == []


def test_a_gap_between_scenes_is_an_outage_with_its_length():
    rule = CameraOutage(whole())
    hits = play(rule, [*every(0.2, 0, 5), *every(0.2, 65, 70)], scene)
    (hit,) = hits
    assert (hit.start, hit.end) == (t(5), t(65))
    assert hit.figures["lasted_s"] == 60


def test_a_short_gap_is_none():
    assert play(CameraOutage(whole()), [*every(0.2, 0, 5), *every(0.2, 12, 15)], scene) == []


def test_pictures_that_nobody_had_time_to_look_at_are_no_outage():
    rule = CameraOutage(whole())
    play(rule, every(0.2, 0, 5), scene)
    rule.arrived(t(64.8))
    assert rule.update(scene(65)) == []
    rule.arrived(t(66))
    (hit,) = rule.update(scene(90))
    assert (hit.start, hit.end) == (t(66), t(90))


def test_silence_is_told_while_it_lasts_and_ended_by_the_next_picture():
    rule = CameraOutage(whole())
    play(rule, every(0.2, 0, 5), scene)
    silent = [h for at in every(1, 6, 50) for h in rule.silent(t(at))]
    assert [h.at for h in silent] == [t(15), t(45)]
    (ended,) = rule.update(scene(55))
    assert ended.id == silent[0].id
    assert ended.end == t(55)
    assert len({h.id for h in silent}) == 1


def test_a_camera_that_never_came_is_an_outage_and_the_end_of_a_stream_is_none():
    rule = CameraOutage(whole())
    assert [h for at in every(1, 0, 9) for h in rule.silent(t(at))] == []
    assert rule.silent(t(10))
    assert CameraOutage(whole()).finish(t(5)) == []
