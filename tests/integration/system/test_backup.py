"""Backup of a running ward, its restore and the drill; and every archive that must be refused."""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import time

import pytest

from matpho.errors import MatphoError, StorageProblem
from matpho.testing.system import PASSWORD, RunningSystem, wait_for
from matpho.wiring.backup import restore

pytestmark = pytest.mark.integration


def matpho(*words, home):
    command = [sys.executable, "-m", "matpho.cli.main", *map(str, words), "--home", str(home)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=90)


def ready(ward):
    incidents = ward.get("/api/incidents")["items"]
    return incidents and any(
        e["state"] == "ready" and e["kind"] == "clip"
        for i in incidents
        for e in ward.get(f"/api/incidents/{i['id']}")["evidence"]
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory, cameras):
    """A ward that ran, has evidence, was backed up twice while it ran (with recordings or not) and is running still."""
    folder = tmp_path_factory.mktemp("backups")
    home = tmp_path_factory.mktemp("wards") / "home"
    toml = "[recording]\nsegment_s = 3\nreserve_mb = 1\n[evidence]\npre_roll_s = 2\npost_roll_s = 2\n"
    with RunningSystem(home, toml) as ward:
        ward.set_up()
        addresses = {role: cameras.address("nga-ba", role) for role in ("main", "sub")}
        ward.add_camera({"id": "nga-ba", "name": "Ngã ba", **addresses})
        wait_for(lambda: len(list(ward.settings.recordings.rglob("*.mp4"))) >= 2, 40, "two files recorded")
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3))
        ward.post(
            "/api/incidents", {"camera_id": "nga-ba", "kind": "illegal_dumping", "at": at, "note": ""}, status=201
        )
        wait_for(lambda: ready(ward), 40, "the clip of the incident")
        small = matpho("backup", folder / "small.tar", "--json", home=home)
        whole = matpho("backup", folder / "whole.tar", "--recordings", "--drill", "--json", home=home)
        yield ward, folder, small, whole


def test_a_backup_beside_a_running_system_passes_its_drill(kept):
    ward, folder, small, whole = kept
    assert small.returncode == 0, small.stderr
    assert whole.returncode == 0, (whole.stdout, whole.stderr)
    told = json.loads(whole.stdout)
    assert told["well"]
    assert told["evidence_files"] >= 2
    assert told["recorded_s"] > 4
    assert told["unaccounted_s"] == 0
    assert (folder / "small.tar").stat().st_mode & 0o077 == 0, "it holds cameras' passwords"
    assert sorted(p.name for p in folder.iterdir()) == ["small.tar", "whole.tar"], "nothing temporary is left"
    assert ward.answers()
    acts = wait_for(lambda: audited(ward, {"drill", "backup"}, 3), 10, "the trail telling of them")
    drill = next(row for row in acts if row["action"] == "drill")
    assert drill["detail"]["well"] is True


def audited(ward, actions, count):
    found = [row for row in ward.get("/api/audit")["items"] if row["action"] in actions]
    return found if len(found) >= count else None


@pytest.mark.parametrize("which", ["small", "whole"])
def test_what_is_restored_is_well_and_complete(kept, tmp_path, which):
    ward, folder, _, _ = kept
    home = tmp_path / "again"
    done = matpho("restore", folder / f"{which}.tar", "--json", home=home)
    assert done.returncode == 0, done.stderr
    check = matpho("check", "--json", home=home)
    assert check.returncode == 0, check.stdout
    told = json.loads(check.stdout)
    assert told["unaccounted_s"] == 0
    assert (told["segments"] > 0) == (which == "whole")
    assert told["evidence"]["files"] >= 2
    assert sorted(p.name for p in home.parent.iterdir()) == ["again"]
    with sqlite3.connect(home / "db" / "matpho.sqlite") as db:
        assert db.execute("SELECT login FROM people").fetchall() == [("quantri",)]
        assert db.execute("SELECT count(*) FROM sessions").fetchone() == (0,), "nobody is let in by a backup"
        assert db.execute("SELECT main FROM cameras").fetchone()[0].startswith("rtsp://xem:")
    originals = {p.name: p.read_bytes() for p in ward.settings.evidence_folder.glob("*/*.mp4")}
    assert {p.name: p.read_bytes() for p in (home / "evidence").glob("*/*.mp4")} == originals


