"""From journal to sealed evidence with real recordings, a real database and a real vault."""

import hashlib
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import av
import pytest
from click.testing import CliRunner

from matpho.casework.commands import AddCamera
from matpho.casework.desk import Desk
from matpho.casework.duties import Clerk
from matpho.casework.maker import EvidenceMaker
from matpho.casework.manifest import About, verify_manifest
from matpho.casework.plan import EvidenceTimes
from matpho.casework.records import IncidentFilter
from matpho.cli.check import command
from matpho.domain.camera import StreamRole
from matpho.domain.evidence import EvidenceKind, EvidenceState
from matpho.domain.messages import GapCause, GapSeen, HitSeen, SegmentClosed, SegmentOpened
from matpho.domain.people import PROGRAM
from matpho.domain.time import after
from matpho.domain.words import Said
from matpho.plugins.stores.sql import SqlStore
from matpho.plugins.vaults.folder import FolderVault
from matpho.testing.builders import at, camera, hit
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import packets
from matpho.video.journal import Journal
from matpho.video.segment import SegmentWriter
from matpho.wiring.desk import CameraFile, JournalFolder
from matpho.wiring.footage import Clips, Stills

pytestmark = pytest.mark.integration

CAMERA = camera(staged=True)
TIMES = EvidenceTimes(pre_roll_s=3.0, post_roll_s=3.0, longest_clip_s=30.0)


def _record(folder: Path, journal: Journal, start_s: float, length_s: float, *, close: bool = True) -> None:
    """One recording file and what the recorder writes of it: 10 pictures a second, a group every 2 s."""
    start = after(NOON, start_s)
    info, script = packets(pictures=round(length_s * 10), start=start, gop=20)
    path = f"{CAMERA.id}/2026-09-21/{start}.mp4"
    writer = SegmentWriter(folder / path, info, start)
    writer.create()
    journal.append(SegmentOpened(CAMERA.id, StreamRole.MAIN, path, start, "h264", 320, 240))
    for packet in script:
        writer.add(packet, 0.0)
    if not close:
        writer.abandon()
        return
    writer.close()
    size = (folder / path).stat().st_size
    journal.append(SegmentClosed(CAMERA.id, path, start, writer.end, size, round(length_s * 10)))


class Ward:
    """Recorder's and vision's journals, and a desk over them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = HandClock(at(-60))
        self.recorder = Journal(home / "journal" / CAMERA.id / "recorder.jsonl")
        self.vision = Journal(home / "journal" / CAMERA.id / "vision.jsonl")
        self.store = SqlStore(f"sqlite:///{home / 'db' / 'matpho.sqlite'}", self.clock)
        self.vault = FolderVault(home / "evidence")
        (home / "run").mkdir()
        self.desk = Desk(self.store, self.clock, CameraFile(home / "run" / "cameras.json"), TIMES)
        self.desk.handle(AddCamera(camera=CAMERA), PROGRAM)
        self.clerk = Clerk(self.desk, self.store, JournalFolder(home / "journal"))
        self.maker = EvidenceMaker(
            store=self.store,
            desk=self.desk,
            clips=Clips(),
            stills=Stills(),
            vault=self.vault,
            recordings=home / "recordings",
            clock=self.clock,
            about=About(software="matpho", detector="scripted", detector_sha256="00"),
        )

    def close(self) -> None:
        self.recorder.close()
        self.vision.close()
        self.store.close()

    def run(self, until_s: float) -> None:
        while self.clock.now() < at(until_s):
            self.clock.go(1)
            self.clerk.step()
            self.maker.step()

    def files(self):
        with self.store.read() as unit:
            (one,) = unit.incidents.page(IncidentFilter(), None, 9)
            return {
                row.slot: row for row in unit.evidence.of([one.id])[one.id] if row.state is not EvidenceState.REPLACED
            }


@pytest.fixture
def ward(tmp_path: Path):
    with closing(Ward(tmp_path)) as one:
        yield one


def test_a_hit_becomes_a_clip_stills_and_a_manifest_that_holds(ward: Ward):
    recordings = ward.home / "recordings"
    _record(recordings, ward.recorder, -10, 12)
    _record(recordings, ward.recorder, 2, 20, close=False)
    ward.vision.append(HitSeen(hit(start=at(0), at=at(5), staged=True)))
    ward.run(15)
    files = ward.files()
    assert {row.state for row in files.values()} == {EvidenceState.READY}
    clip = files["clip"]
    assert clip.span.start <= at(-3) < at(-3) + 1 <= clip.span.end
    assert clip.out_s - clip.in_s == pytest.approx(11.0)
    assert len(clip.segments) == 2
    with av.open(str(ward.vault.file(clip.path))) as container:
        shown = [frame.time for frame in container.decode(video=0)]
    assert len(shown) == round(clip.span.length_s * 10)
    for row in files.values():
        assert hashlib.sha256(ward.vault.file(row.path).read_bytes()).hexdigest() == row.sha256
    for slot in ("still_before", "still_during", "still_after"):
        assert ward.vault.file(files[slot].path).read_bytes().startswith(b"\xff\xd8")
    told = json.loads(ward.vault.file(files["manifest"].path).read_text("utf-8"))
    assert told["incident"]["staged"] is True
    assert {f["sha256"] for f in told["files"]} == {
        r.sha256 for r in files.values() if r.kind is not EvidenceKind.MANIFEST
    }
    assert verify_manifest(ward.vault, files["manifest"]) == []


def test_a_recorder_that_was_down_is_named_in_the_evidence(ward: Ward):
    recordings = ward.home / "recordings"
    _record(recordings, ward.recorder, -10, 12)
    ward.recorder.append(GapSeen(CAMERA.id, StreamRole.MAIN, at(2), at(8), GapCause.RESTART, Said("bị dừng", "killed")))
    _record(recordings, ward.recorder, 8, 20, close=False)
    ward.vision.append(HitSeen(replace(hit(), start=at(0), at=at(5))))
    ward.run(45)
    files = ward.files()
    assert {slot for slot, row in files.items() if row.state is EvidenceState.FAILED} == {"still_during"}
    assert files["still_during"].detail.vi == "Bản ghi bị gián đoạn: phần mềm ghi hình khởi động lại."
    assert verify_manifest(ward.vault, files["manifest"]) == []


def test_the_check_names_altered_evidence(ward: Ward):
    recordings = ward.home / "recordings"
    _record(recordings, ward.recorder, -10, 12)
    _record(recordings, ward.recorder, 2, 20)
    ward.vision.append(HitSeen(hit(start=at(0), at=at(5))))
    ward.run(15)
    clip = ward.vault.file(ward.files()["clip"].path)
    ward.close()
    check = ["--home", str(ward.home), "--json"]
    whole = CliRunner().invoke(command, check)
    assert whole.exit_code == 0, whole.output
    assert json.loads(whole.output)["evidence"]["files"] == 5
    clip.chmod(0o600)
    clip.write_bytes(clip.read_bytes()[:-1] + b"x")
    altered = CliRunner().invoke(command, check)
    assert altered.exit_code == 1
    assert clip.name in altered.output
    assert clip.name in CliRunner().invoke(command, check[:2]).output
