"""The report of live cameras: rates over the workers' own time, and what voids a round."""

import pytest

from matpho.domain.camera_file import camera_from
from matpho.pipeline.pace import live_pace
from matpho.sim.serve import _Camera
from matpho.wiring.bench.cameras import Plan, _vision, _void, camera_form
from matpho.wiring.bench.rounds import as_one
from matpho.wiring.bench.streams import make_streams

pytestmark = pytest.mark.unit

NOTHING = dict.fromkeys(("due_frames", "analysed_frames", "dropped_frames", "scheduled_inferences", "inferences"), 0.0)


def test_rates_are_over_the_time_between_two_words_of_a_worker_and_not_over_the_window():
    first = {"recorder": {"cpu_cores": 0.2}, "vision-0": {**NOTHING, "uptime_s": 30.0, "gate_cpu_s": 1.0}}
    more = {"due_frames": 200.0, "analysed_frames": 190.0, "scheduled_inferences": 50.0, "inferences": 40.0}
    last = {"recorder": {"cpu_cores": 0.2}, "vision-0": {**NOTHING, **more, "uptime_s": 50.0, "gate_cpu_s": 1.4}}
    found = _vision(first, last, last, 2)
    assert (found["due_fps"], found["analysed_fps"]) == (5.0, 4.75)
    assert (found["inferences_per_second"], found["scheduled_inferences_per_second"]) == (2.0, 2.5)
    assert found["vision_by_stage_ms"] == {"gate": 10.0}
    assert (found["due_frames"], found["inferences"]) == (200.0, 40.0)


def test_two_workers_count_together():
    first = {f"vision-{n}": {**NOTHING, "uptime_s": 10.0} for n in (0, 1)}
    last = {f"vision-{n}": {**NOTHING, "due_frames": 50.0 * (n + 1), "uptime_s": 20.0} for n in (0, 1)}
    assert _vision(first, last, last, 3)["due_fps"] == 5.0


def words(due: float, analysed: float, dropped: float, uptime_s: float) -> dict[str, dict[str, float]]:
    frames = {"due_frames": due, "analysed_frames": analysed, "dropped_frames": dropped}
    return {"vision-0": {**NOTHING, **frames, "uptime_s": uptime_s}}


@pytest.mark.parametrize(
    ("later", "analysed", "dropped"),
    [
        (words(215.0, 212.0, 0.0, 42.2), 100.0, 0.0),  # three were on their way, and came
        (words(215.0, 203.0, 0.0, 42.2), 98.0, 0.0),  # two of them never did
        (words(215.0, 210.0, 2.0, 42.2), 98.0, 2.0),  # two were dropped, perhaps of those that came later: they count
        ({}, 97.0, 0.0),  # the worker has said nothing more
    ],
)
def test_what_is_on_its_way_when_the_window_ends_is_awaited_and_what_is_lost_is_not_hidden(later, analysed, dropped):
    """Ten frames of before are analysed in the window, and make up for none that is lost in it."""
    first, last = words(105.0, 95.0, 0.0, 20.0), words(205.0, 202.0, 0.0, 40.0)
    found = _vision(first, last, later, 1)
    assert (found["due_frames"], found["analysed_frames"], found["dropped_frames"]) == (100.0, analysed, dropped)
    assert found["analysed_fps"] == analysed / 20


def test_a_worker_that_is_late_all_the_time_has_what_it_analysed():
    """Eighty frames wait before the window and behind it."""
    first, last = words(500.0, 60.0, 360.0, 20.0), words(1300.0, 170.0, 1050.0, 40.0)
    found = _vision(first, last, last, 8)
    assert (found["due_frames"], found["analysed_frames"], found["dropped_frames"]) == (800.0, 110.0, 690.0)


WELL = {
    "analysed_fps": 5.0,
    "due_fps": 5.0,
    "dropped_frames": 0.0,
    "inferences_per_second": 2.0,
    "scheduled_inferences_per_second": 2.0,
}


