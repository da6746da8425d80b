"""The health of a film's picture: what the health page tells of a live camera, told of a recording.

Black, frozen and few pictures are the signs of :mod:`matpho.casework.health.signs`, in the words of that page. A film
has no best days to compare with, so a lens that is dirty or out of focus from the first second on is told by the
picture's own blurriness. What the rule ``camera_tampering`` tells (covered, defocused or turned meanwhile) is not told
twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from matpho.casework.health.hysteresis import subject_of
from matpho.casework.health.incidents import TOLD_AS
from matpho.casework.health.records import Problem
from matpho.casework.health.signs import BLACK_BRIGHTNESS, FEW_FPS, Sign, Signs, picture_signs
from matpho.casework.health.trouble import TROUBLES
from matpho.casework.health.words import sentence
from matpho.domain.camera import Camera
from matpho.domain.hit import RuleHit
from matpho.domain.kinds import KINDS
from matpho.domain.observation import PictureState
from matpho.domain.time import SECOND, Instant, after, seconds
from matpho.pipeline.film import WINDOW_S, Film
from matpho.vision.blurriness import blurriness
from matpho.vision.frame import Frame
from matpho.vision.quality import PictureQuality

BLURRED = 0.55
SHOWS = 12.0  # grey levels of contrast: below it there is nothing that could be sharp
LEAST_S, HALF = 20.0, 0.5
"""Told is what held as long as on the health page, or for half of a shorter film, but for 20 s at least."""
CLEAR_S = 10.0
TOLD = ("black", "frozen", "low_fps", "blurred")


@dataclass(slots=True)
class _Held:
    """A trouble that shows: since when, when last, and its hit once it was told."""

    since: Instant
    last: Instant
    hit: RuleHit | None = None


class FilmHealth:
    """One film, looked at about every five seconds."""

    def __init__(self, camera: Camera, film: Film) -> None:
        self._camera, self._film = camera, film
        self._quality = PictureQuality(camera.id)
        self._held: dict[str, _Held] = {}
        self._windows, self._usual = 0, 0.0

    def look(self, frame: Frame, state: PictureState) -> list[RuleHit]:
        """What became worth saying at this picture."""
        seen = self._quality.look(frame, state)
        if seen is None:
            return []
        told = self._rates()
        if state.fault is not None:
            return told
        signs: Signs = {code: sign for code, sign in picture_signs(seen, seen.at).items() if code in TOLD}
        shows = seen.contrast >= SHOWS and seen.brightness >= BLACK_BRIGHTNESS
        signs["blurred"] = Sign(shows and blurriness(frame) >= BLURRED)
        begun = {"frozen": after(frame.at, -seen.frozen_s)}
        return told + [h for c, s in signs.items() for h in self._take(c, s, begun.get(c, frame.at), frame.at)]

    def finish(self, at: Instant) -> list[RuleHit]:
        """The film is over: end what is open."""
        return [*self._rates(), *(replace(h.hit, at=at, end=h.last) for h in self._held.values() if h.hit)]

    def _rates(self) -> list[RuleHit]:
        """Pictures per second of each whole stretch that was read since the last look, against what is usual."""
        told: list[RuleHit] = []
        whole = self._film.read.arrivals[:-1]  # the last is still being read
        for number in range(self._windows, len(whole)):
            fps, begun = whole[number] / WINDOW_S, Instant(round(number * WINDOW_S * SECOND))
            few = self._usual > 0 and fps < FEW_FPS * self._usual
            figures: Mapping[str, float | str] = {"fps": round(fps, 1), "usual_fps": round(self._usual, 1)}
            told += self._take("low_fps", Sign(few, figures), begun, after(begun, WINDOW_S))
            if not few:
                self._usual = fps if not self._usual else self._usual + 0.2 * (fps - self._usual)
        self._windows = len(whole)
        return told

    def _take(self, code: str, sign: Sign, begun: Instant, at: Instant) -> Sequence[RuleHit]:
        held = self._held.get(code)
        if not sign.holds:
            if held is None or seconds(at - held.last) < CLEAR_S:
                return ()
            del self._held[code]
            return (replace(held.hit, at=at, end=held.last),) if held.hit else ()
        held = self._held.setdefault(code, _Held(begun, at))
        held.last = at
        if held.hit is None and seconds(at - held.since) < self._patience(code):
            return ()
        first = held.hit is None
        held.hit = self._hit(code, sign, held, at)
        return (held.hit,) if first else ()

    def _patience(self, code: str) -> float:
        long_s = TROUBLES[code].raise_s
        whole_s = self._film.duration_s
        return long_s if whole_s is None else min(long_s, max(LEAST_S, HALF * whole_s))

    def _hit(self, code: str, sign: Sign, held: _Held, at: Instant) -> RuleHit:
        kind = TOLD_AS.get(code, "picture_quality")
        figures = {name: value for name, value in sign.figures.items() if not isinstance(value, str)}
        problem = Problem(
            id=f"film-{code}",
            trouble=code,
            subject=subject_of(self._camera.id),
            severity=TROUBLES[code].severity,
            since=held.since,
            raised=at,
            figures=figures,
        )
        return RuleHit(
            id=held.hit.id if held.hit else f"film-{code}-{held.since}",
            kind=kind,
            camera_id=self._camera.id,
            zone_id=None,
            thing=f"trouble:{code}",
            start=held.since,
            at=held.hit.at if held.hit else at,
            end=None,
            box=None,
            score=1.0,
            advisory=KINDS[kind].advisory,
            why=sentence(problem),
            figures=figures,
            staged=self._camera.staged,
        )
