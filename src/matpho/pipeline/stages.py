"""What the analysis of one camera has cost, by stage."""

import time
from dataclasses import dataclass, field

STAGES = ("gate", "detector", "tracker", "static", "picture", "lamps", "people", "fire", "rules")


@dataclass(slots=True)
class Stages:
    """What the analysis has cost: CPU seconds of this thread by stage, and how often what was done.

    ``scheduled`` are the inferences that the pace asked for; fewer ``inferences`` say that the budget was short.
    """

    frames: int = 0
    inferences: int = 0
    scheduled: int = 0
    cpu_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    _since: float = 0.0

    def start(self) -> None:
        """A frame begins."""
        self.frames += 1
        self._since = time.thread_time()

    def done(self, stage: str) -> None:
        """What was spent since the last call goes to ``stage``."""
        now = time.thread_time()
        self.cpu_s[stage] += now - self._since
        self._since = now
