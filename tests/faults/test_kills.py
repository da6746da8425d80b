"""kill -9 of any process at random moments while two cameras are recorded, and one inside a journal line."""

import os
import signal
import time
from collections import Counter

import pytest

from matpho.domain.messages import GapCause
from matpho.testing.system import wait_for

from .helpers import balance, begin, close

pytestmark = [pytest.mark.integration, pytest.mark.timeout(3600)]

SCENARIO = "kills"
TOLD = "kill -9 of a process chosen by chance (supervisor included); the next one seconds after all is well again."
PROCESSES = ("recorder", "vision-0", "desk", "supervisor")
CAMERAS = ("nga-ba", "cong-truong")


def test_random_kills(ward, ledger, counts, chance):
    victims = [*PROCESSES, *chance.choices(PROCESSES, k=max(0, counts["kills"] - len(PROCESSES)))]
    chance.shuffle(victims)
    for name in victims:
        time.sleep(chance.uniform(2.0, 6.0))
        old = wait_for(lambda n=name: ward.system.pid(n), 10, f"{name} running")
        fault, since = begin(f"kill -9 {name}")
        sizes = {camera: ward.bytes(camera) for camera in CAMERAS}
        os.kill(old, signal.SIGKILL)
        at = time.monotonic()
        wait_for(lambda n=name, o=old: (p := ward.system.pid(n)) and p != o, 10, f"{name} up again")
        fault.process_up_s = round(time.monotonic() - at, 2)
        for camera in CAMERAS:
            ward.grows(camera, 20, sizes[camera] if name == "recorder" else None)
        wait_for(ward.system.answers, 30, "the page answering")
        if name in ("recorder", "vision-0"):
            for camera in CAMERAS:
                wait_for(lambda c=camera: ward.well(c), 30, f"{camera} live")
        fault.recovered_s = round(time.monotonic() - at, 2)
        close(ward, ledger, fault, since, settle_s=2.5 if name == "recorder" else 0.5)
        assert fault.process_up_s <= 5.0, fault
        assert max(fault.lost_s.values()) <= (15.0 if name == "recorder" else 0.0), fault


def test_a_torn_journal_line(ward, ledger):
    fault, since = begin("kill -9 recorder inside a journal line")
    boss, recorder = ward.system.pid("supervisor"), ward.system.pid("recorder")
    os.kill(boss, signal.SIGSTOP)
    try:
        os.kill(recorder, signal.SIGKILL)
        at = time.monotonic()
        wait_for(lambda: ward.system.pid("recorder") is None, 5, "the recorder gone")
        with (ward.system.settings.journals / CAMERAS[0] / "recorder.jsonl").open("ab") as file:
            file.write(b'0badcafe {"type":"SegmentClosed","camera_id":"nga-ba","pa')
    finally:
        os.kill(boss, signal.SIGCONT)
    wait_for(lambda: ward.system.pid("recorder"), 10, "the recorder up again")
    fault.process_up_s = round(time.monotonic() - at, 2)
    for camera in CAMERAS:
        ward.grows(camera, 20)
        wait_for(lambda c=camera: ward.well(c), 30, f"{camera} live")
    fault.recovered_s = round(time.monotonic() - at, 2)
    assert close(ward, ledger, fault, since, settle_s=2.5).causes == [GapCause.RESTART]


def test_at_the_end_of_the_kills_the_books_balance(ward, ledger):
    killed = Counter(f.what.replace("kill -9 ", "") for f in ledger.faults)
    slowest = max(f.process_up_s or 0.0 for f in ledger.faults)
    lost = sum(sum(f.lost_s.values()) for f in ledger.faults)
    balance(
        ward.system, ledger, kills=dict(killed), **{"slowest process up s": slowest, "lost s in all": round(lost, 1)}
    )
