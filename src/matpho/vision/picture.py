"""The picture watch: is the lens covered, out of focus, or turned away?

Edges of the luma at 160×90 are compared with a slow reference in 16×9 blocks, as in the camera-tampering literature
(Saglam & Temizel 2009; Mantini & Shah 2019, UHCTD), because edges survive a change of light. Three findings: nearly all
textured blocks no longer look like themselves; or about half of them have gone *smooth* (a hand or cloth close to the
lens is blurred, a passing lorry is not); or one connected patch of them has been blurred for a while (a hand, a leaf, a
splash on a part of the lens); or the fine structure is gone while the coarse picture still agrees (defocus).
A slow drift is followed by moving the reference; a jump of the view is a turn.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from matpho.domain.observation import Fault, PictureState
from matpho.domain.time import Instant, seconds
from matpho.vision.frame import MIDDLE, SMALL, Frame

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Shares are of the textured blocks, lengths in seconds."""

    every_s: float = 2.0  # between two looks while all is well; every frame from the first doubt on
    calm_s: float = 4.0  # the same where nothing has moved since the look before: what covers a lens is seen to come
    learn_s: float = 3.0
    reference_s: float = 15.0
    textured: float = 6.0  # mean edge strength that makes a block count …
    faint: float = 3.0  # … or this, where a dim scene has fewer than ``enough_blocks`` such
    enough_blocks: int = 30
    fewest_blocks: int = 10
    trust: float = 0.7  # share of the time for which a block must have looked like itself to count
    trust_s: float = 30.0
    suspect_share: float = 0.4  # above this a displaced view is looked for, and the reference learns ten times slower
    unlike: float = 0.3  # correlation below which a block does not look like itself
    lost_share: float = 0.70
    lost_s: float = 2.0  # a lorry close to the lens is past by then
    smooth: float = 0.45  # of its own edge strength
    smooth_share: float = 0.50
    smooth_s: float = 3.0
    partly_share: float = 0.27  # less than half of the picture, when it lasts
    partly_s: float = 6.0
    blurred: float = 0.5  # of a block's own fine structure: out of focus, whatever folds or veins it shows
    patch_share: float = 0.16  # one connected patch of blurred blocks …
    patch_steady: float = 0.7  # … each of them for this share of the time …
    patch_s: float = 6.0  # … for so long
    patch_rise_s: float = 3.0
    infrared_smooth: float = 0.4  # a coloured cloth over a grey night leaves edges too, beside it
    infrared_strength: float = 0.6  # of the edges that is left when the infrared filter moves; a hand leaves less
    colour: float = (
        1.5  # mean distance of the chroma from neutral: above it a picture has colours, below half of it none
    )
    fine_left: float = 0.5
    soft: float = 0.88  # of the edge strength, at most, when out of focus
    coarse_agrees: float = 0.8
    defocused_agrees: float = 0.9
    partly_agrees: float = 0.9
    defocused_s: float = 5.0
    drift_px: float = 6.0  # of 160: a larger jump, or 1.5 times as much within some ``drift_s``, is a turn
    drift_s: float = 6.0
    gap_s: float = 1.0  # a hand that fumbles at the lens shows the scene for a moment: that ends nothing
    well_s: float = 2.0  # how long all must be well before a fault is over
    adopt_s: float = 600.0  # a new view that has stood for so long becomes the reference


@dataclass(frozen=True, slots=True)
class _Look:
    """One picture: edges (90, 160), coarse luma (9, 16), the strength of its finest structure, and how colourful.

    ``detail`` (9, 16) is the finest structure block by block; ``contrast`` the spread of the coarse luma, grey levels.
    """

    edges: Floats
    coarse: Floats
    detail: Floats
    fine: float
    colour: float
    contrast: float


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Two pictures block by block, then and now: the strengths of their edges, and how alike they are, each (144,)."""

    strength_then: Floats
    strength_now: Floats
    likeness: Floats


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the comparison says: shares of textured blocks, what is left of fine structure, coarse agreement.

    ``alike`` (9, 16) is 0 where a textured block does not look like itself, else 1; ``blurred`` (9, 16) is 1 where
    it has lost its fine structure, too; ``textured`` is how many blocks were compared.
    """

    alike: Floats
    blurred: Floats
    textured: int
    unlike: float
    smooth: float
    strength: float
    fine: float
    coarse: float


