"""The recorded past of live cameras: the recorder's own files, read by one patient thread of the vision worker."""

import contextlib
import logging
import os
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import av.error

from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, Span, after
from matpho.errors import MatphoError
from matpho.pipeline.past import Answer, Question, change, spaced
from matpho.pipeline.planes import to_frame
from matpho.video.footage import Footage, load, opened
from matpho.video.fragments import Fragment
from matpho.vision.frame import Frame

log = logging.getLogger(__name__)

MOST_WAITING = 8  # questions of one worker; those that come while so many wait are not answered
LONGEST_FILE_S = 3600.0  # a file that began so long before a stretch may still reach into it
_NICE = 10
_WHOLE_PX = 1 << 30


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    start: Instant
    end: Instant | None = None


class RecordedPast:
    """:class:`matpho.pipeline.past.Past` over ``<camera>/<day>/<start ns>.mp4``."""

    def __init__(self, recordings: Path) -> None:
        """``recordings`` need not be there: then nothing was recorded."""
        self._recordings = recordings
        self._lock = threading.Condition()
        self._asked: deque[Question] = deque()
        self._answers: dict[tuple[CameraId, int], Answer] = {}
        self._stopped = False
        self._thread: threading.Thread | None = None

    def ask(self, question: Question) -> None:
        """Look that up, behind what was asked before."""
        with self._lock:
            if self._stopped or len(self._asked) >= MOST_WAITING:
                self._answers[question.camera_id, question.thing] = Answer(None)
                return
            self._asked.append(question)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="past", daemon=True)
                self._thread.start()
            self._lock.notify()

    def take(self, camera_id: CameraId, thing: int) -> Answer | None:
        """The answer, once; None while it is not known."""
        with self._lock:
            return self._answers.pop((camera_id, thing), None)

    def stop(self) -> None:
        """End the thread after the question that it is at."""
        with self._lock:
            self._stopped = True
            self._asked.clear()
            self._lock.notify()

    def _run(self) -> None:
        with contextlib.suppress(OSError, AttributeError):  # threads of their own niceness are Linux's
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._stopped or self._asked)
                if self._stopped:
                    return
                question = self._asked.popleft()
            answer = self._answer(question)
            with self._lock:
                self._answers[question.camera_id, question.thing] = answer

    def _answer(self, question: Question) -> Answer:
        try:
            return Answer(change(question, Recordings(self._recordings / question.camera_id)))
        except (MatphoError, OSError, av.error.FFmpegError) as e:
            log.info("%s: the recording does not tell who left a thing: %s", question.camera_id, type(e).__name__)
            return Answer(None)


class Recordings:
    """:class:`matpho.pipeline.past.Reel` over the recordings of one camera, whichever stream was recorded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._maps: dict[Path, Footage] = {}
        self._keys: dict[Instant, tuple[Footage, Fragment]] = {}

    def keys(self, span: Span) -> list[Instant]:
        """The key pictures within the span."""
        found = {
            footage.instant(fragment.shown_start): (footage, fragment)
            for footage in self._footage(span)
            for fragment in footage.map.fragments
            if fragment.key and span.start <= footage.instant(fragment.shown_start) <= span.end
        }
        self._keys |= found
        return sorted(found)

    def key(self, at: Instant) -> Frame | None:
        """One of them."""
        footage, fragment = self._keys[at]
        return next(_decoded(footage, [fragment], at), None)

    def pictures(self, span: Span, step_s: float) -> Iterator[Frame]:
        """Pictures of a stretch, at their own size."""
        last: Instant | None = None
        for footage in self._footage(span):
            for at, picture in _timed(footage, footage.around(span)):
                if span.start <= at <= span.end and spaced(at, last, step_s):
                    last = at
                    yield to_frame(picture, at, _WHOLE_PX)

    def _footage(self, span: Span) -> list[Footage]:
        """Files that reach into the span, in order."""
        files = [f for f in _files(self._folder, span) if f.path not in self._maps]
        for footage in load(files):
            self._maps[footage.path] = footage
        return sorted((f for f in self._maps.values() if f.span.touches(span)), key=lambda f: f.start)


def _files(folder: Path, span: Span) -> list[_File]:
    """Files that may reach into the span: those that begin in it, and the last one before it."""
    earliest = after(span.start, -LONGEST_FILE_S)
    days = {f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d}" for at in (earliest, span.start, span.end)}
    paths = [p for day in days for p in (folder / day).glob("*.mp4") if p.stem.isdecimal()]
    begun = [_File(p, Instant(int(p.stem))) for p in paths]
    found = sorted((f for f in begun if earliest <= f.start <= span.end), key=lambda f: f.start)
    return [a for a, b in pairwise(found) if b.start >= span.start] + found[-1:]


def _decoded(footage: Footage, fragments: list[Fragment], at: Instant) -> Iterator[Frame]:
    for _, picture in _timed(footage, fragments):
        yield to_frame(picture, at)


def _timed(footage: Footage, fragments: Any) -> Iterator[tuple[Instant, Any]]:
    """Decoded pictures with their instants; what is damaged ends a stretch early."""
    try:
        with opened(footage, fragments) as container:
            stream = container.streams.video[0]
            stream.thread_type = "NONE"
            for picture in container.decode(stream):
                yield footage.instant(picture.pts), picture
    except (av.error.FFmpegError, ValueError):
        return
