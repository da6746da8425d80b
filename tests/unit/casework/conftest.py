"""A desk over a real store, a clock that tests own, and makers of small true files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from matpho.casework.commands import AddPerson, OfferSetup, SetUp
from matpho.casework.desk import Desk
from matpho.casework.records import IncidentFilter
from matpho.casework.register_records import AddCameras
from matpho.domain.people import PROGRAM, Actor, Role, actor_of
from matpho.errors import StorageProblem
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.builders import at, camera, in_order
from matpho.testing.clock import HandClock


class ListOfCameras:
    """A camera list in memory."""

    def __init__(self) -> None:
        self.written = []
        self.full = False

    def write(self, cameras):
        if self.full:
            raise StorageProblem("disk full", "đĩa đầy")
        self.written.append(tuple(cameras))


class Office:
    """A desk with its store, clock, camera list and one person of each role."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(at(100))
        self.url = f"sqlite:///{folder / 'db' / 'matpho.sqlite'}"
        self.store = SqlStore(self.url, self.clock)
        self.list = ListOfCameras()
        self.desk = Desk(self.store, self.clock, self.list)
        self.told = []
        self.desk.listen(self.told.append)

    def staff(self) -> None:
        self.clock.at = at(-300)
        self.desk.handle(OfferSetup(token_hash="t", expires=at(900)), PROGRAM)
        first = SetUp(token_hash="t", ward_name="Trần Hưng Đạo", login="admin", name="Quản trị", password_hash="h")
        self.desk.handle(first, Actor(None, None))
        for role in (Role.OBSERVER, Role.OFFICER, Role.SUPERVISOR):
            person = AddPerson(login=role.value, name=f"Người {role.value}", role=role, password_hash="h")
            self.desk.handle(person, self.actor("admin"))
        second = AddPerson(login="officer2", name="Người thứ hai", role=Role.OFFICER, password_hash="h")
        self.desk.handle(second, self.actor("admin"))
        self.desk.handle(AddCameras(cameras=((camera(), in_order()),)), self.actor("admin"))

    def actor(self, login: str) -> Actor:
        with self.store.read() as unit:
            person = unit.people.by_login(login)
        return actor_of(person)

    def trail(self):
        with self.store.read() as unit:
            return list(unit.audit.rows())

    def incidents(self):
        with self.store.read() as unit:
            return unit.incidents.page(IncidentFilter(), None, 100)


@pytest.fixture(scope="session")
def office_in(tmp_path_factory):
    """Opens an office in an empty folder, as a copy of one that was staffed once."""
    template = tmp_path_factory.mktemp("template")
    first = Office(template)
    first.staff()
    first.store.close()

    @contextmanager
    def open_in(folder: Path) -> Iterator[Office]:
        shutil.copytree(template, folder, dirs_exist_ok=True)
        one = Office(folder)
        yield one
        one.store.close()

    return open_in


@pytest.fixture
def office(office_in, tmp_path: Path) -> Iterator[Office]:
    with office_in(tmp_path) as one:
        yield one
