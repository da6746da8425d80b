"""The looks of the detector at one camera's pictures: when, at how much of them, and what it sees there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box, Polygon
from matpho.domain.observation import Observation, Track
from matpho.domain.time import Instant, seconds
from matpho.pipeline.budget import Budget, Urgency
from matpho.pipeline.crops import cut, joined, placed, with_surroundings
from matpho.pipeline.far_look import FarLook
from matpho.pipeline.focus import focus, whole_ones
from matpho.pipeline.moving_part import cuts, moving_part
from matpho.pipeline.pace import LIVE, Activity, Pace, Schedule
from matpho.pipeline.stages import Stages
from matpho.rules.table import without_rule
from matpho.vision.detector import Detector
from matpho.vision.frame import Frame, Image
from matpho.vision.motion import Motion
from matpho.vision.static_objects import StaticObjectModel
from matpho.vision.tracker import Tracker

CLOSEST_PX = 96  # a closer look takes in at least so much of the picture
IDLE_PRICE = 30.0  # inferences left over: a worker's whole second, so all its cameras together have one such look in it
FOCUS_PRICE = 0.6  # inferences: a look at a part is a smaller picture
MEASURED_S = 0.45  # a rule that asks for looks this often measures movements


@dataclass(frozen=True, slots=True)
class Look:
    """What the detector saw at one look, at the whole picture or wholly inside ``part`` of it.

    ``traffic_only``: it was for who moves, and says nothing of what stands.
    """

    seen: list[Observation]
    part: Box | None = None
    traffic_only: bool = False


class Looks:
    """The detector at work for one camera."""

    def __init__(
        self,
        camera: Camera,
        detector: Detector,
        budget: Budget,
        pace: Pace,
        stages: Stages,
        lift: Callable[[Image], Image] = lambda image: image,
    ) -> None:
        """``lift`` makes of each (h, w, 3) BGR picture what the detector is shown."""
        self._lift = lift
        self._camera, self._detector, self._budget, self._stages = camera.id, detector, budget, stages
        self.unwatched = tuple(
            z.polygon for z in camera.zones if z.polygon and z.purpose in (Purpose.IGNORE, Purpose.PRIVACY_MASK)
        )
        """The zones that are not analysed."""
        self._schedule, self._far = Schedule(pace), FarLook(camera)
        self._focus = focus(camera, without_rule(camera)) if pace.focus_s is not None else None
        self._moving = Urgency.TIMED if pace.moving_s <= MEASURED_S else Urgency.MOVING
        self._thrifty = detector.info.parts and pace.whole_s is not None
        self._often_whole = pace.whole_s is not None and pace.whole_s <= LIVE.moving_s
        self._cut = False  # the part looked at last ended in the middle of something that moves

    def moved(self, at: Instant, motion: Sequence[Box], tracks: Sequence[Track]) -> None:
        """What moved in this picture, and the tracks that may explain it."""
        self._far.moved(at, motion, tracks)

    def take(self, frame: Frame, motion: Motion, tracker: Tracker, static: StaticObjectModel) -> Look | None:
        """What the detector sees, or None where it is not worth its price now."""
        now = Activity(moving=motion.moving, tracks=tracker.busy, unsure=tracker.unsure, things=bool(static.at_rest))
        if self._schedule.due(frame.at, now):
            at_s, urgency = seconds(frame.at), self._moving if now.moving else Urgency.ROUTINE
            if self._budget.ask(self._camera, at_s, urgency=urgency):
                look = self._full(frame, motion, tracker, static)
                return replace(look, seen=[o for o in look.seen if not self.is_unwatched(o.box)])
            self._schedule.owed(frame.at)
            self._stages.scheduled = self._schedule.scheduled
        return self._in_focus(frame, motion)

    def _full(self, frame: Frame, motion: Motion, tracker: Tracker, static: StaticObjectModel) -> Look:
        """At all that moves and, where one is wanted, a closer one."""
        closer, tile = static.wants_look, None
        if closer is None:
            closer = tile = self._far.wants(frame.at)
        wanted = 1 if closer is None else 2
        if closer is not None and not self._budget.ask(self._camera, seconds(frame.at)):
            closer = tile = None
        if closer is not None:
            closer = with_surroundings(closer, frame.size, CLOSEST_PX)
        part = self._part(frame, motion, tracker, static) if closer is None else None
        had = 1 if closer is None else 2
        self._schedule.looked(frame.at, had, wanted=wanted, whole=part is None)
        self._stages.scheduled = self._schedule.scheduled
        self._stages.inferences += had
        if closer is None:
            return Look(self._detect(frame, motion, part), part, traffic_only=part is not None and bool(static.at_rest))
        image = frame.bgr()
        seen, close = self._see(image, cut(image, closer))
        near = [placed(o, closer) for o in close]
        if tile is not None:
            self._far.looked(frame.at, near)
        return Look(joined(seen, near))

    def _part(self, frame: Frame, motion: Motion, tracker: Tracker, static: StaticObjectModel) -> Box | None:
        """The part that a look now need take in; None: the whole picture, as wherever something is at rest.

        With traffic rules the whole is looked at once a second, as often as anywhere: parts in between are for who
        moves, and say nothing of what is at rest.
        """
        if (
            not (self._thrifty and motion.moving and self._schedule.may_be_part(frame.at))
            or self._cut
            or (static.at_rest and not self._often_whole)
        ):
            return None
        part = moving_part(motion.boxes, tracker.boxes, tracker.doubted)
        return None if part is None else frame.snapped(part)

    def _detect(self, frame: Frame, motion: Motion, part: Box | None) -> list[Observation]:
        """What the detector sees in the whole picture, or wholly inside a part of it."""
        self._cut = False
        if part is None:
            return self._see(frame.bgr())[0]
        seen = [placed(o, part) for o in self._detector.detect_part(self._lift(frame.part(part)), frame.size)]
        self._cut = cuts(part, seen, motion.boxes)
        return whole_ones(seen, part)

    def _in_focus(self, frame: Frame, motion: Motion) -> Look | None:
        """What the detector sees around the traffic zones while something moves there; None where it does not look."""
        if self._focus is None:
            return None
        part = frame.snapped(self._focus)
        stirred = any(box.overlap(part) > 0 for box in motion.boxes)
        if not self._schedule.due_in_focus(frame.at, stirred=stirred):
            return None
        self._schedule.focused(frame.at)
        self._schedule.scheduled += 1
        self._stages.scheduled = self._schedule.scheduled
        if not self._budget.ask(self._camera, seconds(frame.at), FOCUS_PRICE, Urgency.TIMED):
            return None
        self._stages.inferences += 1
        seen = self._see(frame.part(part))[0]
        whole = whole_ones([placed(o, part) for o in seen], part)
        return Look([o for o in whole if not self.is_unwatched(o.box)], self._focus, traffic_only=True)

    def _see(self, *images: Image) -> list[list[Observation]]:
        """What the detector sees in each picture, as it is shown them."""
        return self._detector.detect([self._lift(image) for image in images])

    def closely(self, image: Image) -> list[Observation]:
        """One look at a cut-out, for a hit that waits."""
        self._stages.inferences += 1
        self._schedule.spent()
        self._stages.scheduled = self._schedule.scheduled
        return self._see(image)[0]

    def may_look_back(self, at: Instant) -> bool:
        """Whether the budget has an inference for a moment that is over."""
        return self._budget.ask(self._camera, seconds(at), urgency=Urgency.ROUTINE)

    def may_idle(self, at: Instant) -> bool:
        """Whether the worker has so little to look at that it may look at something which can wait for minutes."""
        return self._budget.spare(seconds(at), IDLE_PRICE)

    def may_decide(self, at: Instant) -> bool:
        """Whether the budget has an inference for a hit that waits."""
        return self._budget.ask(self._camera, seconds(at), urgency=Urgency.DECIDING)

    def is_unwatched(self, box: Box) -> bool:
        """Whether it lies in a zone that is not analysed."""
        return any(_holds(polygon, box) for polygon in self.unwatched)


def _holds(polygon: Polygon, box: Box) -> bool:
    """Whether both the middle and the standing point are inside."""
    x, y = box.ground
    return polygon.contains(box.centre) and polygon.contains(type(box.ground)(x, min(y, 0.999)))
