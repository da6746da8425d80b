"""A database that is damaged or cut short under a running ward: said clearly, recording goes on, and it comes back."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matpho.testing.system import wait_for

from .helpers import balance, begin, close, run_check

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

SCENARIO = "database"
TOLD = "The database is damaged while its desk is dead; recovery by the guide: `matpho check --rebuild`, then start."
CAMERAS = ("nga-ba", "cong-truong")


def damage(file, how, chance):
    """What is left of the database after it."""
    for ending in ("-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)
    data = file.read_bytes()
    if how == "cut short":
        file.write_bytes(data[: len(data) // 2])
    elif how == "overwritten pages":
        pages = len(data) // 4096
        broken = bytearray(data)
        for page in chance.sample(range(1, pages), pages // 4):
            broken[page * 4096 : page * 4096 + 4096] = chance.randbytes(4096)
        file.write_bytes(broken)
    else:
        file.write_bytes(bytes(4096) + data[4096:])


def hold(system, name):
    """Keep a process dead: stop its supervisor, then kill it."""
    boss = system.pid("supervisor")
    os.kill(boss, signal.SIGSTOP)
    os.kill(system.pid(name), signal.SIGKILL)
    wait_for(lambda: system.pid(name) is None, 10, f"{name} gone")
    return boss


@pytest.mark.parametrize("how", ["overwritten pages", "cut short", "zeroed header"])
def test_a_damaged_database(ward, ledger, chance, how):
    system = ward.system
    fault, since = begin(f"database: {how}")
    file, log = system.home / "db" / "matpho.sqlite", system.home / "logs" / "desk.log"
    spoken = log.stat().st_size
    time.sleep(12)  # something to lose
    boss = hold(system, "desk")
    damage(file, how, chance)
    broken = file.read_bytes()
    at = time.monotonic()
    os.kill(boss, signal.SIGCONT)
    wait_for(lambda: b"matpho check --rebuild" in log.read_bytes()[spoken:], 30, "the word")
    sizes = {c: ward.bytes(c) for c in CAMERAS}
    for camera in CAMERAS:
        ward.grows(camera, 25, sizes[camera])
    assert file.read_bytes() == broken, "nothing touched it"
    code, told = run_check(system.home, "--rebuild")
    assert code == 3, told
    assert "matpho run --stop" in told["said"]
    stop = [sys.executable, "-m", "matpho.cli.main", "run", "--home", str(system.home), "--stop"]
    subprocess.run(stop, check=True, capture_output=True)
    began = time.monotonic()
    rebuilt = [sys.executable, "-m", "matpho.cli.main", "check", "--home", str(system.home), "--rebuild", "--json"]
    done = subprocess.run(rebuilt, capture_output=True, text=True, check=False)
    took = time.monotonic() - began
    told = json.loads(done.stdout)
    assert told["unaccounted_s"] == 0
    assert told["problems"] == [], told["problems"][:3]
    system.http.headers.pop("X-CSRF-Token", None)
    system.http.cookies.clear()
    system._own.wait(20)
    system.__enter__()
    people = json.loads((system.settings.run / "desk.json").read_text())["setup"] is None
    if people:
        sign_in(system)
    else:
        system.set_up()
    for camera in CAMERAS:
        wait_for(lambda c=camera: ward.well(c), 60, f"{camera} live")
        ward.grows(camera, 40)
    fault.lasted_s = round(time.monotonic() - at, 1)
    fault.recovered_s = round(took, 2)
    lost = [line.strip() for line in done.stderr.splitlines() if line.startswith("✗")]
    fault.note = (
        f"rebuilt in {took:.1f} s; accounts {'kept' if people else 'lost, set up anew'}; {len(lost)} tables in part"
    )
    close(ward, ledger, fault, since, settle_s=2.5)
    assert {c["id"] for c in system.get("/api/cameras")} == set(CAMERAS)


def sign_in(system):
    """The account that was set up before."""
    from matpho.testing.system import PASSWORD

    system.http.headers["X-CSRF-Token"] = system.http.get("/api/session").json()["csrf"]
    answer = system.http.post("/api/session", json={"login": "quantri", "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    system.http.headers["X-CSRF-Token"] = answer.json()["csrf"]


def test_at_the_end_of_the_database_the_books_balance(ward, ledger):
    balance(ward.system, ledger)
