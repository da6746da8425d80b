"""Fire and smoke in drawn pictures: flames and plumes are seen; what only resembles them is not."""

from collections.abc import Iterable

import cv2
import numpy as np
import pytest
from tests.unit.vision.fires import FPS, Image, flame, frames, smoke, street

from matpho.domain.geometry import Point, Polygon
from matpho.domain.observation import Burning, Burns
from matpho.vision import flames
from matpho.vision.fire import FireWatch
from matpho.vision.flames import FlameWatch
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit

STREET = street()
BEFORE = [STREET] * 50
EVERYWHERE = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))


def watched(pictures: Iterable[Image], watch: FireWatch | None = None) -> list[Burning]:
    """All that was seen to burn."""
    watch = watch or FireWatch()
    return [b for frame in frames(list(pictures)) for b in watch.update(frame, sound=True)]


@pytest.mark.parametrize(("size", "seed"), [(50, 3), (25, 3), (40, 8)])
def test_a_flame_is_seen_within_ten_seconds_where_it_burns(size: int, seed: int):
    scene = street(seed)
    burning = watched([scene] * 50 + [flame(scene, i, size=size) for i in range(50)])
    assert burning
    assert {b.what for b in burning} == {Burns.FLAME}
    assert burning[0].box.x < 0.5 < burning[0].box.right
    assert burning[0].box.y < 0.75 < burning[0].box.bottom
    assert burning[0].since >= 9e9


def test_smoke_that_spreads_and_drifts_is_seen_where_it_is():
    burning = watched([STREET] * 125 + [smoke(STREET, i) for i in range(150)])
    assert burning
    assert {b.what for b in burning} == {Burns.SMOKE}
    assert 0.25 < burning[0].box.centre.x < 0.6


def test_a_sign_that_is_switched_on_is_no_flame():
    lit = STREET.copy()
    cv2.rectangle(lit, (280, 100), (360, 140), (40, 120, 255), -1)
    cv2.circle(lit, (320, 120), 15, (120, 230, 255), -1)
    assert watched(BEFORE + [lit] * 80) == []


