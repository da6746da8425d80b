"""The state of one signal from the picture: red, amber, green, or unknown, with back-dated changes.

A lit lamp is *emissive*: bright and pure whatever the light of day, so pixels are judged absolutely, against the
brightest of the whole picture and not against their own box (there everything colourful that passes behind saturates).
The hues are those that signals have by standard (CIE S 004): red and amber lie apart, and signal green is
bluish where leaves are yellowish.

A box may hold more that shines: the digits of a countdown, a tail light or a red shirt behind. So a change is
believed only when the lamp that was lit goes out and another colour comes, and once a colour has been seen for some
seconds, it counts only where its lamp is. An amber that does not end is no amber: it is the overexposed core
of a red lamp, or a street lamp behind.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.geometry import Box
from matpho.domain.observation import LampColour, LampState
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import SMALL, Frame, Image

Mask = npt.NDArray[np.bool_]
Heat = npt.NDArray[np.float32]

COLOURS = (LampColour.RED, LampColour.AMBER, LampColour.GREEN)
LARGEST_PX = 12_000  # a lamp box of more pixels is looked at in a smaller picture


@dataclass(frozen=True, slots=True, kw_only=True)
class LampSettings:
    """Times in seconds, shares 0..1."""

    least_px: int = 3
    bright: float = 150.0  # of the strongest channel, where the picture's brightest parts are white
    pure: float = 0.42  # least spread of the channels, as a share of the strongest
    white: float = 230.0  # luma of the brightest parts of a well exposed picture
    darkest: float = 0.5  # how far the demand on brightness may fall with them
    confirm_s: float = 0.35  # how long a new colour must be seen, and in at least ``confirm_looks`` pictures
    confirm_looks: int = 3
    dark_s: float = 1.0  # lamps of diodes flicker; dark for longer is unknown
    kept: float = 0.6  # the lit lamp is still lit while so much of it is
    rival: float = 0.3  # of what the lit lamp had: what a new colour must gain
    heir: float = 0.1  # the same where nothing of the lit lamp is left: the box may cut the next one
    surer: float = 1.3  # by how much one colour leads where none was known
    amber_s: float = 8.0  # no amber phase lasts for so long
    site_s: float = 3.0  # a colour seen for so long has a known place
    forget_s: float = 20.0  # and a place where nothing shone while the colour shone elsewhere is forgotten
    largest: float = 4.0  # times the lit lamp: what shines over so much more is a bus before the lamps, or the sun
    speck_px: float = 40.0  # but what is no larger than this never is
    covered_s: float = 90.0  # nothing covers a signal for so long: then lamps are larger than was thought
    heat: float = 0.3  # a pixel lit for at least this share of the colour's time belongs to its lamp


@dataclass(slots=True)
class _Lamp:
    """What is known of one colour in the box: its ``usual`` size in pixels at its place, and ``around`` it."""

    heat: Heat | None = None
    place: Mask | None = None
    lit_s: float = 0.0
    elsewhere_since: Instant | None = None
    usual: float = 0.0
    around: float = 0.0


@dataclass(slots=True)
class _Rumour:
    """A colour that may come: since when, in how many pictures, and the newest of them."""

    colour: LampColour
    since: Instant
    looks: int = 1


@dataclass(slots=True)
class LampWatch:
    """The watch of one lamp box. Frames come in order of time."""

    box: Box
    settings: LampSettings = field(default_factory=LampSettings)
    _state: LampState | None = None
    _at: Instant | None = None
    _lit_at: Instant | None = None
    _rumour: _Rumour | None = None
    _lamps: dict[LampColour, _Lamp] = field(default_factory=lambda: {c: _Lamp() for c in COLOURS})
    _amber_since: Instant | None = None
    _white: float = 255.0
    _white_at: Instant | None = None
    _shape: tuple[int, int] = (0, 0)
    _lamp_px: float = 0.0  # the size of a lit lamp here; 0 while none was seen
    _covered_since: Instant | None = None

    def update(self, frame: Frame) -> LampState:
        """What the signal shows at this frame."""
        since_s = 0.0 if self._at is None else max(0.0, seconds(frame.at - self._at))
        self._at = frame.at
        if self._state is None:
            self._state = LampState(LampColour.UNKNOWN, frame.at)
        image = self._cut(frame)
        if image.shape[:2] != self._shape:
            self._shape, self._lamps, self._lamp_px = image.shape[:2], {c: _Lamp() for c in COLOURS}, 0.0
        lit = emissive(image, self.settings, self._exposure(frame))
        anywhere = {colour: int(mask.sum()) for colour, mask in lit.items()}
        if self._covered(anywhere, frame.at):
            self._decide(None, frame.at)
            return self._state
        lit = {colour: self._at_its_place(colour, mask, frame.at) for colour, mask in lit.items()}
        counts = {colour: int(mask.sum()) for colour, mask in lit.items()}
        self._doubt_amber(counts, frame.at)
        self._decide(self._shown(counts), frame.at)
        self._learn(lit, counts, anywhere, min(since_s, 1.0))
        return self._state

    def _cut(self, frame: Frame) -> Image:
        image = frame.part(self.box)
        pixels = image.shape[0] * image.shape[1]
        if pixels <= LARGEST_PX:
            return image
        scale = (LARGEST_PX / pixels) ** 0.5
        return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]

    def _exposure(self, frame: Frame) -> float:
        """How bright a lamp must be here, as a share: in a dark recording the brightest parts are darker too."""
        if self._white_at is None or seconds(frame.at - self._white_at) >= 1.0:
            small = frame.shrunk(*SMALL)
            brightest = float(np.partition(small.ravel(), -72)[-72])  # half a per cent of the picture
            self._white = brightest if self._white_at is None else self._white + 0.3 * (brightest - self._white)
            self._white_at = frame.at
        return min(1.0, max(self.settings.darkest, self._white / self.settings.white))

    def _covered(self, anywhere: dict[LampColour, int], at: Instant) -> bool:
        """Whether something in the colour of a lamp stands before the signal: it shines over much more than a lamp."""
        s = self.settings
        limit = max(s.largest * self._lamp_px, s.speck_px)
        if self._lamp_px == 0 or all(n - self._lamps[c].around <= limit for c, n in anywhere.items()):
            self._covered_since = None
            return False
        self._covered_since = self._covered_since if self._covered_since is not None else at
        if seconds(at - self._covered_since) < s.covered_s:
            return True
        self._lamp_px = 0.0
        return False

    def _at_its_place(self, colour: LampColour, mask: Mask, at: Instant) -> Mask:
        """Only what shines where this colour's lamp is known to be; a place that never shines again is forgotten."""
        lamp = self._lamps[colour]
        if lamp.place is None:
            return mask
        there: Mask = mask & lamp.place
        if there.any() or not mask.any():
            lamp.elsewhere_since = None if there.any() else lamp.elsewhere_since
            return there
        if lamp.elsewhere_since is None:
            lamp.elsewhere_since = at
        if seconds(at - lamp.elsewhere_since) >= self.settings.forget_s:
            self._lamps[colour] = _Lamp()
        return there

    def _doubt_amber(self, counts: dict[LampColour, int], at: Instant) -> None:
        if counts[LampColour.AMBER] < self.settings.least_px:
            self._amber_since = None
            return
        self._amber_since = self._amber_since if self._amber_since is not None else at
        if seconds(at - self._amber_since) > self.settings.amber_s:
            counts[LampColour.AMBER] = 0

    def _shown(self, counts: dict[LampColour, int]) -> LampColour | None:
        """Which colour this one picture speaks for; None for none."""
        s, state = self.settings, self._state
        lit = {c: n for c, n in counts.items() if n >= s.least_px}
        if state is None or state.colour is LampColour.UNKNOWN:
            return self._first(lit)
        own, usual = lit.get(state.colour, 0), self._lamps[state.colour].usual
        if own and own >= s.kept * usual:
            return state.colour
        gains = {c: n - self._lamps[c].usual for c, n in lit.items() if c is not state.colour}
        best = max(gains, key=lambda c: gains[c], default=None)
        needed = s.rival * (usual - own) if own else s.heir * usual
        if best is not None and gains[best] >= max(s.least_px, needed):
            return best
        return state.colour if own else None

    def _first(self, lit: dict[LampColour, int]) -> LampColour | None:
        """Where nothing was known: the only colour, the amber beside red digits, or the one that clearly leads."""
        if LampColour.AMBER in lit and lit[LampColour.AMBER] >= 0.5 * max(lit.values()):
            return LampColour.AMBER
        ranked = sorted(lit, key=lambda c: -lit[c])
        if len(ranked) < 2 or lit[ranked[0]] >= self.settings.surer * lit[ranked[1]] + 1:
            return ranked[0] if ranked else None
        return None

    def _decide(self, shown: LampColour | None, at: Instant) -> None:
        s, state = self.settings, self._state
        if state is None:
            return
        if shown is None:
            dark_since = self._lit_at if self._lit_at is not None else state.since
            if state.colour is not LampColour.UNKNOWN and seconds(at - dark_since) >= s.dark_s:
                self._change(LampColour.UNKNOWN, dark_since)
            return
        if shown is state.colour:
            self._lit_at, self._rumour = at, None
            return
        if self._rumour is None or self._rumour.colour is not shown:
            self._rumour = _Rumour(shown, at)
            return
        self._rumour.looks += 1
        if self._rumour.looks >= s.confirm_looks and seconds(at - self._rumour.since) >= s.confirm_s:
            self._lit_at = at
            self._change(shown, self._rumour.since)

    def _change(self, colour: LampColour, since: Instant) -> None:
        self._state, self._rumour = LampState(colour, since), None
        for lamp in self._lamps.values():
            lamp.usual = 0.0

    def _learn(
        self,
        lit: dict[LampColour, Mask],
        counts: dict[LampColour, int],
        anywhere: dict[LampColour, int],
        since_s: float,
    ) -> None:
        """The usual size of everything that shines, and the place of the lamp that is lit."""
        s, state = self.settings, self._state
        if state is None or state.colour is LampColour.UNKNOWN or self._rumour is not None:
            return
        for colour, lamp in self._lamps.items():
            rate = 1.0 if lamp.usual == 0 else min(1.0, since_s / 2.0)
            lamp.usual += rate * (counts[colour] - lamp.usual)
            lamp.around += rate * (anywhere[colour] - lamp.around)
        lamp = self._lamps[state.colour]
        if counts[state.colour] < s.least_px:
            return
        rate = 1.0 if self._lamp_px == 0 else min(1.0, since_s / 2.0)
        self._lamp_px += rate * (counts[state.colour] - self._lamp_px)
        mask = lit[state.colour].astype(np.float32)
        lamp.lit_s += since_s
        if lamp.heat is None:
            lamp.heat = mask
        if lamp.place is None:
            lamp.heat += min(1.0, since_s / max(lamp.lit_s, 1e-3)) * (mask - lamp.heat)
            if lamp.lit_s >= s.site_s:
                lamp.place = _widened(lamp.heat >= s.heat)


def _widened(place: Mask) -> Mask:
    """The place and two pixels around: compression and wind move the edge."""
    return np.asarray(cv2.dilate(place.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def emissive(image: Image, s: LampSettings, exposure: float = 1.0) -> dict[LampColour, Mask]:
    """Which pixels of (h, w, 3) uint8 BGR shine like a lamp of each colour; ``exposure`` 0..1 lowers the demand."""
    blue, green, red = (image[:, :, i].astype(np.int16) for i in range(3))
    strongest = np.maximum(np.maximum(red, green), blue)
    weakest = np.minimum(np.minimum(red, green), blue)
    spread = strongest - weakest
    shines = (strongest > s.bright * exposure) & (spread > s.pure * strongest)
    reddish = shines & (red == strongest)
    lean = green - blue  # against the spread: hue of what is reddish, −1 magenta to 1 yellow
    bluish = shines & (red == weakest) & (10 * green >= 8 * blue)
    return {
        LampColour.RED: reddish & (20 * lean <= 6 * spread) & (20 * lean >= -9 * spread),
        LampColour.AMBER: reddish & (20 * lean > 6 * spread) & (20 * lean <= 18 * spread),
        LampColour.GREEN: bluish,
    }
