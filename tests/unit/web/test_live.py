import asyncio
import json

import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box
from matpho.domain.messages import BoxesSeen
from matpho.domain.observation import Group
from matpho.domain.time import after
from matpho.domain.words import Said
from matpho.video.live_parts import LiveBoxes, LiveFragment, LiveInit, LiveLost

pytestmark = pytest.mark.unit


class Pictures:
    """A live source that gives what it is told and then waits; remembers what was asked and whether it was closed."""

    def __init__(self, site):
        self.site = site
        self.asked = []
        self.closed = 0
        self.says_masked = None
        self.flood = 0

    async def __call__(self, camera, role, *, masked, h264=False):
        self.asked.append((camera.id, role, masked, *(["h264"] if h264 else [])))
        now = self.site.clock.now()
        try:
            covered = masked if self.says_masked is None else self.says_masked
            yield LiveInit("avc1.42C01E", 640, 360, masked=covered, data=b"header")
            yield LiveFragment(key=True, captured=after(now, -0.25), data=b"picture 1")
            box = ((7, Group.PERSON, Box(0.1, 0.2, 0.3, 0.4)),)
            yield LiveBoxes(BoxesSeen(camera.id, now, box))
            for number in range(self.flood):
                yield LiveFragment(key=False, captured=now, data=b"flood %d" % number)
            yield LiveLost(Said("Camera mất tín hiệu", "The camera sends no picture"))
            await asyncio.sleep(3600)
        finally:
            self.closed += 1


