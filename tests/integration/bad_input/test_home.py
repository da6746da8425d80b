"""Homes, settings, databases, ports and permissions that cannot be: named, and left alone."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from tests.integration.bad_input.words import BAD, FAILED, MISSING, Said, matpho_, program, put

from matpho.testing.system import free_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


@pytest.mark.parametrize(
    "text", ["port = ", "colour = 1", 'port = "x"', "port = 99999", "[vision]\nworkers = 0", "\x00"]
)
def test_settings_that_cannot_be(tmp_path, text):
    put(tmp_path / "matpho.toml", text)
    for words in (("run",), ("check",), ("run", "--stop"), ("worker", "recorder")):
        matpho_(*words, "--home", tmp_path).refused()
    assert matpho_("doctor", "--home", tmp_path, "--json").code == 1, "the doctor still looks at everything else"
    assert [p.name for p in tmp_path.iterdir()] == ["matpho.toml"]


def foreign():
    """The bytes of somebody else's database."""
    db = sqlite3.connect(":memory:")
    db.execute("create table hello(a)")
    data = db.serialize()
    db.close()
    return data


@pytest.mark.parametrize("name", ["empty", "garbage", "cut", "foreign"])
def test_a_damaged_database_is_named_and_left_alone(tmp_path, name):
    file = tmp_path / "db" / "matpho.sqlite"
    file.parent.mkdir()
    garbage = np.random.default_rng(3).bytes(9000)
    data = {"empty": b"", "garbage": garbage, "cut": foreign()[:5000], "foreign": foreign()}[name]
    put(file, data)
    en = matpho_("check", "--home", tmp_path).refused(FAILED)
    assert ("another program" if name == "foreign" else "damaged") in en
    assert file.read_bytes() == data
    assert not (file.parent / "backup").exists()


def test_a_port_in_use_is_said_at_the_terminal_and_ends_the_run(tmp_path):
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        ended = program("run", "--home", tmp_path, "--port", port)
    assert ended.returncode == MISSING, ended.stderr
    assert f"Lỗi: Không mở được cổng {port}" in ended.stderr
    assert f"Error: Port {port} cannot be used" in ended.stderr
    assert "cổng này đang có chương trình khác dùng" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((tmp_path / "run").glob("*.pid")), "nothing is left running"


@pytest.mark.skipif(not shutil.which("setpriv"), reason="NOT TESTED: setpriv (util-linux) is not here")
def test_what_may_not_be_read_or_written(place, tmp_path):
    """Root obeys permissions once it has given up the power to override them."""
    secret = put(tmp_path / "secret.mp4", b"x")
    secret.chmod(0)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    weak = (
        ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"] if not os.getuid() else []
    )
    words = ("--camera", place / "cam.toml", "--quiet")
    tries = (
        ("analyse", secret, *words),
        ("analyse", place / "good.mp4", "--camera", secret),
        ("analyse", place / "good.mp4", *words, "--json", closed / "out.json"),
        ("run", "--home", closed / "home"),
    )
    for one in tries:
        command = [*weak, sys.executable, "-m", "matpho.cli.main", *map(str, one)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        Said(ended.returncode, ended.stdout, ended.stderr).refused(BAD, FAILED)
        vi, en = ended.stderr.splitlines()[-2:]
        assert "Permission denied" in en
        assert "không có quyền" in vi
        assert "Permission" not in vi
    assert list(closed.iterdir()) == []


@pytest.mark.skipif(os.getuid() != 0, reason="NOT TESTED: only root can spoil another user's folder")
def test_root_is_told_to_work_as_the_one_who_owns_the_home(tmp_path):
    """What root makes in a service's home the service cannot read: nothing is made, and the right line is told."""
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    tries = (
        ("check",),
        ("backup", tmp_path / "b.tar"),
        ("drill",),
        ("import", tmp_path, "--camera", "cho"),
        ("cameras", "list"),
        ("uplink", "add", "nha", "--camera", "192.168.1.9", "--endpoint", "a.vn:1", "--out", tmp_path / "nha.conf"),
    )
    for one in tries:
        en = matpho_(*one, "--home", home).refused(BAD)
        assert "sudo -u nobody" in en
    ended = program("check", "--repair", "--home", home)
    assert f"sudo -u nobody {sys.executable} -m matpho.cli.main check --repair --home {home}" in ended.stderr
    assert list(home.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["home"]
