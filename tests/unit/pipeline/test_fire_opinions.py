"""A fire model confirms or weakens what the picture suspects, within the budget, and is asked about nothing else."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.unit.vision.fires import flame, frames, street

from matpho.domain.camera import Camera
from matpho.domain.camera_file import parse
from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId
from matpho.domain.observation import Burning, Burns, Observation
from matpho.domain.time import Instant, after
from matpho.errors import ModelProblem
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.fire_opinions import FireOpinions
from matpho.rules.table import rules_for
from matpho.vision.detector import DetectorInfo
from matpho.vision.fire_model import FireOpinion
from matpho.vision.frame import Frame, Image

pytestmark = pytest.mark.unit

INFO = DetectorInfo("told", "0" * 64, "MIT", 64, 64)
HERE, THERE = Box(0.4, 0.5, 0.1, 0.2), Box(0.8, 0.1, 0.1, 0.2)


class Told:
    """A model that says the same of every picture, and remembers what it was shown."""

    def __init__(self, flame: float | None, smoke: float | None = 0.0) -> None:
        self.opinion, self.shown = FireOpinion(flame, smoke), list[Image]()

    @property
    def info(self) -> DetectorInfo:
        return INFO

    def judge(self, images: Sequence[Image]) -> list[FireOpinion]:
        self.shown += images
        return [self.opinion] * len(images)


class Blind:
    """The detector of a street without anybody in it."""

    @property
    def info(self) -> DetectorInfo:
        return INFO

    def detect(self, images: Sequence[Image]) -> list[list[Observation]]:
        return [[] for _ in images]

    def detect_part(self, image: Image, whole: tuple[int, int]) -> list[Observation]:
        assert image.shape[1] <= whole[0]
        return []


def frame(at_s: float) -> Frame:
    return Frame(after(Instant(0), at_s), np.full((360, 640), 90, np.uint8))


def suspicion(box: Box = HERE, what: Burns = Burns.FLAME) -> Burning:
    return Burning(what, box, Instant(0), 0.6)


def opinions(model: Told | None, *, granted: bool = True) -> FireOpinions:
    return FireOpinions(CameraId("c"), model, lambda _: granted)


def test_agreement_raises_and_denial_lowers_the_level():
    (sure,) = opinions(Told(1.0)).weigh(frame(0), [suspicion()])
    (doubted,) = opinions(Told(0.0)).weigh(frame(0), [suspicion()])
    assert (sure.opinion, sure.level) == (1.0, pytest.approx(0.9))
    assert (doubted.opinion, doubted.level) == (0.0, pytest.approx(0.3))


def test_it_is_asked_about_the_place_and_its_surroundings_once_in_two_seconds():
    model = Told(1.0)
    watch = opinions(model)
    for number in range(51):
        watch.weigh(frame(0.2 * number), [suspicion()])
    assert len(model.shown) == 6
    height, width = model.shown[0].shape[:2]
    assert 130 <= height <= 150  # the box is 72 high: as much again around it
    assert 130 <= width <= 150


def test_two_places_are_asked_about_each_and_nothing_is_asked_without_a_suspicion():
    model = Told(1.0)
    watch = opinions(model)
    assert watch.weigh(frame(0), []) == ()
    assert model.shown == []
    watch.weigh(frame(1), [suspicion(), suspicion(THERE)])
    assert len(model.shown) == 2


def test_without_budget_without_a_model_or_without_an_opinion_the_suspicion_stands():
    assert opinions(Told(0.0), granted=False).weigh(frame(0), [suspicion()]) == (suspicion(),)
    assert opinions(None).weigh(frame(0), [suspicion()]) == (suspicion(),)
    assert opinions(Told(0.0, None)).weigh(frame(0), [suspicion(what=Burns.SMOKE)]) == (suspicion(what=Burns.SMOKE),)


def test_a_model_that_fails_is_left_aside_and_the_suspicion_stands():
    class Failing(Told):
        def judge(self, images: Sequence[Image]) -> list[FireOpinion]:
            super().judge(images)
            raise ModelProblem("it gives 3 values", "cho 3 giá trị")

    model = Failing(1.0)
    watch = opinions(model)
    assert [watch.weigh(frame(3.0 * n), [suspicion()]) for n in range(3)] == [(suspicion(),)] * 3
    assert len(model.shown) == 1


def camera() -> Camera:
    return parse('[camera]\nid = "c"\nname = "c"\n')


@pytest.fixture(scope="module")
def burning_street() -> list[Frame]:
    """Ten seconds of a drawn street and fifteen with a flame in it."""
    scene = street()
    flames = [flame(scene, number) for number in range(25)]
    return list(frames([scene] * 50 + flames * 3))


def told(model: Told, film: list[Frame]) -> list[RuleHit]:
    """What the whole pipeline tells of a drawn fire."""
    line = CameraPipeline(camera(), Blind(), rules_for(camera(), "run", None), fire_model=model)
    return [hit for one in film for hit in line.step(one) if hit.kind == "fire_smoke"]


def test_in_the_pipeline_a_fire_that_the_model_sees_is_told_and_says_so(burning_street: list[Frame]):
    model = Told(0.9)
    assert "sees it, too (90%)" in told(model, burning_street)[0].why.en
    assert 1 <= len(model.shown) <= 8


def test_in_the_pipeline_a_fire_that_the_model_denies_waits(burning_street: list[Frame]):
    assert told(Told(0.05), burning_street) == []
