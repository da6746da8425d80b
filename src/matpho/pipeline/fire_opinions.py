"""A fire model's opinion of what colour, texture and motion suspect: it confirms or weakens, and never looks by itself.

The model is asked about the suspected place with its surroundings, once in two seconds while the suspicion lasts and
the budget allows; without a budget or a model the suspicion stands as it is. One picture of a flame may miss it, so
the mean of the last opinions counts.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.observation import Burning, Burns
from matpho.domain.time import Instant, seconds
from matpho.errors import ModelProblem
from matpho.pipeline.crops import with_surroundings
from matpho.vision.fire_model import FireModel
from matpho.vision.frame import Frame

log = logging.getLogger(__name__)

EVERY_S = 2.0
OPINIONS = 3  # the mean of so many counts
AROUND = 0.5  # of the larger side: the surroundings on each side
LEAST_PX = 96
FORGET_S = 10.0  # a place that is no longer suspected


@dataclass(slots=True)
class _Asked:
    """A place that the model was asked about."""

    what: Burns
    box: Box
    at: Instant
    seen: Instant
    opinions: deque[float] = field(default_factory=lambda: deque(maxlen=OPINIONS))


class FireOpinions:
    """The opinions about one camera's picture; ``granted`` says whether an inference may be spent now."""

    def __init__(self, camera_id: CameraId, model: FireModel | None, granted: Callable[[Instant], bool]) -> None:
        self._camera_id, self._model, self._granted = camera_id, model, granted
        self.asked: list[_Asked] = []
        self.inferences = 0

    def take_over(self, before: "FireOpinions") -> None:
        """Go on with what was thought of the same picture."""
        self.asked = before.asked

    def weigh(self, frame: Frame, burning: Sequence[Burning]) -> tuple[Burning, ...]:
        """The suspicions with the model's opinion and the level that it leaves, the likeliest of each sort first."""
        if self._model is None or not burning:
            return tuple(burning)
        self.asked = [a for a in self.asked if seconds(frame.at - a.seen) < FORGET_S]
        weighed = [self._weighed(frame, suspicion, self._model) for suspicion in burning]
        return tuple(sorted(weighed, key=lambda b: (b.what is not Burns.FLAME, -b.level)))

    def _weighed(self, frame: Frame, suspicion: Burning, model: FireModel) -> Burning:
        asked = self._place(suspicion, frame.at)
        due = not asked.opinions or seconds(frame.at - asked.at) >= EVERY_S
        if due and self._granted(frame.at):
            asked.at = frame.at
            opinion = self._ask(frame, suspicion, model)
            if opinion is not None:
                asked.opinions.append(opinion)
        if not asked.opinions:
            return suspicion
        mean = sum(asked.opinions) / len(asked.opinions)
        return replace(suspicion, opinion=mean, level=min(1.0, suspicion.level * (0.5 + mean)))

    def _place(self, suspicion: Burning, at: Instant) -> _Asked:
        """What is remembered of the place, or a new memory."""
        for asked in self.asked:
            if asked.what is suspicion.what and asked.box.overlap(suspicion.box) > 0:
                asked.box, asked.seen = suspicion.box, at
                return asked
        self.asked.append(_Asked(suspicion.what, suspicion.box, at, at))
        return self.asked[-1]

    def _ask(self, frame: Frame, suspicion: Burning, model: FireModel) -> float | None:
        """One opinion, 0..1; None where the model does not know flames, or smoke, or fails."""
        box = suspicion.box
        side = max(box.w * frame.size[0], box.h * frame.size[1])
        wide, high = (side * (1 + 2 * AROUND) / frame.size[0], side * (1 + 2 * AROUND) / frame.size[1])
        square = box.grown(max(0.0, wide - box.w) / 2, max(0.0, high - box.h) / 2)
        picture = frame.part(with_surroundings(square, frame.size, LEAST_PX))
        self.inferences += 1
        try:
            return model.judge([picture])[0].of(suspicion.what)
        except ModelProblem as e:  # a watch that is weaker than hoped for is better than none
            log.warning("%s: the fire model is left aside: %s", self._camera_id, e.en)
            self._model = None
            return None
