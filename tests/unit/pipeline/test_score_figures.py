"""Figures over scored clips: bounds, sizes, light, whole clips."""

from typing import Any

import pytest

from matpho.pipeline.score import ClipScore, answers_of, events_of, footage_of, score_clip
from matpho.pipeline.score_figures import false_alarms, summary, upper_bound

pytestmark = pytest.mark.unit

FITS = {
    "red_light_running": ["red_light"],
    "red_light_jump_start": ["red_light", "jump_start"],
    "intrusion_zone": ["intrusion"],
    "abandoned_object": ["illegal_dumping", "unattended_object"],
}


def scored(
    events: list[dict[str, Any]], incidents: list[dict[str, Any]], stats: dict[str, Any] | None = None
) -> ClipScore:
    listed = [{"clip": "a.mp4", "confidence": "sure", "end_s": None, "box_xywh": None, **e} for e in events]
    data = {"clips": {"a.mp4": {"w": 1280, "h": 720}}, "events": listed, "fits": FITS}
    told = {"incidents": [{"end_s": i["start_s"] + 5, **i} for i in incidents], "stats": stats or {}}
    return score_clip("a.mp4", events_of(data)["a.mp4"], answers_of(told), footage_of(told))


def test_nothing_seen_in_an_hour_may_still_be_three_an_hour():
    assert upper_bound(0, 1.0) == pytest.approx(3.0, abs=0.01)
    assert upper_bound(0, 10.0) == pytest.approx(0.3, abs=0.001)
    assert upper_bound(3, 1.0) == pytest.approx(7.75, abs=0.01)  # the table of Garwood (1936)
    assert upper_bound(0, 0.0) is None


def test_a_line_crossed_must_be_told_within_two_seconds_and_the_wide_window_is_told_beside():
    late = scored([{"type": "red_light_running", "start_s": 20, "end_s": 24}], [{"kind": "red_light", "start_s": 22.5}])
    assert len(late.missed) == len(late.false) == 1
    row = summary([late])["types"]["red_light_running"]
    assert (row["found"], row["found_loose"], row["sure"]) == (0, 1, 1)
    near = scored([{"type": "red_light_running", "start_s": 20, "end_s": 24}], [{"kind": "red_light", "start_s": 21.9}])
    assert near.answered
    stays = scored([{"type": "intrusion_zone", "start_s": 20, "end_s": 24}], [{"kind": "intrusion", "start_s": 22.5}])
    assert stays.answered


def test_events_are_told_by_size_and_by_light():
    stats = {"length_s": 100, "lights": [[0, "day"], [40, "night"]]}
    events = [
        {"type": "abandoned_object", "start_s": 10, "box_xywh": [0, 0, 40, 40]},
        {"type": "abandoned_object", "start_s": 60, "box_xywh": [600, 300, 120, 120]},
    ]
    box = [0.47, 0.42, 0.1, 0.2]
    figures = summary([scored(events, [{"kind": "illegal_dumping", "start_s": 61, "box": box}], stats)])
    sizes, lights = figures["by_size"]["abandoned_object"], figures["by_light"]["abandoned_object"]
    assert (sizes["under 24 px"]["found"], sizes["48 to 96 px"]["found"]) == (0, 1)
    assert (lights["day"]["found"], lights["night"]["found"]) == (0, 1)


def test_kinds_have_precision_and_recall_by_size_and_by_light():
    stats = {"length_s": 600.0, "lights": [[0.0, "day"], [300.0, "night"]], "video": {"width": 1280, "height": 720}}
    small, large = {"box_xywh": [100, 100, 40, 40]}, {"box_xywh": [100, 100, 400, 400]}
    events = [
        {"type": "intrusion_zone", "start_s": 10, **small},
        {"type": "intrusion_zone", "start_s": 400, **large},
        {"type": "intrusion_zone", "start_s": 500, **large},
    ]
    told = [
        {"kind": "intrusion", "start_s": 12, "at_s": 14, "box": [0.08, 0.14, 0.03, 0.05]},
        {"kind": "intrusion", "start_s": 402, "at_s": 405, "box": [0.08, 0.14, 0.3, 0.5]},
        {"kind": "intrusion", "start_s": 200, "at_s": 203, "box": [0.5, 0.5, 0.02, 0.02]},
    ]
    figures = summary([scored(events, told, stats)])
    sizes, lights = figures["kinds_by_size"]["intrusion"], figures["kinds_by_light"]["intrusion"]
    names = ("right", "false", "found", "sure", "precision", "recall")
    assert {k: tuple(row[n] for n in names) for k, row in sizes.items()} == {
        "under 24 px": (1, 1, 1, 1, 0.5, 1.0),
        "96 px and more": (1, 0, 1, 2, 1.0, 0.5),
    }
    assert {k: tuple(row[n] for n in names) for k, row in lights.items()} == {
        "day": (1, 1, 1, 1, 0.5, 1.0),
        "night": (1, 0, 1, 2, 1.0, 0.5),
    }
    assert sizes["96 px and more"]["median_delay_s"] == 5.0
    assert sizes["96 px and more"]["f1"] == 0.667


