"""A disk that fills up while two cameras are recorded: once for long, then again and again at random moments."""

import shutil
import time

import pytest

from matpho.domain.messages import GapCause
from matpho.testing.system import wait_for

from .helpers import balance, begin, close

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]

SCENARIO = "disk"
TOLD = "The disk of the recordings (a tmpfs) is filled to the last byte by something else."
CAMERAS = ("nga-ba", "cong-truong")


def test_a_full_disk(ward, ledger):
    recordings = ward.system.settings.recordings
    fault, since = begin("disk full")
    filler = recordings / "filler"
    at = time.monotonic()
    with filler.open("wb") as file:
        try:
            while True:
                file.write(bytes(1 << 20))
                file.flush()
        except OSError:
            pass
    time.sleep(20)
    assert wait_for(ward.system.answers, 10, "the page answering")
    filler.unlink()
    fault.lasted_s = round(time.monotonic() - at, 1)
    back = time.monotonic()
    for camera in CAMERAS:
        ward.grows(camera, 40)
    fault.recovered_s = round(time.monotonic() - back, 2)
    close(ward, ledger, fault, since, settle_s=2.5)
    assert fault.causes == [GapCause.DISK]
    assert min(fault.lost_s.values()) > 5


def test_a_disk_that_fills_at_random_moments(ward, ledger, counts, chance):
    recordings = ward.system.settings.recordings
    for _ in range(counts["fills"]):
        time.sleep(chance.uniform(1.0, 9.0))  # anywhere within a segment and a fragment
        fault, since = begin("disk full")
        filler = recordings / "filler"
        at = time.monotonic()
        with filler.open("wb") as file:
            left = shutil.disk_usage(recordings).free - chance.choice((0, 0, 512, 4096, 20_000))
            try:
                while left > 0:
                    left -= file.write(bytes(min(left, 1 << 20)))
                    file.flush()
            except OSError:
                pass
        time.sleep(chance.uniform(0.5, 8.0))
        assert wait_for(ward.system.answers, 10, "the page answering")
        filler.unlink()
        fault.lasted_s = round(time.monotonic() - at, 1)
        back = time.monotonic()
        for camera in CAMERAS:
            ward.grows(camera, 40)
        fault.recovered_s = round(time.monotonic() - back, 2)
        close(ward, ledger, fault, since, settle_s=2.5)
        assert set(fault.causes) <= {GapCause.DISK, GapCause.CAMERA}  # a camera that waited too long hangs up


def test_at_the_end_of_the_disk_the_books_balance(ward, ledger):
    balance(ward.system, ledger)
