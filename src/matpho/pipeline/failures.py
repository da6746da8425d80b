"""Pictures of what went wrong, for looking at: the frame, its zones, the box, and why. Never part of a report.

They show real people. They are written where the person who measures asked for them, into a folder that ignores itself
in git, and are overwritten by the next measurement.
"""

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from matpho.domain.camera import Camera
from matpho.domain.geometry import Box
from matpho.domain.system_words import not_made, not_written
from matpho.domain.time import seconds
from matpho.errors import StorageProblem
from matpho.pipeline.film import open_film
from matpho.pipeline.score import Answer, ClipScore
from matpho.vision.frame import Frame, Image

_FPS = 5.0
_RED, _AMBER, _BLUE, _WHITE = (60, 60, 235), (0, 190, 255), (230, 160, 60), (255, 255, 255)
CROSSED = frozenset({"red_light", "jump_start"})
"""Told when no green has come, with the box of the crossing."""
_LINE_PX, _LINE_CHARACTERS = 18, 78


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing to look at: an incident that answers nothing, or a sure event that nothing answers."""

    at_s: float
    name: str
    box: Box | None
    lines: tuple[str, ...]


def failures_of(score: ClipScore) -> list[Failure]:
    """What went wrong on a clip, in order of time."""
    found = [
        Failure(
            _shown_s(a),
            f"false-{a.kind}-{a.at_s:.1f}s",
            a.box,
            (f"FALSE {a.kind}, from {a.start_s:.1f} to {a.end_s:.1f} s, told at {a.at_s:.1f} s", a.why),
        )
        for a in score.false
    ]
    for event in score.missed:
        when = f"from {event.start_s:.1f} to {event.end_s:.1f} s"
        near = [a for a in score.answers if a.kind in event.answers]
        told = ", ".join(f"{a.kind} at {a.start_s:.1f} s" for a in near) or "none of these kinds was told on this clip"
        lines = (f"MISSED {event.kind}, {when}", f"may be answered by {', '.join(event.answers)}: {told}")
        at_s = event.start_s + 0.5 if event.box_at_s is None else event.box_at_s
        found.append(Failure(at_s, f"missed-{event.kind}-{event.start_s:.1f}s", event.box, lines))
    return sorted(found, key=lambda f: (f.at_s, f.name))


def _shown_s(answer: Answer) -> float:
    """When the thing was in its box: who crossed a line is told seconds later, all else is there when it is told."""
    return (answer.start_s + answer.end_s) / 2 if answer.kind in CROSSED else answer.at_s


def draw_failures(
    folder: Path,
    video: Path,
    camera: Camera,
    score: ClipScore,
    alter: Callable[[Frame], Frame] | None = None,
    *,
    fps: float | None = None,
) -> list[Path]:
    """Write a JPEG of each failure of a clip into ``folder``, which is there; the paths.

    Raises StorageProblem, BadVideo.
    """
    return draw_from(folder, lambda: open_film(video, fps=fps, analysed_fps=_FPS).frames(), camera, score, alter)


def draw_from(
    folder: Path,
    footage: Callable[[], Iterator[Frame]],
    camera: Camera,
    score: ClipScore,
    alter: Callable[[Frame], Frame] | None = None,
) -> list[Path]:
    """The same of any ``footage``, which is asked for only where something went wrong. Raises StorageProblem."""
    wanted = failures_of(score)
    if not wanted:
        return []
    written = []
    for number, (failure, frame) in enumerate(_frames(footage(), wanted, alter)):
        path = folder / f"{_plain(score.clip)}-{number:02d}-{_plain(failure.name)}.jpg"
        done, data = cv2.imencode(".jpg", _picture(frame, camera, failure), [cv2.IMWRITE_JPEG_QUALITY, 88])
        try:
            path.write_bytes(data.tobytes() if done else b"")
        except OSError as e:
            raise not_written(StorageProblem, path, e) from e
        written.append(path)
    return written


def prepare(folder: Path) -> None:
    """Make the folder, told to git as one to ignore, and take out the pictures of an earlier measurement.

    Raises StorageProblem.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.jpg"):
            old.unlink()
        (folder / ".gitignore").write_text("*\n", "ascii")
    except OSError as e:
        raise not_made(StorageProblem, folder, e) from e


def _frames(
    footage: Iterator[Frame], wanted: Sequence[Failure], alter: Callable[[Frame], Frame] | None
) -> Iterator[tuple[Failure, Frame]]:
    """The first frame at or after each failure's time; the last of all where the footage ends before."""
    left, last = list(wanted), None
    for frame in footage:
        last = alter(frame) if alter else frame
        while left and seconds(frame.at) >= left[0].at_s:
            yield left.pop(0), last
        if not left:
            return
    if last is not None:
        yield from ((failure, last) for failure in left)


def _picture(frame: Frame, camera: Camera, failure: Failure) -> Image:
    picture = np.ascontiguousarray(frame.bgr())
    height, width = picture.shape[:2]
    for zone in camera.zones:
        points = zone.polygon.points if zone.polygon else zone.line or ()
        corners = np.array([(p.x * width, p.y * height) for p in points], np.int32)
        cv2.polylines(picture, [corners], zone.polygon is not None, _BLUE, 1, cv2.LINE_AA)
        if len(corners):
            x, y = corners.mean(0)
            _write(picture, f"{zone.purpose}", (int(x), int(y)), _BLUE)
    if failure.box is not None:
        box = failure.box
        top, bottom = (int(box.x * width), int(box.y * height)), (int(box.right * width), int(box.bottom * height))
        cv2.rectangle(picture, top, bottom, _RED if failure.name.startswith("false") else _AMBER, 2)
    lines = [part for line in failure.lines for part in _wrapped(line)]
    lines.append(f"picture of {seconds(frame.at):.1f} s")
    strip = np.zeros((_LINE_PX * len(lines) + 8, width, 3), np.uint8)
    for number, line in enumerate(lines):
        _write(strip, line, (6, _LINE_PX * (number + 1)), _WHITE)
    return np.vstack([picture, strip])


def _write(picture: Image, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(picture, _ascii(text), at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _LINE_CHARACTERS)


def _ascii(text: str) -> str:
    """Letters that the drawing knows: without accents."""
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D").replace("–", "-"))
    return plain.encode("ascii", "ignore").decode()


def _plain(name: str) -> str:
    """A name of letters, digits and dashes, for a file."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", _ascii(name)).strip("-.")[:80] or "x"
