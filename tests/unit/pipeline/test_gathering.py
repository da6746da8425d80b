"""Crowds over drawn pictures: dense groups of whom the detector sees a third, a few who stand, and passers-by."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from tests.unit.vision.people import FPS, HEIGHT, TALL, WIDTH, Drawn, Followed, drawn

from matpho.domain.camera import Camera
from matpho.domain.camera_file import parse
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene
from matpho.pipeline.gathering import Gathering
from matpho.rules.table import rules_for

pytestmark = pytest.mark.unit

Square = Callable[[float], Sequence[Drawn]]
CAMERA = """
[camera]
id = "c"
name = "c"
[[zone]]
id = "san"
purpose = "gathering"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
[zone.rules.crowd]
enabled = {enabled}
"""


def camera(*, enabled: bool = True) -> Camera:
    return parse(CAMERA.format(enabled=str(enabled).lower()))


def told(square: Square, *, every: int = 1, seconds: float = 32.0, enabled: bool = True) -> list[RuleHit]:
    """What the rules tell where a detector sees every ``every``-th person and a tracker loses nobody."""
    watched = camera(enabled=enabled)
    rules = rules_for(watched, "run", None)
    gathering, followed, hits = Gathering(rules), Followed(), list[RuleHit]()
    for number in range(round(seconds * FPS)):
        at_s, people = number / FPS, square(number / FPS)
        frame, tracks = drawn(people, at_s), followed.at(list(people)[::every], at_s)
        turmoil, stirring = gathering.update(frame, tracks)
        scene = Scene(watched.id, frame.at, tracks, (), turmoil=turmoil, stirring=stirring, aspect=WIDTH / HEIGHT)
        hits += [h for rule in rules for h in rule.update(scene)]
    return [h for h in hits if h.kind == "crowd"]


def gathered(count: int) -> Square:
    """Rows of people shoulder to shoulder who shift their weight."""

    def at(at_s: float) -> list[Drawn]:
        return [
            Drawn(
                100 + 44 * (n % 10) + 6 * np.sin(2.2 * at_s + 1.7 * n),
                200 + 60 * (n // 10),
                ((6 * np.sin(at_s + n), 28.0), (-6 * np.cos(at_s + n), 28.0)),
            )
            for n in range(count)
        ]

    return at


def test_a_dense_group_is_told_although_the_detector_sees_a_third_of_it():
    hits = told(gathered(24), every=3)
    assert hits
    assert 12 <= hits[0].figures["persons"] <= 24
    assert hits[0].at / 1e9 >= 20
    assert hits[0].advisory


def test_as_many_as_are_seen_there_and_no_more_are_no_crowd():
    assert told(gathered(8)) == []


def test_people_who_pass_far_from_each_other_are_no_crowd():
    def passing(at_s: float) -> list[Drawn]:
        ways = [(n * 53 + 40 * at_s) % (WIDTH - 40) + 20 for n in range(6)]
        return [Drawn(x, 110 + 2.6 * TALL * (n % 2), ((8.0, 28.0), (-8.0, 28.0))) for n, x in enumerate(ways)]

    assert told(passing) == []


def test_a_zone_without_the_switch_measures_and_tells_nothing():
    assert told(gathered(24), every=3, seconds=5, enabled=False) == []
    gathering = Gathering(rules_for(camera(enabled=False), "run", None))
    assert gathering.update(drawn(gathered(8)(0), 0), Followed().at(gathered(8)(0), 0)) == ((), ())
