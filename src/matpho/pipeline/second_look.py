"""A second look before an incident opens: the detector on the place itself, in the main stream's pixels.

A rule works on a small picture, in which a post can be a person and somebody who crouches a bag. So the first telling
of a hit waits, for seconds, until the place has been looked at closely: what must be there is there, or what must not
be is not. The rule's word stands where nothing better is to be had (no main stream, no budget, no time): a camera
whose main stream is down must not become blind. A hit that is withheld is counted, and judged anew whenever its rule
tells it again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Protocol

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId
from matpho.domain.observation import Group, Observation, Scene
from matpho.domain.time import Instant, seconds
from matpho.pipeline.crops import cut, placed, with_surroundings
from matpho.vision.frame import Frame, Image

log = logging.getLogger(__name__)

LONGEST_S = 4.0  # a hit waits this long for its second look at most
AGAIN_S = 0.8  # between two looks that did not find what must be there
LOOKS = 3  # without finding it: withheld
SURE = 0.6  # a rule this sure is believed although the second look found nothing
LEAST_PX = 256  # a crop shows at least so much of the main stream's picture
AROUND = 0.6  # of the larger side: the surroundings on each side
COVERS = 0.6  # share of a thing that somebody covers who *is* the thing
TOUCHES = 0.3  # share of what was seen that lies in the place


@dataclass(frozen=True, slots=True)
class Question:
    """What a kind's hit is held to: one of ``must`` is at the place, or nobody of ``never`` covers it."""

    must: frozenset[Group] = frozenset()
    never: frozenset[Group] = frozenset()


_WHEELS = frozenset({Group.TWO_WHEELER, Group.VEHICLE})
_NOBODY = Question(never=frozenset({Group.PERSON}))

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "intrusion": Question(must=frozenset({Group.PERSON, *_WHEELS})),
        "sidewalk_parking": Question(must=_WHEELS),
        "illegal_parking": Question(must=_WHEELS),
        "stopped_vehicle": Question(must=_WHEELS),
        "illegal_dumping": _NOBODY,
        "unattended_object": _NOBODY,
        "obstruction": _NOBODY,
    }
)
"""The kinds whose hits wait. What moves fast is gone before a main picture comes: its stills are of the recording."""


class SharpPictures(Protocol):
    """Where the pixels for a second look come from. Never blocks."""

    def ask(self, camera_id: CameraId) -> None:
        """A picture of this camera is wanted soon."""
        ...

    def take(self, camera_id: CameraId, frame: Frame) -> Image | None:
        """The newest (H, W, 3) uint8 BGR picture asked for, once; None while there is none.

        ``frame`` is the picture that is being analysed.
        """
        ...


class InFilm:
    """Recorded footage: the analysed picture is already as sharp as it gets."""

    def ask(self, camera_id: CameraId) -> None:
        """Nothing to do."""

    def take(self, camera_id: CameraId, frame: Frame) -> Image | None:
        """The picture itself."""
        del camera_id
        return frame.bgr()


@dataclass(slots=True)
class _Held:
    """A hit that waits."""

    hit: RuleHit
    since: Instant
    looks: int = 0
    looked: Instant | None = None


@dataclass(slots=True)
class SecondLookCounts:
    """How it went since the beginning: what was seen again, what was not, and where the rule's word had to do."""

    confirmed: int = 0
    withheld: int = 0
    unverified: int = 0


