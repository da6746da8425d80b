"""Files from a camera's card brought into its recording: found, dated, taken in order, told for the audit trail."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from matpho.domain.address import Address, AddressKind
from matpho.domain.ids import CameraId
from matpho.domain.messages import FootageImported
from matpho.domain.time import Clock, Instant, SystemClock, after
from matpho.errors import BadInput, MatphoError, NotFound
from matpho.plugins.sources.file import FileSource
from matpho.settings import Settings
from matpho.video.container import open_video
from matpho.video.file_time import FileTime, file_time
from matpho.video.intake import Intake, Taken
from matpho.video.place import Place

ENDINGS = frozenset({".mp4", ".mkv", ".avi", ".mov", ".m4v", ".ts", ".dav", ".264", ".h264", ".265"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: what was ``taken`` (by which import), or the ``error`` that kept it out."""

    path: Path
    time: FileTime | None = None
    taken: Taken | None = None
    error: MatphoError | None = None
    import_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for. ``start`` is for one file only; ``offset_s`` is added to every time that was found.

    ``sharp``: also where only a smaller picture was recorded.
    """

    camera_id: CameraId
    paths: Sequence[Path]
    start: Instant | None = None
    offset_s: float = 0.0
    local: tzinfo | None = None
    dry: bool = False
    sharp: bool = False


def import_footage(
    settings: Settings,
    wish: Wish,
    told: Callable[[Outcome], None],
    clock: Clock | None = None,
) -> list[Outcome]:
    """Take what is missing out of the files, oldest first; ``told`` hears of each as it is done.

    A file that cannot be used is an outcome and leaves the others alone. Raises NotFound for a camera without
    recordings, BadInput when there are no files, StorageProblem when the disk refuses.
    """
    _known(settings, wish.camera_id)
    clock = clock or SystemClock()
    local = wish.local or ZoneInfo(settings.time_zone)
    files = list(_files(wish.paths))
    if wish.start is not None and len(files) != 1:
        raise BadInput(
            f"--start fits one file, not {len(files)}", f"--start chỉ dùng cho một tệp, không phải {len(files)}"
        )
    dated, outcomes = [], []
    for path in files:
        try:
            dated.append((path, _time_of(path, wish, local, clock.now())))
        except MatphoError as e:
            outcomes.append(Outcome(path, error=e))
            told(outcomes[-1])
    if not wish.dry:
        Place(settings.recordings, settings.journals).require()
    with Intake(
        wish.camera_id,
        journals=settings.journals,
        recordings=settings.recordings,
        clock=clock,
        segment_s=settings.recording.segment_s,
        reserve_bytes=settings.recording.reserve_mb * 1_000_000,
        dry=wish.dry,
        sharp=wish.sharp,
        offset_s=wish.offset_s,
    ) as intake:
        for path, time in sorted(dated, key=lambda d: d[1].start):
            outcomes.append(_take(intake, path, time, clock))
            told(outcomes[-1])
    return outcomes


def _known(settings: Settings, camera_id: CameraId) -> None:
    recorded = sorted(p.parent.name for p in settings.journals.glob("*/recorder.jsonl"))
    if camera_id not in recorded:
        names = ", ".join(recorded) or "–"
        raise NotFound(
            f"there are no recordings of a camera {camera_id} with gaps to fill; there are: {names}",
            f"chưa có bản ghi nào của camera {camera_id} để bổ sung; hiện có: {names}",
        )


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those of folders that look like video; each once."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
            if not found:
                raise BadInput(f"there is no video in {path}", f"không có video nào trong {path}")
        elif path.exists():
            found = [path]
        else:
            raise BadInput(f"there is no {path}", f"không có {path}")
        for file in found:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _time_of(path: Path, wish: Wish, local: tzinfo, now: Instant) -> FileTime:
    """When a file begins. Raises BadInput when nothing tells, BadVideo when it is no video."""
    with open_video(path) as container:
        header = _header_time(container)
    if wish.start is not None:
        found: FileTime | None = FileTime(wish.start, "given")
    else:
        found = file_time(path.absolute(), local, lambda: header)
    if found is None:
        raise BadInput(
            f"neither the name of {path.name} nor its header tells when it begins; give --start",
            f"tên tệp {path.name} và phần đầu tệp đều không cho biết giờ bắt đầu; hãy ghi --start",
        )
    start = after(found.start, wish.offset_s)
    if start > now:
        raise BadInput(
            f"{path.name} would begin in the future: the camera's clock is ahead; correct it with --offset-s",
            f"{path.name} sẽ bắt đầu ở tương lai: đồng hồ camera chạy nhanh; hãy chỉnh bằng --offset-s",
        )
    return FileTime(start, found.told_by)


def _header_time(container: object) -> str | None:
    video = container.streams.video[0]  # type: ignore[attr-defined]
    for metadata in (container.metadata, video.metadata):  # type: ignore[attr-defined]
        for key in ("creation_time", "date", "DATE"):
            if metadata.get(key):
                return str(metadata[key])
    return None


def _take(
    intake: Intake,
    path: Path,
    time: FileTime,
    clock: Clock,
) -> Outcome:
    try:
        source = FileSource(Address(kind=AddressKind.FILE, path=str(path)))
        try:
            taken = intake.take(source, time.start)
        finally:
            source.close()
    except BadInput as e:
        return Outcome(path, time, error=e)
    if taken.filled:
        fact = FootageImported(
            camera_id=intake.told.camera_id,
            at=clock.now(),
            sha256=_digest(path),
            start=taken.span.start,
            end=taken.span.end,
            taken_s=round(taken.seconds, 3),
            clock=time.told_by,
            uid=intake.told.uid,
            import_id=intake.told.id,
            offset_s=intake.told.offset_s,
        )
        intake.tell(fact)
    return Outcome(path, time, taken, import_id=intake.told.id if taken.bytes else "")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