def test_a_restored_ward_runs(kept, tmp_path):
    _, folder, _, _ = kept
    home = tmp_path / "again"
    assert matpho("restore", folder / "small.tar", home=home).returncode == 0
    with RunningSystem(home) as again:
        again.http.headers["X-CSRF-Token"] = again.http.get("/api/session").json()["csrf"]
        again.post("/api/session", {"login": "quantri", "password": PASSWORD})
        again.http.headers["X-CSRF-Token"] = again.get("/api/session")["csrf"]
        assert [c["id"] for c in again.get("/api/cameras")] == ["nga-ba"]
        assert again.get("/api/incidents")["items"]
        wait_for(lambda: audited(again, {"restore"}, 1), 10, "the restore in the trail")


def members(path):
    with tarfile.open(path) as tar:
        return [(m, tar.extractfile(m).read()) for m in tar]


def written(path, content):
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for member, data in content:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def listed(content, change):
    """The archive with its list of files rewritten by ``change``."""
    found = []
    for member, data in content:
        if member.name == "MANIFEST.json":
            told = json.loads(data)
            change(told)
            found.append((member, json.dumps(told).encode()))
        else:
            found.append((member, data))
    return found


def _flipped(c):
    return [(m, d[:-1] + bytes([d[-1] ^ 1]) if m.name.startswith("evidence") else d) for m, d in c]


def _added(c, name, kind=tarfile.REGTYPE, link=""):
    """A member more, and in the list too, as somebody who wants to do harm would."""
    extra = tarfile.TarInfo(name)
    extra.type, extra.linkname = kind, link
    data = b"harm"
    entry = [len(data), hashlib.sha256(data).hexdigest()]
    return [(extra, data), *listed(c, lambda t: t["files"].update({name: entry}))]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_flipped, "damaged"),
        (lambda c: c[:-1], "damaged"),
        (lambda c: [m for m in c if m[0].name != "db/matpho.sqlite"], "damaged"),
        (lambda c: _added(c, "../../evil"), "which no backup"),
        (lambda c: _added(c, "/etc/cron.d/evil"), "which no backup"),
        (lambda c: _added(c, "db/../../evil"), "which no backup"),
        (lambda c: _added(c, "run/desk.json"), "which no backup"),
        (lambda c: _added(c, "evidence/x", tarfile.SYMTYPE, "/etc/passwd"), "which no backup"),
        (lambda c: _added(c, "evidence/x", tarfile.LNKTYPE, "matpho.toml"), "which no backup"),
        (lambda c: [c[0], *c], "which no backup"),
        (lambda c: listed(c, lambda t: t.update(format=99)), "newer version"),
        (lambda c: listed(c, lambda t: t["rows"].update(people=7)), "not the one"),
    ],
)
def test_archives_that_are_refused(kept, tmp_path, change, said):
    _, folder, _, _ = kept
    bad = written(tmp_path / "bad.tar", change(members(folder / "small.tar")))
    home = tmp_path / "in" / "again"
    with pytest.raises(MatphoError) as refused:
        restore(bad, home)
    assert said in refused.value.en
    assert refused.value.vi != refused.value.en
    assert not home.exists()
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["bad.tar", "in"], "nothing is left, nothing escaped"


