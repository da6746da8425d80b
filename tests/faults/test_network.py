"""The network between cameras and recorder, cut and spoilt for real: camera servers in a namespace behind a veth pair.

Also: a system that sees nothing but its own loopback asks for nothing outside.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time

import pytest

from matpho.domain.codec import to_plain
from matpho.domain.messages import GapCause
from matpho.sim.serve import ServedStream, ServeOrder
from matpho.testing.system import RunningSystem, wait_for

from .conftest import TOML, Ward
from .helpers import balance, begin, close

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1800)]

SCENARIO = "network"
TOLD = "Both cameras stand in a network namespace of their own; the veth pair to it is cut, narrowed and made lossy."
SPACE, HERE, THERE = "matpho-faults", "mpf0", "mpf1"
OURS, THEIRS = "10.213.77.1", "10.213.77.2"


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)


LOSS = ("-p", "tcp", "-m", "statistic", "--mode", "random", "--probability")


@contextlib.contextmanager
def lossy(share):
    """Drop this share of packets, chosen by chance, in both directions; in the namespace's own firewall."""
    rules = [(chain, *LOSS, str(share), "-j", "DROP") for chain in ("INPUT", "OUTPUT")]
    call = ["ip", "netns", "exec", SPACE, "iptables"]
    for rule in rules:
        subprocess.run([*call, "-A", *rule], check=True)
    try:
        yield
    finally:
        subprocess.run([*call, "-F"], check=True)


@contextlib.contextmanager
def narrow(rate):
    """No more than ``rate`` from the cameras, with up to a second of queue."""
    call = ["ip", "netns", "exec", SPACE, "tc", "qdisc"]
    limit = ["tbf", "rate", rate, "burst", "16kb", "latency", "1s"]
    subprocess.run([*call, "add", "dev", THERE, "root", *limit], check=True)
    try:
        yield
    finally:
        subprocess.run([*call, "del", "dev", THERE, "root"], check=True)


