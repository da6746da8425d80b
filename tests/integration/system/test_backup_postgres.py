"""A ward on PostgreSQL: backed up while it runs, proved by the drill, restored into an empty database, compared."""

import json
import os
import subprocess
import sys

import pytest
import sqlalchemy as sa

from matpho.plugins.stores.schema import metadata
from matpho.testing.postgres import TestPostgres
from matpho.testing.system import PASSWORD, RunningSystem, wait_for

pytestmark = pytest.mark.integration

LEFT_OUT = {"sessions", "setup_tokens"}


def matpho(*words, home, database=None):
    command = [sys.executable, "-m", "matpho.cli.main", *map(str, words), "--home", str(home)]
    environment = {**os.environ, **({"MATPHO_DATABASE": database} if database else {})}
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=90, env=environment)


def rows(url):
    """Every table of a database, its rows in one order."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            t.name: [tuple(r) for r in connection.execute(sa.select(t).order_by(*t.primary_key.columns))]
            for t in metadata.sorted_tables
            if t.name not in LEFT_OUT
        }
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def server():
    with TestPostgres() as running:
        yield running


@pytest.fixture(scope="module")
def kept(server, tmp_path_factory, cameras):
    """A ward on PostgreSQL that was backed up while it ran, then stopped and backed up again."""
    folder, home = tmp_path_factory.mktemp("backups"), tmp_path_factory.mktemp("wards") / "home"
    url = server.database()
    with RunningSystem(home, f'database = "{url}"\n[recording]\nsegment_s = 3\nreserve_mb = 1\n') as ward:
        ward.set_up()
        addresses = {role: cameras.address("nga-ba", role) for role in ("main", "sub")}
        ward.add_camera({"id": "nga-ba", "name": "Ngã ba", **addresses})
        wait_for(lambda: len(list(ward.settings.recordings.rglob("*.mp4"))) >= 2, 40, "two files recorded")
        running = matpho("backup", folder / "running.tar", "--drill", "--json", home=home)
        wait_for(lambda: [r for r in ward.get("/api/audit")["items"] if r["action"] == "drill"], 10, "the drill noted")
    still = matpho("backup", folder / "still.tar", "--json", home=home)
    return url, home, folder, running, still


def test_a_backup_beside_the_running_system_passes_its_drill(kept):
    _, home, folder, running, _ = kept
    assert running.returncode == 0, (running.stdout, running.stderr)
    told = json.loads(running.stdout)
    assert told["well"]
    assert told["audit_rows"] > 0
    assert told["unaccounted_s"] == 0
    assert not (home / "db").exists(), "the ward's rows are PostgreSQL's"
    assert sorted(p.name for p in folder.iterdir()) == ["running.tar", "still.tar"], "nothing temporary is left"


def test_what_is_restored_into_an_empty_database_is_the_same_row_by_row(kept, server, tmp_path):
    url, _, folder, _, still = kept
    assert still.returncode == 0, still.stderr
    new, home = server.database(), tmp_path / "again"
    done = matpho("restore", folder / "still.tar", "--json", home=home, database=new)
    assert done.returncode == 0, done.stderr
    before, after = rows(url), rows(new)
    assert before["people"]
    assert before["audit"]
    assert before["segments"]
    assert after == before
    assert not (home / "db").exists(), "one database, not two"
    check = matpho("check", "--json", home=home, database=new)
    assert check.returncode == 0, check.stdout


def test_a_ward_restored_on_postgresql_runs(kept, server, tmp_path, monkeypatch):
    _, _, folder, _, _ = kept
    new, home = server.database(), tmp_path / "again"
    assert matpho("restore", folder / "still.tar", home=home, database=new).returncode == 0
    monkeypatch.setenv("MATPHO_DATABASE", new)
    with RunningSystem(home) as again:
        again.http.headers["X-CSRF-Token"] = again.http.get("/api/session").json()["csrf"]
        again.post("/api/session", {"login": "quantri", "password": PASSWORD})
        again.http.headers["X-CSRF-Token"] = again.get("/api/session")["csrf"]
        assert [c["id"] for c in again.get("/api/cameras")] == ["nga-ba"]


def test_a_ward_moves_from_postgresql_to_a_file(kept, tmp_path):
    url, _, folder, _, _ = kept
    home = tmp_path / "again"
    done = matpho("restore", folder / "still.tar", home=home, database=f"sqlite:///{home / 'db' / 'matpho.sqlite'}")
    assert done.returncode == 0, done.stderr
    assert rows(f"sqlite:///{home / 'db' / 'matpho.sqlite'}") == rows(url)


def test_a_database_that_is_not_empty_stays_as_it_is(kept, tmp_path):
    url, _, folder, _, _ = kept
    before = rows(url)
    answer = matpho("restore", folder / "still.tar", home=tmp_path / "again")
    assert answer.returncode == 3, answer.stdout
    assert "not empty" in answer.stderr
    assert "không trống" in answer.stderr
    assert rows(url) == before
    assert not (tmp_path / "again").exists()


def test_a_server_that_is_away_is_named_and_no_password_said(kept, tmp_path):
    _, home, _, _, _ = kept
    away = "postgresql+psycopg://ward:bi-mat-2026@127.0.0.1:9/ward"
    answer = matpho("backup", tmp_path / "x.tar", home=home, database=away)
    assert answer.returncode == 5, answer.stderr
    assert "Lỗi: " in answer.stderr
    assert "bi-mat-2026" not in answer.stderr + answer.stdout
    assert not list(tmp_path.iterdir())
