"""What the detector and the tracks say, and what comes of it for the things at rest: names, attendance, owners."""

from collections.abc import Callable, Sequence

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation, Track
from matpho.vision.background import Look, Mask
from matpho.vision.bystanders import Bystander, Crowd
from matpho.vision.from_start import FromStart, View
from matpho.vision.heard import Heard, newest
from matpho.vision.owners import Witnesses, within_reach
from matpho.vision.static_checks import ask_who_left_it, hear, is_attended
from matpho.vision.static_places import Places
from matpho.vision.static_thing import Thing
from matpho.vision.yardstick import Yardstick

_OWNER_AFTER_S = 2.0  # after the set-down: who was there is known by then


class Hearing:
    """What has been said at one camera; between two looks of the detector people are where they were."""

    def __init__(self) -> None:
        self.witnesses, self.places = Witnesses(), Places()
        self.from_start = FromStart()
        self._yardstick = Yardstick()
        self._said: Heard | None = None
        self._met: Sequence[Track] = ()  # seen at a frame that was looked at, or was passed over since

    @property
    def waits(self) -> bool:
        """Whether the detector has said something that is not yet listened to."""
        return self._said is not None

    def note(self, tracks: Sequence[Track], seen: Sequence[Observation] | None, within: Box | None) -> None:
        """What comes with a frame, looked at or not: ``seen`` by the detector, in a part only (``within``), or None."""
        if seen is not None:
            self._said = newest(self._said, seen, within)
        self._met = [track for track in tracks if track.now.seen] or self._met

    def begin_anew(self) -> None:
        """The picture is another: what was known of its places is worth nothing."""
        self.places, self.from_start = Places(), FromStart(self.from_start.within)

    def view(
        self, view: View, seen: Sequence[Observation], at_s: float, foreground: Mask | None, number: Callable[[], int]
    ) -> None:
        """What the detector sees in a view; ``number`` gives one to what is sure now to lie there from the start."""
        for place in self.from_start.hear(view, seen, at_s, foreground, self._yardstick.person_at):
            place.number, place.seen_s = number(), at_s

    def listen(self, look: Look, at_s: float, things: Sequence[Thing], unseen: Callable[[Thing], bool]) -> None:
        """What was said since the last picture; ``unseen`` of a thing: nobody looked when it was set down."""
        said, tracks, self._said, self._met = self._said, self._met, None, ()
        self._yardstick.note(tracks)
        seen = [] if said is None else [o for o in said.seen if self._yardstick.believes(o)]
        if said is not None and said.whole:
            self.places.note(seen, at_s)
        if not tracks and said is None and not things and not self.from_start.told:
            return
        crowd = Crowd(look.foreground)
        present = crowd.of_tracks(tracks)
        self.witnesses.note(at_s, present)
        self.from_start.review(look.foreground, at_s, self._stays(at_s, crowd.shape), present)
        people = crowd.people(seen)
        for thing in things:
            if spoken := said is not None and said.speaks_of(thing.box):
                hear(thing, seen, people)
            looked = bool(present) if said is None else spoken
            self._about(thing, present, at_s, crowd.shape, looked=looked, unseen=unseen)

    def _stays(self, at_s: float, shape: tuple[int, int]) -> Callable[[Bystander], bool]:
        return lambda who: self.witnesses.lingers(who, at_s, shape)

    def _about(
        self,
        thing: Thing,
        present: Sequence[Bystander],
        at_s: float,
        shape: tuple[int, int],
        *,
        looked: bool,
        unseen: Callable[[Thing], bool],
    ) -> None:
        """Who is at a thing, and who left it."""
        close = within_reach(present, thing.imprint, thing.box)
        if any(who.box.overlap(thing.box) > 0 for who in close):
            thing.crowded_s = at_s
        thing.accompany(is_attended(thing, close, self.witnesses, at_s, shape), at_s, looked=looked)
        if thing.owner is not None:
            if looked:
                thing.owner.update(at_s, close, present, elsewhere=thing.owner.is_among(present, thing.imprint))
        elif not thing.owner_asked and at_s - thing.appeared_s >= _OWNER_AFTER_S:
            ask_who_left_it(thing, self.witnesses, shape, unseen=unseen(thing))