@pytest.mark.parametrize(
    ("changes", "gaps", "reason"),
    [
        ({}, 0.0, None),
        ({"analysed_fps": 4.8}, 0.0, "due frames not analysed"),
        ({"dropped_frames": 1.0}, 0.0, "due frames not analysed"),
        ({"due_fps": 4.6, "analysed_fps": 4.6}, 0.0, "fewer frames due than asked for"),
        ({"inferences_per_second": 1.9}, 0.0, "looks not taken"),
        ({}, 0.3, "gaps in the recording"),
    ],
)
def test_whoever_does_less_is_void_and_says_why(changes, gaps, reason):
    assert _void(WELL | changes, gaps, 5.0) == ([] if reason is None else [reason])


def had(ratio: float, *void: str, gaps: float = 0.0, pss: float = 500.0):
    because = [*void, *(["gaps in the recording"] if gaps else [])]
    figures = {"ratio": ratio, "cpu_cores": ratio / 2, "pss_mb": pss, "gap_seconds": gaps}
    costs = {"floor_ms_per_camera_second": 20.0, "cpu_ms_per_camera_second": 20 * ratio}
    return {**figures, **costs, "void": bool(because), "void_because": because}


LEFT_OUT = "due frames not analysed"


@pytest.mark.parametrize(
    ("rounds", "ratio", "thrown", "because"),
    [
        ([had(1.3)], 1.3, 0, []),
        ([had(1.3), had(1.1), had(1.2)], 1.2, 0, []),
        ([had(1.3), had(1.2), had(0.9, LEFT_OUT)], 1.3, 1, []),  # who does less spends less: that one is not the median
        ([had(1.3), had(0.8, LEFT_OUT), had(0.9, LEFT_OUT)], 0.9, 2, [LEFT_OUT]),
        ([had(1.0, LEFT_OUT)], 1.0, 1, [LEFT_OUT]),
        ([had(1.3), had(1.2, gaps=0.5), had(1.1)], 1.3, 1, ["gaps in the recording"]),  # no round makes up for a gap
    ],
)
def test_of_several_rounds_the_whole_ones_count_and_a_gap_in_any_is_a_gap(rounds, ratio, thrown, because):
    row = as_one(rounds)
    assert (row["ratio"], row["thrown"], row["void_because"]) == (ratio, thrown, because)
    assert row["void"] == bool(because)
    assert row["ratios"] == [r["ratio"] for r in rounds]


def test_memory_and_gaps_are_those_of_the_worst_round():
    row = as_one([had(1.3, pss=480.0), had(1.2, gaps=0.5, pss=620.0), had(1.1, gaps=0.25)])
    assert (row["pss_mb"], row["gap_seconds"]) == (620.0, 0.75)


def test_a_junction_of_the_ward_has_the_zones_of_traffic_rules_and_their_pace():
    plan = Plan(count=30, seconds=60, scene="ward", rounds=1, beside_motion=False, analysed_fps=5, vision_workers=1)
    cameras = [
        camera_from(camera_form(n, ("rtsp://10.0.0.1/m", "rtsp://10.0.0.1/s"), junction=plan.is_junction(n)))
        for n in range(30)
    ]
    fast = [camera for camera in cameras if live_pace(camera).moving_s == 0.2]
    assert len(fast) == 3
    assert all({"stop_line", "roadway"} <= {z.purpose.value for z in camera.zones} for camera in fast)


def test_the_streets_of_a_bench_are_not_busy_all_at_once(tmp_path):
    for role in ("main", "sub"):
        (tmp_path / f"duty-{role}.mp4").touch()
    streams = make_streams(tmp_path, ["duty"] * 4)
    assert [s.begins_s for s in streams if s.role == "sub"] == [0.0, 10.0, 20.0, 30.0]
    for camera in {s.camera for s in streams}:
        assert len({s.begins_s for s in streams if s.camera == camera}) == 1


def test_a_camera_begins_its_day_where_it_is_told_to():
    assert _Camera(12.5).start(100.0) == 87.5
    assert _Camera().start(100.0) == 100.0
