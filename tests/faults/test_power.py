"""Power cuts: a traced recording session, replayed up to random moments with unsynced bytes and names lost.

The whole system runs below ``strace`` from its first start on; two cameras are recorded, an incident gets its
evidence, the recorder is killed once. Then the steps are replayed onto an empty folder up to a random one; what no
fsync covered is dropped wholly or in part; the home that is left is checked, repaired, started and checked again.
"""

import json
import os
import shutil
import signal
import statistics
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from matpho.domain.ids import CameraId
from matpho.domain.messages import HitSeen, SegmentClosed
from matpho.domain.time import SECOND, Instant, SystemClock
from matpho.settings import load
from matpho.testing.builders import hit
from matpho.testing.fault_ledger import Fault
from matpho.testing.power import Disk
from matpho.testing.syscalls import STRACE, read_steps
from matpho.testing.system import RunningSystem, wait_for
from matpho.video import journal
from matpho.video.recorder import CameraRecorder
from matpho.wiring.desk import desk_parts, open_store
from matpho.wiring.processes import prepare_home

from .conftest import CAMERAS, Ward
from .helpers import run_check, unreadable

pytestmark = [pytest.mark.integration, pytest.mark.timeout(3600)]

SCENARIO = "power"
TOLD = (
    "A session traced with strace (two cameras, an incident with evidence, a killed recorder), replayed up to random\n"
    "moments; what no fsync covered is kept, torn, zeroed or dropped, names that no fsync of their folder covered may\n"
    "be missing. Every second pair of cuts is healed by `matpho check --repair` first, the others by the start alone."
)
TOML = "[recording]\nsegment_s = 6\n[evidence]\npost_roll_s = 4.0\npre_roll_s = 3.0\n"
RECORD_S = 32.0


@pytest.fixture(scope="module")
def session(tmp_path_factory, films):
    """Steps of the session, the folder as it was before, and when which promise was made."""
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed: ./run faults installs it")
    folder = tmp_path_factory.mktemp("p")
    home, log = folder / "h", folder / "steps.log"
    ward = Ward(home, films, toml=TOML, under=(*STRACE, "-o", str(log)))
    spoken = Instant(time.time_ns() + 22 * SECOND)
    with closing(journal.Journal(home / "journal" / "nga-ba" / "test.jsonl")) as told:
        of = hit(camera_id=CameraId("nga-ba"), start=Instant(spoken - 4 * SECOND), at=spoken, end=spoken)
        told.append(HitSeen(of))
    before = folder / "before"
    shutil.copytree(home, before)
    promised = []
    with ward:
        promised = [(time.time(), name) for name in CAMERAS]
        time.sleep(RECORD_S / 2)
        os.kill(ward.system.pid("recorder"), signal.SIGKILL)
        time.sleep(RECORD_S / 2)
        ended = time.time()
    steps = read_steps(log, home)
    assert any(s.what == "sync" and s.path.endswith(".mp4") for s in steps)
    assert any(s.what == "sync" and s.path.endswith("-wal") for s in steps)
    began = next(s.at for s in steps if s.path.endswith(".mp4"))
    return steps, before, home, promised, began, ended


def cuts(steps, number, chance):
    """Step numbers at which the power goes: anywhere, and half of them right beside an fsync or a rename."""
    points = set()
    beside = [n for n, s in enumerate(steps) if s.what in ("sync", "rename", "unlink")]
    while len(points) < number:
        point = chance.choice(beside) + chance.choice((0, 1)) if len(points) % 2 else chance.randrange(len(steps))
        points.add(min(point, len(steps)))
    return sorted(points)


def test_the_replayed_whole_is_the_real_folder(session, tmp_path, chance):
    """The replay is right: with everything kept it gives the folder that the session left."""
    steps, before, home, *_ = session
    disk = Disk(journalled=True)
    disk.start(before)
    for step in steps:
        disk.step(step)
    disk.cut(tmp_path / "all", chance, "all")
    skip = ("-shm", ".log", ".beat", ".sock", ".lock", ".pid")
    real = {f.relative_to(home): f for f in home.rglob("*") if f.is_file() and not f.name.endswith(skip)}
    assert len(real) > 10
    for name, file in real.items():
        assert (tmp_path / "all" / name).read_bytes() == file.read_bytes(), name


