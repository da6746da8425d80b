"""Opening a database: new, old, newer, damaged, and one whose writer was killed."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from matpho.domain.audit import AuditRow, first_break
from matpho.errors import BadInput, Corrupt, StorageProblem
from matpho.plugins.stores.engine import address_of, engine_for
from matpho.plugins.stores.migrate import head
from matpho.plugins.stores.schema import metadata
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.builders import at
from matpho.testing.clock import HandClock

pytestmark = pytest.mark.integration


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "db" / "matpho.sqlite"


def _open(file: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{file}", HandClock())


def _filled(file: Path) -> bytes:
    with closing(_open(file)) as store:
        for n in range(200):
            with store.write() as unit:
                unit.notes.put(f"note {n}", "x" * 100)
    return file.read_bytes()


def test_a_new_database_has_todays_tables_and_is_private(file: Path):
    _open(file).close()
    engine = engine_for(address_of(f"sqlite:///{file}"), write=False)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == head()
    engine.dispose()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_commits_are_durable_and_readers_cannot_write(file: Path):
    with closing(_open(file)) as store:
        with store._writer.connect() as connection:
            pragmas = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
            assert pragmas == {"journal_mode": "wal", "synchronous": 2}
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with store._reader.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1


def test_the_database_refuses_to_change_the_trail(file: Path):
    with closing(_open(file)) as store, store.write() as unit:
        unit.audit.append(AuditRow(number=0, at=at(0), who=None, action="set_up", thing="person:x"))
    with closing(sqlite3.connect(file)) as db:
        for statement in ("UPDATE audit SET action = 'other'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


def test_tampering_below_the_database_shows(file: Path):
    with closing(_open(file)) as store, store.write() as unit:
        for n in range(5):
            unit.audit.append(AuditRow(number=0, at=at(n), who=None, action="view_live", thing=f"camera:{n}"))
    with closing(sqlite3.connect(file)) as db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET thing = 'camera:other' WHERE number = 3")
        db.commit()
    with closing(_open(file)) as store, store.read() as unit:
        assert first_break(unit.audit.rows()) == 3


def _damage(data: bytes, how: str) -> bytes:
    match how:
        case "empty":
            return b""
        case "cut short":
            return data[: len(data) // 2]
        case "cut inside a page":
            return data[: len(data) - 100]
        case "no database":
            return b"not a database, only text\n" * 500
        case "overwritten pages":
            return data[:4096] + os.urandom(8 * 4096) + data[9 * 4096 :]
        case _:
            return b"\x00" * 100 + data[100:]


@pytest.mark.parametrize(
    "how", ["empty", "cut short", "cut inside a page", "no database", "overwritten pages", "zeroed header"]
)
def test_a_damaged_file_is_refused_in_both_languages_and_left_alone(file: Path, how: str):
    file.parent.mkdir(exist_ok=True)
    broken = _damage(_filled(file), how)
    for beside in file.parent.glob("*-wal"):
        beside.unlink()
    file.write_bytes(broken)
    with pytest.raises(Corrupt) as said:
        _open(file)
    assert "bị hỏng" in said.value.vi
    assert "damaged" in said.value.en
    assert file.read_bytes() == broken


def test_a_newer_database_is_refused_and_left_alone(file: Path):
    _open(file).close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    before = file.read_bytes()
    with pytest.raises(StorageProblem) as said:
        _open(file)
    assert "phiên bản mới hơn" in said.value.vi
    assert file.read_bytes() == before


def test_an_old_database_is_copied_before_it_is_changed(file: Path):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        db.execute("CREATE TABLE before_all_versions (x)")
        db.execute("INSERT INTO before_all_versions VALUES ('kept')")
        db.commit()
    with closing(_open(file)) as store, store.write() as unit:
        unit.notes.put("works", "yes")
    (copy,) = (file.parent / "backup").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    for one in (copy, file):
        with closing(sqlite3.connect(one)) as db:
            assert db.execute("SELECT x FROM before_all_versions").fetchone() == ("kept",)


def test_a_database_of_another_program_is_left_alone(file: Path):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE photos (x)")
        db.commit()
    before = file.read_bytes()
    with pytest.raises(StorageProblem, match="another program"):
        _open(file)
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_an_unfinished_new_database_is_begun_again(file: Path):
    file.parent.mkdir()
    (file.parent / "matpho.sqlite.new").write_bytes(b"half")
    _open(file).close()
    assert [one.name for one in file.parent.iterdir() if "new" in one.name] == []


@pytest.mark.parametrize("url", ["nonsense", "nosuchdb://user:bi-mat@host/db", ""])
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str):
    with pytest.raises(BadInput) as said:
        SqlStore(url, HandClock())
    assert "bi-mat" not in said.value.en + said.value.vi


def test_a_place_that_cannot_be_used_is_said(tmp_path: Path):
    (tmp_path / "db").write_text("in the way")
    with pytest.raises(StorageProblem):
        _open(tmp_path / "db" / "matpho.sqlite")


WRITER = """
import sys
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.clock import HandClock
store = SqlStore(sys.argv[1], HandClock())
n = 0
while True:
    n += 1
    with store.write() as unit:
        unit.notes.put("first", str(n))
        unit.notes.set_offset("journal", n)
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_what_was_committed_outlives_a_killed_writer(file: Path, after: int):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, f"sqlite:///{file}"], stdout=subprocess.PIPE, text=True)
    told = 0
    while told < after:
        told = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    told = max([told, *map(int, writer.stdout.read().split())])
    writer.wait()
    writer.stdout.close()
    with closing(_open(file)) as store, store.read() as unit:
        kept = int(unit.notes.get("first"))
        assert kept >= told
        assert unit.notes.offset("journal") == kept
