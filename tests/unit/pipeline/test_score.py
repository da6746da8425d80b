"""Scoring: what answers what, what is missed, what is false."""

from typing import Any

import pytest

from matpho.errors import BadInput
from matpho.pipeline.score import answers_of, events_of, score_clip, stems
from matpho.pipeline.score_figures import summary

pytestmark = pytest.mark.unit


def event(
    kind: str, start: float, end: float | None, *, box: list[float] | None = None, confidence: str = "sure"
) -> dict[str, Any]:
    return {"clip": "a.mp4", "type": kind, "start_s": start, "end_s": end, "box_xywh": box, "confidence": confidence}


def file_of(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "clips": {"a.mp4": {"w": 100, "h": 100}},
        "events": list(events),
        "fits": {"abandoned_object": ["illegal_dumping", "unattended_object"], "intrusion_zone": ["intrusion"]},
    }


def incident(
    kind: str, start: float, end: float, *, box: list[float] | None = None, advisory: bool = False
) -> dict[str, Any]:
    return {"kind": kind, "start_s": start, "end_s": end, "box": box, "advisory": advisory, "at_s": start + 2}


def score(events: list[dict[str, Any]], incidents: list[dict[str, Any]]):
    return score_clip("a.mp4", events_of(file_of(*events))["a.mp4"], answers_of({"incidents": incidents}))


def test_a_fitting_kind_at_the_time_answers_and_the_delay_is_that_of_the_telling():
    result = score([event("intrusion_zone", 50, 70)], [incident("intrusion", 50.5, 60)])
    assert len(result.answered) == 1
    assert summary([result])["types"]["intrusion_zone"]["median_delay_s"] == 2.5
    assert summary([result])["kinds"]["intrusion"]["f1"] == 1.0


@pytest.mark.parametrize(
    "wrong", [incident("camera_tampering", 50, 60), incident("intrusion", 40, 60), incident("intrusion", 80, 90)]
)
def test_another_kind_or_time_is_a_miss_and_a_false_one(wrong: dict[str, Any]):
    result = score([event("intrusion_zone", 50, 70)], [wrong])
    assert len(result.missed) == 1
    assert len(result.false) == 1


def test_each_event_is_answered_once_and_the_rest_is_false():
    result = score([event("intrusion_zone", 50, 70)], [incident("intrusion", 50, 60), incident("intrusion", 55, 60)])
    assert [a.start_s for _, a in result.answered] == [50]
    assert [a.start_s for a in result.false] == [55]


def test_the_assignment_is_the_best_in_all_not_the_first():
    events = [event("intrusion_zone", 10, 30), event("intrusion_zone", 18, 30)]
    result = score(events, [incident("intrusion", 17, 20), incident("intrusion", 28, 29)])
    assert len(result.answered) == 2
    assert not result.missed


def test_a_left_thing_must_be_at_its_place():
    bag = event("abandoned_object", 10, 40, box=[10, 10, 20, 20])
    assert score([bag], [incident("illegal_dumping", 11, 40, box=[0.15, 0.15, 0.1, 0.1])]).answered
    elsewhere = score([bag], [incident("illegal_dumping", 11, 40, box=[0.7, 0.7, 0.1, 0.1])])
    assert elsewhere.missed
    assert elsewhere.false


def test_only_sure_events_are_missed_but_others_may_be_answered():
    unsure = event("intrusion_zone", 50, None, confidence="borderline")
    assert not score([unsure], []).missed
    answered = score([unsure], [incident("intrusion", 52, 60)])
    assert answered.answered
    assert not answered.false
    row = summary([answered])["types"]["intrusion_zone"]
    assert (row["sure"], row["unsure"], row["found_unsure"]) == (0, 1, 1)


def test_context_is_no_event_and_advisory_is_never_false():
    result = score([event("negative_normal", 0, None)], [incident("fight", 5, 9, advisory=True)])
    assert (result.answered, result.missed, result.false, result.advisory) == ((), (), (), 1)


def test_names_of_results():
    assert stems("a.mp4") == ("a",)
    assert stems("pets/input") == ("input", "pets")


@pytest.mark.parametrize("broken", [{}, {"events": []}, {"fits": {}, "events": [{}]}, [], {"fits": 3, "events": []}])
def test_what_is_no_events_file_is_refused(broken: Any):
    with pytest.raises(BadInput):
        events_of(broken)


@pytest.mark.parametrize("broken", [{}, [], {"incidents": [{"kind": "a"}]}, {"incidents": 3}])
def test_what_is_no_result_is_refused(broken: Any):
    with pytest.raises(BadInput):
        answers_of(broken)
