"""How often the detector looks at a camera's pictures: by what moves there, and by what its rules need."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matpho.domain.camera import Camera, Purpose
from matpho.domain.time import Instant, seconds
from matpho.pipeline.focus import PURPOSES, focus
from matpho.rules.table import without_rule

_SAVED = 2.0  # looks that a quiet moment saves up: the first at what comes, and one soon after
_BEGIN = 4  # looks at the whole picture before the first at a part: what stood there from the start is known then
_EARLY = 0.9  # of a wait: pictures come when they come, and the allowance keeps the average


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two looks of the detector.

    While something moves (on average), while there are tracks but nothing moves, and when all is quiet.
    ``confirm_s`` is for what was seen only once. With ``longest_s`` the looks become rarer and rarer while nothing
    moves, up to that: a parked car is still one, and whatever comes is seen to move. ``focus_s`` is for the part of the
    picture around the traffic zones, where that part is looked at by itself in between (:mod:`matpho.pipeline.focus`);
    None: it is not. The whole picture is looked at every ``whole_s``, or twice that
    where looks are rare; in between, a look takes in what moves (:mod:`matpho.pipeline.moving_part`). None: every look
    is at the whole picture.
    """

    moving_s: float
    tracked_s: float
    quiet_s: float
    confirm_s: float = 0.0
    longest_s: float | None = None
    focus_s: float | None = None
    whole_s: float | None = None


_PARTS = 3  # looks at a part between two at the whole picture …
_WHOLE_S = (1.0, 4.0)  # … which come at most and at least so often; half as often where looks are rare
LIVE = Pace(moving_s=1.0, tracked_s=2.0, quiet_s=20.0, confirm_s=0.35, longest_s=60.0, whole_s=_WHOLE_S[1])
"""One inference a second where something moves: enough to name what lies there and who was at it."""

FILE = Pace(moving_s=0.0, tracked_s=1.0, quiet_s=4.0)

_MOVING_S: Mapping[Purpose, float] = MappingProxyType(
    {
        Purpose.RESTRICTED: 0.3,  # whoever walks through is one track: at 0.45 one of two on the sample lawn was two
        Purpose.GATHERING: 0.45,
        Purpose.NO_PARKING: 0.45,
        Purpose.SIDEWALK: 0.45,  # a motorbike along it goes on by its own length between two looks: still one track
        Purpose.ROADWAY: 0.2,
        Purpose.STOP_LINE: 0.2,
        Purpose.CROSSWALK: 0.2,
    }
)


def live_pace(camera: Camera) -> Pace:
    """The pace of a live camera: that of the most demanding of its zones for which there is a rule."""
    unused = set(without_rule(camera))
    purposes = {zone.purpose for zone in camera.zones if zone.purpose.value not in unused}
    apart = focus(camera, without_rule(camera)) is not None
    whole = purposes - PURPOSES if apart else purposes
    moving_s = min((_MOVING_S.get(p, LIVE.moving_s) for p in whole), default=LIVE.moving_s)
    focus_s = min(_MOVING_S[p] for p in purposes & PURPOSES) if apart else None
    return Pace(
        focus_s=None if focus_s is None or focus_s >= moving_s else focus_s,
        moving_s=moving_s,
        tracked_s=LIVE.tracked_s,
        quiet_s=LIVE.quiet_s,
        confirm_s=min(LIVE.confirm_s, moving_s),
        longest_s=LIVE.longest_s,
        whole_s=min(max(_WHOLE_S[0], (_PARTS + 1) * moving_s), _WHOLE_S[1]),
    )


def without_gate(pace: Pace) -> Pace:
    """The whole picture as if something always moved everywhere: what the gate saves is measured against it."""
    every_s = pace.moving_s if pace.focus_s is None else min(pace.moving_s, pace.focus_s)
    return Pace(moving_s=every_s, tracked_s=every_s, quiet_s=every_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What the cheap stages know: motion, tracks, tracks seen only once, and things at rest."""

    moving: bool
    tracks: bool
    unsure: bool
    things: bool


class Schedule:
    """When the next look of one camera is due. A saved-up allowance keeps the average of ``moving_s``.

    ``scheduled`` counts the inferences that the pace asked for, whether or not the budget granted them.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._looked: Instant | None = None
        self._focused: Instant | None = None
        self._whole_at: Instant | None = None
        self._whole_looks = self._parts = 0
        self._saved = _SAVED
        self._rested = 0
        self._owed_since: Instant | None = None
        self.scheduled = 0

    def due_in_focus(self, at: Instant, *, stirred: bool) -> bool:
        """Whether a look at the part around the traffic zones is due; ``stirred``: something moves there."""
        if self._pace.focus_s is None or not stirred or self._looked is None:
            return False
        newest = self._looked if self._focused is None else max(self._looked, self._focused)
        return seconds(at - newest) >= _EARLY * self._pace.focus_s

    def focused(self, at: Instant) -> None:
        """Such a look was had, or refused: a chance that is gone is not owed."""
        self._focused = at

    def due(self, at: Instant, now: Activity) -> bool:
        """Whether the detector should look at the picture of ``at``."""
        if now.moving:
            self._rested = 0
        if self._looked is None:
            return True
        waited_s = seconds(at - self._looked)
        if now.moving:
            least_s = self._pace.confirm_s if now.unsure else self._pace.moving_s
            return waited_s >= _EARLY * least_s and self._allowance(waited_s) >= 1.0
        return waited_s >= self._calm_s(now)

    def _calm_s(self, now: Activity) -> float:
        first_s = self._pace.tracked_s if now.tracks else self._pace.quiet_s
        if now.things or self._pace.longest_s is None:
            return first_s
        doubled = self._rested if now.tracks else self._rested - 1
        return min(self._pace.longest_s, first_s * 2.0 ** min(max(doubled, 0), 8))

    def _allowance(self, waited_s: float) -> float:
        if self._pace.moving_s <= 0:
            return _SAVED
        return min(_SAVED, self._saved + waited_s / self._pace.moving_s)

    def may_be_part(self, at: Instant) -> bool:
        """Whether a look that is due need not take in the whole picture."""
        if self._pace.whole_s is None or self._whole_at is None or self._whole_looks < _BEGIN:
            return False
        least_s = self._pace.whole_s if self._parts >= _PARTS else 2 * self._pace.whole_s
        return seconds(at - self._whole_at) < _EARLY * least_s

    def owed(self, at: Instant) -> None:
        """A due look was refused: it is counted as asked for, and again for as long as it is not had."""
        if self._owed_since is None or seconds(at - self._owed_since) >= max(self._pace.moving_s, self._pace.confirm_s):
            self._owed_since = at
            self.scheduled += 1

    def spent(self) -> None:
        """One more look was had than the pace asked for: it takes what was saved up, and delays none that is due.

        Looks that came up to three seconds later cost things their names (eight of the staged scenes).
        """
        self.scheduled += 1
        self._saved = min(self._saved, max(self._saved - 1.0, 0.0))

    def looked(self, at: Instant, inferences: int, *, wanted: int, whole: bool = True) -> None:
        """A look was had, at the whole picture or at a part, for so many inferences of those wanted."""
        self._parts += 1
        if whole:
            self._whole_at, self._parts = at, 0
            self._whole_looks += 1
        waited_s = 0.0 if self._looked is None else seconds(at - self._looked)
        self._saved = self._allowance(waited_s) - inferences
        self.scheduled += wanted - (0 if self._owed_since is None else 1)
        self._looked, self._owed_since = at, None
        self._rested += 1
