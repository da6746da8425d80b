"""Video as casework and the page need it: clips, stills, covered copies, the live picture."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

from matpho.casework.ports import Cut, RecordedFile
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.codec import dumps
from matpho.domain.evidence import Evidence, EvidenceKind
from matpho.domain.geometry import Box, Polygon
from matpho.domain.time import Instant, Span
from matpho.errors import NotFound, SourceLost
from matpho.settings import Settings
from matpho.video import clip, sharpest, still
from matpho.video.container import open_image
from matpho.video.live_client import watch
from matpho.video.live_parts import LiveForm, LiveFragment, LiveInit, LiveLost, LivePart
from matpho.video.masked_clip import masked_clip
from matpho.wiring.processes import vision_of

STILL_WAIT_S = 6.0


class Clips:
    """``casework.ports.ClipMaker`` over :mod:`matpho.video.clip`."""

    def cut(self, files: Sequence[RecordedFile], span: Span, out: Path) -> Cut:
        """Whole groups of pictures, copied."""
        made = clip.cut(files, span, out)
        return Cut(span=made.span, in_s=made.in_s, out_s=made.out_s, used=made.used, note=made.note)


class Stills:
    """``casework.ports.StillMaker`` over :mod:`matpho.video.still`."""

    def take(self, files: Sequence[RecordedFile], at: Instant, out: Path) -> Instant:
        """The picture shown at that instant, at the size of the recording."""
        return still.take(files, at, out)

    def choose(self, files: Sequence[RecordedFile], span: Span, place: Box | None, out: Path) -> Instant:
        """The best picture of the place within the span."""
        return sharpest.take_sharpest(files, span, place, out)


class Live:
    """The live picture, from whichever process holds the stream."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(
        self, camera: Camera, role: StreamRole, *, masked: bool, h264: bool = False
    ) -> AsyncGenerator[LivePart]:
        """Parts for as long as somebody asks; with ``masked`` only ever the covered rendition, of the sub stream.

        The same one serves who needs ``h264``: with its private areas covered, whoever asks.

        The main stream of a camera that keeps its sub stream is not fetched: its uplink does not carry both.
        """
        run = self._settings.run
        if role is StreamRole.MAIN and camera.recorded_role is StreamRole.MAIN and not (masked or h264):
            return watch(run / "recorder-live.sock", camera.id, StreamRole.MAIN)
        form = LiveForm.ENCODED if masked or h264 else LiveForm.AS_SENT
        number = vision_of(camera.id, self._settings.vision.workers)
        return watch(run / f"vision-{number}-live.sock", camera.id, StreamRole.SUB, form)


class LiveStills:
    """The picture of a camera now, out of its live stream."""

    def __init__(self, live: Live) -> None:
        self._live = live

    async def now(self, camera: Camera, role: StreamRole, *, masked: bool) -> bytes:
        """A JPEG. Raises SourceLost when no picture comes within :data:`STILL_WAIT_S`, BadVideo."""
        try:
            async with asyncio.timeout(STILL_WAIT_S):
                init, fragments = await self._group(camera, role, masked=masked)
        except TimeoutError:
            raise SourceLost("The camera shows no picture now.", "Camera hiện không có hình.") from None
        masks = camera.masks if masked else ()
        return await asyncio.to_thread(still.from_live, init, fragments, masks)

    async def _group(self, camera: Camera, role: StreamRole, *, masked: bool) -> tuple[bytes, list[bytes]]:
        """The header and the running group of pictures: what is given at once, and a moment's more."""
        init = b""
        fragments: list[bytes] = []
        async with aclosing(self._live(camera, role, masked=masked)) as parts:
            while True:
                try:
                    part = await asyncio.wait_for(anext(parts), 0.05 if fragments else STILL_WAIT_S)
                except TimeoutError:
                    return init, fragments
                match part:
                    case LiveInit():
                        init, fragments = part.data, []
                    case LiveFragment():
                        fragments = [part.data] if part.key else [*fragments, part.data]
                    case LiveLost():
                        fragments = []


class CoveredCopies:
    """Copies of evidence with its private areas covered, made when first asked for and kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, evidence: Evidence, sealed: Path) -> Path:
        """The covered copy. Raises NotFound for evidence without masks, BadVideo or StorageProblem."""
        if not evidence.masks:
            raise NotFound("There is nothing to cover here.", "Không có vùng nào cần che ở đây.")
        target = self._folder / f"{evidence.id}-{_mark(evidence.masks)}{sealed.suffix}"
        if target.exists():
            return target
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(f".{os.getpid()}-{target.name}")
        try:
            if evidence.kind is EvidenceKind.STILL:
                part.write_bytes(_covered_still(sealed, evidence.masks))
            else:
                masked_clip(sealed, evidence.masks, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target


def _covered_still(sealed: Path, masks: Sequence[Polygon]) -> bytes:
    with open_image(sealed) as container:
        return still.jpeg(next(container.decode(video=0)), masks)


def _mark(masks: tuple[Polygon, ...]) -> str:
    return hashlib.sha256(b"".join(dumps(mask) for mask in masks)).hexdigest()[:12]
