"""When did a thing's place change? The search in what was recorded, by bisection over key pictures.

Back-tracing after Lin et al. 2015, but in the recording instead of a memory of the analysis: it covers what was missed
because the analysis was behind, down, or blind for somebody so small. A search decodes some dozen single pictures and
the seconds around the change, whatever the length of the stretch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, Span, after, seconds
from matpho.pipeline.crops import with_surroundings
from matpho.vision.footprint import Footprint, Shown
from matpho.vision.frame import Frame, Image

BACK_S = (10.0, 60.0, 300.0, 1200.0, 3600.0)  # how far to go back, further and further
BACK_SEEN_S = 120.0  # where the set-down itself was watched: only who did it is asked
TRIES = 3  # pictures at one end of a stretch, when somebody stands before the place
FINE_S, FINEST_S = 15.0, 0.2  # a stretch this short is looked at in steps of so much
AROUND_S = 1.5  # before the last bare ground and after the first sight of the thing
PICTURES = 8  # handed on for the detector
CROP_SIDES, CROP_LEAST, CROP_LEAST_PX = 2.0, 0.3, 256
CROP_MOST_PX = 640  # more than a detector's input is no gain


@dataclass(frozen=True, slots=True)
class Question:
    """Which thing, since when it stands as far as is known, and the present; its number is the static model's."""

    camera_id: CameraId
    thing: int
    footprint: Footprint
    appeared: Instant
    now: Instant


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The surroundings of the place at one instant: BGR of the crop, and where in the picture the crop lies."""

    at: Instant
    image: Image
    crop: Box


@dataclass(frozen=True, slots=True)
class Change:
    """When the place changed (the first picture that shows the thing), and pictures around that, in order of time."""

    moment: Instant
    glimpses: tuple[Glimpse, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the recording says: None where it does not show the change."""

    change: Change | None


class Reel(Protocol):
    """Recorded pictures of one camera."""

    def keys(self, span: Span) -> list[Instant]:
        """When there are pictures that can be had singly, in order."""
        ...

    def key(self, at: Instant) -> Frame | None:
        """One of those; None when it cannot be decoded."""
        ...

    def pictures(self, span: Span, step_s: float) -> Iterator[Frame]:
        """All pictures within the span, at most one in ``step_s``, as large as they are recorded."""
        ...


class Past(Protocol):
    """Answers questions about what was recorded. Never blocks for long."""

    def ask(self, question: Question) -> None:
        """Look that up."""
        ...

    def take(self, camera_id: CameraId, thing: int) -> Answer | None:
        """The answer, once; None while it is not known."""
        ...


def change(question: Question, reel: Reel) -> Change | None:
    """When the place changed; None where the recording does not show both, the bare ground and then the thing."""
    search = _Search(question, reel)
    found = search.run()
    if found is None:
        return None
    ground, thing = found
    if seconds(thing - ground) <= FINE_S:
        ground, thing = search.finer(ground, thing)
    glimpses = _glimpses(question.footprint.box, reel, Span(after(ground, -AROUND_S), after(thing, AROUND_S)))
    return Change(thing, tuple(glimpses))


class _Search:
    """One search; pictures are judged once."""

    def __init__(self, question: Question, reel: Reel) -> None:
        self._asked, self._reel = question, reel
        self._known: dict[Instant, Shown] = {}

    def run(self) -> tuple[Instant, Instant] | None:
        """The last key picture with the bare ground, and the first one after it with the thing."""
        asked = self._asked
        late = self._reel.keys(Span(after(asked.appeared, -0.5), asked.now))
        thing = next((at for at in _some(late, 2 * TRIES) if self._shown(at) is Shown.THING), None)
        if thing is None:
            return None
        for back_s in BACK_S:
            if not asked.footprint.unseen and back_s > BACK_SEEN_S:
                return None
            keys = self._reel.keys(Span(after(asked.appeared, -back_s), thing))
            first = next((i for i, at in enumerate(keys[:TRIES]) if self._shown(at) is Shown.GROUND), None)
            if first is not None:
                return self._between(keys[first:])
        return None

    def _between(self, keys: Sequence[Instant]) -> tuple[Instant, Instant]:
        """Bisection: ``keys`` begin with the bare ground and end with the thing."""
        low, high = 0, len(keys) - 1
        while high - low > 1:
            middle = (low + high) // 2
            near = sorted(range(low + 1, high), key=lambda i: (abs(i - middle), i))
            telling = next((i for i in near[: 2 * TRIES] if self._shown(keys[i]) is not Shown.NEITHER), None)
            if telling is None:
                break
            if self._shown(keys[telling]) is Shown.GROUND:
                low = telling
            else:
                high = telling
        return keys[low], keys[high]

    def finer(self, ground: Instant, thing: Instant) -> tuple[Instant, Instant]:
        """The same between two key pictures, by the pictures between them."""
        span = Span(ground, after(thing, FINEST_S))
        first: Instant | None = None
        for frame in self._reel.pictures(span, FINEST_S):
            shown = self._asked.footprint.shows(frame)
            if shown is Shown.GROUND:
                ground, first = frame.at, None
            elif shown is Shown.THING and first is None:
                first = frame.at
        return ground, thing if first is None else max(first, ground)

    def _shown(self, at: Instant) -> Shown:
        if at not in self._known:
            frame = self._reel.key(at)
            self._known[at] = Shown.NEITHER if frame is None else self._asked.footprint.shows(frame)
        return self._known[at]


def _glimpses(place: Box, reel: Reel, span: Span) -> Iterator[Glimpse]:
    step_s = span.length_s / PICTURES
    for number, frame in enumerate(reel.pictures(span, step_s)):
        if number >= PICTURES + 1:
            return
        crop = frame.snapped(_around(place, frame.size))
        image = frame.part(crop)
        scale = CROP_MOST_PX / max(image.shape[:2])
        if scale < 1.0:
            size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        yield Glimpse(frame.at, image, crop)


def _around(place: Box, size: tuple[int, int]) -> Box:
    """The place with those who may be at it."""
    side = CROP_SIDES * max(place.w, place.h)
    wide = place.grown(side, side)
    wide = wide.grown(max(0.0, CROP_LEAST - wide.w) / 2, max(0.0, CROP_LEAST - wide.h) / 2)
    return with_surroundings(wide, size, CROP_LEAST_PX)


def _some(keys: Sequence[Instant], most: int) -> Sequence[Instant]:
    """At most so many, evenly chosen, the first among them."""
    return keys[:: max(1, -(-len(keys) // most))]


def spaced(at: Instant, last: Instant | None, step_s: float) -> bool:
    """Whether a picture comes at least about a step after the last one that was taken."""
    return last is None or at - last >= round(0.95 * step_s * SECOND)
