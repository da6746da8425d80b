"""A ward's desk over a real store in a home of its own, with the ways out that its settings name."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from matpho.casework.commands import TakeFacts
from matpho.casework.desk import Desk
from matpho.casework.states import States
from matpho.domain.camera import Camera
from matpho.domain.events import IncidentOpened
from matpho.domain.geometry import Box
from matpho.domain.ids import IncidentId
from matpho.domain.messages import HitSeen
from matpho.domain.people import PROGRAM
from matpho.domain.time import SystemClock
from matpho.plugins.stores.sql import SqlStore
from matpho.settings import load
from matpho.testing.builders import at, camera, hit
from matpho.wiring.desk import repeat
from matpho.wiring.outgoing import outgoing


def until(holds: Callable[[], object], s: float = 15.0) -> None:
    """Wait for something to come true; raises AssertionError when it does not within ``s`` seconds."""
    end = time.monotonic() + s
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


class _Cameras:
    def write(self, cameras: Sequence[Camera]) -> None:
        """Nobody follows the list here."""


class NotifiedHome:
    """Opens and closes a desk with its posts, over and over, on the same database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.number = folder, SystemClock(), 0
        self.secrets: dict[str, str] = {}

    def settings(self, text: str) -> None:
        """Write the settings, and the secrets as they are now."""
        (self.folder / "matpho.toml").write_text(text, "utf-8")
        secrets = self.folder / "secrets.toml"
        secrets.write_text("".join(f'{k} = "{v}"\n' for k, v in self.secrets.items()), "utf-8")
        secrets.chmod(0o600)

    @contextmanager
    def open(self) -> Iterator["NotifiedHome"]:
        """The desk at work until the block ends."""
        settings = load(self.folder, {})
        self.store = SqlStore(settings.database_url, self.clock)
        self.desk = Desk(self.store, self.clock, _Cameras())
        self.states = States(self.clock, self.desk.tell)
        with self.store.write() as unit:
            unit.cameras.put(camera(), self.clock.now())
        self.out = outgoing(settings, self.desk, self.store, self.states, self.clock)
        stop = threading.Event()
        threads = [
            threading.Thread(target=repeat, args=(name, step, stop), daemon=True)
            for name, step in self.out.duties.items()
        ]
        for thread in threads:
            thread.start()
        self.out.start()
        try:
            yield self
        finally:
            stop.set()
            self.out.stop()
            for thread in threads:
                thread.join(15)
            self.store.close()

    def incident(self) -> IncidentId:
        """A new incident, as the pipeline opens one."""
        self.number += 1
        left_s = 120 * (self.number - 100)  # things left side by side within a minute would be one act
        bag = hit(
            id=f"run1-{self.number}",
            thing=f"static:{self.number}",
            start=at(left_s),
            at=at(left_s + 20),
            box=Box(0.04 * (self.number % 20), 0.04 * (self.number // 20), 0.03, 0.03),
        )
        start = 10 * (self.number - 1)
        facts = TakeFacts(journal="a/vision", start=start, end=start + 10, facts=(HitSeen(bag),))
        (opened,) = (e for e in self.desk.handle(facts, PROGRAM) if isinstance(e, IncidentOpened))
        return opened.incident_id

    def waiting(self) -> int:
        """How many letters wait."""
        with self.store.read() as unit:
            return sum(c.waiting for c in unit.outbox.counts())

    def dead(self) -> list[str]:
        """Why letters were given up, newest first."""
        with self.store.read() as unit:
            return [letter.error for letter in unit.outbox.dead(100)]
