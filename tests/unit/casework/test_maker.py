"""Evidence is made when the recording is there, once, and says why where it cannot be."""

import json
from dataclasses import replace

import pytest

from matpho.casework import commands as c
from matpho.casework.maker import MOST_TRIES, EvidenceMaker
from matpho.casework.manifest import About, verify_manifest
from matpho.casework.ports import Cut, Sealed
from matpho.casework.states import States
from matpho.casework.views import Views
from matpho.domain.camera import StreamRole
from matpho.domain.evidence import EvidenceKind, EvidenceState
from matpho.domain.messages import GapCause, GapSeen, HitSeen, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.people import PROGRAM
from matpho.domain.time import Span, after
from matpho.errors import BadVideo, NotFound, StorageProblem
from matpho.plugins.vaults.folder import FolderVault
from matpho.testing.builders import NO_ROUTE, at, camera, hit, segment

pytestmark = pytest.mark.unit


class Recording:
    """Cuts clips and takes stills out of what is recorded up to ``reached``, from ``begins`` on."""

    def __init__(self, clock):
        self.clock = clock
        self.begins, self.stops = at(-120), at(10**6)
        self.trouble = None
        self.cuts = 0
        self.places = []

    def _reach(self):
        return min(self.stops, after(self.clock.now(), -1))

    def _check(self):
        if self.trouble:
            raise self.trouble

    def cut(self, files, span, out):
        self._check()
        self.cuts += 1
        begin, end = max(span.start, self.begins), min(span.end, self._reach())
        if end <= begin:
            raise NotFound("nothing", "không có")
        first = max(self.begins, after(begin, -1))
        out.write_bytes(f"clip {first} {end}".encode())
        in_s, out_s = (begin - first) / 1e9, (end - first) / 1e9
        return Cut(span=Span(first, end), in_s=in_s, out_s=out_s, used=tuple(f.path for f in files))

    def take(self, files, when, out):
        self._check()
        assert files
        if not self.begins <= when <= self._reach():
            raise NotFound("nothing", "không có")
        out.write_bytes(f"still {when}".encode())
        return when

    def choose(self, files, span, place, out):
        self._check()
        self.places.append(place)
        return self.take(files, span.start, out)


class Bench:
    """A maker over an office in which two minutes before noon a recording began that still grows."""

    def __init__(self, office, folder):
        self.office, self.clock = office, office.clock
        self.recording = Recording(self.clock)
        self.recordings = folder / "recordings"
        self.vault = FolderVault(folder / "evidence")
        self.offset = 0
        self.maker = self.new_maker()
        self.clock.at = at(20)
        self.tell(*segment(0), *segment(1), segment(2)[0])

    def new_maker(self):
        return EvidenceMaker(
            store=self.office.store,
            desk=self.office.desk,
            clips=self.recording,
            stills=self.recording,
            vault=self.vault,
            recordings=self.recordings,
            clock=self.clock,
            about=About(software="matpho 0.1.0", detector="nanodet", detector_sha256="ab" * 32),
        )

    def tell(self, *facts):
        take = c.TakeFacts(journal="j", start=self.offset, end=self.offset + 1, facts=facts)
        self.office.desk.handle(take, PROGRAM)
        self.offset += 1

    def run(self, s):
        """Let time pass, a second at a time, asking the maker each time."""
        for _ in range(s):
            self.clock.go(1)
            self.maker.step()

    def rows(self):
        (one,) = self.office.incidents()
        with self.office.store.read() as unit:
            return unit.evidence.of([one.id])[one.id]

    def states(self):
        return {row.slot: row.state.value for row in self.rows() if row.state is not EvidenceState.REPLACED}

    def manifest(self):
        row = next(r for r in self.rows() if r.kind is EvidenceKind.MANIFEST and r.state is EvidenceState.READY)
        return row, json.loads(self.vault.file(row.path).read_text("utf-8"))


@pytest.fixture
def bench(office, tmp_path):
    return Bench(office, tmp_path)


ALL_READY = dict.fromkeys(["clip", "still_before", "still_during", "still_after", "manifest"], "ready")


def test_files_are_made_as_the_recording_reaches_them(bench):
    bench.tell(HitSeen(hit()))
    bench.run(3)
    assert bench.states() == ALL_READY | {"clip": "making", "still_after": "making", "manifest": "making"}
    bench.run(15)
    assert bench.states() == ALL_READY
    clip = next(row for row in bench.rows() if row.slot == "clip")
    assert (clip.span.start, clip.in_s, clip.out_s) == (at(-11), 1.0, 41.0)
    bench.vault.verify(_sealed(clip))
    assert clip.segments == tuple(s[0].path for s in (segment(1), segment(2)))
    made = bench.recording.cuts
    bench.run(60)
    assert bench.recording.cuts == made


def _sealed(row):
    return Sealed(row.path, row.sha256, row.size_bytes)


def test_the_manifest_tells_the_whole_story(bench):
    bench.tell(TrackEnded(camera().id, 5, Group.PERSON, at(-3), at(4), ((at(-3), hit().box), (at(2), hit().box))))
    bench.tell(HitSeen(hit()))
    bench.run(20)
    row, told = bench.manifest()
    assert told["detector"] == {"name": "nanodet", "sha256": "ab" * 32}
    assert told["software"] == "matpho 0.1.0"
    assert told["incident"]["why"]["vi"] == "Túi rác bị bỏ lại 20 giây."
    assert told["hits"][0]["figures"] == {"dwell_s": 20.0}
    assert told["camera"]["zone_version"] == 1
    assert {f["slot"] for f in told["files"]} == ALL_READY.keys() - {"manifest"}
    clip = next(f for f in told["files"] if f["kind"] == "clip")
    assert {b["group"] for b in clip["boxes"]} == {"person", "hit"}
    assert [b["t_s"] for b in clip["boxes"] if b["group"] == "person"] == [8.0, 13.0]
    assert "bi-mat" not in json.dumps(told)
    assert verify_manifest(bench.vault, row) == []


