"""The desk: store, casework, evidence and footage joined; its duties as threads."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matpho import __version__
from matpho.casework.commands import Command
from matpho.casework.desk import Desk
from matpho.casework.duties import Clerk, expire
from matpho.casework.export_maker import ExportMaker
from matpho.casework.feedback.commands import MakeProposals
from matpho.casework.health.keeper import HealthKeeper
from matpho.casework.maker import EvidenceMaker
from matpho.casework.manifest import About
from matpho.casework.plan import EvidenceTimes
from matpho.casework.register_records import AddCameras
from matpho.casework.states import States
from matpho.casework.trial_record import TrialSealer
from matpho.casework.views import Views
from matpho.domain.camera import Camera
from matpho.domain.events import CamerasChanged, Event
from matpho.domain.messages import Fact
from matpho.domain.people import PROGRAM, Actor
from matpho.domain.register import NOTHING, RegisterEntry
from matpho.domain.system_words import not_read
from matpho.domain.time import SECOND, Clock, SystemClock
from matpho.errors import MatphoError, StorageProblem
from matpho.pipeline.camera_list import write_cameras
from matpho.plugins.stores.sql import SqlStore
from matpho.plugins.vaults.folder import FolderVault
from matpho.settings import Settings
from matpho.video import journal
from matpho.video.folders import sync_bytes
from matpho.vision.detector import DetectorInfo
from matpho.wiring.footage import Clips, CoveredCopies, Live, LiveStills, Stills
from matpho.wiring.health import health_keeper
from matpho.wiring.keeping import Housekeeping
from matpho.wiring.models import detector_info
from matpho.wiring.outgoing import Outgoing, outgoing
from matpho.wiring.playback import Covers, RecordedVideo
from matpho.wiring.track_pictures import TrackPictures

_log = logging.getLogger(__name__)

CLERK_EVERY_S = 0.25
EXPIRE_EVERY_S = 600.0
PROPOSE_EVERY_S = 3600.0
LIST_EVERY_S = 1.0


class JournalFolder:
    """``casework.ports.Inbox`` over the journals of all cameras: named ``<camera>/<writer>``.

    It is asked several times a second, almost always in vain: the names are listed once a second, and a file that is
    as it was when nothing new was in it is not opened.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: tuple[str, ...] = ()
        self._list_s = float("-inf")
        self._read_up: dict[str, tuple[int, int, int, int]] = {}

    def journals(self) -> Iterable[str]:
        """All journals there are."""
        now_s = time.monotonic()
        if now_s - self._list_s >= LIST_EVERY_S:
            self._names = tuple(f"{p.parent.name}/{p.stem}" for p in sorted(self._folder.glob("*/*.jsonl")))
            self._list_s = now_s
        return self._names

    def read(self, journal_name: str, offset: int) -> Iterator[tuple[Fact, int]]:
        """Facts from a byte offset on, brought to the disk first: the database must never know more than a journal."""
        path = self._folder / f"{journal_name}.jsonl"
        try:
            told = os.stat(path)  # noqa: PTH116 - half the price of Path.stat, many times a second
            mark = (told.st_ino, told.st_size, told.st_mtime_ns, offset)
            if self._read_up.get(journal_name) == mark:
                return
            size = journal.end(path)
            if size <= offset:
                self._read_up[journal_name] = mark
                return
            sync_bytes(path)
        except FileNotFoundError:
            return
        except OSError as e:
            raise not_read(StorageProblem, path, e) from e
        for fact, at in journal.read(path, offset):
            if at > size:
                return
            yield fact, at


class CameraFile:
    """``casework.ports.CameraList``: the private file that the workers follow."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, cameras: Sequence[Camera]) -> None:
        """Replace the list."""
        write_cameras(self._path, tuple(cameras))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What the desk process is made of; the web layer is given these."""

    desk: Desk
    store: SqlStore
    states: States
    views: Views
    vault: FolderVault
    clock: Clock
    clerk: Clerk
    maker: EvidenceMaker
    live: Live
    stills: LiveStills
    covered: CoveredCopies
    track_pictures: TrackPictures
    recorded: RecordedVideo
    exporter: ExportMaker
    sealer: TrialSealer
    house: Housekeeping
    health: HealthKeeper
    outgoing: Outgoing
    detector: DetectorInfo | None


def open_store(settings: Settings) -> SqlStore:
    """The database, made or migrated. Raises BadInput, Corrupt or StorageProblem."""
    return SqlStore(settings.database_url, SystemClock())


def desk_of(settings: Settings, store: SqlStore) -> Desk:
    """The desk over an open store, also for a command beside a running system: transactions take turns."""
    times = EvidenceTimes(
        pre_roll_s=settings.evidence.pre_roll_s,
        post_roll_s=settings.evidence.post_roll_s,
        longest_clip_s=settings.evidence.longest_clip_s,
    )
    return Desk(store, SystemClock(), CameraFile(settings.run / "cameras.json"), times)


