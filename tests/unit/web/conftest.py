"""A ward office in miniature: the real application over the real store, browsers with cookies, a clock by hand."""

import asyncio
import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute

from matpho.casework import commands as c
from matpho.casework.desk import Desk
from matpho.casework.states import States
from matpho.casework.views import Views
from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceRole, EvidenceState
from matpho.domain.geometry import Box, polygon
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, EvidenceId, ZoneId
from matpho.domain.messages import HitSeen
from matpho.domain.people import PROGRAM
from matpho.domain.time import Instant, Span, after
from matpho.domain.words import Said
from matpho.errors import NotFound
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.builders import in_order
from matpho.web.app import create_app
from matpho.web.auth import HashCost
from matpho.web.parts import WebOptions, WebParts
from matpho.web.setup_link import offer_setup

ORIGIN = "http://pho.test"
NOON = Instant(1_795_413_600_000_000_000)
PASSWORDS = {role: f"mật khẩu của {role}" for role in ("observer", "officer", "supervisor", "admin")}


class HandClock:
    """Stands still until told otherwise."""

    def __init__(self):
        self.at = NOON
        self.s = 1000.0

    def now(self):
        return self.at

    def monotonic_s(self):
        return self.s

    def go(self, s):
        self.at = after(self.at, s)
        self.s += s


class CameraFile:
    """Where the workers would read the camera list."""

    def __init__(self):
        self.cameras = ()

    def write(self, cameras):
        self.cameras = tuple(cameras)


class Folder:
    """A vault that only gives files back."""

    def __init__(self, root: Path):
        self.root = root
        root.mkdir()

    def put(self, name: str, content: bytes):
        (self.root / name).write_bytes(content)
        return hashlib.sha256(content).hexdigest()

    def file(self, name):
        path = self.root / name
        if not path.is_file():
            raise NotFound("gone", "mất")
        return path


class Browser:
    """One browser: its cookies, its CSRF value, and JSON in and out."""

    def __init__(self, site, address="10.0.0.1"):
        self.site = site
        transport = httpx.ASGITransport(app=site.app, client=(address, 4000))
        self.client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN})
        self.csrf = ""

    def ask(self, method, path, *, csrf=None, **more):
        headers = {"X-CSRF-Token": self.csrf if csrf is None else csrf, **more.pop("headers", {})}
        return self.site.run(self.client.request(method, path, headers=headers, **more))

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, json=body, **more)

    def open(self):
        answer = self.get("/api/session")
        self.csrf = answer.json()["csrf"]
        return answer.json()

    def sign_in(self, login, password):
        self.open()
        answer = self.post("/api/session", {"login": login, "password": password})
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer


KNOWN_ROUTES: list[BaseRoute] = []


def with_known_routes(app: FastAPI) -> FastAPI:
    """The same application, whose routes' shapes are worked out once for all tests: that is half of what they cost.

    All but the last route, the page's own, are the same in every application: what differs is its state.
    """
    if KNOWN_ROUTES:
        app.router.routes[:-1] = KNOWN_ROUTES
    else:
        KNOWN_ROUTES.extend(app.router.routes[:-1])
    return app


