"""Run the staged suite through the pipeline, some scenes at a time, each in a process that knows nothing of the script.

The pictures are composed at the rate at which they are analysed and handed over as they are; the analysis goes at the
pace of a live camera. One family goes through an encoder and a decoder.
"""

import multiprocessing
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation
from matpho.pipeline.analyse import Analysis, analyse, analyse_film
from matpho.pipeline.degrade import Alter, degradation
from matpho.pipeline.failures import draw_from, prepare
from matpho.pipeline.pace import live_pace
from matpho.pipeline.score import Answer, ClipScore, Event, answers_of, events_of, footage_of, score_clip
from matpho.sim import staging, truth
from matpho.sim.background import Background
from matpho.sim.compose import Composer
from matpho.sim.leash import end_with_parent
from matpho.sim.places.catalogue import Footage, background_of, place
from matpho.sim.script import Expected, Script
from matpho.sim.staged_film import StagedFilm, contrast, witness_s
from matpho.sim.suite_scene import BY_HAND, SuiteScene
from matpho.vision.detector import Detector, DetectorInfo
from matpho.vision.frame import Image

ANALYSED_FPS = 5.0
_SAME_THING = 0.2  # IoU of a detection with the drawn thing
_CLOSE_UP = 0.6  # the detector's second look: this much more around the thing on each side
_KEPT_BACKGROUNDS = 4


@dataclass(frozen=True, slots=True)
class SceneResult:
    """One scene: how what was expected was answered.

    ``contrasts`` are grey levels of each event's thing against the empty place; ``labels`` what the detector calls it;
    ``cpu_s`` of staging and analysis together.
    """

    scene: SuiteScene
    score: ClipScore
    contrasts: dict[Event, float]
    labels: tuple[dict[str, Any], ...]
    cpu_s: float

    def tellings(self, event: Event) -> list[Answer]:
        """Every incident that may answer the event and touches its place: more than one is one thing told twice."""
        fitting = [a for a in self.score.answers if a.kind in event.answers and a.start_s <= event.end_s]
        return [a for a in fitting if event.box and a.box and a.box.overlap(event.box) > 0]

    @property
    def false(self) -> list[Answer]:
        """The incidents that are neither an answer nor the same thing once more."""
        again = [a for e, _ in self.score.answered for a in self.tellings(e)]
        return [a for a in self.score.false if a not in again]

    @property
    def advisory(self) -> list[Answer]:
        """The incidents that only ask somebody to look, and answer nothing."""
        again = [a for e, _ in self.score.answered for a in self.tellings(e)]
        return [a for a in self.score.unmatched_advisory if a not in again]


