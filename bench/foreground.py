"""How well foreground is told from the empty scene, and what it costs: CDnet 2014 baseline/highway, every frame.

The stage measured is the one that the static-object model uses, with the model's own figures
(:class:`matpho.vision.background.Background`: the median of the first four seconds, then looking at every frame and
learning about once a second), with colour and on grey levels alone. Beside it, in the same run, OpenCV's MOG2 and KNN
with their defaults, on the colour picture and on the same smoothed grey levels. Scores as CDnet counts them: inside the
region of interest, frames 470 to 1700; shadow is background, unknown and outside pixels do not count.

    .venv/bin/python bench/foreground.py --clip ../shared/clips/cdnet/highway
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from matpho.vision.background import Background
from matpho.vision.frame import Frame
from matpho.vision.sampling import Sampling
from matpho.vision.static_settings import StaticSettings

REPORTS = Path(__file__).parent / "reports"
FPS = 25.0
LEARN_EVERY_S = 0.9
SHADOW_AND_GROUND, MOVING = (0, 50), 255
GOAL_F, GOAL_MS = 0.92, 2.0

Mask = npt.NDArray[np.uint8]
Stage = Callable[[Frame, npt.NDArray[np.uint8]], Mask | None]


@dataclass
class Count:
    """Pixels told right and wrong, and CPU seconds."""

    true: int = 0
    false: int = 0
    missed: int = 0
    cpu_s: float = 0.0
    frames: int = 0

    def row(self) -> dict[str, float]:
        """Precision, recall, F and CPU-ms per frame."""
        precision, recall = self.true / (self.true + self.false), self.true / (self.true + self.missed)
        return {
            "precision": round(precision, 3),
            "recall": round(recall, 3),
            "f": round(2 * precision * recall / (precision + recall), 4),
            "cpu_ms_per_frame": round(1000 * self.cpu_s / self.frames, 2),
        }


class Ours:
    """The foreground stage of the static-object model, frame by frame."""

    def __init__(self, *, colour: bool) -> None:
        self._colour, self._settings = colour, StaticSettings()
        self._sampling: Sampling | None = None
        self._background: Background | None = None
        self._first: list[tuple[Mask, Mask | None]] = []
        self._taken = np.zeros((1, 1), np.uint8)
        self._unlearned_s = 0.0

    def __call__(self, frame: Frame, picture: npt.NDArray[np.uint8]) -> Mask | None:
        """The foreground; None while the empty scene is learned."""
        del picture
        sampling = self._sampling = self._sampling or Sampling(frame.size, self._settings.working_px)
        levels, chroma = sampling.picture(frame), sampling.chroma(frame) if self._colour else None
        if self._background is None:
            self._first.append((levels, chroma))
            if len(self._first) >= self._settings.learn_s * FPS:
                some = self._first[:: round(FPS / self._settings.most_fps)]
                self._background = Background.from_pictures([p for p, _ in some], [c for _, c in some if c is not None])
                self._taken = np.zeros_like(levels)
            return None
        look = self._background.look(levels, chroma, self._taken)
        self._taken = look.foreground
        self._unlearned_s += 1 / FPS
        if self._unlearned_s >= LEARN_EVERY_S:
            rate = self._settings.learn_rate_per_s
            self._background.learn(look, chroma, look.foreground, self._unlearned_s, rate)
            self._background.follow_light(self._unlearned_s, rate)
            self._unlearned_s = 0.0
        return look.foreground


def others() -> dict[str, Stage]:
    """OpenCV's, shadows told apart as by default and not counted."""

    def stage(model: cv2.BackgroundSubtractor, *, grey: bool) -> Stage:
        def look(frame: Frame, picture: npt.NDArray[np.uint8]) -> Mask:
            found = model.apply(cv2.blur(frame.luma, (3, 3)) if grey else picture)
            return np.asarray((found == MOVING).view(np.uint8), dtype=np.uint8)

        return look

    return {
        "MOG2, default, colour": stage(cv2.createBackgroundSubtractorMOG2(), grey=False),
        "MOG2, default, grey levels": stage(cv2.createBackgroundSubtractorMOG2(), grey=True),
        "KNN, default, colour": stage(cv2.createBackgroundSubtractorKNN(), grey=False),
        "KNN, default, grey levels": stage(cv2.createBackgroundSubtractorKNN(), grey=True),
    }