class PictureWatch:
    """The watch of one camera."""

    def __init__(self, settings: WatchSettings | None = None) -> None:
        self._s = settings or WatchSettings()
        self._reference: _Look | None = None
        self._size = (0, 0)
        self._trust: Floats = np.ones(144, np.float32)
        self._patch: Floats = np.zeros((9, 16), np.float32)  # for what share of the last moments a block was blurred
        self._begun: Instant | None = None
        self._at: Instant | None = None
        self._bad_since: Instant | None = None
        self._bad_at: Instant | None = None
        self._lost_since: Instant | None = None
        self._moved = np.zeros(2)  # by how much the reference has followed the view lately, pixels of 160
        self._well_since: Instant | None = None
        self._state = PictureState()
        self._doubted: Instant | None = None  # when a look last gave reason to look at every frame
        self._changed = True  # whether anything has moved since the newest look

    def update(self, frame: Frame, *, stirred: bool = True, moving: bool = True) -> PictureState:
        """The health of the picture at this frame; a picture of another size starts anew.

        ``stirred`` is False where the motion gate saw no large change: then a look every other second is enough, and
        every fourth while it sees nothing move at all.
        """
        self._changed |= moving
        if not stirred and self._may_wait(frame):
            return self._state
        self._changed = False
        look = _look(frame)
        before, self._at = self._at, frame.at
        if self._reference is None or self._begun is None or before is None or frame.size != self._size:
            self._reference, self._begun, self._size = look, frame.at, frame.size
            self._bad_since, self._state = None, PictureState()
            self._trust, self._patch = np.ones(144, np.float32), np.zeros((9, 16), np.float32)
            return self._state
        dt = max(seconds(frame.at - before), 0.0)
        self._moved *= np.exp(-dt / self._s.drift_s)
        blocks = _side_by_side(self._reference, look)
        if seconds(frame.at - self._begun) < self._s.learn_s:
            self._trust_more(blocks, min(1.0, 2 * dt / self._s.learn_s))
            self._learn(look, min(1.0, dt / max(seconds(frame.at - self._begun), 1e-3)))
            return self._state
        judged = self._compare(look, self._reference, blocks)
        if judged and self._switched_to_infrared(look, judged):
            self._reference, self._begun, self._bad_since = look, frame.at, None
            return self._state
        if judged is None:
            self._trust_more(blocks, min(1.0, dt / self._s.trust_s))
            self._learn(look, min(1.0, dt / self._s.reference_s))
            return self._state
        self._patch += np.float32(min(1.0, dt / self._s.patch_rise_s)) * (judged.blurred - self._patch)
        self._decide(frame.at, look, judged)
        if self._state.fault is None:
            suspect = judged.unlike > self._s.suspect_share
            if not suspect:
                self._trust_more(blocks, min(1.0, dt / self._s.trust_s))
            doubt = 0.1 if suspect else 1.0
            self._learn(look, min(1.0, dt / self._s.reference_s) * doubt * (1 - judged.unlike), judged)
        elif self._state.since is not None and seconds(frame.at - self._state.since) > self._s.adopt_s:
            self._reference, self._begun, self._state, self._bad_since = look, frame.at, PictureState(), None
        return self._state

    def _may_wait(self, frame: Frame) -> bool:
        """Whether the newest look is fresh enough: it was all well, or a fault is known and lasts."""
        if self._at is None or self._begun is None or frame.size != self._size:
            return False
        if seconds(frame.at - self._begun) < self._s.learn_s:
            return False
        doubts = self._doubted is not None and seconds(frame.at - self._doubted) <= 2 * self._s.gap_s
        if doubts and self._state.fault is None:
            return False
        calm = not self._changed and self._state.fault is None
        return seconds(frame.at - self._at) < 0.9 * (self._s.calm_s if calm else self._s.every_s)

    def _learn(self, look: _Look, rate: float, judged: _Judged | None = None) -> None:
        """What does not look like itself is taken in ten times slower: a cover that creeps must not teach itself."""
        old = self._reference
        if old is None:
            return
        blocks = np.full((9, 16), rate, np.float32)
        fine_rate = rate
        if judged is not None:
            blocks *= np.where(judged.alike > 0, 1.0, 0.1).astype(np.float32)
            fine_rate = rate if judged.fine > 0.5 * (1 + self._s.fine_left) else 0.1 * rate
        edges = (look.edges - old.edges).reshape(9, 10, 16, 10) * blocks[:, None, :, None]
        self._reference = _Look(
            old.edges + edges.reshape(90, 160),
            old.coarse + blocks * (look.coarse - old.coarse),
            old.detail + blocks * (look.detail - old.detail),
            old.fine + fine_rate * (look.fine - old.fine),
            old.colour + rate * (look.colour - old.colour),
            old.contrast + rate * (look.contrast - old.contrast),
        )

    def _trust_more(self, blocks: _Blocks, rate: float) -> None:
        """Blocks whose edges come and go (people on an empty square) say nothing about the camera."""
        alike = np.where(blocks.strength_then < self._s.faint, 0.5, blocks.likeness >= self._s.unlike)
        slower = np.where(
            self._patch.ravel() > 0.5, np.float32(0.1), np.float32(1)
        )  # what covers is not what comes and goes
        self._trust += np.float32(rate) * slower * (alike.astype(np.float32) - self._trust)

    def _compare(self, look: _Look, reference: _Look, blocks: _Blocks) -> _Judged | None:
        """None where the reference has too little texture to judge by."""
        strength_then, strength_now = blocks.strength_then, blocks.strength_now
        least = np.sort(strength_then)[-self._s.enough_blocks]
        textured = strength_then >= max(self._s.faint, min(self._s.textured, float(least)))
        textured &= self._trust >= self._s.trust
        if textured.sum() < self._s.fewest_blocks:
            return None
        likeness = blocks.likeness[textured]
        kept = strength_now[textured] / strength_then[textured]
        unlike = likeness < self._s.unlike
        well = kept[~unlike]
        if (
            well.size >= 0.2 * kept.size
        ):  # in less light all edges are weaker; what still looks like itself says by how much
            kept = kept / min(1.0, max(float(np.median(well)), 0.05))
        alike, blurred = np.ones(144, np.float32), np.zeros(144, np.float32)
        places = np.flatnonzero(textured)
        alike[places[unlike]] = 0
        left = look.detail.ravel()[places] / np.maximum(reference.detail.ravel()[places], 1e-3)
        if well.size >= 0.2 * left.size:
            left = left / min(1.0, max(float(np.median(left[~unlike])), 0.05))
        blurred[places[unlike & (left < self._s.blurred)]] = 1
        return _Judged(
            alike=alike.reshape(9, 16),
            blurred=blurred.reshape(9, 16),
            textured=places.size,
            unlike=float(unlike.mean()),
            smooth=float((unlike & (kept < self._s.smooth)).mean()),
            strength=float(strength_now[textured].sum() / strength_then[textured].sum()),
            fine=look.fine * reference.contrast / max(reference.fine * look.contrast, 1e-6),
            coarse=float(_correlation(reference.coarse.reshape(1, -1), look.coarse.reshape(1, -1))[0]),
        )

    def _switched_to_infrared(self, look: _Look, judged: _Judged) -> bool:
        """At dusk and dawn a camera's filter moves: colours go or come, edges change, and strong ones are left."""
        if self._reference is None or self._state.fault is not None or judged.unlike < self._s.suspect_share:
            return False
        if judged.smooth > self._s.infrared_smooth:
            return False
        return self._colours_went(look) and judged.strength > self._s.infrared_strength

    def _colours_went(self, look: _Look) -> bool:
        """Or came."""
        less, more = sorted((0.0 if self._reference is None else self._reference.colour, look.colour))
        return more > self._s.colour and less < 0.5 * self._s.colour

    def _decide(self, at: Instant, look: _Look, judged: _Judged) -> None:
        found = self._found(look, judged)
        if found is not None or judged.unlike > self._s.suspect_share:
            self._doubted = at
        if found is None or judged.unlike <= self._s.lost_share:
            self._lost_since = None
        elif self._lost_since is None:
            self._lost_since = at
        if found is None:
            if self._bad_at is None or seconds(at - self._bad_at) > self._s.gap_s:
                self._bad_since = None
            self._recover(at)
            return
        self._well_since, self._bad_at = None, at
        since = self._bad_since = at if self._bad_since is None else self._bad_since
        lost = self._lost_since is not None and seconds(at - self._lost_since) >= self._s.lost_s
        score = max(judged.unlike, judged.smooth, 1 - judged.fine if found is Fault.DEFOCUSED else 0.0)
        if self._state.fault is not None:
            self._state = PictureState(found, self._state.since, score)
        elif lost or seconds(at - since) >= self._patience(found, judged):
            self._state = PictureState(found, since, score)

    def _patience(self, found: Fault, judged: _Judged) -> float:
        """How long this must last where not nearly all is lost: the less is, the longer."""
        if found is Fault.DEFOCUSED:
            return self._s.defocused_s
        if found is Fault.TURNED and judged.unlike <= self._s.lost_share:
            return self._s.smooth_s
        return self._s.smooth_s if judged.smooth > self._s.smooth_share else self._s.partly_s

    def _recover(self, at: Instant) -> None:
        if self._state.fault is None:
            return
        self._well_since = self._well_since if self._well_since is not None else at
        if seconds(at - self._well_since) >= self._s.well_s:
            self._state, self._well_since = PictureState(), None

    def _found(self, look: _Look, judged: _Judged) -> Fault | None:
        """Which fault this one picture shows, before any patience."""
        s = self._s
        displaced = self._displaced(look, judged.unlike) if judged.unlike > s.suspect_share else None
        if displaced is False:
            return None
        if judged.unlike > s.lost_share and judged.coarse < s.coarse_agrees:
            return Fault.COVERED if judged.strength < s.smooth else Fault.TURNED
        if judged.smooth > s.partly_share and judged.coarse < s.partly_agrees:
            return Fault.COVERED
        if displaced is None and self._patched(judged) > s.patch_share:
            return Fault.COVERED
        soft = judged.fine < s.fine_left and judged.coarse >= s.defocused_agrees and judged.strength < s.soft
        if soft and not self._colours_went(look):  # infrared light is focused elsewhere
            return Fault.DEFOCUSED
        return Fault.TURNED if displaced or judged.unlike > s.lost_share else None

    def _patched(self, judged: _Judged) -> float:
        """The largest connected patch that has been blurred steadily, as a share of the textured blocks."""
        steady = (self._patch > self._s.patch_steady).astype(np.uint8)
        if steady.sum() <= self._s.patch_share * judged.textured:
            return 0.0
        joined = cv2.morphologyEx(steady, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels = cv2.connectedComponents(joined)
        return max((float(steady[labels == n].sum()) for n in range(1, count)), default=0.0) / judged.textured

    def _displaced(self, look: _Look, unlike: float) -> bool | None:
        """Whether it is the same view displaced too far; False where it is a little, and the reference has followed.

        None where it is not the same view.
        """
        if self._reference is None or self._state.fault is not None:
            return None
        window = cv2.createHanningWindow((look.edges.shape[1], look.edges.shape[0]), cv2.CV_32F)
        (dx, dy), peak = cv2.phaseCorrelate(self._reference.edges * window, look.edges * window)
        if peak < 0.2 or np.hypot(dx, dy) <= 0.5:
            return None
        move = np.array([[1, 0, dx], [0, 1, dy]], dtype=np.float32)
        size = (look.edges.shape[1], look.edges.shape[0])
        moved = cv2.warpAffine(self._reference.edges, move, size, borderMode=cv2.BORDER_REPLICATE)
        there = replace(self._reference, edges=np.asarray(moved, dtype=np.float32), coarse=look.coarse)
        there_px = np.array([dx, dy])
        again = self._compare(look, there, _side_by_side(there, look))
        if again is None or again.unlike > 0.5 * unlike:  # it is not the same view after all
            return None
        so_far = float(np.hypot(*(self._moved + there_px)))
        if np.hypot(dx, dy) > self._s.drift_px or so_far > 1.5 * self._s.drift_px:
            return True
        self._reference, self._moved = there, self._moved + there_px
        return False


def _look(frame: Frame) -> _Look:
    middle = frame.shrunk(*MIDDLE)
    calm = cv2.blur(middle, (3, 3))  # the sensor's noise is not structure
    structure = cv2.convertScaleAbs(cv2.Laplacian(calm, cv2.CV_16S, ksize=3))
    detail = cv2.resize(structure.astype(np.float32), (16, 9), interpolation=cv2.INTER_AREA)
    fine = float(detail.mean())
    small = frame.shrunk(*SMALL)
    across = cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=0.25)
    edges = np.asarray(cv2.magnitude(across, down), dtype=np.float32)
    coarse = cv2.resize(small, (16, 9), interpolation=cv2.INTER_AREA).astype(np.float32)
    return _Look(edges, coarse, np.asarray(detail, np.float32), fine, _colour(frame), float(coarse.std()))


def _colour(frame: Frame) -> float:
    """Mean distance of a sample of the chroma from neutral; 0 for a grey source."""
    if frame.u is None or frame.v is None:
        return 0.0
    step = max(1, frame.u.shape[0] // 45)
    sample = np.concatenate([frame.u[::step, ::step].ravel(), frame.v[::step, ::step].ravel()])
    return float(np.abs(sample.astype(np.int16) - 128).mean())


def _blocks(edges: Floats) -> Floats:
    """(90, 160) → (144, 100): blocks of 10×10."""
    return edges.reshape(9, 10, 16, 10).transpose(0, 2, 1, 3).reshape(144, 100)


def _side_by_side(reference: _Look, look: _Look) -> _Blocks:
    then, now = _blocks(reference.edges), _blocks(look.edges)
    return _Blocks(then.mean(axis=1), now.mean(axis=1), _correlation(then, now))


def _correlation(a: Floats, b: Floats) -> Floats:
    """Pearson's correlation per row; 0 where a row has no variance."""
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    both = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.maximum(both, 1e-6), dtype=np.float32)