def test_a_changed_file_and_a_changed_manifest_are_found(bench):
    bench.tell(HitSeen(hit()))
    bench.run(20)
    row, told = bench.manifest()
    victim = bench.vault.file(next(f["file"] for f in told["files"] if f["slot"] == "clip"))
    victim.chmod(0o600)
    data = bytearray(victim.read_bytes())
    data[3] ^= 1
    victim.write_bytes(data)
    (said,) = verify_manifest(bench.vault, row)
    assert victim.name in said.vi
    victim.unlink()
    assert "không còn" in verify_manifest(bench.vault, row)[0].vi
    manifest = bench.vault.file(row.path)
    manifest.chmod(0o600)
    manifest.write_text(manifest.read_text("utf-8").replace("nanodet", "another"), "utf-8")
    (said,) = verify_manifest(bench.vault, row)
    assert manifest.name in said.en


def test_a_killed_desk_goes_on_with_its_work(bench):
    bench.tell(HitSeen(hit()))
    bench.run(3)
    bench.maker = bench.new_maker()
    bench.run(20)
    assert bench.states() == ALL_READY


def test_a_longer_thing_gets_a_longer_clip_and_the_old_one_stays_sealed(bench):
    bench.tell(HitSeen(hit()))
    bench.run(20)
    first = next(row for row in bench.rows() if row.slot == "clip")
    bench.tell(HitSeen(replace(hit(), at=at(50), end=at(50))))
    bench.run(40)
    assert bench.states() == ALL_READY
    clips = [row for row in bench.rows() if row.slot == "clip"]
    assert [row.state.value for row in clips] == ["replaced", "ready"]
    assert clips[1].span.end == at(60)
    bench.vault.verify(_sealed(first))


def test_a_gap_is_named_where_it_took_a_file(bench):
    bench.recording.stops = at(10)
    bench.tell(GapSeen(camera().id, StreamRole.MAIN, at(10), None, GapCause.NETWORK, NO_ROUTE))
    bench.tell(HitSeen(hit()))
    bench.run(20)
    assert bench.states() == ALL_READY | {"still_during": "failed", "still_after": "failed"}
    by_slot = {row.slot: row for row in bench.rows()}
    assert by_slot["still_during"].detail.vi == "Bản ghi bị gián đoạn: mất kết nối tới camera."
    assert by_slot["clip"].detail == by_slot["still_during"].detail
    assert by_slot["clip"].span.end == at(10)
    _, told = bench.manifest()
    assert {f["slot"]: f["state"] for f in told["files"]} == {
        "clip": "ready",
        "still_before": "ready",
        "still_during": "failed",
        "still_after": "failed",
    }


def test_a_thing_from_before_the_recording_has_no_picture_before(bench):
    bench.recording.begins = at(5)
    bench.tell(HitSeen(hit()))
    bench.run(40)
    assert bench.states() == ALL_READY | {"still_before": "failed"}


def test_without_any_recording_everything_fails_but_the_manifest_says_so(bench):
    other = hit(camera_id="cong-cho")
    bench.tell(HitSeen(other))
    bench.run(80)
    assert set(bench.states().values()) == {"failed", "ready"}
    assert bench.states()["manifest"] == "ready"
    assert {row.detail.en for row in bench.rows() if row.kind is not EvidenceKind.MANIFEST} == {
        "There is no recording of this moment."
    }


def test_a_late_recording_is_waited_for(bench):
    bench.recording.stops = at(15)  # the recorder was killed and nobody has told of a gap yet
    bench.tell(HitSeen(hit()))
    bench.run(20)
    assert bench.states()["clip"] == "making"
    bench.recording.stops = at(10**6)
    bench.run(5)
    assert bench.states()["clip"] == "ready"


def test_broken_video_is_tried_again_and_then_given_up_with_its_reason(bench):
    bench.recording.trouble = BadVideo("cannot be read", "không đọc được")
    bench.tell(HitSeen(hit()))
    bench.run(200)
    clip = next(row for row in bench.rows() if row.slot == "clip")
    assert (clip.state, clip.tries, clip.detail.vi) == (EvidenceState.FAILED, MOST_TRIES, "không đọc được")


def test_a_full_disk_is_waited_out(bench):
    bench.recording.trouble = StorageProblem("disk full", "đĩa đầy")
    bench.tell(HitSeen(hit()))
    bench.run(600)
    assert set(bench.states().values()) == {"making"}
    bench.recording.trouble = None
    bench.run(70)
    assert bench.states() == ALL_READY


@pytest.mark.errors_expected
def test_a_fault_of_ours_is_no_end_of_the_maker(bench):
    bench.recording.trouble = ZeroDivisionError()
    bench.tell(HitSeen(hit()))
    bench.run(200)
    assert bench.states()["clip"] == "failed"


def test_pages_show_what_was_made(bench):
    bench.tell(HitSeen(hit()))
    bench.run(20)
    views = Views(bench.office.store, States(bench.clock))
    (one,) = bench.office.incidents()
    detail = views.incident(one.id, bench.office.actor("officer"))
    assert detail.brief.has_clip
    assert views.evidence(one.id, detail.brief.thumb).slot == "still_during"
    (clip,) = [v for v in detail.evidence if v.evidence.kind is EvidenceKind.CLIP]
    assert clip.boxes[0].t_s == 11.0
    assert all(row.action == "keep_evidence" for row in bench.office.trail()[-5:])
