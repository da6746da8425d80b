"""One camera's step: gate, detector where it is worth it, tracker, static objects, picture, rules. Plain calls."""

from collections.abc import Sequence
from dataclasses import replace

from matpho.domain.camera import Camera
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene, StaticObject, Track
from matpho.domain.time import Instant
from matpho.pipeline.back_trace import BackTrace
from matpho.pipeline.budget import Budget, Unlimited
from matpho.pipeline.fire_opinions import FireOpinions
from matpho.pipeline.first_views import outlines, see
from matpho.pipeline.gathering import Gathering
from matpho.pipeline.looks import MEASURED_S, Looks
from matpho.pipeline.pace import FILE, LIVE, Pace
from matpho.pipeline.past import Past
from matpho.pipeline.second_look import SecondLook, SharpPictures
from matpho.pipeline.stages import STAGES, Stages
from matpho.rules.rule import Rule, Waiting
from matpho.vision.daylight import Daylight
from matpho.vision.detector import Detector
from matpho.vision.exposure import Exposure
from matpho.vision.fire import FireWatch
from matpho.vision.fire_model import FireModel
from matpho.vision.footprint import Footprint
from matpho.vision.frame import Frame, Image
from matpho.vision.lamp import LampWatch
from matpho.vision.lit import LitArea, at_its_edge
from matpho.vision.motion import Motion, MotionGate
from matpho.vision.picture import PictureWatch
from matpho.vision.static_objects import StaticObjectModel
from matpho.vision.static_scenes import KnownScenes
from matpho.vision.tracker import Tracker

__all__ = ["FILE", "LIVE", "STAGES", "CameraPipeline", "Pace", "Stages"]

STIRRED_BOX = 0.12  # share of a box that has changed: what is in it moves
STIRRED = 0.2  # share of the picture that changed: worth a look at the picture's health at once


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
        self._rules = list(rules)
        self._waiting = [rule for rule in self._rules if isinstance(rule, Waiting)]
        self._gate, self._watch, self._daylight, self._lit = MotionGate(), PictureWatch(), Daylight(), LitArea()
        self._lamps = {z.id: LampWatch(z.lamp) for z in camera.zones if z.lamp}
        self._static = static or StaticObjectModel()
        self._static.ask_within(outlines(camera))
        self.measures = pace.moving_s <= MEASURED_S or pace.focus_s is not None
        """Whether one of its rules measures movements: all pictures of something that moves matter to it."""
        self._exposure = Exposure()
        self._looks = Looks(camera, detector, budget or Unlimited(), pace, self.stages, self._lifted)
        self._fire = FireWatch(self._looks.unwatched)
        self._fire_opinions = FireOpinions(camera.id, fire_model, self._looks.may_decide)
        self._gathering = Gathering(self._rules)
        self._tracker: Tracker | None = None
        self.second: SecondLook | None = None
        if sharp is not None:
            self.second = SecondLook(camera.id, sharp, self._looks.closely, self._looks.may_decide)
        self.trace: BackTrace | None = None
        if past is not None:
            self.trace = BackTrace(
                camera, past, self._footprint, self._looks.closely, self._looks.may_look_back, self._looks.is_unwatched
            )

    def take_over(self, before: "CameraPipeline") -> None:
        """Go on with what another analysis of the same picture has learned: zones change, what stands there does not.

        Without this a change of zones would take everything that lies about for part of the empty scene, a lamp's
        colour for unknown, and smoke that stands in the picture for how it always looks.
        """
        for what in ("_exposure", "_gate", "_watch", "_daylight", "_lit", "_static", "_tracker"):
            setattr(self, what, getattr(before, what))
        self._static.ask_within(outlines(self.camera))
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
        lit = self._lit.update(frame)
        lifted = self._exposure.update(frame, lit)
        tracker.lit = lit
        motion = self._gate.update(lifted)
        self.motion = self._watched(motion)
        self.stages.done("gate")
        if self.scene is not None:
            self._looks.moved(frame.at, self.motion.boxes, self.scene.tracks)
        look = self._looks.take(frame, self.motion, tracker, self._static)
        self.stages.done("detector")
        if look is None:
            tracks = tracker.predict(frame.at)
        else:
            tracks = tracker.update(frame.at, at_its_edge(look.seen, lit), within=look.part)
        self.stages.done("tracker")
        seen, part = (None, None) if look is None or look.traffic_only else (look.seen, look.part)
        static = self._static.update(lifted, tracks, seen, part)
        static = tuple(s for s in static if not self._is_unwatched_object(s))
        removed = tuple(s for s in self._static.removed if not self._is_unwatched_object(s))
        self.stages.done("static")
        static = self._traced(static, frame)
        self._look_at_view(frame)
        self.stages.done("detector")
        picture = self._watch.update(frame, stirred=motion.share > STIRRED, moving=motion.moving)
        light = self._daylight.look(frame) if picture.fault is None else self._daylight.now  # a cloth is no night
        picture = replace(picture, light=light)
        self.stages.done("picture")
        lamps = {zone: watch.update(frame) for zone, watch in self._lamps.items()}
        self.stages.done("lamps")
        turmoil, stirring = self._gathering.update(lifted, tracks, look.seen if look else ())
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
            from_start=tuple(s for s in self._static.from_start if not self._is_unwatched_object(s)),
            aspect=frame.size[0] / frame.size[1],
            lit=lit,
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

    def _look_at_view(self, frame: Frame) -> None:
        """One look more in the first minutes, where something may have lain there from the start."""
        view = self._static.wants_view
        if view is not None and self._looks.may_idle(frame.at):
            seen = see(frame.bgr(), view, self._looks.closely)
            self._static.hear_view(view, [o for o in seen if not self._looks.is_unwatched(o.box)])

    def _footprint(self, number: int) -> Footprint | None:
        """Of the present model: a change of zones takes over that of the analysis before."""
        return self._static.footprint(number)

    def _traced(self, static: tuple[StaticObject, ...], frame: Frame) -> tuple[StaticObject, ...]:
        """The things with what the recording says of those that nobody was seen to leave."""
        if self.trace is None:
            return static
        width, height = frame.size
        return self.trace.step(static, frame.at, height / width)

    def _lifted(self, image: Image) -> Image:
        """A picture of this camera as the detector is shown it."""
        return self._exposure.lift(image)

    def _watched(self, motion: Motion) -> Motion:
        """The motion outside the zones that are not analysed."""
        if not self._looks.unwatched or not motion.moving:
            return motion
        boxes = tuple(b for b in motion.boxes if not any(p.contains(b.centre) for p in self._looks.unwatched))
        return Motion(moving=bool(boxes), boxes=boxes, share=motion.share)

    def _is_unwatched_object(self, thing: StaticObject) -> bool:
        return any(polygon.share(thing.samples) > 0.5 for polygon in self._looks.unwatched)