def test_a_lamp_that_blinks_is_no_flame():
    lit = STREET.copy()
    cv2.circle(lit, (320, 120), 24, (60, 180, 255), -1)
    assert watched(BEFORE + [lit if (i // 2) % 2 else STREET for i in range(80)]) == []


def test_headlights_and_tail_lights_that_pass_are_no_flame():
    def passing(i: int) -> Image:
        picture = STREET.copy()
        for start in range(-1600, 640, 160):
            x = start + 14 * i
            cv2.circle(picture, (x, 240 + (start // 160) % 3 * 25), 12, (110, 215, 255), -1)
            cv2.circle(picture, (640 - x, 300), 10, (70, 120, 255), -1)
        return picture

    assert watched(BEFORE + [passing(i) for i in range(110)]) == []


def test_a_person_in_bright_red_who_walks_by_and_waits_is_no_flame():
    def person(i: int) -> Image:
        picture, x = STREET.copy(), 60 + 6 * min(i, 40)
        swing = round(6 * np.sin(i))
        cv2.rectangle(picture, (x, 180), (x + 34, 250), (60, 110, 255), -1)
        cv2.line(picture, (x, 190), (x - 10 + swing, 240), (60, 110, 255), 8)
        cv2.rectangle(picture, (x + 4, 250), (x + 30, 310), (60, 40, 40), -1)
        return picture

    assert watched(BEFORE + [person(i) for i in range(100)]) == []


def test_people_who_pass_before_an_orange_barrier_do_not_make_it_a_flame():
    def crossing(i: int) -> Image:
        picture = STREET.copy()
        cv2.rectangle(picture, (260, 200), (400, 222), (40, 150, 255), -1)
        for start in (0, 170, 260, 420):
            x = (start + 11 * i) % 640
            cv2.rectangle(picture, (x, 170), (x + 20, 250), (70, 60, 60), -1)
        return picture

    assert watched(BEFORE + [crossing(i) for i in range(110)]) == []


@pytest.mark.parametrize("gain", [0.5, 1.5])
def test_mist_and_a_change_of_exposure_are_no_smoke(gain: float):
    other = np.clip(STREET * gain, 0, 255).astype(np.uint8)
    assert watched([STREET] * 125 + [other] * 100) == []
    mist = [
        cv2.addWeighted(STREET, 1 - min(0.6, i / 150), np.full_like(STREET, 170), min(0.6, i / 150), 0)
        for i in range(150)
    ]
    assert watched([STREET] * 125 + mist) == []


def test_a_shadow_that_creeps_and_a_lorry_that_stands_are_no_smoke():
    def shadow(i: int) -> Image:
        picture = STREET.astype(np.float32)
        picture[120:, : 100 + 2 * i] *= 0.5 + 0.05 * np.sin(i / 3)
        return picture.astype(np.uint8)

    assert watched([STREET] * 125 + [shadow(i) for i in range(120)]) == []
    lorry = STREET.copy()
    cv2.rectangle(lorry, (150, 120), (420, 320), (170, 170, 170), -1)
    assert watched([STREET] * 125 + [lorry] * 120) == []


def test_a_splash_on_the_lens_that_stays_as_it_is_is_no_smoke():
    splash = smoke(STREET, 110)
    assert watched([STREET] * 125 + [splash] * 150) == []


def test_what_burns_where_nobody_looks_is_not_seen_and_neither_is_anything_on_a_faulty_picture():
    altar = Polygon((Point(0.3, 0.4), Point(0.7, 0.4), Point(0.7, 0.9), Point(0.3, 0.9)))
    burns = BEFORE + [flame(STREET, i) for i in range(60)]
    assert watched(burns, FireWatch([altar])) == []
    faulty = FireWatch()
    assert not any(faulty.update(frame, sound=False) for frame in frames(burns))


def test_an_infrared_picture_has_no_flame():
    watch = FlameWatch()
    for frame in frames(BEFORE + [flame(STREET, i) for i in range(60)]):
        grey = np.full_like(frame.u, 128)
        assert watch.update(Frame(frame.at, frame.luma, grey, grey)) == ()
        assert watch.update(Frame(frame.at, frame.luma)) == ()


def test_a_flame_that_goes_out_is_over_within_seconds():
    burns = [flame(STREET, i) for i in range(60)]
    watch = FireWatch()
    seen = [bool(watch.update(frame, sound=True)) for frame in frames(BEFORE + burns + [STREET] * 40)]
    assert any(seen)
    assert not any(seen[-round(2 * FPS) :])


def lit(picture: Image) -> Image:
    """With a lamp of the colour of a flame."""
    shown = picture.copy()
    cv2.circle(shown, (120, 120), 24, (60, 180, 255), -1)
    return shown


def test_a_lamp_that_shines_on_is_looked_at_once_a_second(monkeypatch: pytest.MonkeyPatch):
    looks: list[Frame] = []
    seen_by = flames._coloured
    monkeypatch.setattr(flames, "_coloured", lambda frame: looks.append(frame) or seen_by(frame))
    dice = np.random.default_rng(4)
    pictures = [np.clip(lit(STREET) + dice.integers(-3, 4, (360, 640, 1)), 0, 255).astype(np.uint8) for _ in range(150)]
    assert watched(pictures) == []
    late = [f for f in looks if f.at > 15e9]
    assert 10 <= len(late) <= 18  # of 75 pictures


def test_a_flame_beside_a_lamp_that_has_shone_on_is_told_as_soon():
    scene = lit(STREET)
    burning = watched([scene] * 150 + [flame(scene, i, size=25) for i in range(50)])
    assert burning
    assert burning[0].box.x < 0.5 < burning[0].box.right


def test_smoke_after_a_long_calm_is_seen_as_soon():
    def begins(calm: int) -> int:
        told = frames([STREET] * calm + [smoke(STREET, i) for i in range(150)])
        watch = FireWatch()
        return next(n for n, frame in enumerate(told) if watch.update(frame, sound=True)) - calm

    assert begins(600) <= begins(125) + FPS


def test_a_change_of_what_is_watched_goes_on_with_what_was_learned():
    """Smoke that stands in the picture when zones change does not become the empty scene."""
    begun = list(frames([STREET] * 125 + [smoke(STREET, i) for i in range(150)]))
    first, altar = FireWatch(), Polygon((Point(0.8, 0.8), Point(0.95, 0.8), Point(0.95, 0.95)))
    for frame in begun[:160]:
        first.update(frame, sound=True)
    fresh, goes_on, blind = FireWatch([altar]), FireWatch([altar]), FireWatch([EVERYWHERE])
    goes_on.take_over(first)
    assert sum(len(goes_on.update(frame, sound=True)) for frame in begun[160:])
    assert not any(fresh.update(frame, sound=True) for frame in begun[160:])
    blind.take_over(goes_on)
    assert not any(blind.update(frame, sound=True) for frame in frames([smoke(STREET, i) for i in range(150, 200)]))
