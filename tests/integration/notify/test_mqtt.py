"""MQTT against a real Mosquitto: retained states, letters, last will, a broker that goes away and comes back."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import aiomqtt
import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.messages import Link, StreamState
from matpho.domain.words import Said
from matpho.testing.builders import camera
from matpho.testing.notified_home import until
from matpho.testing.system import free_port

pytestmark = pytest.mark.integration

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


class Broker:
    def __init__(self, folder):
        assert MOSQUITTO, "mosquitto is not installed: apt-get install mosquitto"
        self.port, self.process = free_port(), None
        passwords = folder / "passwords"
        tool = shutil.which("mosquitto_passwd")
        subprocess.run([tool, "-b", "-c", passwords, "matpho", "mat-khau-mqtt"], check=True, capture_output=True)
        self.config = folder / "mosquitto.conf"
        user = "root" if os.getuid() == 0 else ""
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous false", f"password_file {passwords}"]
        lines += [f"user {user}"] if user else []
        self.config.write_text("\n".join(lines) + "\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [MOSQUITTO, "-c", self.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._listens)

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


class Ear:
    """Subscribes to everything in a process-wide loop of its own and remembers what comes."""

    def __init__(self, port):
        self.port, self.heard = port, []

    def listen(self, s, enough=lambda _: False):
        """Hear for at most ``s`` seconds; retained messages come first."""

        async def hear():
            async with aiomqtt.Client("127.0.0.1", self.port, username="matpho", password="mat-khau-mqtt") as client:
                await client.subscribe("#", qos=1)
                async for message in client.messages:
                    self.heard.append((str(message.topic), message.payload.decode(), bool(message.retain)))
                    if enough(self.heard):
                        return

        async def limited():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(hear(), s)

        asyncio.run(limited())
        return self.heard

    def newest(self):
        return {topic: text for topic, text, _ in self.heard}


@pytest.fixture
def broker(tmp_path):
    one = Broker(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def ward(home, broker):
    home.secrets = {"mqtt": "mat-khau-mqtt"}
    home.settings(f'[notify.mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nuser = "matpho"\nward = "hong-gai"\n')
    return home


def live(home, link=Link.LIVE):
    now = home.clock.now()
    home.states.hear(
        StreamState(
            camera().id, StreamRole.MAIN, link, now, now, 25.0, 1.0, "h264", 1, 1, None, Said("lý do", "rtsp detail")
        )
    )


def test_states_are_kept_for_whoever_comes_later_and_our_end_is_told(ward, broker):
    with ward.open():
        until(lambda: ward.out.mqtt.connected)
        live(ward)
        state = "matpho/hong-gai/camera/nga-ba-cho/state"
        ear = Ear(broker.port)
        online = lambda heard: any(t == state and '"online":"ON"' in text for t, text, _ in heard)  # noqa: E731
        ear.listen(10, online)
        newest = ear.newest()
        assert newest["matpho/hong-gai/status"] == "online"
        said = json.loads(newest[state])
        assert (said["link"], said["fps"], said["problem"], said["name"]) == ("live", 25, "OFF", "Ngã ba chợ")
        config = json.loads(newest["homeassistant/binary_sensor/matpho_hong_gai_nga_ba_cho/online/config"])
        assert config["state_topic"] == state
        assert config["availability_topic"] == "matpho/hong-gai/status"
        assert not any("bi-mat" in text or "10.0.0.7" in text or "rtsp" in text for text in newest.values())
        with ward.store.write() as unit:
            unit.cameras.remove(camera().id, ward.clock.now())
        gone = Ear(broker.port)
        gone.listen(10, lambda heard: any(t == state and text == "" for t, text, _ in heard))
        assert gone.newest()[state] == ""
    after = Ear(broker.port)
    after.listen(2, lambda heard: any(t.endswith("/status") for t, *_ in heard))
    assert after.newest()["matpho/hong-gai/status"] == "offline"


def test_a_broker_that_goes_away_misses_no_letter(ward, broker):
    with ward.open():
        until(lambda: ward.out.mqtt.connected)
        first = ward.incident()
        until(lambda: ward.waiting() == 0)
        broker.stop()
        until(lambda: not ward.out.mqtt.connected, 20)
        wanted = [ward.incident() for _ in range(5)]
    with ward.open():  # the desk restarts while the broker is away
        wanted.append(ward.incident())
        assert ward.waiting() == 6
        broker.start()
        ear = Ear(broker.port)
        ear.listen(20, lambda heard: sum(t.endswith("incident/opened") for t, *_ in heard) >= 6)
        until(lambda: ward.waiting() == 0)
    told = [json.loads(text) for topic, text, _ in ear.heard if topic == "matpho/hong-gai/incident/opened"]
    assert [said["incident"]["id"] for said in told] == wanted
    assert first not in wanted
    assert len({said["id"] for said in told}) == 6


CHILD = """
import time
from pathlib import Path
from matpho.casework.desk import Desk
from matpho.casework.states import States
from matpho.domain.time import SystemClock
from matpho.plugins.stores.sql import SqlStore
from matpho.settings import load
from matpho.wiring.outgoing import outgoing
from matpho.domain.words import Said
settings, clock = load(Path({home!r}), {{}}), SystemClock()
store = SqlStore(settings.database_url, clock)
desk = Desk(store, clock, None)
out = outgoing(settings, desk, store, States(clock), clock)
out.start()
while not out.mqtt.connected:
    time.sleep(0.05)
print("up", flush=True)
time.sleep(60)
"""


def test_a_killed_desk_leaves_its_last_will(ward, broker):
    code = CHILD.format(home=str(ward.folder))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"up\n"
    child.send_signal(signal.SIGKILL)
    child.wait(5)
    child.stdout.close()
    ear = Ear(broker.port)
    begun = time.monotonic()
    ear.listen(25, lambda heard: any(t.endswith("/status") and text == "offline" for t, text, _ in heard))
    assert ear.newest()["matpho/hong-gai/status"] == "offline"
    assert time.monotonic() - begun < 5
