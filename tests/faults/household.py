"""A household in network namespaces: a camera, a small WireGuard box and a router with NAT and a thin, lossy uplink.

::

    camera 192.168.1.64 ── box 192.168.1.2 / 10.0.0.2 ── router 10.0.0.1 / 203.0.113.9 (NAT) ── this machine 203.0.113.1

The two configurations are those that ``matpho uplink add`` writes, brought up by ``wg-quick`` itself; without the
kernel's WireGuard it uses wireguard-go. The rate is limited with tbf and packets are lost by iptables in the router,
because netem is not in every kernel.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matpho.domain.codec import to_plain
from matpho.settings import load
from matpho.sim.serve import ServeOrder
from matpho.wiring.uplink import add_peer, hub_file, write_private

NEEDED = ("ip", "tc", "iptables", "wg", "wg-quick")
NAME = "nha-ba-tu"
CAMERA, BOX, ROUTER = "mp-camera", "mp-box", "mp-router"
_WARD = "mp-ward0"


def require():
    """Say plainly what is missing: only root makes networks."""
    if os.getuid() != 0:
        pytest.fail("NETWORKS CAN BE MADE BY ROOT ONLY: run this scenario as root")
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.fail(f"missing: {', '.join(missing)}; apt-get install iproute2 iptables wireguard-tools wireguard-go")


def sh(line, *, check=True):
    done = subprocess.run(line, shell=True, check=False, capture_output=True, text=True, timeout=60)
    if check and done.returncode:
        raise RuntimeError(f"{line}: {done.stdout}{done.stderr}")
    return done


class Household:
    """Use as a context manager; everything is taken away at the end."""

    def __init__(self, home: Path, folder: Path, *, rate_kbit: int, loss: float) -> None:
        self.rate_kbit, self.loss = rate_kbit, loss
        self._folder = folder
        self._server = None
        home.mkdir(parents=True, exist_ok=True)
        settings = load(home, {})
        self.hub, self.peer, text = add_peer(settings, NAME, ["192.168.1.64:8554"], "203.0.113.1:51820")
        self._hub_file, self._peer_file = hub_file(settings, self.hub), folder / f"{NAME}.conf"
        write_private(self._peer_file, text)

    def __enter__(self):
        self._clear()
        try:
            self._wire()
            sh(f"wg-quick up {self._hub_file}")
            sh(f"ip netns exec {BOX} wg-quick up {self._peer_file}")
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(self, *_):
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
        self._clear()

    def _wire(self):
        for space in (CAMERA, BOX, ROUTER):
            sh(f"ip netns add {space}")
            sh(f"ip -n {space} link set lo up")
        sh(f"ip link add c0 netns {CAMERA} type veth peer name lan0 netns {BOX}")
        sh(f"ip link add wan0 netns {BOX} type veth peer name lan0 netns {ROUTER}")
        sh(f"ip link add wan0 netns {ROUTER} type veth peer name {_WARD}")
        for space, link, address in (
            (CAMERA, "c0", "192.168.1.64/24"),
            (BOX, "lan0", "192.168.1.2/24"),
            (BOX, "wan0", "10.0.0.2/24"),
            (ROUTER, "lan0", "10.0.0.1/24"),
            (ROUTER, "wan0", "203.0.113.9/24"),
        ):
            sh(f"ip -n {space} address add {address} dev {link}")
            sh(f"ip -n {space} link set {link} up")
        sh(f"ip address add 203.0.113.1/24 dev {_WARD}")
        sh(f"ip link set {_WARD} up")
        sh(f"ip -n {BOX} route add default via 10.0.0.1")
        router = f"ip netns exec {ROUTER}"
        sh(f"{router} sysctl -q -w net.ipv4.ip_forward=1")
        sh(f"{router} iptables -t nat -A POSTROUTING -o wan0 -j MASQUERADE")
        sh(f"{router} iptables -A FORWARD -m statistic --mode random --probability {self.loss} -j DROP")
        sh(f"{router} iptables -A FORWARD -i wan0 -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP")
        sh(f"{router} tc qdisc add dev wan0 root tbf rate {self.rate_kbit}kbit burst 16kb latency 300ms")

    def _clear(self):
        sh(f"ip netns exec {BOX} wg-quick down {self._peer_file}", check=False)
        sh(f"wg-quick down {self._hub_file}", check=False)
        for space in (CAMERA, BOX, ROUTER):
            sh(f"ip netns pids {space} | xargs -r kill", check=False)
            sh(f"ip netns delete {space}", check=False)
        sh(f"ip link delete {_WARD}", check=False)

    def serve(self, streams, login, password):
        """Run the camera's RTSP server at its place in the household; the path's address of a stream's role."""
        order = ServeOrder(host="192.168.1.64", port=8554, streams=tuple(streams), login=login, password=password)
        command = ["ip", "netns", "exec", CAMERA, sys.executable, "-m", "matpho.sim.serve"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._server.stdin.write(json.dumps(to_plain(order)) + "\n")
        self._server.stdin.flush()
        assert self._server.stdout.readline().strip().isdecimal()

    def sent_bytes(self):
        """What has gone up through the household's uplink."""
        told = json.loads(sh(f"ip -n {ROUTER} -s -j link show wan0").stdout)
        return told[0]["stats64"]["tx"]["bytes"]

    def cut(self, seconds):
        """The household's line is down for a while."""
        sh(f"ip -n {ROUTER} link set wan0 down")
        try:
            time.sleep(seconds)
        finally:
            with contextlib.suppress(RuntimeError):
                sh(f"ip -n {ROUTER} link set wan0 up")
