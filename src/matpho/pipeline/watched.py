"""One camera in a vision worker: its sub stream, its analysis, its journal, its live picture."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from matpho.domain.address import Address, AddressKind, parse
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId
from matpho.domain.messages import BoxesSeen, HitSeen, PictureSeen, StreamState, TrackEnded
from matpho.domain.observation import Track
from matpho.domain.time import Clock, Instant, after, seconds
from matpho.errors import StorageProblem
from matpho.pipeline.camera import CameraPipeline
from matpho.pipeline.decoding import DueFrames
from matpho.pipeline.scene_file import scene_file
from matpho.pipeline.silence import Silence
from matpho.pipeline.turns import ALL, TOGETHER
from matpho.video.encoded import EncodedHub
from matpho.video.journal import Journal
from matpho.video.live import LiveForm, LiveHub, LiveServer
from matpho.video.reader import PacketListener, StreamReader
from matpho.video.shared_stream import SharedStream
from matpho.video.shortening import Shortener
from matpho.video.source import OpenSource
from matpho.vision.quality import PictureQuality

log = logging.getLogger(__name__)

_JOURNAL_DAYS = 2.0  # hits and tracks that the desk has stored stay in the journal for so long

LONGEST_PATH = 32  # boxes in the summary of a track
_SCENES_EVERY_S = 900.0  # what was learned of the empty scenes goes to disk
_NAP_S = 1.0  # how long pictures may gather where no rule measures movements
_CALM_S = 3.0  # and where one does, when nothing has moved for so long


class MakePipeline(Protocol):
    """Builds the analysis of a camera; the worker gives it its detector and budget."""

    def __call__(self, camera: Camera) -> CameraPipeline:
        """A fresh pipeline."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What all cameras of one worker share. ``open_sub`` opens sub streams, ``open_source`` main where that is all."""

    journals: Path
    live: LiveServer
    open_source: OpenSource
    open_sub: OpenSource
    tell: Callable[[StreamState | PictureSeen], None]
    clock: Clock
    analysed_fps: float
    make_pipeline: MakePipeline
    scenes: Path
    recorder_socket: Path | None = None