@dataclass(slots=True)
class SecondLook:
    """The second look of one camera. ``detect`` costs one inference, ``granted`` says whether it may be spent now."""

    camera_id: CameraId
    pictures: SharpPictures
    detect: Callable[[Image], list[Observation]]
    granted: Callable[[Instant], bool]
    counts: SecondLookCounts = field(default_factory=SecondLookCounts)
    _held: dict[str, _Held] = field(default_factory=dict)
    _passed: set[str] = field(default_factory=set)
    _withheld: set[str] = field(default_factory=set)

    def judge(self, hits: Sequence[RuleHit], scene: Scene, frame: Frame) -> list[RuleHit]:
        """What may be told now of ``hits`` and of those that have waited."""
        told = [hit for hit in hits if not self._waits(hit, scene.at)]
        if not self._held:
            return told
        self.pictures.ask(self.camera_id)
        due = [h for h in self._held.values() if h.looked is None or seconds(scene.at - h.looked) >= AGAIN_S]
        picture = self.pictures.take(self.camera_id, frame) if due else None
        if picture is not None:
            told += [hit for held in due if (hit := self._look(held, picture, scene)) is not None]
        late = [h for h in self._held.values() if seconds(scene.at - h.since) > LONGEST_S]
        return told + [self._unverified(h) for h in late]

    def finish(self, hits: Sequence[RuleHit]) -> list[RuleHit]:
        """The stream is over, ``hits`` are the last ones: the rule's word stands, except where it was withheld."""
        waiting = [self._unverified(h) for h in list(self._held.values())]
        return waiting + [hit for hit in hits if hit.id not in self._withheld]

    def _waits(self, hit: RuleHit, at: Instant) -> bool:
        """Whether a hit waits for its second look; what was withheld is held again while it lasts, and ends unheard."""
        if hit.kind not in QUESTIONS or hit.box is None:
            return False
        ended = hit.end is not None
        if hit.id in self._passed:
            self._passed -= {hit.id} if ended else set()
            return False
        if hit.id in self._withheld and ended:
            self._withheld.discard(hit.id)
            return True
        held = self._held.setdefault(hit.id, _Held(hit, at))
        held.hit = hit
        return True

    def _look(self, held: _Held, picture: Image, scene: Scene) -> RuleHit | None:
        """One look at the place of a hit: the hit when it may be told, else None."""
        if not self.granted(scene.at):
            return None
        held.looks, held.looked = held.looks + 1, scene.at
        place = _place(held.hit, scene)
        side = max(place.w, place.h)
        crop = with_surroundings(
            place.grown(AROUND * side, AROUND * side), (picture.shape[1], picture.shape[0]), LEAST_PX
        )
        seen = [placed(o, crop) for o in self.detect(cut(picture, crop))]
        found = _answer(QUESTIONS[held.hit.kind], seen, place)
        if found is not None:
            return self._confirmed(held, found)
        if held.looks < LOOKS:
            return None
        if held.hit.score >= SURE:
            return self._unverified(held)
        del self._held[held.hit.id]
        if held.hit.end is None:
            self._withheld.add(held.hit.id)
        self.counts.withheld += 1
        log.info("%s: %s of %s withheld after %s looks", self.camera_id, held.hit.kind, held.hit.thing, held.looks)
        return None

    def _confirmed(self, held: _Held, score: float) -> RuleHit:
        self.counts.confirmed += 1
        hit = self._released(held)
        return replace(hit, figures={**hit.figures, "second_look_share": round(score, 3)})

    def _unverified(self, held: _Held) -> RuleHit:
        self.counts.unverified += 1
        return self._released(held)

    def _released(self, held: _Held) -> RuleHit:
        """The hit, which waits no longer and never again."""
        self._held.pop(held.hit.id, None)
        self._withheld.discard(held.hit.id)
        if held.hit.end is None:
            self._passed.add(held.hit.id)
        return held.hit


def _place(hit: RuleHit, scene: Scene) -> Box:
    """Where the thing is now: of a track that is still there its newest box."""
    moved = [t.now.box for t in scene.tracks if t.id in hit.track_ids]
    assert hit.box is not None
    return moved[-1] if moved and hit.thing.startswith("track:") else hit.box


def _answer(question: Question, seen: Sequence[Observation], place: Box) -> float | None:
    """How sure the second look is that the hit is right, 0..1; None: it is not."""
    for o in seen:
        covered = place.overlap(o.box) / max(place.area, 1e-9)
        if o.group in question.never and covered >= COVERS and o.box.area <= 4 * place.area:
            return None
    if not question.must:
        return 1.0
    there = [
        o.score
        for o in seen
        if o.group in question.must and place.overlap(o.box) >= TOUCHES * min(o.box.area, place.area)
    ]
    return max(there, default=None)