def test_false_alarms_are_counted_by_hour_light_and_on_clips_without_events():
    stats = {"length_s": 1800, "lights": [[0, "day"], [900, "infrared"]]}
    quiet = scored([{"type": "negative_normal", "start_s": 0}], [{"kind": "intrusion", "start_s": 1000}], stats)
    busy = scored([{"type": "intrusion_zone", "start_s": 5}], [{"kind": "intrusion", "start_s": 5}], stats)
    told = false_alarms([quiet, busy])
    assert (told["all"]["count"], told["all"]["hours_analysed"]) == (1, 1.0)
    assert (told["negatives"]["count"], told["negatives"]["clips"]) == (1, 1)
    assert told["by_light"]["day"]["count"] == 0
    assert told["by_light"]["infrared"]["count"] == 1
    assert told["by_light"]["day"]["upper95_per_hour"] == pytest.approx(3.0 / 0.5, abs=0.01)
    assert told["by_kind"]["intrusion"]["upper95_per_day"] == pytest.approx(24 * 4.744, abs=0.1)


def test_without_a_length_there_is_no_rate():
    told = false_alarms([scored([], [{"kind": "intrusion", "start_s": 1}])])
    assert told["all"]["count"] == 1
    assert told["all"]["upper95_per_hour"] is None


@pytest.mark.parametrize(
    ("told_at", "expected"),
    [
        ([12.0], {"right": 1, "false": 0, "missed": 0}),
        ([12.0, 50.0], {"right": 1, "false": 0, "missed": 0}),  # only the first notification counts
        ([2.0, 12.0], {"right": 0, "false": 1, "missed": 0}),
        ([75.0], {"right": 0, "false": 0, "missed": 1}),
        ([], {"right": 0, "false": 0, "missed": 1}),
    ],
)
def test_a_whole_clip_counts_once_by_its_first_notification(told_at: list[float], expected: dict[str, int]):
    incidents = [{"kind": "illegal_dumping", "start_s": s, "at_s": s} for s in told_at]
    row = summary([scored([{"type": "abandoned_object", "start_s": 10}], incidents)])["whole_clips"]["illegal_dumping"]
    assert {key: row[key] for key in expected} == expected
    assert row["mean_delay_s"] == (2.0 if expected["right"] else None)


def test_what_rightly_answers_another_event_is_no_notification_of_this_kind():
    events = [{"type": "red_light_running", "start_s": 18}, {"type": "red_light_jump_start", "start_s": 39}]
    run = {"kind": "red_light", "start_s": 18, "at_s": 22}
    jumped = {"kind": "jump_start", "start_s": 39, "at_s": 43}
    row = summary([scored(events, [run, jumped])])["whole_clips"]["jump_start"]
    assert (row["right"], row["false"], row["mean_delay_s"]) == (1, 0, 4.0)
    made_up = {"kind": "red_light", "start_s": 25, "at_s": 29}
    row = summary([scored(events, [run, made_up, jumped])])["whole_clips"]["jump_start"]
    assert (row["right"], row["false"]) == (0, 1), "one that answers nothing still comes first"


def test_a_whole_clip_without_an_event_is_false_or_rightly_silent():
    event = scored([{"type": "abandoned_object", "start_s": 10}], [{"kind": "illegal_dumping", "start_s": 12}])
    false = scored([{"type": "negative_normal", "start_s": 0}], [{"kind": "illegal_dumping", "start_s": 3}])
    silent = scored([{"type": "negative_normal", "start_s": 0}], [])
    row = summary([event, false, silent])["whole_clips"]["illegal_dumping"]
    assert (row["right"], row["false"], row["rightly_silent"]) == (1, 1, 1)
    assert (row["precision"], row["recall"], row["f1"]) == (0.5, 1.0, 0.667)
