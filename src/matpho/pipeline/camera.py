"""One camera's step: gate, detector where it is worth it, tracker, static objects, picture, rules. Plain calls."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Box, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Observation, Scene, StaticObject, Track
from matpho.domain.time import Instant, seconds
from matpho.pipeline.back_trace import BackTrace
from matpho.pipeline.budget import Budget, Unlimited, Urgency
from matpho.pipeline.crops import cut, joined, placed, with_surroundings
from matpho.pipeline.far_look import FarLook
from matpho.pipeline.fire_opinions import FireOpinions
from matpho.pipeline.focus import focus, whole_ones
from matpho.pipeline.gathering import Gathering
from matpho.pipeline.pace import FILE, LIVE, Activity, Pace, Schedule
from matpho.pipeline.past import Past
from matpho.pipeline.second_look import SecondLook, SharpPictures
from matpho.rules.rule import Rule, Waiting
from matpho.rules.table import without_rule
from matpho.vision.daylight import Daylight
from matpho.vision.detector import Detector
from matpho.vision.fire import FireWatch
from matpho.vision.fire_model import FireModel
from matpho.vision.footprint import Footprint
from matpho.vision.frame import Frame, Image
from matpho.vision.lamp import LampWatch
from matpho.vision.motion import Motion, MotionGate
from matpho.vision.picture import PictureWatch
from matpho.vision.static_objects import StaticObjectModel
from matpho.vision.static_scenes import KnownScenes
from matpho.vision.tracker import Tracker

__all__ = ["FILE", "LIVE", "CameraPipeline", "Pace", "Stages"]


CLOSEST_PX = 96  # a closer look takes in at least so much of the picture
STAGES = ("gate", "detector", "tracker", "static", "picture", "lamps", "people", "fire", "rules")
FOCUS_PRICE = 0.6  # inferences: a look at a part is a smaller picture
STIRRED_BOX = 0.12  # share of a box that has changed: what is in it moves
MEASURED_S = 0.45  # a rule that asks for looks this often measures movements
STIRRED = 0.2  # share of the picture that changed: worth a look at the picture's health at once


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


class CameraPipeline:
    """The analysis of one camera. Not thread-safe; frames come in order of time."""

    def __init__(
        self,
        camera: Camera,
        detector: Detector,
        rules: Sequence[Rule],
        *,
        budget: Budget | None = None,
        pace: Pace = LIVE,
        static: StaticObjectModel | None = None,
        sharp: SharpPictures | None = None,
        fire_model: FireModel | None = None,
        past: Past | None = None,
    ) -> None:
        """``sharp`` gives the pixels for a second look before a hit is told; None: rules are believed at once.

        ``fire_model`` is asked about what seems to burn; None: what the picture suspects stands.
        ``past`` knows what was recorded, for things that nobody was seen to leave; None: nothing is asked.
        """
        self.camera = camera
        self.scene: Scene | None = None
        self.motion = Motion(moving=False, boxes=(), share=0.0)
        self.stages = Stages()
        self._detector, self._rules, self._schedule = detector, list(rules), Schedule(pace)
        self._waiting = [rule for rule in self._rules if isinstance(rule, Waiting)]
        self._budget: Budget = budget or Unlimited()
        self._unwatched = tuple(
            z.polygon for z in camera.zones if z.polygon and z.purpose in (Purpose.IGNORE, Purpose.PRIVACY_MASK)
        )
        self._gate, self._watch, self._daylight = MotionGate(), PictureWatch(), Daylight()
        self._fire = FireWatch(self._unwatched)
        self._fire_opinions = FireOpinions(camera.id, fire_model, self._may_decide)
        self._lamps = {z.id: LampWatch(z.lamp) for z in camera.zones if z.lamp}
        self._static = static or StaticObjectModel()
        self._far = FarLook(camera)
        self._focus = focus(camera, without_rule(camera)) if pace.focus_s is not None else None
        self._moving = Urgency.TIMED if pace.moving_s <= MEASURED_S else Urgency.MOVING
        self._gathering = Gathering(self._rules)
        self._tracker: Tracker | None = None
        self.second: SecondLook | None = None
        if sharp is not None:
            self.second = SecondLook(camera.id, sharp, self._detect_closely, self._may_decide)
        self.trace: BackTrace | None = None
        if past is not None:
            self.trace = BackTrace(
                camera, past, self._footprint, self._detect_closely, self._may_look_back, self._inside_unwatched
            )

    def take_over(self, before: "CameraPipeline") -> None:
        """Go on with what another analysis of the same picture has learned: zones change, what stands there does not.

        Without this a change of zones would take everything that lies about for part of the empty scene, a lamp's
        colour for unknown, and smoke that stands in the picture for how it always looks.
        """
        for what in ("_gate", "_watch", "_daylight", "_static", "_tracker"):
            setattr(self, what, getattr(before, what))
        if self.trace is not None and before.trace is not None:
            self.trace.known = before.trace.known
        self._fire.take_over(before._fire)  # noqa: SLF001 - of the same class
        self._fire_opinions.take_over(before._fire_opinions)  # noqa: SLF001
        self._gathering.take_over(before._gathering)  # noqa: SLF001
        same = {z: lamp for z, lamp in before._lamps.items() if z in self._lamps}  # noqa: SLF001
        self._lamps |= {z: lamp for z, lamp in same.items() if lamp.box == self._lamps[z].box}

    def step(self, frame: Frame) -> list[RuleHit]:
        """Analyse one frame: what became worth saying.

        Raises ValueError when time does not increase.
        """
        self.stages.start()
        tracker = self._tracker = self._tracker or Tracker(aspect=frame.size[0] / frame.size[1])
        motion = self._gate.update(frame)
        self.motion = self._watched(motion)
        self.stages.done("gate")
        if self.scene is not None:
            self._far.moved(frame.at, self.motion.boxes, self.scene.tracks)
        observations = self._look(frame, tracker)
        near = self._look_in_focus(frame) if observations is None else None
        self.stages.done("detector")
        if observations is not None:
            tracks = tracker.update(frame.at, observations)
        else:
            tracks = tracker.predict(frame.at) if near is None else tracker.update(frame.at, near, within=self._focus)
        self.stages.done("tracker")
        static = self._static.update(frame, tracks, observations)
        static = tuple(s for s in static if not self._is_unwatched_object(s))
        removed = tuple(s for s in self._static.removed if not self._is_unwatched_object(s))
        self.stages.done("static")
        static = self._traced(static, frame)
        self.stages.done("detector")
        picture = self._watch.update(frame, stirred=motion.share > STIRRED, moving=motion.moving)
        light = self._daylight.look(frame) if picture.fault is None else self._daylight.now  # a cloth is no night
        picture = replace(picture, light=light)
        self.stages.done("picture")
        lamps = {zone: watch.update(frame) for zone, watch in self._lamps.items()}
        self.stages.done("lamps")
        turmoil, stirring = self._gathering.update(frame, tracks)
        self.stages.done("people")
        burning = self._fire_opinions.weigh(frame, self._fire.update(frame, sound=picture.fault is None))
        self.stages.done("fire")
        stirred = frozenset(t.id for t in tracks if t.now.seen and self._gate.stirred(t.now.box) >= STIRRED_BOX)
        self.scene = Scene(
            camera_id=self.camera.id,
            at=frame.at,
            tracks=tracks,
            static=static,
            picture=picture,
            removed=removed,
            lamps=lamps,
            stirred=stirred,
            turmoil=turmoil,
            stirring=stirring,
            burning=burning,
            aspect=frame.size[0] / frame.size[1],
        )
        hits = [replace(h, light=light) for rule in self._rules for h in rule.update(self.scene)]
        self.stages.done("rules")
        if self.second is not None:
            hits = self.second.judge(hits, self.scene, frame)
            self.stages.done("detector")
        return hits

    def arrived(self, at: Instant) -> None:
        """A picture was taken at ``at``, analysed or not: when analysis is late the camera is not to blame."""
        for rule in self._waiting:
            rule.arrived(at)

    def silent(self, at: Instant) -> list[RuleHit]:
        """No frame has come up to ``at``: call it about once a second while the stream is lost."""
        return [hit for rule in self._waiting for hit in rule.silent(at)]

    def finish(self, at: Instant) -> list[RuleHit]:
        """The stream is over: end what is open."""
        if self._tracker:
            self._tracker.finish()
        hits = [hit for rule in self._rules for hit in rule.finish(at)]
        return self.second.finish(hits) if self.second else hits

    def learned(self) -> KnownScenes | None:
        """The empty scenes as known now, for a restarted worker; None where there is nothing worth keeping yet."""
        return self._static.learned()

    def ended_tracks(self) -> list[Track]:
        """The tracks that ended since the last call."""
        if self._tracker is None:
            return []
        ended, self._tracker.ended = self._tracker.ended, []
        return ended

    def _look(self, frame: Frame, tracker: Tracker) -> list[Observation] | None:
        """What the detector sees, or None where it is not worth its price now."""
        now = Activity(
            moving=self.motion.moving, tracks=tracker.busy, unsure=tracker.unsure, things=self._static.has_things
        )
        if not self._schedule.due(frame.at, now):
            return None
        at_s = seconds(frame.at)
        urgency = self._moving if now.moving else Urgency.ROUTINE
        if not self._budget.ask(self.camera.id, at_s, urgency=urgency):
            self._schedule.owed(frame.at)
            self.stages.scheduled = self._schedule.scheduled
            return None
        image = frame.bgr()
        closer, tile = self._static.wants_look, None
        if closer is None:
            closer = tile = self._far.wants(frame.at)
        whole_only = closer is None or not self._budget.ask(self.camera.id, at_s)
        self._schedule.looked(frame.at, 1 if whole_only else 2, wanted=1 if closer is None else 2)
        self.stages.scheduled = self._schedule.scheduled
        if closer is None or whole_only:
            self.stages.inferences += 1
            seen = self._detector.detect([image])[0]
        else:
            self.stages.inferences += 2
            closer = with_surroundings(closer, frame.size, CLOSEST_PX)
            whole, part = self._detector.detect([image, cut(image, closer)])
            near = [placed(o, closer) for o in part]
            if tile is not None:
                self._far.looked(frame.at, near)
            seen = joined(whole, near)
        return [o for o in seen if not self._inside_unwatched(o.box)]

    def _look_in_focus(self, frame: Frame) -> list[Observation] | None:
        """What the detector sees around the traffic zones while something moves there; None where it does not look."""
        if self._focus is None:
            return None
        part = frame.snapped(self._focus)
        stirred = any(box.overlap(part) > 0 for box in self.motion.boxes)
        if not self._schedule.due_in_focus(frame.at, stirred=stirred):
            return None
        self._schedule.focused(frame.at)
        self._schedule.scheduled += 1
        self.stages.scheduled = self._schedule.scheduled
        if not self._budget.ask(self.camera.id, seconds(frame.at), FOCUS_PRICE, Urgency.TIMED):
            return None
        self.stages.inferences += 1
        seen = self._detector.detect([frame.part(part)])[0]
        whole = whole_ones([placed(o, part) for o in seen], part)
        return [o for o in whole if not self._inside_unwatched(o.box)]

    def _detect_closely(self, image: Image) -> list[Observation]:
        """One look at a cut-out, for a hit that waits."""
        self.stages.inferences += 1
        self._schedule.scheduled += 1
        self.stages.scheduled = self._schedule.scheduled
        return self._detector.detect([image])[0]

    def _footprint(self, number: int) -> Footprint | None:
        """Of the present model: a change of zones takes over that of the analysis before."""
        return self._static.footprint(number)

    def _traced(self, static: tuple[StaticObject, ...], frame: Frame) -> tuple[StaticObject, ...]:
        """The things with what the recording says of those that nobody was seen to leave."""
        if self.trace is None:
            return static
        width, height = frame.size
        return self.trace.step(static, frame.at, height / width)

    def _may_look_back(self, at: Instant) -> bool:
        """Whether the budget has an inference for a moment that is over."""
        return self._budget.ask(self.camera.id, seconds(at), urgency=Urgency.ROUTINE)

    def _may_decide(self, at: Instant) -> bool:
        """Whether the budget has an inference for a hit that waits."""
        return self._budget.ask(self.camera.id, seconds(at), urgency=Urgency.DECIDING)

    def _watched(self, motion: Motion) -> Motion:
        """The motion outside the zones that are not analysed."""
        if not self._unwatched or not motion.moving:
            return motion
        boxes = tuple(b for b in motion.boxes if not any(p.contains(b.centre) for p in self._unwatched))
        return Motion(moving=bool(boxes), boxes=boxes, share=motion.share)

    def _inside_unwatched(self, box: Box) -> bool:
        return any(_holds(polygon, box) for polygon in self._unwatched)

    def _is_unwatched_object(self, thing: StaticObject) -> bool:
        return any(polygon.share(thing.samples) > 0.5 for polygon in self._unwatched)


def _holds(polygon: Polygon, box: Box) -> bool:
    """Whether both the middle and the standing point are inside."""
    x, y = box.ground
    return polygon.contains(box.centre) and polygon.contains(type(box.ground)(x, min(y, 0.999)))
