"""What a vision worker tells of its own work: totals since it began, and rates since they were told last."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from matpho.domain.time import Clock


class Counted(Protocol):
    """A camera whose work is counted; all figures only grow."""

    @property
    def counts(self) -> Mapping[str, int]:
        """``due``, ``analysed`` and ``dropped`` frames, ``scheduled`` and had ``inferences``."""
        ...

    @property
    def cpu_s(self) -> Mapping[str, float]:
        """CPU seconds by stage."""
        ...


class VisionFigures:
    """Adds up the cameras of one worker; those that were taken off the list stay in the totals.

    Fewer ``inferences`` than ``scheduled_inferences`` say that the detector budget was short, ``due_frames`` beyond
    ``analysed_frames`` that frames wait or, with ``dropped_frames``, are lost.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._gone: Counter[str] = Counter()
        self._gone_cpu_s: Counter[str] = Counter()
        self._begun_s = clock.monotonic_s()
        self._before: tuple[float, float, Counter[str], Counter[str]] | None = None

    def gone(self, camera: Counted) -> None:
        """A camera, or one description of it, is no longer watched."""
        self._gone.update(camera.counts)
        self._gone_cpu_s.update(camera.cpu_s)

    def take(self, cameras: Iterable[Counted]) -> dict[str, float]:
        """The figures now. Rates are zero and stages missing at the first call. Totals are those after ``uptime_s``.

        ``…_cpu_ms_per_s`` are CPU milliseconds per second of all cameras together; ``decode`` is spent in the readers'
        threads and in those of the analysis, all other stages in the latter.
        """
        counts, stages = Counter(self._gone), Counter(self._gone_cpu_s)
        watched = list(cameras)
        for camera in watched:
            counts.update(camera.counts)
            stages.update(camera.cpu_s)
        now_s, cpu_s = self._clock.monotonic_s(), time.process_time()
        before, self._before = self._before, (now_s, cpu_s, counts, stages)
        figures = {"cameras": float(len(watched))}
        figures |= {name: float(counts[key]) for key, name in _TOTALS.items()}
        figures["uptime_s"] = round(now_s - self._begun_s, 3)
        figures |= {f"{stage}_cpu_s": round(spent_s, 3) for stage, spent_s in stages.items()}
        if before is None:
            return figures | dict.fromkeys(("cpu_cores", *_RATES.values()), 0.0)
        passed_s = max(1e-3, now_s - before[0])
        figures["cpu_cores"] = round((cpu_s - before[1]) / passed_s, 3)
        figures |= {name: round((counts[key] - before[2][key]) / passed_s, 2) for key, name in _RATES.items()}
        spent = {stage: stages[stage] - before[3][stage] for stage in stages}
        return figures | {f"{stage}_cpu_ms_per_s": round(s / passed_s * 1000, 2) for stage, s in spent.items()}


_TOTALS = {
    "due": "due_frames",
    "analysed": "analysed_frames",
    "dropped": "dropped_frames",
    "inferences": "inferences",
    "scheduled": "scheduled_inferences",
}
_RATES = {
    "due": "due_fps",
    "analysed": "analysed_fps",
    "inferences": "inferences_per_s",
    "scheduled": "scheduled_inferences_per_s",
}
