"""The analysis of recorded footage: the same pipeline as for a live camera, as fast as the machine can."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from matpho.casework.merge import are_one, lead
from matpho.domain.camera import Camera
from matpho.domain.geometry import WHOLE, Box
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Light, Scene
from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said
from matpho.pipeline.camera import FILE, CameraPipeline, Pace
from matpho.pipeline.film import Film, open_film
from matpho.pipeline.film_health import FilmHealth
from matpho.pipeline.film_past import FilmPast
from matpho.pipeline.past import Past
from matpho.pipeline.second_look import InFilm
from matpho.rules.rule import Waiting
from matpho.rules.table import rules_for, without_rule
from matpho.vision.detector import Detector
from matpho.vision.fire_model import FireModel
from matpho.vision.frame import Frame

ANALYSED_FPS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """One incident of a recording; seconds from its first frame. ``at_s`` is when the rule first spoke."""

    kind: str
    zone: str | None
    start_s: float
    end_s: float
    at_s: float
    box: Box
    score: float
    advisory: bool
    why: Said
    light: Light | None = None

    def plain(self) -> dict[str, Any]:
        """As it is written into the JSON file (design §4)."""
        return {
            "kind": self.kind,
            "zone": self.zone,
            "start_s": round(self.start_s, 3),
            "end_s": round(self.end_s, 3),
            "box": [round(v, 4) for v in (self.box.x, self.box.y, self.box.w, self.box.h)],
            "score": round(self.score, 3),
            "advisory": self.advisory,
            "why": {"vi": self.why.vi, "en": self.why.en},
            "at_s": round(self.at_s, 3),
            "light": self.light.value if self.light else None,
        }


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in a recording, and the figures of the analysis."""

    incidents: tuple[Found, ...]
    stats: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As it is written into the JSON file."""
        return {"incidents": [i.plain() for i in self.incidents], "stats": self.stats}


class Hits:
    """The newest telling of each hit, and when it was told first."""

    def __init__(self) -> None:
        self._newest: dict[str, RuleHit] = {}
        self._first: dict[str, RuleHit] = {}

    def take(self, hits: Sequence[RuleHit]) -> None:
        """Hear what rules said."""
        for hit in hits:
            self._newest[hit.id] = hit
            self._first.setdefault(hit.id, hit)

    def incidents(self) -> tuple[Found, ...]:
        """Hits of one thing are one incident, by the desk's own law; two tracks seen at once are two things."""
        groups: list[list[RuleHit]] = []
        for hit in sorted(self._newest.values(), key=lambda h: (self._first[h.id].at, h.id)):
            group = next((g for g in groups if any(are_one(hit, o) and not _apart(hit, o) for o in g)), None)
            if group is None:
                groups.append([hit])
            else:
                group.append(hit)
        return tuple(sorted((self._found(g) for g in groups), key=lambda f: f.start_s))

    def _found(self, hits: Sequence[RuleHit]) -> Found:
        first, told = lead(hits), min((self._first[h.id] for h in hits), key=lambda h: h.at)
        ends = [h.end if h.end is not None else h.at for h in hits]
        return Found(
            kind=first.kind,
            zone=first.zone_id,
            start_s=seconds(min(h.start for h in hits)),
            end_s=seconds(max(ends)),
            at_s=seconds(told.at),
            box=first.box or WHOLE,
            score=max(h.score for h in hits),
            advisory=all(h.advisory for h in hits),
            why=first.why,
            light=told.light,
        )


class Lights:
    """From when on which light held: ``[seconds, light]`` for the first one and each change."""

    def __init__(self) -> None:
        self.changes: list[list[Any]] = []

    def take(self, at: Instant, scene: Scene | None) -> None:
        """Note the light of a scene where it is another one."""
        light = scene.picture.light if scene else None
        if light and (not self.changes or self.changes[-1][1] != light.value):
            self.changes.append([round(seconds(at), 3), light.value])