class WatchedCamera:
    """Analysed in the worker's threads, one at a time; read and decoded in the reader's own."""

    def __init__(self, camera: Camera, around: Around) -> None:
        """Open the journal and begin to connect; raises BadAddress or StorageProblem."""
        self.camera = camera
        self._around = around
        role = StreamRole.SUB if camera.sub else StreamRole.MAIN
        address = parse(camera.analysed_address or "")
        self._journal = Journal(around.journals / camera.id / "vision.jsonl")
        self._shortener = Shortener(self._journal)
        self._pipeline = around.make_pipeline(camera)
        self._scenes = scene_file(around.scenes, camera.id)
        self._scenes_due_s = around.clock.monotonic_s() + _SCENES_EVERY_S
        self._quality = PictureQuality(camera.id)
        encoded = EncodedHub(camera.id, StreamRole.SUB, camera.masks)
        self._frames = DueFrames(around.analysed_fps, encoded, at_once=lambda: self.prompt)
        self._hub, self._encoded = LiveHub(camera.id, StreamRole.SUB), encoded
        listeners: tuple[PacketListener, ...] = (self._hub, self._frames, encoded)
        around.live.serve(encoded, LiveForm.ENCODED)
        around.live.serve(self._hub)
        self._reader = StreamReader(
            camera.id,
            role,
            address,
            open_source=self._opener(camera, address),
            listeners=listeners,
            tell=self._tell_as_sub,
            clock=around.clock,
            nap_s=self._nap_s,
        )
        self._silence, self._last_at = Silence(around.clock), Instant(0)
        self._moved_at = Instant(0)
        self._earlier, self._earlier_s = {"inferences": 0, "scheduled": 0}, dict[str, float]()
        self._untold: list[HitSeen | TrackEnded] = []
        self.analysed, self._stopped = 0, False
        self._one_at_a_time = threading.Lock()
        self._reader.start()

    def _opener(self, camera: Camera, address: Address) -> OpenSource:
        """How its stream is opened: through the recorder where that reads the same."""
        around = self._around
        direct, socket = around.open_sub if camera.sub else around.open_source, around.recorder_socket
        if socket is None or not camera.one_stream or address.kind is not AddressKind.RTSP:
            return direct
        return SharedStream(socket, camera.id, camera.recorded_role, direct)

    def _tell_as_sub(self, state: StreamState) -> None:
        """A camera with one stream only shows it in both roles; the recorder speaks for main."""
        self._around.tell(replace(state, role=StreamRole.SUB))

    def _nap_s(self) -> float:
        """Pictures may come a little later, several together, while nobody watches and nothing measured moves."""
        if self._hub.watched or self._encoded.watched or self.prompt:
            return 0.0
        return _NAP_S

    @property
    def prompt(self) -> bool:
        """Whether something moves, or may, where movements are measured: its pictures are analysed as they come."""
        return self._pipeline.measures and not self._calm

    @property
    def _calm(self) -> bool:
        """Whether nothing has moved for a while."""
        return seconds(self._last_at - self._moved_at) > _CALM_S

    @property
    def together(self) -> int:
        """The pictures of one turn: all that wait where rules measure what moves."""
        return ALL if self.prompt else TOGETHER

    @property
    def counts(self) -> dict[str, int]:
        """Frames due, analysed and dropped because the worker was late; inferences asked for by the pace, and had."""
        stages, frames = self._pipeline.stages, self._frames
        return {
            "due": frames.due,
            "analysed": self.analysed,
            "dropped": frames.dropped,
            "inferences": self._earlier["inferences"] + stages.inferences,
            "scheduled": self._earlier["scheduled"] + stages.scheduled,
        }

    @property
    def cpu_s(self) -> dict[str, float]:
        """CPU seconds by stage; ``decode`` is spent in the reader's thread."""
        now = self._pipeline.stages.cpu_s
        return {stage: now[stage] + self._earlier_s.get(stage, 0.0) for stage in now} | {"decode": self._frames.cpu_s}

    def step(self) -> bool:
        """Analyse the oldest due frame; False when there is none.

        A worker that is short of time leaves out pictures where nothing moves before any others.
        """
        with self._one_at_a_time:
            return not self._stopped and self._step()

    def _step(self) -> bool:
        if self._calm:
            self._frames.catch_up()
        due = self._frames.take()
        if due is None or due.at <= self._last_at:
            return due is not None
        self._last_at = due.at
        self._pipeline.arrived(self._frames.before)
        hits = self._pipeline.step(due)
        if self._pipeline.motion.moving:
            self._moved_at = due.at
        self.analysed += 1
        self._say(hits)
        for track in self._pipeline.ended_tracks():
            self._keep(_summary(self.camera.id, track))
        scene = self._pipeline.scene
        if scene is not None:
            quality = self._quality.look(due, scene.picture)
            if quality is not None:
                self._around.tell(quality)
            boxes = tuple((t.id, t.group, t.now.box) for t in scene.tracks if t.now.seen)
            self._around.live.show_boxes(BoxesSeen(self.camera.id, due.at, boxes))
        return True

    def tick(self) -> None:
        """Once a second: tell the rules of silence, and try again what the disk refused."""
        with self._one_at_a_time:
            self._tick()

    def _tick(self) -> None:
        if self._silence.lasts(self._frames.seen):
            self._pipeline.arrived(self._frames.seen)
            self._say(self._pipeline.silent(self._around.clock.now()))
        self._flush()
        if self._around.clock.monotonic_s() >= self._scenes_due_s:
            self._keep_scenes()

    def _say(self, hits: list[RuleHit]) -> None:
        for hit in hits:
            self._keep(HitSeen(replace(hit, staged=self.camera.staged)))

    def _keep(self, fact: HitSeen | TrackEnded) -> None:
        self._untold.append(fact)
        self._flush()

    def _flush(self) -> None:
        """Facts go to the journal in order; a full disk keeps them here, bounded, and says so."""
        while self._untold:
            try:
                self._journal.append(self._untold[0])
            except StorageProblem as e:
                log.warning("%s: %s", self.camera.id, e.en)
                del self._untold[:-10_000]
                return
            del self._untold[0]
        if self._shortener.due:
            self._shortener.vision(after(self._around.clock.now(), -_JOURNAL_DAYS * 86_400.0))

    def change(self, camera: Camera) -> bool:
        """Take over a new description without a new connection; False when its addresses or masks differ."""
        old = self.camera
        if _connected(old) != _connected(camera):
            return False
        if camera != old:
            with self._one_at_a_time:
                self._finish()
                self.camera, self._earlier, self._earlier_s = camera, self.counts, self.cpu_s
                before, self._pipeline = self._pipeline, self._around.make_pipeline(camera)
                self._pipeline.take_over(before)
        return True

    def _keep_scenes(self) -> None:
        self._scenes_due_s = self._around.clock.monotonic_s() + _SCENES_EVERY_S
        learned = self._pipeline.learned()
        if learned is not None:
            self._scenes.save(learned, self._around.clock.now())

    def _finish(self) -> None:
        self._say(self._pipeline.finish(Instant(self._around.clock.now())))
        self._keep_scenes()

    def stop(self, wait_s: float = 2.0) -> None:
        """End the connection and what is open."""
        self._reader.stop(wait_s)
        self._around.live.forget(self.camera.id, StreamRole.SUB)
        with self._one_at_a_time:
            self._stopped = True
            self._finish()
            self._journal.close()

    def forget_scenes(self) -> None:
        """Leave no picture of a camera that is none any more; call it after :meth:`stop`."""
        self._scenes.remove()

    def ask_to_stop(self) -> None:
        """Begin to stop, so that many cameras wait together."""
        threading.Thread(target=self._reader.stop, daemon=True).start()


def _connected(camera: Camera) -> tuple[object, ...]:
    """What a connection, or what is made of it, depends on."""
    return camera.main, camera.sub, camera.masks, camera.one_stream


def _summary(camera_id: CameraId, track: Track) -> TrackEnded:
    """A track as a row: at most :data:`LONGEST_PATH` of its boxes, evenly spaced, first and last among them."""
    path = [p for p in track.path if p.seen] or [track.now]
    step = max(1, -(-(len(path) - 1) // (LONGEST_PATH - 1)))
    chosen = [*path[:-1:step], path[-1]]
    boxes = tuple((p.at, p.box) for p in chosen)
    return TrackEnded(camera_id, track.id, track.group, track.started, path[-1].at, boxes)
