"""What was not in the empty scene and now stays: bags, heaps, stalls, parked vehicles.

Two memories work together. Per *pixel*, a protected background and a finite-state machine say where something foreign
has come to rest (:mod:`~matpho.vision.background`, :mod:`~matpho.vision.stillness`). Per *thing*, an imprint frozen in
its first seconds at rest says whether it still stands, is hidden, or has been taken away
(:mod:`~matpho.vision.imprint`). Between the two stand the questions that keep light, ghosts and people out
(:mod:`~matpho.vision.static_checks`). ``docs/design/static-objects.md`` tells the whole.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box, Polygon
from matpho.domain.observation import Group, Observation, StaticObject, Track
from matpho.domain.time import Instant, seconds
from matpho.vision.background import Background, Levels, Look, Mask
from matpho.vision.footprint import Footprint
from matpho.vision.frame import Frame
from matpho.vision.from_start import Lying, View
from matpho.vision.ghosts import NO_LIGHT
from matpho.vision.light import gain, spread
from matpho.vision.opencv import cv
from matpho.vision.registration import Registration, side_by_side
from matpho.vision.sampling import Sampling, calm
from matpho.vision.static_census import Census
from matpho.vision.static_checks import is_mistaken, is_real, is_scenery
from matpho.vision.static_hearing import Hearing
from matpho.vision.static_parts import is_part
from matpho.vision.static_removed import Removed
from matpho.vision.static_scenes import KnownScenes, LightWatch, Scenes, seen_against
from matpho.vision.static_settings import StaticSettings
from matpho.vision.static_split import what_came, what_light_left
from matpho.vision.static_thing import Thing
from matpho.vision.static_told import lying, told
from matpho.vision.stillness import Stillness

__all__ = ["StaticObjectModel", "StaticSettings"]

_LONGEST_STEP_S = 1.5  # a lost stretch of the stream is not time at rest
_LEARN_EVERY_S = 0.9
_KEEP_EVERY_S = 600.0  # the present scene is remembered as that of its light
_BEGUN_S = 3.0  # what comes to rest so soon after looking began was there before (a quiet scene is looked at every 2 s)
_PAUSE_S = 4.0  # without a picture: what was set down meanwhile was not seen, nor who did it
_ARM = 0.25  # of a person's height, to both sides: what they carry or have just set down
_MOST_KEPT = 0.3  # of the picture: more than that is not what had come before the change
_ASK_AGAIN_S, _ASK_TIMES = 2.0, 3


class StaticObjectModel:
    """Static objects of one camera. Feed it every frame, at any rate and size."""

    def __init__(self, settings: StaticSettings | None = None, learned: KnownScenes | None = None) -> None:
        """``learned`` is :meth:`learned` of an earlier run of the same camera: no start-up where a scene of it fits."""
        self._s = settings or StaticSettings()
        self._light, self._scenes, self._kept_s = LightWatch(), Scenes(learned), 0.0
        self._census = Census(self._s)
        self._removed = Removed(self._s)
        self._hearing, self._registration = Hearing(), Registration()
        self._sampling: Sampling | None = None
        self._background: Background | None = None
        self._stillness = Stillness((1, 1))
        self._first: list[tuple[Levels, Levels | None]] = []
        self._foreground: Mask | None = None
        self._taken: Mask = np.zeros((1, 1), np.uint8)
        self._start: Instant | None = None
        self._began_s = 0.0
        self._last_s: float | None = None
        self._fed_s = 0.0  # the newest frame, looked at or not
        self._bare = False  # nothing differed from the empty scene at the newest look
        self._changed_since_s: float | None = None
        self._unlearned_s = 0.0
        self._from_s = self._again_s = -1e9
        self._told: tuple[StaticObject, ...] = ()

    # What the caller sees

    def update(
        self, frame: Frame, tracks: Sequence[Track], seen: Sequence[Observation] | None, within: Box | None = None
    ) -> tuple[StaticObject, ...]:
        """All static objects that stand now, and those just taken away (``gone``, told once); see also :attr:`removed`.

        ``tracks`` are those alive at this frame; ``seen`` what the detector saw, in a part only (``within``), or None.
        """
        if self._start is None:
            self._start = frame.at
        at_s = seconds(frame.at - self._start)
        sampling = self._sampling_for(frame, at_s)
        self._hearing.note(tracks, seen, within)
        if seen is not None and within is None:
            self.hear_view(View(), seen, at_s)
        self._told = tuple(thing for thing in self._told if not thing.gone)
        lost_s, self._fed_s = at_s - self._fed_s, at_s
        since_s = _LONGEST_STEP_S if self._last_s is None else at_s - self._last_s
        if since_s < 0.9 / self._s.most_fps:
            return self._told
        settling = self._background is None or self._changed_since_s is not None
        things = bool(self._census.things or self._removed.things)
        calm_s = calm(things=things, bare=self._bare and not self._hearing.waits) / self._s.quiet_fps
        still = not settling and sampling.is_still(frame)
        if still and since_s < 0.95 * calm_s:
            return self._told
        if lost_s >= _PAUSE_S:
            self._again_s = at_s
        sampling.looked(frame)
        self._last_s = at_s
        picture = sampling.picture(frame)
        chroma = sampling.chroma(frame)
        self._light.update(frame, chroma, at_s)
        if self._background is None:
            self._begin(picture, chroma, at_s)
        else:
            watched = still and lost_s <= _LONGEST_STEP_S
            step_s = min(since_s, calm_s if watched else _LONGEST_STEP_S)
            self._told = self._step(self._background, picture, chroma, at_s, step_s, tracks)
        return self._told

    @property
    def removed(self) -> tuple[StaticObject, ...]:
        """What belonged to the empty scene and was taken away; ``gone``, told once, when it is back or old news."""
        over, self._removed.over = self._removed.over, []
        if not over and not self._removed.things:
            return ()
        standing = (self._tell(thing, gone=False, removed=True) for thing in self._removed.things)
        return (*standing, *(self._tell(thing, gone=True, removed=True) for thing in over))

    def ask_within(self, outlines: Sequence[Polygon]) -> None:
        """Where what has lain there from the start matters: from now on the model asks for views (``wants_view``)."""
        self._hearing.from_start.within = tuple(outlines)

    @property
    def from_start(self) -> tuple[StaticObject, ...]:
        """What was there before the first picture, by the detector's word; ``gone``, told once, when taken away."""
        known = self._hearing.from_start
        over, known.over = known.over, []
        standing = (self._tell_lying(place, gone=False) for place in known.told)
        return (*standing, *(self._tell_lying(place, gone=True) for place in over))

    @property
    def wants_view(self) -> View | None:
        """A view that may decide whether something lies there from the start, when one is due."""
        return None if self._background is None else self._hearing.from_start.wants(self._fed_s)

    def hear_view(self, view: View, seen: Sequence[Observation], at_s: float | None = None) -> None:
        """What the detector saw in it, in coordinates of the whole picture; ``at_s`` None: in the newest frame."""
        now_s = self._fed_s if at_s is None else at_s
        self._hearing.view(view, seen, now_s, self._foreground, self._census.take_number)

    @property
    def wants_look(self) -> Box | None:
        """A place worth a detector crop at full resolution: something came to rest and has no name yet.

        Each thing asks a few times only, and not again within two seconds: reading this counts as asking.
        """
        now_s = self._last_s or 0.0
        for thing in sorted(self._census.things, key=lambda t: t.appeared_s):
            due = thing.asked_times < _ASK_TIMES and now_s - thing.asked_s >= _ASK_AGAIN_S
            if due and thing.looks.word is None:
                thing.asked_s, thing.asked_times = now_s, thing.asked_times + 1
                side = max(thing.box.w, thing.box.h)
                return thing.box.grown(0.8 * side, 0.8 * side)
        return None

    @property
    def at_rest(self) -> list[Box]:
        """Where something is at rest that was not there before, told or not yet."""
        return [thing.box for thing in self._census.things]

    def learned(self) -> KnownScenes | None:
        """The empty scenes as learned so far, for a restarted worker; None during start-up and amid a change."""
        if self._background is None or self._light.light is None or self._changed_since_s is not None:
            return None
        return self._scenes.known(self._light.light, self._background)

    def footprint(self, number: int) -> Footprint | None:
        """How to recognise a thing that stands now in other pictures of this camera; None when there is none."""
        thing = next((thing for thing in self._census.things if thing.id == number), None)
        if thing is None or self._sampling is None:
            return None
        size = self._sampling.width, self._sampling.height
        return Footprint(thing.imprint, size, self._registration.shift, thing.box, self._was_unseen(thing))

    def _was_unseen(self, thing: Thing) -> bool:
        """Whether it may have been set down before the model began to look, or during a pause of the stream."""
        return any(begun_s - 0.1 <= thing.appeared_s <= begun_s + _BEGUN_S for begun_s in (self._from_s, self._again_s))

    # Start-up

    def _sampling_for(self, frame: Frame, at_s: float) -> Sampling:
        """The present one; on the first frame, and when the size changes, everything begins anew."""
        if self._sampling is not None and self._sampling.frame_size == frame.size:
            return self._sampling
        self._sampling = sampling = Sampling(frame.size, self._s.working_px)
        self._background, self._foreground, self._first = None, None, []
        self._census, self._registration, self._told = Census(self._s, self._census.next_id), Registration(), ()
        self._removed = Removed(self._s)
        self._hearing.begin_anew()
        self._last_s, self._began_s, self._changed_since_s = None, at_s, None
        return sampling

    def _begin(self, picture: Levels, chroma: Levels | None, at_s: float) -> None:
        """Take a scene that was known before, else collect the first seconds and learn the empty scene from them."""
        known = None if self._first else self._scenes.fitting(picture, chroma)
        if known is not None:
            self._start_from(known)
            self._from_s = at_s
            self._hearing.places.begin(at_s - self._s.belonged_s)
            self._hearing.from_start.close()
            return
        self._first.append((picture, chroma))
        if at_s - self._began_s < self._s.learn_s or len(self._first) < 4:
            return
        self._start_from(Background.from_pictures(*side_by_side(self._first)))
        self._hearing.places.begin(at_s)
        self._hearing.from_start.begin(at_s)
        self._first = []

    def _start_from(self, background: Background) -> None:
        self._background = background
        shape = (background.empty.shape[0], background.empty.shape[1])
        self._stillness, self._taken = Stillness(shape), np.zeros(shape, np.uint8)

    # One step

    def _step(
        self,
        background: Background,
        picture: Levels,
        chroma: Levels | None,
        at_s: float,
        step_s: float,
        tracks: Sequence[Track],
    ) -> tuple[StaticObject, ...]:
        picture = self._registration.align(picture, background.levels, self._taken)
        chroma = self._registration.aligned_chroma(chroma)
        look = background.look(picture, chroma, self._taken)
        self._foreground, self._bare = look.foreground, look.share == 0
        if self._whole_picture_changed(background, look, chroma, at_s, tracks):
            return tuple(self._tell(thing, gone=False) for thing in self._census.told)
        self._stillness.update(look, at_s, step_s)
        for thing in self._removed.review(look, at_s):
            self._absorb_place(background, look, chroma, thing)
            self._census.forget(thing.imprint)
        gone = self._let_go(background, look, chroma, self._census.review(look, self._stillness, at_s, step_s))
        for thing in self._census.find(look, background.levels, self._stillness, at_s, self._box):
            self._hearing.places.recall(thing)
        self._hearing.listen(look, at_s, self._census.things, self._was_unseen)
        self._judge(background, look, chroma, at_s)
        held = self._held(tracks)
        self._learn(background, look, chroma, held, step_s)
        self._taken = look.foreground | held
        return (*(self._tell(thing, gone=False) for thing in self._census.told), *gone)

    def _learn(self, background: Background, look: Look, chroma: Levels | None, held: Mask, step_s: float) -> None:
        """Take in what is free, about once a second: scenes change slowly, and learning costs as much as looking."""
        self._unlearned_s += step_s
        if self._unlearned_s < _LEARN_EVERY_S:
            return
        background.learn(look, chroma, held, self._unlearned_s, self._s.learn_rate_per_s)
        factor = background.follow_light(self._unlearned_s, self._s.learn_rate_per_s)
        if factor is not None:
            self._stillness.follow_light(factor)
        self._unlearned_s = 0.0
        if self._light.light is not None and (self._last_s or 0.0) - self._kept_s > _KEEP_EVERY_S:
            self._kept_s = self._last_s or 0.0
            self._scenes.keep(self._light.light, background)

    def _whole_picture_changed(
        self, background: Background, look: Look, chroma: Levels | None, at_s: float, tracks: Sequence[Track]
    ) -> bool:
        """More has changed than things can: freeze; when it stays so, learn again around what had come before."""
        if look.share <= self._s.changed_share:
            self._changed_since_s = None
            return False
        if self._changed_since_s is None:
            self._changed_since_s = at_s
        if at_s - self._changed_since_s >= self._s.relearn_after_s:
            self._learn_anew(background, look, chroma, tracks)
            self._stillness.begin_anew()
            self._changed_since_s = None
        return True

    def _learn_anew(self, background: Background, look: Look, chroma: Levels | None, tracks: Sequence[Track]) -> None:
        """Take the picture for the empty scene, but for what had come before the change and for people.

        There the old ground stays, in the new light of its surroundings: the bag that was set down a second before
        the lamp went out is still found, and whoever carries the next one is not taken for part of the scene.
        Where a scene of this light is known from before, it is taken instead.
        """
        if self._light.light is not None:
            self._scenes.keep(self._light.light, background)
        known = self._scenes.fitting(look.picture, chroma)
        if known is not None:
            self._switch(known, look, chroma)
            return
        kept = self._taken | self._held(tracks, reach=_ARM)
        if cv.countNonZero(kept) > _MOST_KEPT * kept.size:
            kept = np.zeros_like(kept)
            for thing in self._census.things:
                kept[thing.imprint.window][thing.imprint.near] = 255
        cells, _ = gain(look.picture, background.levels, kept)
        factor = np.where(kept > 0, spread(cells, background.empty.shape), np.float32(1.0))
        background.relight(factor)
        self._stillness.follow_light(factor)
        background.absorb(kept == 0, look.picture, chroma)
        self._forget(kept == 0)
        self._taken = kept

    def _switch(self, scene: Background, look: Look, chroma: Levels | None) -> None:
        """Go on against a scene learned before; a thing that shows against it looks from now on as it does there."""
        self._background, self._registration = scene, Registration()
        self._stillness.clear(np.ones(look.level.shape, np.bool_))
        self._foreground = self._taken = seen_against(scene, look.picture, chroma, self._census.things)

    def _absorb(self, background: Background, look: Look, chroma: Levels | None, where: npt.NDArray[np.bool_]) -> None:
        background.absorb(where, look.level, chroma)
        self._hearing.from_start.changed(where)
        self._forget(where)

    def _forget(self, where: npt.NDArray[np.bool_]) -> None:
        """The empty scene is another there from now on."""
        self._hearing.places.changed(where, self._last_s or 0.0)
        self._stillness.clear(where)

    def _absorb_place(self, background: Background, look: Look, chroma: Levels | None, thing: Thing) -> None:
        self._absorb(background, look, chroma, thing.imprint.place(look.level.shape))

    def _let_go(
        self, background: Background, look: Look, chroma: Levels | None, off: list[Thing]
    ) -> list[StaticObject]:
        """Told things that were taken away: say so once, and take the bare ground as it is now for the empty scene.

        Only the bare ground: a bag set down against a standing car was one thing with it, and stays when it drives off.
        """
        gone = [thing for thing in off if thing.reported]
        for thing in gone:
            self._absorb(background, look, chroma, thing.imprint.place(look.level.shape) & (look.foreground == 0))
        return [self._tell(thing, gone=True) for thing in gone]

    def _judge(self, background: Background, look: Look, chroma: Levels | None, at_s: float) -> None:
        """Scenery is learned; what has stood long enough and passes all questions is told from now on."""
        for thing in list(self._census.things):
            if thing.reported:
                thing.reported = not (is_mistaken(thing, self._s) or is_part(thing, self._census.told))
            elif at_s - thing.appeared_s < self._s.report_after_s:
                continue
            elif is_scenery(thing, self._s):
                self._learn_scenery(background, look, chroma, thing)
            elif is_real(thing, self._s) and not is_part(thing, self._census.told):
                thing.reported = True

    def _learn_scenery(self, background: Background, look: Look, chroma: Levels | None, thing: Thing) -> None:
        """A ghost or light is part of the empty scene from now on, but for a thing that was set down on it or in it."""
        self._census.things.remove(thing)
        place, least_px = thing.imprint.place(look.level.shape), self._s.smallest * look.level.size
        ghost = thing.evidence.came < self._s.went_at_most and thing.evidence.structure < NO_LIGHT
        if ghost:
            came = what_came(thing.imprint, look, background.levels, self._stillness, least_px)
        else:
            came = what_light_left(thing.imprint, look, background.levels, least_px)
        if came is None:
            self._removed.takes(thing, self._hearing.witnesses)
            self._absorb(background, look, chroma, place)
            return
        imprint, ground = came
        part = place & imprint.place(place.shape)
        background.absorb(part, ground, None)
        self._absorb(background, look, chroma, place & ~part)
        self._census.add(imprint, self._box(imprint.bounds), self._stillness, self._last_s or 0.0)

    def _held(self, tracks: Sequence[Track], reach: float = 0.0) -> Mask:
        """Where the empty scene must not be learned: candidates, things, people and ``reach`` heights beside them."""
        held = self._stillness.resting(0.3)
        for thing in self._census.things:
            held[thing.imprint.window][thing.imprint.near] = 255
        h, w = held.shape
        for track in tracks:
            if track.group is Group.PERSON and track.now.seen:
                box = track.now.box.grown(reach * track.now.box.h * h / w, 0.0)
                held[int(box.y * h) : int(box.bottom * h) + 1, int(box.x * w) : int(box.right * w) + 1] = 255
        return held

    # Words for the caller

    def _box(self, bounds: tuple[float, float, float, float]) -> Box:
        assert self._sampling is not None
        return self._sampling.box(bounds, self._registration.shift)

    def _tell_lying(self, place: Lying, *, gone: bool) -> StaticObject:
        assert self._start is not None
        return lying(place, start=self._start, since_s=self._began_s, now_s=self._fed_s, gone=gone)

    def _tell(self, thing: Thing, *, gone: bool, removed: bool = False) -> StaticObject:
        assert self._start is not None
        assert self._sampling is not None
        assert self._last_s is not None
        size = (self._sampling.width, self._sampling.height)
        return told(thing, start=self._start, now_s=self._last_s, size=size, gone=gone, removed=removed)
