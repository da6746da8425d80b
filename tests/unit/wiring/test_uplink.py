import base64
import contextlib
import io
import subprocess
import sys
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from matpho.cli.main import main
from matpho.errors import BadInput, NotFound
from matpho.settings import load
from matpho.wiring.desk import open_store
from matpho.wiring.uplink import add_peer, hub_file, kept_seen, key_pair, load_hub, remove_peer

pytestmark = pytest.mark.unit


def test_keys_are_curve25519_pairs():
    (one, one_public), (other, other_public) = key_pair(), key_pair()
    mine, theirs = (X25519PrivateKey.from_private_bytes(base64.b64decode(k)) for k in (one, other))
    shared = mine.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(other_public)))
    assert shared == theirs.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(one_public)))


def test_households_are_added_and_removed_and_files_are_private(tmp_path):
    settings = load(tmp_path, {})
    with pytest.raises(NotFound):
        load_hub(settings)
    with pytest.raises(BadInput, match="first path needs"):
        add_peer(settings, "nha-1", ["192.168.1.64"], None)
    hub, first, text = add_peer(settings, "nha-1", ["192.168.1.64"], "203.0.113.1:51820")
    _, second, _ = add_peer(settings, "nha-2", ["192.168.1.64:8554"], None)
    assert (first.address, second.address) == ("10.66.0.2", "10.66.0.3")
    private = next(line.split(" = ")[1] for line in text.splitlines() if line.startswith("PrivateKey"))
    kept = [p.read_text() for p in (tmp_path / "uplink").iterdir()]
    assert all(private not in k for k in kept), "a household's private key is not kept"
    assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / "uplink").iterdir())
    with pytest.raises(BadInput, match="already"):
        add_peer(settings, "nha-1", ["192.168.1.64"], None)
    remove_peer(settings, "nha-1")
    assert [p.name for p in load_hub(settings).peers] == ["nha-2"]
    assert first.public_key not in hub_file(settings, hub).read_text()
    with pytest.raises(NotFound):
        remove_peer(settings, "nha-1")


def test_the_command_line_from_adding_to_checking(tmp_path):
    home = tmp_path / "home"

    def matpho(*words):
        """In this process: starting one takes longer than all of it."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(["uplink", *map(str, words), "--home", str(home)])
        return SimpleNamespace(returncode=int(ended.value.code or 0), stdout=out.getvalue(), stderr=err.getvalue())

    def piped(*words, given):
        command = [
            sys.executable,
            "-m",
            "matpho.cli.main",
            "uplink",
            *map(str, words),
            "--home",
            str(tmp_path / "home"),
        ]
        return subprocess.run(command, check=False, capture_output=True, text=True, input=given, timeout=60)

    out = tmp_path / "nha.conf"
    words = ("add", "nha-ba-tu", "--camera", "192.168.1.64", "--endpoint", "203.0.113.1:51820")
    done = matpho(*words, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "rtsp://…@10.66.0.2:554" in done.stdout
    assert out.stat().st_mode & 0o077 == 0
    key = load_hub(load(tmp_path / "home", {})).peers[0].public_key
    dump = f"K=\tH=\t51820\toff\n{key}\t(none)\t(none)\t10.66.0.2/32\t0\t0\t0\toff\n"
    check = piped("check", "--dump", "-", given=dump)
    assert check.returncode == 1
    assert "never a handshake" in check.stdout
    assert "chưa bắt tay" in check.stdout
    assert [p.public_key for p in kept_seen(load(home, {})).paths] == [key], "and the page knows it too"
    assert matpho("advise", "--uplink-kbit", 1000, "--main-kbit", 2000).returncode == 1
    assert matpho("advise", "--uplink-kbit", 4000, "--main-kbit", 2000).returncode == 0
    shared = matpho("advise", "--uplink-kbit", 4000, "--main-kbit", 2000, "--cameras", 2)
    assert shared.returncode == 1, "alone it fits, beside another one it does not"
    assert "2000 kbit/s mỗi camera" in shared.stdout
    other = matpho("check", "--dump", sys.executable)
    assert other.returncode == 3
    assert "không phải kết quả của `wg show" in other.stderr
    assert "PrivateKey" not in matpho("show").stdout
    long = matpho("add", "nha-2", "--camera", "192.168.1.64", "--out", tmp_path / "nha-ba-nguyen-thi-tu.conf")
    assert long.returncode == 3
    assert "tối đa 15" in long.stderr
    assert len(load_hub(load(tmp_path / "home", {})).peers) == 1, "nothing is made then"
    gone = matpho("remove", "nha-ba-tu")
    assert gone.returncode == 0, gone.stderr
    assert "reload wg-quick@wg-matpho" in gone.stdout
    assert load_hub(load(tmp_path / "home", {})).peers == ()
    assert matpho("remove", "nha-ba-tu").returncode == 3
    store = open_store(load(home, {}))
    with store.read() as unit:
        acts = [(row.action, row.thing) for row in unit.audit.rows()]
    store.close()
    assert acts == [("add_uplink", "uplink:nha-ba-tu"), ("remove_uplink", "uplink:nha-ba-tu")], (
        "and nothing that failed"
    )
