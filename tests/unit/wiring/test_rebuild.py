"""Making a damaged or lost database anew from what is left."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from matpho.domain.audit import AuditRow
from matpho.domain.camera import RecordMode
from matpho.domain.messages import HitSeen
from matpho.errors import BadInput, Corrupt
from matpho.pipeline.camera_list import write_cameras
from matpho.settings import Settings, load
from matpho.testing.builders import at, camera, hit, person, segment
from matpho.testing.clock import HandClock
from matpho.video.journal import Journal
from matpho.wiring.desk import open_store
from matpho.wiring.rebuild import rebuild

pytestmark = pytest.mark.unit


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Five recordings and a hit in journals; a camera, a person, notes and a trail in the database."""
    settings = load(tmp_path, {})
    with closing(Journal(settings.journals / "nga-ba-cho" / "recorder.jsonl")) as told:
        for number in range(5):
            for fact in segment(number):
                told.append(fact)
    with closing(Journal(settings.journals / "nga-ba-cho" / "vision-0.jsonl")) as told:
        told.append(HitSeen(hit()))
    settings.run.mkdir(parents=True)
    write_cameras(settings.run / "cameras.json", (camera(),))
    with closing(open_store(settings)) as store, store.write() as unit:
        unit.cameras.put(camera(), at(0))
        unit.people.put(person())
        for number in range(400):
            unit.notes.put(f"note {number}", "x" * 200)
        for number in range(20):
            unit.audit.append(AuditRow(number=0, at=at(number), who=None, action="view_live", thing="camera:x"))
    return settings


def file_of(settings):
    return settings.home / "db" / "matpho.sqlite"


def closed(settings):
    with closing(sqlite3.connect(file_of(settings))) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in ("-wal", "-shm"):
        Path(f"{file_of(settings)}{ending}").unlink(missing_ok=True)
    return file_of(settings).read_bytes()


def seen(settings):
    with closing(open_store(settings)) as store, store.read() as unit:
        return {
            "segments": len(list(unit.recordings.all_segments())),
            "incidents": unit.hits.incident_of(hit().id) is not None,
            "cameras": [c.id for c in unit.cameras.all()],
            "people": len(unit.people.all()),
            "audit": len([r for r in unit.audit.rows() if r.action == "view_live"]),
        }


WHOLE = {"segments": 5, "incidents": True, "cameras": ["nga-ba-cho"], "people": 1, "audit": 20}


def test_an_index_is_read_anew_and_nothing_else_changes(home: Settings):
    rebuild(home, HandClock())
    with closing(sqlite3.connect(file_of(home))) as db:
        db.execute("DELETE FROM segments WHERE start_ns > (SELECT min(start_ns) FROM segments)")
        db.commit()
    assert seen(home)["segments"] == 1
    done = rebuild(home, HandClock())
    assert done.aside is None
    assert done.facts == 10
    assert seen(home) == WHOLE
    assert rebuild(home, HandClock()).facts == 10
    assert seen(home) == WHOLE


def test_a_lost_database_comes_back_from_journals_and_camera_list(home: Settings):
    file_of(home).unlink()
    for ending in ("-wal", "-shm"):
        Path(f"{file_of(home)}{ending}").unlink(missing_ok=True)
    done = rebuild(home, HandClock())
    assert done.cameras == 1
    assert done.people == 0
    assert seen(home) == {**WHOLE, "people": 0, "audit": 0}


@pytest.mark.parametrize("how", ["cut short", "overwritten pages", "zeroed header", "empty"])
def test_what_can_be_read_of_a_damaged_database_is_kept(home: Settings, how: str):
    rebuild(home, HandClock())
    whole = closed(home)
    broken = {
        "cut short": whole[: len(whole) * 3 // 4],
        "overwritten pages": whole[: 12 * 4096] + os.urandom(6 * 4096) + whole[18 * 4096 :],
        "zeroed header": bytes(100) + whole[100:],
        "empty": b"",
    }[how]
    file_of(home).write_bytes(broken)
    with pytest.raises(Corrupt) as said:
        open_store(home)
    assert "matpho check --rebuild" in said.value.vi
    assert "matpho check --rebuild" in said.value.en
    done = rebuild(home, HandClock())
    assert (done.aside / "matpho.sqlite").read_bytes() == broken, "what was damaged is kept as it was"
    found = seen(home)
    assert found["segments"] == 5
    assert found["incidents"]
    assert found["cameras"] == ["nga-ba-cho"]
    if how == "overwritten pages":
        assert any(t.rows for t in done.tables), "what was not hit is saved"
        assert not all(t.whole for t in done.tables)
    assert not list((home.home / "db").glob("salvage*"))


def test_a_camera_that_keeps_little_comes_back_without_losing_what_is_there(home: Settings):
    """Since when it keeps only incidents is lost with the database; what was recorded until now must not go by it."""
    write_cameras(home.run / "cameras.json", (camera(record=RecordMode.ON_INCIDENT),))
    file_of(home).unlink()
    rebuild(home, HandClock(at(9000)))
    with closing(open_store(home)) as store, store.read() as unit:
        [found] = unit.cameras.all()
        assert found.record is RecordMode.ON_INCIDENT
        since = unit.cameras.record_since(found.id)
        assert since is not None
        assert since > max(s.start for s in unit.recordings.all_segments())


def test_a_running_system_is_left_alone(home: Settings):
    import fcntl

    with (home.run / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BadInput, match="is running"):
            rebuild(home, HandClock())