def _apart(a: RuleHit, b: RuleHit) -> bool:
    """Whether they are two moving things, each seen while the other was."""
    if a.thing == b.thing or not (a.thing.startswith("track:") and b.thing.startswith("track:")):
        return False
    end_a, end_b = a.end if a.end is not None else a.at, b.end if b.end is not None else b.at
    return a.start < end_b and b.start < end_a


def analyse(
    path: Path,
    camera: Camera,
    detector: Detector,
    *,
    fps: float | None = None,
    analysed_fps: float = ANALYSED_FPS,
    pace: Pace = FILE,
    progress: Callable[[float, float | None], None] = lambda _done, _whole: None,
    alter: Callable[[Frame], Frame] | None = None,
    view: Callable[[Frame], Frame] | None = None,
    fire_model: FireModel | None = None,
) -> Analysis:
    """Analyse a video file or a folder of numbered images (``fps`` is the folder's).

    ``progress`` is called with the seconds analysed and the length where it is known; ``alter`` stages something on
    each picture before it is analysed; ``view`` is how ``alter`` moves things on the picture, for those that are
    looked at again; ``fire_model`` is asked about what seems to burn. What could be read of a
    damaged or truncated file is analysed, and the figures say so. Raises BadVideo when nothing can be read,
    BadCameraFile when a rule's settings do not fit.
    """
    film = open_film(path, fps=fps, analysed_fps=analysed_fps)
    past = FilmPast(path, fps, view)
    return analyse_film(
        film, camera, detector, pace=pace, progress=progress, alter=alter, fire_model=fire_model, past=past
    )


def analyse_film(
    film: Film,
    camera: Camera,
    detector: Detector,
    *,
    pace: Pace = FILE,
    progress: Callable[[float, float | None], None] = lambda _done, _whole: None,
    alter: Callable[[Frame], Frame] | None = None,
    fire_model: FireModel | None = None,
    past: Past | None = None,
) -> Analysis:
    """Analyse footage that is open already; else as :func:`analyse`. ``past`` can look at its pictures again."""
    rules = [r for r in rules_for(camera, "file", None) if not isinstance(r, Waiting)]
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    pipeline = CameraPipeline(camera, detector, rules, pace=pace, sharp=InFilm(), fire_model=fire_model, past=past)
    hits, lights, health = Hits(), Lights(), FilmHealth(camera, film)
    for frame in film.frames():
        shown = alter(frame) if alter else frame
        hits.take(pipeline.step(shown))
        lights.take(frame.at, pipeline.scene)
        if pipeline.scene:
            hits.take(health.look(shown, pipeline.scene.picture))
        pipeline.ended_tracks()
        progress(seconds(frame.at), film.duration_s)
    end = Instant(round(film.read.last_s * SECOND))
    hits.take([*pipeline.finish(end), *health.finish(end)])
    spent = (time.perf_counter() - wall_s, time.process_time() - cpu_s)
    return Analysis(hits.incidents(), {**_stats(film, pipeline, detector, spent), "lights": lights.changes})


def _stats(film: Film, pipeline: CameraPipeline, detector: Detector, spent: tuple[float, float]) -> dict[str, Any]:
    read, stages, info = film.read, pipeline.stages, detector.info
    length_s = max(read.last_s, 1e-3)
    per_s = {name: round(1000 * cpu / length_s, 2) for name, cpu in stages.cpu_s.items()}
    other = spent[1] - sum(stages.cpu_s.values())
    return {
        "video": {"width": film.width, "height": film.height, "fps": round(film.fps, 3), "codec": film.codec},
        "length_s": round(read.last_s, 3),
        "frames_decoded": read.frames,
        "frames_analysed": stages.frames,
        "damaged": read.damaged,
        "truncated": read.truncated,
        "inferences": stages.inferences,
        "second_looks": asdict(pipeline.second.counts) if pipeline.second else {},
        "wall_s": round(spent[0], 2),
        "cpu_s": round(spent[1], 2),
        "cpu_ms_per_camera_second": {**per_s, "decode_and_rest": round(1000 * other / length_s, 2)},
        "purposes_without_rule": list(without_rule(pipeline.camera)),
        "detector": {"name": info.name, "sha256": info.sha256, "licence": info.licence},
    }