@dataclass
class Site:
    """The whole application and what stands around it."""

    tmp: Path
    options: dict = field(default_factory=dict)
    parts_more: dict = field(default_factory=dict)

    def __post_init__(self):
        self.runner = asyncio.Runner()
        self.clock = HandClock()
        self.store = SqlStore(f"sqlite:///{self.tmp / 'matpho.sqlite'}", self.clock)
        self.camera_file = CameraFile()
        self.desk = Desk(self.store, self.clock, self.camera_file)
        self.states = States(self.clock, self.desk.tell)
        self.vault = Folder(self.tmp / "evidence")
        self.browsers = []
        self.build()

    def build(self, **parts):
        self.parts_more |= parts
        cheap = HashCost(passes=1, memory_kib=64, lanes=1)
        options = WebOptions(hash_cost=cheap, dist=self.tmp / "dist", **self.options)
        self.parts = WebParts(
            desk=self.desk,
            store=self.store,
            states=self.states,
            views=Views(self.store, self.states),
            vault=self.vault,
            clock=self.clock,
            options=options,
            **self.parts_more,
        )
        self.app = with_known_routes(create_app(self.parts))

    def run(self, awaitable):
        return self.runner.run(awaitable)

    def close(self):
        for browser in self.browsers:
            self.run(browser.client.aclose())
        self.runner.close()
        self.store.close()

    def browser(self, **more):
        browser = Browser(self, **more)
        self.browsers.append(browser)
        return browser

    def set_up(self):
        """The first account, by the printed link."""
        token = offer_setup(self.desk, self.store, self.clock)
        browser = self.browser()
        browser.open()
        form = {"ward_name": "Phường Hồng Gai", "name": "Lan", "login": "admin", "password": PASSWORDS["admin"]}
        answer = browser.post("/api/setup", {"token": token, **form})
        assert answer.status_code == 200, answer.text
        browser.csrf = answer.json()["csrf"]
        self.admin = browser
        return browser

    def as_role(self, role):
        """A browser in which somebody of this role is signed in."""
        if role == "admin":
            return self.admin
        form = {"login": f"{role}", "name": f"Người {role}", "role": role, "password": PASSWORDS[role]}
        assert self.admin.post("/api/people", form).status_code in (201, 409)
        browser = self.browser()
        assert browser.sign_in(role, PASSWORDS[role]).status_code == 200
        return browser

    def as_role_again(self, role):
        """The same after :meth:`build`: the accounts are there, the application is new."""
        admin = self.browser()
        admin.sign_in("admin", PASSWORDS["admin"])
        self.admin = admin
        return self.as_role(role)

    def add_camera(self, camera_id="cong-cho", *, masked=False, entry=None):
        zones = [Zone(id=ZoneId("via-he"), purpose=Purpose.NO_DUMPING, polygon=polygon([(0, 1), (0, 0.5), (1, 1)]))]
        if masked:
            area = polygon([(0, 0), (0.3, 0), (0.3, 0.3)])
            zones.append(Zone(id=ZoneId("cua-so"), purpose=Purpose.PRIVACY_MASK, polygon=area))
        camera = Camera(
            id=CameraId(camera_id),
            name=f"Cổng {camera_id}",
            main="rtsp://xem:bi-mat-123@10.1.2.3/main",
            sub="rtsp://xem:bi-mat-123@10.1.2.3/sub",
            zones=tuple(zones),
        )
        with self.store.write() as unit:
            unit.cameras.put(camera, self.clock.now())
            unit.register.put(camera.id, in_order() if entry is None else entry)
        return camera

    def add_incident(self, camera, number=1, kind="illegal_dumping"):
        """An incident as the pipeline opens one, by a hit in a journal."""
        hit = RuleHit(
            id=f"{camera.id}-{number}",
            kind=kind,
            camera_id=camera.id,
            zone_id=ZoneId("via-he"),
            thing=f"static:{number}",
            start=after(self.clock.now(), -30),
            at=self.clock.now(),
            end=None,
            box=Box(0.1 * (number % 9), 0.6, 0.05, 0.05),
            score=0.8,
            advisory=False,
            why=Said("Túi rác nằm lại 30 s.", "A bag was left for 30 s."),
            figures={"dwell_s": 30.0},
        )
        journal = f"{camera.id}/vision"
        with self.store.read() as unit:
            start = unit.notes.offset(journal)
        facts = c.TakeFacts(journal=journal, start=start, end=start + 100, facts=(HitSeen(hit),))
        events = self.desk.handle(facts, PROGRAM)
        return next(e.incident_id for e in events if hasattr(e, "version"))

    def add_file(self, incident_id, camera, *, kind=EvidenceKind.CLIP, content=bytes(range(256)) * 4000):
        """A sealed file of an incident."""
        number = len(list(self.vault.root.iterdir()))
        file = Evidence(
            id=EvidenceId(f"e{number:015d}"),
            incident_id=incident_id,
            camera_id=camera.id,
            slot="clip" if kind is EvidenceKind.CLIP else "still_during",
            kind=kind,
            role=None if kind is EvidenceKind.CLIP else EvidenceRole.DURING,
            wanted=Span(self.clock.now(), after(self.clock.now(), 20)),
            state=EvidenceState.READY,
            span=Span(self.clock.now(), after(self.clock.now(), 20)),
            path=f"f{number}",
            sha256=self.vault.put(f"f{number}", content),
            size_bytes=len(content),
            masks=camera.masks,
        )
        with self.store.write() as unit:
            unit.evidence.put(file)
        return file

    def trail(self):
        """The audit trail, oldest first, as (action, thing, detail)."""
        with self.store.read() as unit:
            return [(row.action, row.thing, dict(row.detail)) for row in unit.audit.rows()]


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory):
    """An empty database, migrated once for all tests."""
    file = tmp_path_factory.mktemp("fresh") / "matpho.sqlite"
    SqlStore(f"sqlite:///{file}", HandClock()).close()
    return file


@pytest.fixture
def site(tmp_path, fresh_database):
    shutil.copy(fresh_database, tmp_path / "matpho.sqlite")
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture
def office(site):
    """A site that is set up, with an administrator signed in as ``site.admin``."""
    site.set_up()
    return site
