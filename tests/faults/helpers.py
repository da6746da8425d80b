"""What the scenarios share: rows of the report, and the proof that a home's books balance."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime

import av

from matpho.domain.messages import SegmentClosed
from matpho.testing.fault_ledger import Fault, gaps_since, lost
from matpho.video import journal


def begin(what):
    """A row for the report, and the instant that it begins at."""
    return Fault(what, f"{datetime.now(UTC):%H:%M:%S}"), time.time_ns()


def close(ward, ledger, fault, since_ns, *, settle_s=1.0):
    """Write down what the fault cost."""
    time.sleep(settle_s)
    causes = set()
    for camera in ward.cameras:
        gaps = gaps_since(ward.system, camera, since_ns)
        fault.lost_s[camera] = lost(gaps)
        causes |= {str(g.cause) for g in gaps}
    fault.causes = sorted(causes)
    ledger.faults.append(fault)
    return fault


def recorded_bytes(folder):
    """The sizes of all recordings below a folder; a file may go meanwhile."""
    found = 0
    for file in folder.glob("*/*.mp4"):
        try:
            found += file.stat().st_size
        except FileNotFoundError:
            continue
    return found


_SEEN = {}  # whether the pictures of a file with this content can be decoded


def readable(path):
    """Whether every picture of a file can be decoded."""
    content = path.read_bytes()
    key = hash(content)
    if key not in _SEEN:
        try:
            with av.open(str(path)) as container:
                _SEEN[key] = sum(1 for _ in container.decode(video=0)) > 0
        except (av.error.FFmpegError, IndexError):  # the latter: no video stream at all
            _SEEN[key] = False
    return _SEEN[key]


def told_empty(settings):
    """Files that the journals close without a picture."""
    found = set()
    for path in settings.journals.glob("*/recorder.jsonl"):
        last = {f.path: f for f, _ in journal.read(path) if isinstance(f, SegmentClosed)}
        found |= {name for name, fact in last.items() if fact.frames == 0}
    return found


def unreadable(settings):
    """Recordings that cannot be decoded, without those that the journal tells as empty."""
    empty = told_empty(settings)
    files = sorted(settings.recordings.glob("*/*/*.mp4"))
    return [f.name for f in files if f.relative_to(settings.recordings).as_posix() not in empty and not readable(f)]


def run_check(home, *options):
    """``matpho check --json``: its exit code and what it told."""
    command = [sys.executable, "-m", "matpho.cli.main", "check", "--home", str(home), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"said": done.stdout + done.stderr}


def balance(system, ledger, **totals):
    """Stop the system and prove that its books balance; the figures go to the report."""
    system.__exit__(None, None, None)
    code, told = run_check(system.home)
    broken = unreadable(system.settings)
    ledger.totals |= totals | {
        "exit code of matpho check": code,
        "recorded s": round(told.get("recorded_s", -1), 1),
        "in gap rows s": round(told.get("gap_s", -1), 1),
        "unaccounted s": round(told.get("unaccounted_s", -1), 3),
        "files": len(list(system.settings.recordings.glob("*/*/*.mp4"))),
        "files told as empty": len(told_empty(system.settings)),
        "unreadable files": len(broken),
    }
    assert code == 0, json.dumps(told, ensure_ascii=False)[:3000]
    assert told["unaccounted_s"] == 0
    assert broken == []