@pytest.fixture(scope="module")
def wire():
    """The namespace and the pair of devices; gone afterwards."""
    for program in ("ip", "tc", "iptables"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing: ./run faults installs iproute2 and iptables")
    ip("netns", "del", SPACE, check=False)
    ip("link", "del", HERE, check=False)
    ip("netns", "add", SPACE)
    try:
        ip("link", "add", HERE, "type", "veth", "peer", "name", THERE, "netns", SPACE)
        ip("addr", "add", f"{OURS}/30", "dev", HERE)
        ip("link", "set", HERE, "up")
        for words in (
            ("addr", "add", f"{THEIRS}/30", "dev", THERE),
            ("link", "set", THERE, "up"),
            ("link", "set", "lo", "up"),
        ):
            ip("-n", SPACE, *words)
        yield
    finally:
        ip("netns", "del", SPACE, check=False)
        ip("link", "del", HERE, check=False)


class FarWard(Ward):
    """A ward whose camera servers are in the namespace."""

    def serve(self, camera, *, main="main"):
        """Start a camera's server over there."""
        films = {"main": main, "sub": "sub"}
        streams = tuple(ServedStream(camera=camera, role=r, file=str(self.films[f])) for r, f in films.items())
        order = ServeOrder(host=THEIRS, port=self.ports[camera], streams=streams, login="xem", password="matma1")
        self.servers[camera] = FarServer(order)


class FarServer:
    """The camera server as a process in the namespace."""

    def __init__(self, order):
        self.order = order
        command = ["ip", "netns", "exec", SPACE, sys.executable, "-m", "matpho.sim.serve"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps(to_plain(order)) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == str(order.port)

    def address(self, camera, role):
        """The stream's address."""
        return f"rtsp://{self.order.login}:{self.order.password}@{THEIRS}:{self.order.port}/{camera}/{role}"

    def stop(self):
        """End it."""
        self.process.stdin.close()
        self.process.stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)


@pytest.fixture(scope="module")
def far(tmp_path_factory, films, wire):
    """Two cameras behind the wire, recorded."""
    with FarWard(tmp_path_factory.mktemp("w") / "h", films, toml=TOML) as ward:
        yield ward


def recover(ward, fault):
    back = time.monotonic()
    for camera in ward.cameras:
        wait_for(lambda c=camera: ward.well(c), 90, f"{camera} live")
        ward.grows(camera, 40)
    fault.recovered_s = round(time.monotonic() - back, 2)


@pytest.mark.parametrize("seconds", [3, 20, 60])
def test_the_network_is_cut(far, ledger, seconds):
    fault, since = begin("network cut (veth down)")
    at = time.monotonic()
    ip("link", "set", HERE, "down")
    try:
        if seconds >= 20:
            wait_for(lambda: far.links("nga-ba")["main"] != "live", 20, "the loss noticed")
            fault.note = f"noticed after {time.monotonic() - at:.1f} s"
        assert far.system.answers()
        time.sleep(max(0.0, seconds - (time.monotonic() - at)))
    finally:
        ip("link", "set", HERE, "up")
    fault.lasted_s = round(time.monotonic() - at, 1)
    recover(far, fault)
    close(far, ledger, fault, since, settle_s=2.5)
    assert set(fault.causes) <= {GapCause.CAMERA, GapCause.NETWORK}
    if seconds >= 20:
        assert fault.causes == [GapCause.NETWORK], "what was cut is the line, not the camera"
    if seconds < 5:
        assert max(fault.lost_s.values()) == 0, "TCP carries over a short cut"


@pytest.mark.parametrize("how", ["20 % of packets lost", "64 kbit/s"])
def test_a_bad_network(far, ledger, how):
    fault, since = begin(f"network with {how}")
    at = time.monotonic()
    with lossy(0.2) if "lost" in how else narrow("64kbit"):
        time.sleep(30)
        assert far.system.answers()
    fault.lasted_s = round(time.monotonic() - at, 1)
    recover(far, fault)
    close(far, ledger, fault, since, settle_s=2.5)
    assert set(fault.causes) <= {GapCause.CAMERA, GapCause.NETWORK}


def test_at_the_end_of_the_network_the_books_balance(far, ledger):
    balance(far.system, ledger)


CONNECT = re.compile(r"(connect|sendto|sendmsg|sendmmsg)\(.*?(?:sin6?_addr|inet_addr|inet_pton)[^\"]*\"([^\"]+)\"")


def test_a_week_without_internet(tmp_path, ledger):
    """In a namespace with loopback alone: no process asks for an address outside, and everything still works.

    Half a minute stands for the week: duties that run less often are given nothing else to call either (see the trace).
    """
    if shutil.which("strace") is None:
        pytest.fail("strace is not installed: ./run faults installs it")
    fault, _ = begin("no network but loopback")
    log = tmp_path / "calls.log"
    inside = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    trace = ("strace", "-f", "--seccomp-bpf", "-o", str(log), "-e", "trace=connect,sendto,sendmsg,sendmmsg")
    system = RunningSystem(tmp_path / "h", TOML, under=(*trace, *inside))
    command = [*trace, *inside, sys.executable, "-m", "matpho.cli.main", "run", "--home", str(system.home)]
    at = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for((system.settings.run / "desk.json").exists, 60, "the desk listening")
        fault.recovered_s = round(time.monotonic() - at, 2)
        time.sleep(30)
        assert all(system.pid(name) for name in ("supervisor", "recorder", "vision-0", "desk"))
    finally:
        system.__exit__(None, None, None)
        process.wait(20)
    calls = [(m[1], m[2]) for line in log.read_text().splitlines() if (m := CONNECT.search(line))]
    outside = [c for c in calls if not c[1].startswith("127.") and c[1] != "::1"]
    fault.lasted_s = round(time.monotonic() - at, 1)
    fault.note = f"{len(calls)} calls to addresses, {len(outside)} of them outside"
    ledger.faults.append(fault)
    assert outside == []
    assert "AF_UNIX" in log.read_text(), "the trace would have seen a call"
