"""The arithmetic of the staged suite's report, over results written down by hand."""

from typing import Any

import pytest

from matpho.domain.camera import Camera
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.pipeline.score import Answer, Event, score_clip
from matpho.sim.script import Script
from matpho.sim.suite_figures import report
from matpho.sim.suite_run import SceneResult, in_words
from matpho.sim.suite_scene import SuiteScene
from matpho.sim.suite_text import as_text
from matpho.vision.detector import DetectorInfo

pytestmark = pytest.mark.unit

INFO = DetectorInfo(name="nobody", sha256="0" * 64, licence="-", input_width=1, input_height=1)
HERE, THERE = Box(0.4, 0.4, 0.1, 0.1), Box(0.8, 0.8, 0.1, 0.1)


def event(*, size_px: float = 30.0) -> Event:
    return Event("s", "abandoned_object", 9.0, 36.0, HERE, True, ("illegal_dumping",), size_px=size_px)  # noqa: FBT003


def answer(
    *, at_s: float = 21.0, box: Box = HERE, end_s: float = 36.0, kind: str = "illegal_dumping", advisory: bool = False
) -> Answer:
    return Answer(kind, 9.5, end_s, at_s, box, advisory=advisory)


def result(name: str, events: list[Event], answers: list[Answer], **more: Any) -> SceneResult:
    script = Script(name=name, duration_s=36.0, camera=Camera(id=CameraId("a"), name="a", staged=True))
    scene = SuiteScene(script=script, **({"family": "plain", "place": "street"} | more))
    return SceneResult(scene, score_clip(name, events, answers), dict.fromkeys(events, 40.0), (), 2.0)


def test_recall_counts_plain_things_that_are_large_enough():
    results = [
        *(result(f"a{i}", [event()], [answer(at_s=20.0 + i)]) for i in range(3)),
        result("b", [event(size_px=50.0)], []),
        result("c", [event(size_px=12.0)], []),
        result("d", [event()], [], family="lamp"),
    ]
    made = report(results, INFO)
    assert (made["staged_scenes"], made["staged_recall"]) == (6, 0.75)
    assert made["staged_recall_of"]["wilson95"] == pytest.approx([0.301, 0.954], abs=1e-3)
    plain = made["families"]["plain"]
    assert (plain["staged"], plain["found"], plain["recall"]) == (5, 3, 0.6)
    assert plain["by_size"]["under 16 px"]["found"] == 0
    assert plain["by_size"]["24 to 48 px"]["recall"] == 1.0
    assert (plain["delay_median_s"], plain["delay_p90_s"]) == (12.0, 12.8)
    assert made["families"]["lamp"]["recall"] == 0.0
    assert made["backgrounds"] == ["drawn street"]
    assert as_text(made).count("| plain |") == 2


def test_the_same_thing_told_again_is_twice_and_what_is_elsewhere_is_false():
    told = result("a", [event()], [answer(), answer(at_s=30.0), answer(box=THERE)])
    made = report([told, result("b", [], [], family="rain")], INFO)
    plain = made["families"]["plain"]
    assert (plain["told_twice"], plain["false"]["count"]) == (1, 1)
    assert made["false_alarms"]["by_kind"] == {"illegal_dumping": 1}
    assert made["families"]["rain"]["false"]["count"] == 0
    assert made["families"]["rain"]["false"]["upper95_per_hour"] == pytest.approx(3.0 / 0.01, rel=0.01)
    (row, _) = made["scenes"]
    assert row["twice"] == ["illegal_dumping at 30 s"]
    assert row["false"] == ["illegal_dumping at 21 s"]
    assert "FALSE" in in_words(told)


def test_what_only_asks_for_a_look_is_told_beside_and_is_never_false():
    found = result("a", [event()], [answer(advisory=True)])
    beside = result("b", [], [answer(kind="fire_smoke", box=THERE, at_s=30.0, advisory=True)], family="ghost")
    made = report([found, beside], INFO)
    assert made["families"]["plain"]["found"] == 1
    assert made["only_to_look_at"] == made["families"]["ghost"]["only_to_look_at"] == {"fire_smoke": 1}
    assert made["families"]["plain"]["only_to_look_at"] == {}
    assert made["false_alarms"]["count"] == 0
    page = as_text(made)
    assert "only ask somebody to look: fire_smoke 1." in page
    assert "| b | – | – | – | – | fire_smoke at 30 s | – |" in page
    (head,) = [line for line in page.splitlines() if line.startswith("| family | what")]
    (row,) = [line for line in page.splitlines() if line.startswith("| ghost |")]
    assert len(row.split("|")) == len(head.split("|"))


def test_a_missed_one_is_named_with_its_size():
    assert in_words(result("a", [event()], [])) == "a: MISSED abandoned_object (30 px)"
    assert in_words(result("b", [], [])) == "b: silent"


def test_an_incident_ends_when_the_thing_is_taken():
    closing = [
        result("a", [event()], [answer(end_s=38.0)], family="taken_later", closes=True),
        result("b", [event()], [answer(end_s=52.0)], family="taken_later", closes=True),
    ]
    made = report(closing, INFO)
    assert made["families"]["taken_later"]["closed_in_time"] == 1
    assert made["staged_recall"] is None
    assert "1 of 2 incidents ended" in as_text(made)
