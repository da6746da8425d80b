"""The recorded past of footage that is analysed: the film itself, read once more around the moment in question."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, Span, seconds
from matpho.errors import MatphoError
from matpho.pipeline.film import FOLDER_FPS, image_at, images_in
from matpho.pipeline.past import Answer, Change, Question, Reel, change, spaced
from matpho.pipeline.planes import from_bgr, to_frame
from matpho.video.container import open_video
from matpho.vision.frame import Frame

KEY_STEP_S = 0.5  # of footage that is nothing but key pictures
_WHOLE_PX = 1 << 30


class FilmPast:
    """:class:`matpho.pipeline.past.Past` over a video file or a folder of numbered images; answers at once."""

    def __init__(self, path: Path, fps: float | None = None, view: Callable[[Frame], Frame] | None = None) -> None:
        """``fps`` is that of a folder of images; ``view`` is how the analysis saw each picture, None: as it is."""
        self._path, self._fps, self._view = path, fps or FOLDER_FPS, view
        self._answers: dict[int, Answer] = {}

    def ask(self, question: Question) -> None:
        """Look it up."""
        try:
            self._answers[question.thing] = Answer(self._look_up(question))
        except (MatphoError, OSError, ValueError, av.FFmpegError):
            self._answers[question.thing] = Answer(None)

    def take(self, camera_id: CameraId, thing: int) -> Answer | None:
        """The answer, once."""
        del camera_id
        return self._answers.pop(thing, None)

    def _look_up(self, question: Question) -> Change | None:
        if self._path.is_dir():
            return change(question, self._viewed(_Images(tuple(images_in(self._path)), self._fps)))
        container = open_video(self._path)
        try:
            return change(question, self._viewed(_File(container)))
        finally:
            container.close()

    def _viewed(self, reel: Reel) -> Reel:
        return _Viewed(reel, self._view) if self._view else reel


@dataclass(frozen=True, slots=True)
class _Viewed:
    """A reel as the analysis saw it."""

    reel: Reel
    view: Callable[[Frame], Frame]

    def keys(self, span: Span) -> list[Instant]:
        """Those of the reel."""
        return self.reel.keys(span)

    def key(self, at: Instant) -> Frame | None:
        """One of them, seen so."""
        frame = self.reel.key(at)
        return None if frame is None else self.view(frame)

    def pictures(self, span: Span, step_s: float) -> Iterator[Frame]:
        """The pictures of a stretch, seen so."""
        return map(self.view, self.reel.pictures(span, step_s))


class _File:
    """:class:`matpho.pipeline.past.Reel` over a video file."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self._stream: Any = container.streams.video[0]
        self._stream.thread_type = "NONE"
        first = next(self._pictures())
        self._base: int = first.pts if first.pts is not None else 0

    def keys(self, span: Span) -> list[Instant]:
        """Key pictures within the span, at most two a second."""
        self._seek(span.start)
        found: list[Instant] = []
        for packet in self._container.demux(self._stream):
            if packet.pts is None:
                continue
            at = self._at(packet.pts)
            if at > span.end:
                break
            if packet.is_keyframe and at >= span.start and spaced(at, found[-1] if found else None, KEY_STEP_S):
                found.append(at)
        return found

    def key(self, at: Instant) -> Frame | None:
        """One of them."""
        self._seek(at)
        for picture in self._pictures():
            if self._at(picture.pts) >= at - SECOND // 1000:
                return to_frame(picture, at)
        return None

    def pictures(self, span: Span, step_s: float) -> Iterator[Frame]:
        """Pictures of a stretch, at their own size."""
        self._seek(span.start)
        last: Instant | None = None
        for picture in self._pictures():
            at = self._at(picture.pts)
            if at > span.end:
                return
            if at >= span.start and spaced(at, last, step_s):
                last = at
                yield to_frame(picture, at, _WHOLE_PX)

    def _pictures(self) -> Iterator[Any]:
        """From where the file is read now on; damage ends it."""
        try:
            yield from (p for p in self._container.decode(self._stream) if p.pts is not None)
        except (av.FFmpegError, ValueError):
            return

    def _at(self, pts: int) -> Instant:
        return Instant(round((pts - self._base) * self._stream.time_base * SECOND))

    def _seek(self, at: Instant) -> None:
        """To the last key picture at or before the instant."""
        pts = self._base + round(seconds(max(at, 0)) / float(self._stream.time_base))
        self._container.seek(pts, stream=self._stream, backward=True)
        self._stream.codec_context.flush_buffers()


@dataclass(frozen=True, slots=True)
class _Images:
    """The same over numbered images."""

    images: tuple[Path, ...]
    fps: float

    def keys(self, span: Span) -> list[Instant]:
        """Key pictures within the span, at most two a second."""
        found: list[Instant] = []
        for number in range(len(self.images)):
            at = self._at(number)
            if span.start <= at <= span.end and spaced(at, found[-1] if found else None, KEY_STEP_S):
                found.append(at)
        return found

    def key(self, at: Instant) -> Frame | None:
        """One of them."""
        image = image_at(self.images[round(seconds(at) * self.fps)])
        return None if image is None else from_bgr(image, at)

    def pictures(self, span: Span, step_s: float) -> Iterator[Frame]:
        """Pictures of a stretch, at their own size."""
        last: Instant | None = None
        for number, path in enumerate(self.images):
            at = self._at(number)
            if not span.start <= at <= span.end or not spaced(at, last, step_s):
                continue
            image = image_at(path)
            if image is not None:
                last = at
                yield from_bgr(image, at, _WHOLE_PX)

    def _at(self, number: int) -> Instant:
        return Instant(round(number / self.fps * SECOND))
