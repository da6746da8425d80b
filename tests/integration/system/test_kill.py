"""kill -9 of each process in turn while recording: up in 5 s, recording in 10 s, every second accounted for."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from matpho.domain.messages import GapCause, GapSeen
from matpho.domain.time import seconds
from matpho.testing.system import wait_for
from matpho.video import journal

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

CAMERAS = ("nga-ba", "cong-truong")


def recorded_bytes(system, camera):
    return sum(f.stat().st_size for f in (system.settings.recordings / camera).glob("*/*.mp4"))


def grows(system, camera, seconds_=10.0):
    before = recorded_bytes(system, camera)
    wait_for(lambda: recorded_bytes(system, camera) > before, seconds_, f"recording of {camera}")


def gaps(system, camera):
    facts = [fact for fact, _ in journal.read(system.settings.journals / camera / "recorder.jsonl")]
    closed = [f for f in facts if isinstance(f, GapSeen) and f.end is not None]
    return [g for g in closed if seconds(g.end - g.start) > 0.5]


def gaps_shown(system, camera):
    now = datetime.now(UTC)
    span = f"from={now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}&to={now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    found = system.get(f"/api/cameras/{camera}/recordings?{span}")["gaps"]
    return [g for g in found if g["cause"] == "restart"]


def test_any_process_may_be_killed_while_recording(system):
    for name in ("recorder", "vision-0", "desk", "supervisor"):
        others = {n: system.pid(n) for n in ("recorder", "vision-0", "desk", "supervisor") if n != name}
        time.sleep(2.5)  # let a fragment or two reach the disk, and the one before be told
        old = system.kill(name)
        killed = time.monotonic()
        new = wait_for(lambda n=name, o=old: (p := system.pid(n)) and p != o and p, 5.0, f"{name} up again")
        assert new != old
        for camera in CAMERAS:
            grows(system, camera, 10.0 - (time.monotonic() - killed))
        assert {n: system.pid(n) for n in others} == others, f"killing {name} must leave the others alone"
        wait_for(system.answers, 15, "the page answering")
        assert system.get("/api/session")["person"]["login"] == "quantri", "nobody is signed out by it"

    for camera in CAMERAS:
        found = gaps(system, camera)
        assert [g.cause for g in found] == [GapCause.RESTART], found
        assert seconds(found[0].end - found[0].start) < 12, "at most the last fragment and the way back are lost"
        shown = wait_for(lambda c=camera: gaps_shown(system, c), 10, "the gap on the timeline")
        assert len(shown) == 1
    assert {p["name"] for p in system.get("/api/system")["processes"]} >= {"recorder", "vision-0", "desk", "supervisor"}


def test_after_a_stop_the_books_balance_and_damage_is_named(system):
    grows(system, "nga-ba")
    files = list(system.settings.recordings.glob("nga-ba/*/*.mp4"))
    wait_for(lambda: len(list(system.settings.recordings.glob("nga-ba/*/*.mp4"))) > len(files) + 1, 20, "a whole file")
    system.kill("recorder")
    wait_for(lambda: system.pid("recorder"), 5)
    grows(system, "nga-ba")
    system.__exit__(None, None, None)
    check = [sys.executable, "-m", "matpho.cli.main", "check", "--home", str(system.home), "--json"]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    told = json.loads(result.stdout)
    assert told["unaccounted_s"] == 0

    newest = max(system.settings.recordings.glob("nga-ba/*/*.mp4"), key=lambda f: f.name)
    oldest = min(system.settings.recordings.glob("nga-ba/*/*.mp4"), key=lambda f: f.name)
    assert newest != oldest
    oldest.unlink()
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 1, "a missing file must not pass"
    assert oldest.name in result.stdout