def test_a_newer_database_is_refused(kept, tmp_path):
    _, folder, _, _ = kept
    content = members(folder / "small.tar")
    base = tmp_path / "newer.sqlite"
    base.write_bytes(next(d for m, d in content if m.name == "db/matpho.sqlite"))
    with sqlite3.connect(base) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    data = base.read_bytes()
    entry = [len(data), hashlib.sha256(data).hexdigest()]
    content = [(m, data if m.name == "db/matpho.sqlite" else d) for m, d in content]
    bad = written(tmp_path / "bad.tar", listed(content, lambda t: t["files"].update({"db/matpho.sqlite": entry})))
    with pytest.raises(StorageProblem, match="newer version"):
        restore(bad, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("cut", [0, -10_241])
def test_an_archive_cut_short_is_refused(kept, tmp_path, cut):
    _, folder, _, _ = kept
    bad = tmp_path / "bad.tar"
    bad.write_bytes((folder / "small.tar").read_bytes()[:cut])
    answer = matpho("restore", bad, home=tmp_path / "again")
    assert answer.returncode in (3, 5), answer.stdout
    assert "Lỗi: " in answer.stderr
    assert not (tmp_path / "again").exists()


def test_one_cut_short_in_its_first_file_is_told_as_damaged(kept, tmp_path):
    _, folder, _, _ = kept
    bad = tmp_path / "bad.tar"
    bad.write_bytes((folder / "small.tar").read_bytes()[:20_000])
    answer = matpho("restore", bad, home=tmp_path / "again")
    assert answer.returncode == 5
    assert "damaged" in answer.stderr, "it is a backup, and not all of it is there"


def test_a_home_that_is_not_empty_stays_as_it_is(kept, tmp_path):
    _, folder, _, _ = kept
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mine.txt").write_text("x")
    answer = matpho("restore", folder / "small.tar", home=tmp_path / "home")
    assert answer.returncode == 3
    assert "not empty" in answer.stderr
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["mine.txt"]


@pytest.mark.skipif(os.getuid() != 0, reason="NOT TESTED: only root restores for another user")
def test_an_empty_home_keeps_its_owner(kept, tmp_path):
    """A service's home is restored by root, and must be the service's again."""
    _, folder, _, _ = kept
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    answer = matpho("restore", folder / "small.tar", home=home)
    assert answer.returncode == 0, answer.stderr
    assert {p.stat().st_uid for p in (home, *home.rglob("*"))} == {65534}


def test_a_drill_that_finds_harm_says_so_and_is_audited(kept, tmp_path):
    """Evidence that no longer is what was sealed gets into the backup as it is; the drill is what finds it."""
    ward, _, _, _ = kept
    clip = next(ward.settings.evidence_folder.glob("*/*.mp4"))
    whole = clip.read_bytes()
    clip.chmod(0o600)
    clip.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        answer = matpho("drill", "--scratch", tmp_path, "--json", home=ward.home)
    finally:
        clip.write_bytes(whole)
        clip.chmod(0o400)
    assert answer.returncode == 1, answer.stderr
    told = json.loads(answer.stdout)
    assert not told["well"]
    assert "not what was sealed" in told["problems"][0]["en"]
    rows = wait_for(lambda: audited(ward, {"drill"}, 2), 10, "the failed drill in the trail")
    assert rows[0]["detail"]["well"] is False
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("where", ["none/x.tar", "small.tar"])
def test_where_a_backup_cannot_go(kept, where):
    ward, folder, _, _ = kept
    answer = matpho("backup", folder / where, home=ward.home)
    assert answer.returncode == 3, answer.stdout


def test_what_the_processes_logged_is_structured_and_holds_no_secret(kept):
    ward, _, _, _ = kept
    lines = [line for log in (ward.home / "logs").glob("*.log") for line in log.read_text("utf-8").splitlines()]
    assert lines
    for line in lines:
        told = json.loads(line)
        assert {"event", "level", "timestamp", "process"} <= told.keys(), line
    text = "\n".join(lines) + (ward.home / "run.log").read_text("utf-8")
    for secret in ("bí mật:1", "b%C3%AD%20m%E1%BA%ADt", PASSWORD):
        assert secret not in text