class Socket:
    """The browser's end of a WebSocket, as ASGI sees it."""

    def __init__(self, site, browser, path, *, origin="http://pho.test", query=b"", host=b"pho.test"):
        cookies = "; ".join(f"{k}={v}" for k, v in browser.client.cookies.items())
        headers = [(b"host", host), (b"cookie", cookies.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        self.scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "ws",
            "query_string": query,
            "headers": headers,
            "client": ("10.0.0.1", 4000),
            "server": ("pho.test", 80),
            "subprotocols": [],
            "state": {},
        }
        self.site = site
        self.sent = []
        self.news = asyncio.Event()
        self.inbox = asyncio.Queue()
        self.inbox.put_nowait({"type": "websocket.connect"})

    async def _send(self, message):
        self.sent.append(message)
        self.news.set()

    def open(self):
        async def start():
            self.task = asyncio.ensure_future(self.site.app(self.scope, self.inbox.get, self._send))

        self.site.run(start())
        return self

    def until(self, done, timeout_s=5.0):
        async def wait():
            async with asyncio.timeout(timeout_s):
                while not done(self):
                    await self.news.wait()
                    self.news.clear()

        self.site.run(wait())
        return self

    def leave(self):
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        self.site.run(asyncio.wait_for(self.task, 5))

    @property
    def texts(self):
        return [json.loads(m["text"]) for m in self.sent if m.get("text")]

    @property
    def pictures(self):
        return [m["bytes"] for m in self.sent if m.get("bytes")]

    @property
    def closing(self):
        return next((m for m in self.sent if m["type"] == "websocket.close"), None)

    def told(self, kind):
        return [text for text in self.texts if text["type"] == kind]


@pytest.fixture
def wall(office):
    office.pictures = Pictures(office)
    office.build(live=office.pictures)
    admin = office.browser()
    admin.sign_in("admin", "mật khẩu của admin")
    office.admin = admin
    office.add_camera()
    office.add_camera("che", masked=True)

    async def run_lifespan():
        from matpho.web.telling import listener_for

        context = office.app.state.context
        context.doors.open(asyncio.get_running_loop())
        context.hub.open(asyncio.get_running_loop())
        office.desk.listen(listener_for(context))

    office.run(run_lifespan())
    return office


def watch(wall, role, camera="cong-cho", **more):
    return Socket(wall, wall.as_role(role), f"/api/cameras/{camera}/live", **more).open()


def views(wall):
    return [(action, thing, detail) for action, thing, detail in wall.trail() if action.startswith("view_")]


def test_an_officer_watches_and_two_rows_say_so(wall):
    socket = watch(wall, "officer").until(lambda s: s.told("lost"))
    assert socket.sent[0]["type"] == "websocket.accept"
    assert socket.told("init") == [
        {"type": "init", "codec": "avc1.42C01E", "width": 640, "height": 360, "masked": False}
    ]
    assert socket.pictures == [b"header", b"picture 1"]
    assert socket.told("age") == [{"type": "age", "captured": "2026-11-23T05:59:59.750Z", "age_ms": 250}]
    assert socket.told("boxes")[0]["boxes"] == [{"id": 7, "group": "person", "box": [0.1, 0.2, 0.3, 0.4]}]
    assert socket.told("lost")[0] == {
        "type": "lost",
        "detail_vi": "Camera mất tín hiệu",
        "detail_en": "The camera sends no picture",
    }
    assert views(wall) == [("view_live", "camera:cong-cho", {"stream": "sub", "masked": False})]
    wall.clock.go(42)
    socket.leave()
    assert views(wall)[1:] == [
        ("view_live_end", "camera:cong-cho", {"stream": "sub", "seconds": 42.0, "masked": False})
    ]
    assert wall.pictures.closed == 1


def test_the_row_is_written_before_anything_is_sent(wall):
    def refuse(*_, **__):
        raise RuntimeError("no room for the row")

    wall.app.state.context.viewings.note = refuse
    socket = watch(wall, "officer")
    with pytest.raises(RuntimeError):
        wall.run(asyncio.wait_for(socket.task, 5))
    assert socket.sent == []
    assert wall.pictures.asked == []


def test_the_stream_can_be_chosen(wall):
    watch(wall, "officer", query=b"stream=main").until(lambda s: s.pictures).leave()
    assert wall.pictures.asked == [("cong-cho", StreamRole.MAIN, False)]


def test_a_browser_that_cannot_play_the_stream_gets_the_sub_stream_as_h264(wall):
    watch(wall, "officer", query=b"stream=main&h264=true").until(lambda s: s.pictures).leave()
    watch(wall, "officer", camera="che", query=b"h264=true").until(lambda s: s.pictures).leave()
    assert wall.pictures.asked == [("cong-cho", StreamRole.SUB, False, "h264"), ("che", StreamRole.SUB, True, "h264")]
    assert [detail["stream"] for action, _, detail in views(wall) if action == "view_live"] == ["sub", "sub"]


def test_below_supervisor_a_camera_with_private_areas_is_only_ever_seen_covered(wall):
    socket = watch(wall, "officer", "che", query=b"stream=main").until(lambda s: s.pictures)
    assert wall.pictures.asked == [("che", StreamRole.SUB, True)]
    assert socket.told("init")[0]["masked"] is True
    socket.leave()
    watch(wall, "supervisor", "che").until(lambda s: s.pictures).leave()
    assert wall.pictures.asked[1] == ("che", StreamRole.SUB, False)
    assert [detail["masked"] for _, _, detail in views(wall)] == [True, True, False, False]


def test_a_source_that_forgets_the_masks_is_not_passed_on(wall):
    wall.pictures.says_masked = False
    socket = watch(wall, "officer", "che").until(lambda s: s.closing)
    assert socket.pictures == []
    assert socket.told("init") == []


@pytest.mark.parametrize(
    ("role", "camera", "code"),
    [("observer", "cong-cho", 4403), ("officer", "khong-co", 4404), (None, "cong-cho", 4401)],
)
def test_who_may_not_watch_is_told_why_and_sees_nothing(wall, role, camera, code):
    browser = wall.as_role(role) if role else wall.browser()
    socket = Socket(wall, browser, f"/api/cameras/{camera}/live").open().until(lambda s: s.closing)
    assert socket.closing["code"] == code
    assert socket.told("lost")[0]["detail_vi"]
    assert wall.pictures.asked == []
    assert views(wall) == []


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://pho.test:8080"])
def test_another_site_cannot_open_a_socket(wall, origin):
    socket = watch(wall, "officer", origin=origin).until(lambda s: s.closing)
    assert [m["type"] for m in socket.sent] == ["websocket.close"]
    assert wall.pictures.asked == []


def test_signing_out_ends_what_is_being_watched(wall):
    browser = wall.as_role("officer")
    socket = Socket(wall, browser, "/api/cameras/cong-cho/live").open().until(lambda s: s.told("lost"))
    browser.ask("DELETE", "/api/session")
    socket.until(lambda s: s.closing)
    assert socket.closing["code"] == 4401
    assert wall.pictures.closed == 1


def test_a_new_role_ends_it_too_because_it_is_a_new_session(wall):
    socket = watch(wall, "officer").until(lambda s: s.told("lost"))
    person = next(p for p in wall.admin.get("/api/people").json() if p["login"] == "officer")
    wall.admin.ask("PATCH", f"/api/people/{person['id']}", json={"role": "observer"})
    assert socket.until(lambda s: s.closing).closing["code"] == 4401


def test_new_private_areas_end_an_uncovered_viewing_and_the_page_connects_again(wall):
    socket = watch(wall, "officer").until(lambda s: s.told("lost"))
    zones = [{"id": "cua-so", "purpose": "privacy_mask", "polygon": [[0, 0], [0.5, 0], [0.5, 0.5]]}]
    assert wall.admin.ask("PUT", "/api/cameras/cong-cho/zones", json=zones).status_code == 200
    assert socket.until(lambda s: s.closing).closing["code"] == 4409
    watch(wall, "officer").until(lambda s: s.pictures).leave()
    assert wall.pictures.asked[-1] == ("cong-cho", StreamRole.SUB, True)


def test_a_camera_taken_out_of_service_ends_it(wall):
    socket = watch(wall, "officer").until(lambda s: s.told("lost"))
    assert wall.admin.ask("DELETE", "/api/cameras/cong-cho").status_code == 204
    assert socket.until(lambda s: s.closing).closing["code"] == 4404


def test_one_session_cannot_open_pictures_without_end(wall, monkeypatch):
    monkeypatch.setattr("matpho.web.live.MOST_AT_ONCE", 2)
    browser = wall.as_role("officer")
    place = "/api/cameras/cong-cho/live"
    sockets = [Socket(wall, browser, place).open().until(lambda s: s.told("lost")) for _ in range(2)]
    third = Socket(wall, browser, place).open().until(lambda s: s.closing)
    assert third.closing["code"] == 4429
    sockets[0].leave()
    again = Socket(wall, browser, place).open().until(lambda s: s.told("lost"))
    again.leave()
    sockets[1].leave()
    assert not wall.app.state.context.watching


def test_a_browser_that_takes_nothing_holds_nothing_back_here(wall):
    """Back-pressure: while one fragment waits to be sent no further one is read from the source."""
    wall.pictures.flood = 1000
    socket = Socket(wall, wall.as_role("officer"), "/api/cameras/cong-cho/live")
    room = asyncio.Semaphore(5)

    take = socket._send

    async def slow(message):
        await room.acquire()
        await take(message)

    socket._send = slow
    socket.open().until(lambda s: len(s.sent) == 5)
    wall.run(asyncio.sleep(0.1))
    assert len(socket.sent) == 5
    socket.leave()
    assert wall.pictures.closed == 1


def test_without_a_live_source_the_page_is_told(office):
    office.add_camera()
    socket = Socket(office, office.admin, "/api/cameras/cong-cho/live").open().until(lambda s: s.closing)
    assert socket.closing["code"] == 4503
