"""The figures of a worker: totals that survive a camera, rates over the time that passed."""

from dataclasses import dataclass, field

import pytest

from matpho.pipeline.vision_figures import VisionFigures
from matpho.testing.clock import HandClock

pytestmark = pytest.mark.unit


@dataclass
class Camera:
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("due", "analysed", "dropped", "inferences", "scheduled"), 0)
    )
    cpu_s: dict[str, float] = field(default_factory=lambda: {"gate": 0.0, "decode": 0.0})

    def work(self, **more: int) -> None:
        for key, value in more.items():
            self.counts[key] += value


def test_rates_are_per_second_since_they_were_told_last():
    clock, camera = HandClock(), Camera()
    figures = VisionFigures(clock)
    assert figures.take([camera])["analysed_fps"] == 0
    camera.work(due=10, analysed=9, inferences=2, scheduled=3)
    camera.cpu_s["decode"] += 0.02
    clock.go(2.0)
    told = figures.take([camera])
    assert (told["due_fps"], told["analysed_fps"]) == (5.0, 4.5)
    assert (told["inferences_per_s"], told["scheduled_inferences_per_s"]) == (1.0, 1.5)
    assert told["decode_cpu_ms_per_s"] == 10.0
    assert told["gate_cpu_ms_per_s"] == 0.0
    assert (told["due_frames"], told["analysed_frames"], told["dropped_frames"]) == (10, 9, 0)


def test_a_camera_that_is_taken_away_stays_in_the_totals_and_makes_no_rate_negative():
    clock, old, new = HandClock(), Camera(), Camera()
    figures = VisionFigures(clock)
    old.work(due=10, analysed=10, inferences=4, scheduled=4)
    old.cpu_s["gate"] = 1.0
    figures.take([old])
    figures.gone(old)
    new.work(analysed=5)
    clock.go(1.0)
    told = figures.take([new])
    assert told["cameras"] == 1
    assert told["analysed_frames"] == 15
    assert told["analysed_fps"] == 5.0
    assert told["inferences_per_s"] == 0.0
    assert told["gate_cpu_ms_per_s"] == 0.0