def handle_beside(settings: Settings, command: Command, actor: Actor) -> None:
    """One command through a desk of its own: its transactions take turns with those of a running system."""
    store = open_store(settings)
    try:
        desk_of(settings, store).handle(command, actor)
    finally:
        store.close()


def desk_parts(settings: Settings) -> DeskParts:
    """Open everything. Raises StorageProblem or Corrupt; nothing has been changed then."""
    clock = SystemClock()
    store = open_store(settings)
    desk = desk_of(settings, store)
    states = States(clock, desk.tell)
    desk.listen(lambda event: forget_removed(event, store, states))
    vault = FolderVault(settings.evidence_folder)
    detector = _detector(settings)
    about = About(
        software=f"matpho {__version__}",
        detector=detector.name if detector else "",
        detector_sha256=detector.sha256 if detector else "",
    )
    live = Live(settings)
    return DeskParts(
        desk=desk,
        store=store,
        states=states,
        views=Views(store, states),
        vault=vault,
        clock=clock,
        clerk=Clerk(desk, store, JournalFolder(settings.journals)),
        maker=EvidenceMaker(
            store=store,
            desk=desk,
            clips=Clips(),
            stills=Stills(),
            vault=vault,
            recordings=settings.recordings,
            clock=clock,
            about=about,
        ),
        live=live,
        stills=LiveStills(live),
        covered=CoveredCopies(settings.home / "covered"),
        track_pictures=TrackPictures(store, settings.recordings),
        recorded=RecordedVideo(settings),
        exporter=ExportMaker(
            store=store,
            desk=desk,
            clips=Clips(),
            covers=Covers(),
            recordings=settings.recordings,
            folder=settings.home / "exports",
            clock=clock,
            about=about,
        ),
        sealer=TrialSealer(store, desk, vault),
        house=Housekeeping(settings, desk, store, clock),
        health=health_keeper(settings, desk, store, states, clock),
        outgoing=outgoing(settings, desk, store, states, clock),
        detector=detector,
    )


def _detector(settings: Settings) -> DetectorInfo | None:
    """What is said of the detector; a desk without one still serves people."""
    try:
        return detector_info(settings)
    except MatphoError as e:
        _log.warning("no detector: %s", e.en)
        return None


def forget_removed(event: Event, store: SqlStore, states: States) -> None:
    """Nothing more is said of the streams of a camera that was taken out of service."""
    if isinstance(event, CamerasChanged):
        with store.read() as unit:
            gone = unit.cameras.get(event.camera_id) is None
        if gone:
            states.forget(event.camera_id)


def add_cameras(parts: DeskParts, cameras: Sequence[Camera], days: int) -> None:
    """Put cameras in service that were never known; the others stay as people left them.

    ``days`` is for how long footage is kept here.
    """
    for camera in cameras:
        with parts.store.read() as unit:
            known = unit.cameras.known(camera.id)
        if not known:
            parts.desk.handle(AddCameras(cameras=((camera, entry_of_staged(camera, days, parts.clock)),)), PROGRAM)


def entry_of_staged(camera: Camera, days: int, clock: Clock) -> RegisterEntry:
    """What stands in the register of a camera whose scenes are staged: it hangs nowhere, and shows nobody."""
    if not camera.staged:
        return NOTHING
    today = datetime.fromtimestamp(clock.now() / SECOND, UTC).date()
    purpose = "Cảnh dàn dựng để giới thiệu, không quay ai"
    return RegisterEntry(purpose=purpose, place="Không lắp ở nơi nào: camera mẫu", sign_at=today, retention_days=days)


def start_duties(parts: DeskParts, stop: threading.Event) -> list[threading.Thread]:
    """Reading the journals, making evidence and letting the unseen expire, each in a thread until ``stop``."""

    def clerk() -> float:
        parts.clerk.step()
        return CLERK_EVERY_S

    def expiry() -> float:
        expire(parts.desk, parts.clock)
        return EXPIRE_EVERY_S

    def proposals() -> float:
        parts.desk.handle(MakeProposals(), PROGRAM)
        return PROPOSE_EVERY_S

    duties = {
        "clerk": clerk,
        "proposals": proposals,
        "evidence": parts.maker.step,
        "keeping": parts.house.step,
        "expiry": expiry,
        "health": parts.health.step,
        **parts.outgoing.duties,
        "playback cache": parts.recorded.sweep,
        "exports": parts.exporter.step,
        "acceptance records": parts.sealer.step,
    }
    threads = [threading.Thread(target=repeat, args=(n, d, stop), name=n, daemon=True) for n, d in duties.items()]
    for thread in threads:
        thread.start()
    return threads


def repeat(name: str, step: Callable[[], float], stop: threading.Event) -> None:
    """One duty for ever; trouble is logged and waited out, because the work is rows and stays."""
    while not stop.is_set():
        try:
            pause_s = step()
        except MatphoError as e:
            _log.warning("%s: %s", name, e.en)
            pause_s = 2.0
        except Exception:  # noqa: BLE001 - this worker's edge: recorded, and tried again
            _log.exception("%s failed", name)
            pause_s = 2.0
        stop.wait(pause_s)
