"""Possible fire or smoke: told when it lasts, once, as advisory; a flash and a sound street are not."""

import pytest
from tests.unit.rules.scenes import every, place, play, t

from matpho.domain.geometry import Box
from matpho.domain.observation import Burning, Burns, Scene
from matpho.rules.fire_smoke import FireSmoke
from matpho.rules.rule import Place

pytestmark = pytest.mark.unit

HERE = Box(0.4, 0.5, 0.1, 0.2)


def rule() -> FireSmoke:
    return FireSmoke(Place(place().camera, None, None, "run"))


def burns(*what: Burns, opinion: float | None = None):
    def at(now: float) -> Scene:
        seen = tuple(Burning(w, HERE, t(8), 0.7, opinion) for w in what)
        return Scene(place().camera.id, t(now), (), (), burning=seen)

    return at


def test_a_fire_that_lasts_is_told_once_as_advisory_and_ends():
    fire = rule()
    told = play(fire, every(0.2, 10, 25), burns(Burns.FLAME, Burns.SMOKE))
    assert {h.id for h in told} == {told[0].id}
    assert told[0].kind == "fire_smoke"
    assert told[0].advisory
    assert told[0].box is not None
    assert told[0].box.iou(HERE) > 0.99
    assert told[0].start == t(8)
    assert told[0].zone_id is None
    assert told[0].at <= t(13.2)
    assert "ngọn lửa" in told[0].why.vi
    assert "giây 8" in told[0].why.vi
    (ended,) = play(fire, every(0.2, 25.2, 50), burns())
    assert ended.end == t(25)


def test_smoke_alone_says_smoke():
    told = play(rule(), every(0.2, 10, 20), burns(Burns.SMOKE))
    assert "khói" in told[0].why.vi
    assert "smoke" in told[0].why.en


def test_what_shows_for_two_seconds_is_not_told():
    fire = rule()
    assert play(fire, every(0.2, 10, 12), burns(Burns.FLAME)) == []
    assert play(fire, every(0.2, 12.2, 40), burns()) == []
    assert fire.finish(t(40)) == []


def test_a_street_without_fire_is_silent():
    assert play(rule(), every(0.5, 0, 60), burns()) == []


def test_what_a_model_sees_too_is_told_as_soon_and_says_so():
    told = play(rule(), every(0.2, 10, 20), burns(Burns.FLAME, opinion=0.8))
    assert told[0].at <= t(13.2)
    assert "cũng thấy giống (80%)" in told[0].why.vi
    assert told[0].figures["model_share"] == 0.8


def test_what_a_model_denies_is_told_when_it_lasts_and_never_silenced():
    fire = rule()
    assert play(fire, every(0.2, 10, 37), burns(Burns.FLAME, opinion=0.1)) == []
    told = play(fire, every(0.2, 37.2, 50), burns(Burns.FLAME, opinion=0.1))
    assert t(41) <= told[0].at <= t(42)
    assert told[0].start == t(8)
    assert "không thấy giống (10%)" in told[0].why.vi


def test_a_model_that_changes_its_mind_ends_nothing_that_is_told():
    fire = rule()
    assert play(fire, every(0.2, 10, 20), burns(Burns.FLAME, opinion=0.8))
    assert all(hit.end is None for hit in play(fire, every(0.2, 20.2, 60), burns(Burns.FLAME, opinion=0.1)))