def run(
    scenes: Sequence[SuiteScene],
    footage: Footage,
    load: Callable[[], Detector],
    told: Callable[[str], None] = lambda _n: None,
    workers: int = 2,
    failures: Path | None = None,
) -> tuple[list[SceneResult], DetectorInfo]:
    """Stage, analyse and score each scene, in the order given.

    ``load`` makes the detector, once in each of the ``workers`` processes. ``failures`` is the folder for pictures of
    what went wrong (None: none are drawn). Raises BadVideo, SetupProblem or StorageProblem.
    """
    if failures:
        prepare(failures)
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    results: dict[str, SceneResult] = {}
    with ProcessPoolExecutor(min(workers, len(scenes)), context, _worker_starts, (load, footage, failures)) as pool:
        longest_first = sorted(scenes, key=lambda s: (-s.script.duration_s // 45, s.place, s.script.name))
        try:
            for done in as_completed([pool.submit(_one, scene) for scene in longest_first]):
                result = done.result()
                results[result.scene.script.name] = result
                told(f"{len(results)}/{len(scenes)} {in_words(result)}")
        except BaseException:  # what waits, and what is being staged, would go on to its end
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()
            raise
    return [results[s.script.name] for s in scenes], load().info


def in_words(result: SceneResult) -> str:
    """How a scene went, in a line; what only calls for a look and answers nothing is said, not counted as false."""
    found = [f"{a.kind} after {a.at_s - e.start_s:.1f} s" for e, a in result.score.answered]
    missed = [f"MISSED {e.kind} ({e.size_px or 0:.0f} px)" for e in result.score.missed]
    false = [f"FALSE {a.kind} at {a.at_s:.1f} s" for a in result.false]
    asked = [f"advisory {a.kind} at {a.at_s:.1f} s" for a in result.advisory]
    return f"{result.scene.script.name}: {', '.join((*found, *missed, *false, *asked)) or 'silent'}"


class _Worker:
    """What one process keeps between scenes: its detector, and the backgrounds used last."""

    def __init__(self, detector: Detector, footage: Footage, failures: Path | None) -> None:
        self.detector, self.footage, self.failures = detector, footage, failures
        self._backgrounds: OrderedDict[object, Background] = OrderedDict()

    def background(self, scene: SuiteScene) -> Background:
        """The scene's background; one that differs in its beginning only shares what is known of the place."""
        view = scene.script.view
        known = (scene.place, scene.drawn, replace(view, shift_s=0.0))
        if known not in self._backgrounds:
            while len(self._backgrounds) >= _KEPT_BACKGROUNDS:
                self._backgrounds.popitem(last=False)
            self._backgrounds[known] = self._opened(scene)
        self._backgrounds.move_to_end(known)
        return self._backgrounds[known].later(view.shift_s)

    def _opened(self, scene: SuiteScene) -> Background:
        if scene.place:
            return background_of(place(scene.place), self.footage, scene.script.view)
        return Background(staging.source_of(None if scene.drawn else self.footage.sample), scene.script.view)

    def draw_failures(self, scene: SuiteScene, script: Script, score: ClipScore) -> None:
        """Pictures of what went wrong, composed once more."""
        if self.failures is None:
            return
        film = StagedFilm(Composer(self.background(scene), script))
        draw_from(self.failures, film.frames, script.camera, score, _altered(scene))

    def analysed(self, scene: SuiteScene, film: StagedFilm) -> Analysis:
        """The analysis of the scene's pictures."""
        alter = _altered(scene)
        camera = scene.script.camera
        if not scene.coded:
            return analyse_film(film, camera, self.detector, pace=live_pace(camera), alter=alter)
        with tempfile.TemporaryDirectory(prefix="matpho-staged-") as folder:
            file = Path(folder) / "sub.mp4"
            film.encode(file)
            return analyse(file, camera, self.detector, pace=live_pace(camera), alter=alter)

    def label(self, scene: str, one: Expected, picture: Image) -> dict[str, Any]:
        """What the detector calls the thing while it stands there: in the whole picture, and in a close-up of it."""
        assert one.box is not None
        whole = _best(self.detector.detect([picture])[0], one.box)
        around = one.box.grown(_CLOSE_UP * one.box.w, _CLOSE_UP * one.box.h)
        h, w = picture.shape[:2]
        part = picture[int(around.y * h) : int(around.bottom * h) + 1, int(around.x * w) : int(around.right * w) + 1]
        inside = Box(
            (one.box.x - around.x) / around.w, (one.box.y - around.y) / around.h,
            one.box.w / around.w, one.box.h / around.h,
        )  # fmt: skip
        close = _best(self.detector.detect([np.ascontiguousarray(part)])[0], inside)
        return {"scene": scene, "thing": one.note, "whole_picture": whole, "close_up": close}


_WORKER: list[_Worker] = []  # of this process


def _altered(scene: SuiteScene) -> Alter | None:
    return degradation(scene.alter, scene.script.name) if scene.alter else None


def _worker_starts(load: Callable[[], Detector], footage: Footage, failures: Path | None) -> None:
    end_with_parent()
    cv2.setNumThreads(1)
    _WORKER.append(_Worker(load(), footage, failures))


def _one(scene: SuiteScene) -> SceneResult:
    """In a worker process: one scene from its script to its score."""
    (worker,), since_s = _WORKER, time.process_time()
    script = replace(scene.script, fps=ANALYSED_FPS)
    composer = Composer(worker.background(scene), script)
    film = StagedFilm(composer)
    plain = worker.analysed(scene, film).plain()
    expected = composer.expected
    events = events_of(truth.table(script, expected, script.name, film.width, film.height)).get(script.name, [])
    score = score_clip(script.name, events, answers_of(plain), footage_of(plain))
    seen = [(e, film.kept.get(witness_s(e))) for e in expected if e.box is not None and e.note]
    labels = [worker.label(script.name, e, p) for e, p in seen if p is not None and scene.family == BY_HAND]
    contrasts = {
        event: contrast(p, composer.background.plate, e.box)
        for event, (e, p) in zip(events, seen, strict=False)
        if p is not None and e.box is not None and scene.family != BY_HAND
    }
    result = SceneResult(scene, score, contrasts, tuple(labels), time.process_time() - since_s)
    again = set(score.false) - set(result.false)  # the same thing once more is no false alarm
    worker.draw_failures(scene, script, replace(score, false=tuple(a for a in score.false if a not in again)))
    return result


def _best(seen: list[Observation], box: Box) -> str | None:
    here = [o for o in seen if o.box.iou(box) >= _SAME_THING]
    best = max(here, key=lambda o: o.score, default=None)
    return f"{best.label} {best.score:.2f}" if best else None