def test_power_cuts(session, ledger, counts, chance, tmp_path):
    steps, before, _, promised, began, ended = session
    disks = (Disk(journalled=True), Disk(journalled=False))
    for disk in disks:
        disk.start(before)
    lost, seen, recovered, wrong = [], Counter(), [], []
    done = 0
    points = cuts(steps, counts["cuts"], chance)
    for number, point in enumerate(points):
        for step in steps[done:point]:
            for disk in disks:
                disk.step(step)
        done = point
        fate = "none" if number % 5 == 0 else ""
        disk = disks[number % 2]
        left = tmp_path / f"c{number}"
        disk.cut(left, chance, fate)
        at = steps[point - 1].at if point else 0.0
        name = f"step {point} ({'journalled' if disk.journalled else 'plain'} names, {fate or 'mixed'} bytes)"
        try:
            figures = heal(left, repair=number // 2 % 2 == 0, start=number < counts["starts"])
            figures |= {"lost": lost_at(left, at), "promised": missing(left, promised, at)}
        except (AssertionError, TimeoutError) as e:
            wrong.append((name, str(e)[:600]))
            continue
        seen.update({k: v for k, v in figures.items() if isinstance(v, int)})
        if figures["start_s"] is not None:
            recovered.append(figures["start_s"])
        if began + 8 < at < ended:
            lost += figures["lost"]
        if figures["promised"]:
            wrong.append((name, f"promises broken: {figures['promised']}"))
        if not wrong or wrong[-1][0] != name:
            shutil.rmtree(left)
    ledger.totals = {
        "steps traced": len(steps),
        "fsyncs": sum(s.what == "sync" for s in steps),
        "cuts": len(points),
        "whole system started after": len(recovered),
        "cuts after which something stayed wrong": len(wrong),
        "unreadable files": seen["unreadable"],
        "unaccounted s": seen["unaccounted_ms"] / 1000,
        "databases that did not open": seen["closed"],
        "problems that the repair cured": seen["repaired"],
        "recorded s lost by a cut, median": round(statistics.median(lost), 1) if lost else None,
        "recorded s lost by a cut, worst": round(max(lost), 1) if lost else None,
        "system answers after s, worst": round(max(recovered), 1) if recovered else None,
    }
    ledger.faults = [Fault(f"power cut at {name}", "", note=said.replace("|", "/")) for name, said in wrong]
    assert wrong == []


def heal(left, *, repair, start):
    """Bring a home back as a ward would; what was found. Raises AssertionError where anything stays wrong."""
    (left / "run").mkdir(exist_ok=True)
    found = {"repaired": 0, "start_s": None, "closed": 0, "unreadable": 0, "unaccounted_ms": 0}
    if repair:
        code, told = run_check(left, "--repair")
        assert code in (0, 1), f"matpho check --repair: {told}"
        found["repaired"] = told["repaired"]
    if start:
        at = time.monotonic()
        with RunningSystem(left, TOML) as running:
            found["start_s"] = time.monotonic() - at
            wait_for(lambda: running.pid("recorder") and running.pid("vision-0"), 20, "all processes")
            time.sleep(2.0)
            problems = running.home / "logs"
            for log in problems.glob("*.log"):
                assert "Traceback" not in log.read_text("utf-8", "replace"), log.read_text("utf-8", "replace")[-1500:]
    else:
        recover(load(left, {}))
    code, told = run_check(left)
    assert "unaccounted_s" in told, told
    bad = unreadable(load(left, {}))
    found["unreadable"], found["unaccounted_ms"] = len(bad), round(told["unaccounted_s"] * 1000)
    assert not bad, bad
    assert code == 0, json.dumps([told["problems"], told.get("evidence")], ensure_ascii=False)[:1500]
    return found


def recover(settings):
    """What recorder and desk do first when they start, without starting them: a quick look at a cut."""
    prepare_home(settings)
    for path in settings.journals.glob("*/recorder.jsonl"):
        where = {"journals": settings.journals, "recordings": settings.recordings}
        CameraRecorder(CameraId(path.parent.name), clock=SystemClock(), **where).stop()
    parts = desk_parts(settings)
    try:
        parts.clerk.step()
    finally:
        parts.store.close()


def lost_at(left, at):
    """Seconds between the end of each camera's recording and the cut, where it was being recorded."""
    found = []
    for path in left.glob("journal/*/recorder.jsonl"):
        ends = [f.end for f, _ in journal.read(path) if isinstance(f, SegmentClosed) and f.end / SECOND <= at + 0.5]
        if ends:
            found.append(max(0.0, at - max(ends) / SECOND))
    return found


def missing(left, promised, at):
    """What was promised by an answer before the cut and is not in the database."""
    wanted = {name for told, name in promised if told < at}
    if not wanted:
        return []
    store = open_store(load(left, {}))
    try:
        with store.read() as unit:
            return sorted(wanted - {c.id for c in unit.cameras.all()})
    finally:
        store.close()


def test_nothing_is_left_running():
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if b"steps.log" in p.read_bytes()]
