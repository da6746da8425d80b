"""What the page says of a path, at each end that can be broken: a real household behind NAT, real WireGuard.

The desk of a ward runs without the right to ask WireGuard; so it is asked here, too, by a process without that right.
"""

import json
import shutil
import subprocess
import sys

import pytest

from matpho.domain.time import SystemClock
from matpho.domain.uplink_seen import Standing, standing
from matpho.settings import load
from matpho.testing.system import wait_for
from matpho.wiring.uplink import add_peer
from matpho.wiring.uplink_desk import Uplinks

from .household import CAMERA, NAME, ROUTER, Household, require, sh

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ANSWER = """
import socket
with socket.create_server(("192.168.1.64", 8554)) as server:
    while True:
        held, _ = server.accept()
        with held:
            held.recv(1000)
            held.sendall(b"RTSP/1.0 401 Unauthorized\\r\\n\\r\\n")
"""
LOOK = """
import json, sys
from pathlib import Path
from matpho.domain.time import SystemClock
from matpho.settings import load
from matpho.wiring.uplink_desk import Uplinks
desk = Uplinks(load(Path(sys.argv[1]), {}), SystemClock())
sight, found = desk.look(), desk.check(sys.argv[2], lambda _: None)
print(json.dumps({"up": sight.up, "asked": sight.asked, "ask": sight.ask, "well": found.well}))
"""


RIGHTLESS = """
mkdir -p /var/run/wireguard && mount -t tmpfs none /var/run/wireguard || exit 9
exec setpriv --bounding-set -net_admin --inh-caps -net_admin "$@"
"""


def without_right(*words):
    """The command's output where WireGuard may not be asked: neither the kernel's, nor wireguard-go by its socket."""
    command = ["unshare", "-m", "sh", "-c", RIGHTLESS, "sh", sys.executable, *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_check_names_the_end_that_is_broken(tmp_path):
    require()
    assert shutil.which("setpriv"), "apt-get install util-linux"
    home = tmp_path / "home"
    household = Household(home, tmp_path, rate_kbit=1000, loss=0.02)
    settings = load(home, {})
    desk = Uplinks(settings, SystemClock())

    def check(name=NAME):
        return desk.check(name, lambda _: None)

    def todo(name=NAME):
        return " ".join(one.en for one in check(name).todo)

    assert not check().well
    assert check().reload, "nothing is up yet"
    with household:
        wait_for(lambda: "this port is closed" in todo(), 30, "the box answering for a camera that refuses")
        camera = subprocess.Popen(["ip", "netns", "exec", CAMERA, sys.executable, "-c", ANSWER])
        try:
            wait_for(lambda: check().well, 30, "the camera answering through the path")
            assert desk.look().asked
            _as_the_service(settings, home)
            _one_that_was_not_loaded(settings, household, todo)
            sh(f"ip -n {CAMERA} link set c0 down")
            assert "does not reach the camera" in todo()
            sh(f"ip -n {ROUTER} link set wan0 down")
            assert "Usually power or network at the household" in todo()
        finally:
            camera.kill()
            camera.wait()


def _as_the_service(settings, home):
    """It tries the path all the same, and the line it gives tells it what WireGuard says."""
    told = without_right("-c", LOOK, str(home), NAME)
    assert (told["up"], told["asked"], told["well"]) == (True, False, True)
    subprocess.run(["bash", "-c", told["ask"].replace("sudo -u root ", "").replace("sudo ", "")], check=True)
    now, sight = SystemClock().now(), Uplinks(settings, SystemClock()).look()
    assert standing(sight.hub.peers[0], sight.seen, now) is Standing.UP
    kept = (home / "uplink" / "seen.json").read_text("utf-8")
    assert sight.hub.private_key not in kept
    assert sight.hub.peers[0].preshared_key not in kept
    assert "203.0.113.9" not in kept, "where the household calls from"


def _one_that_was_not_loaded(settings, household, todo):
    """A second household: first the ward's machine has to load it, then its box has to call."""
    add_peer(settings, "nha-moi", ["192.168.1.64"], None)
    assert "loads the newest configuration" in todo("nha-moi")
    sh(f"bash -c 'wg syncconf wg-matpho <(wg-quick strip {household._hub_file})'")
    assert todo("nha-moi").startswith("At the household: is the Linux box on")