def frames(clip: Path) -> Iterator[tuple[int, Frame, npt.NDArray[np.uint8]]]:
    """Number, planes as a decoder gives them, and the colour picture."""
    for path in sorted((clip / "input").glob("in*.jpg")):
        picture = np.asarray(cv2.imread(str(path)), dtype=np.uint8)
        h, w = picture.shape[:2]
        planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
        u, v = (planes[h + k * h // 4 : h + (k + 1) * h // 4].reshape(h // 2, w // 2) for k in (0, 1))
        yield int(path.stem[2:]), Frame(round(1e9 * int(path.stem[2:]) / FPS), planes[:h], u, v), picture  # type: ignore[arg-type]


def measure(clip: Path) -> dict[str, dict[str, float]]:
    """Each stage over the whole sequence."""
    inside = np.asarray(cv2.imread(str(clip / "ROI.bmp"), cv2.IMREAD_GRAYSCALE)) > 0
    first, last = (int(word) for word in (clip / "temporalROI.txt").read_text("ascii").split()[:2])
    stages: dict[str, Stage] = {"this model, with colour": Ours(colour=True), "this model, grey": Ours(colour=False)}
    stages |= others()
    counts = {name: Count() for name in stages}
    for number, frame, picture in frames(clip):
        truth = None
        if first <= number <= last:
            truth = np.asarray(cv2.imread(str(clip / "groundtruth" / f"gt{number:06d}.png"), cv2.IMREAD_GRAYSCALE))
        for name, stage in stages.items():
            count, begin_s = counts[name], time.thread_time()
            found = stage(replace(frame), picture)  # a fresh frame: what one stage made small is no present to the next
            if found is None:
                continue
            count.cpu_s, count.frames = count.cpu_s + time.thread_time() - begin_s, count.frames + 1
            if truth is None:
                continue
            use = inside & (np.isin(truth, SHADOW_AND_GROUND) | (truth == MOVING))
            told, moving = (found > 0) & use, (truth == MOVING) & use
            count.true += int(np.count_nonzero(told & moving))
            count.false += int(np.count_nonzero(told & ~moving))
            count.missed += int(np.count_nonzero(moving & ~told))
    return {name: count.row() for name, count in counts.items()}


def as_text(command: str, rows: dict[str, dict[str, float]]) -> str:
    """The report for people."""
    lines = [
        "# Foreground on CDnet 2014 highway",
        "",
        f"Made by `{command}`: frames 470 to 1700 of 320×240, inside the region of interest, every frame.",
        "CPU of the thread per frame, decoding not counted; one OpenCV thread. One easy sequence.",
        f"Goals: F {GOAL_F} or more at {GOAL_MS:g} CPU-ms or less.",
        "",
        "| stage | precision | recall | F | CPU-ms per frame |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f']:.3f} | {row['cpu_ms_per_frame']:.2f} |"
        for name, row in rows.items()
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure and write the report; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clip", type=Path, default=Path("../shared/clips/cdnet/highway"))
    parser.add_argument("--out", type=Path, default=REPORTS)
    given = parser.parse_args()
    if not (given.clip / "temporalROI.txt").is_file():
        parser.error(f"there is no CDnet sequence in {given.clip}")
    cv2.setNumThreads(1)
    rows = measure(given.clip)
    command = "bench/foreground.py"
    report = {"command": command, "goal_f": GOAL_F, "goal_cpu_ms": GOAL_MS, "opencv": cv2.__version__, "stages": rows}
    (given.out / "foreground.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    text = as_text(command, rows)
    (given.out / "foreground.md").write_text(text, "utf-8")
    sys.stdout.write(text)
    best = rows["this model, with colour"]
    return 0 if best["f"] >= GOAL_F and best["cpu_ms_per_frame"] <= GOAL_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
