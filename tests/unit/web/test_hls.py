import asyncio

import pytest

from matpho.domain.camera import StreamRole
from matpho.domain.time import Instant, after
from matpho.video.live_parts import LiveFragment, LiveInit, LiveLost
from matpho.web.hls import KEPT, Feed

pytestmark = pytest.mark.unit


def group(start, number, pictures=4, length_s=1.0):
    """The fragments of a group of pictures."""
    for n in range(pictures):
        yield LiveFragment(n == 0, after(start, n * length_s / pictures), b"%d.%d " % (number, n))


class Groups:
    """A live source that gives ten groups of a second at once and then waits."""

    def __init__(self, site):
        self.site, self.asked, self.closed, self.covers = site, [], 0, True

    async def __call__(self, camera, role, *, masked):
        self.asked.append((camera.id, role, masked))
        try:
            yield LiveInit("avc1.42C01E", 640, 360, masked=masked and self.covers, data=b"header")
            for number in range(10):
                for fragment in group(after(self.site.clock.now(), number - 10), number):
                    yield fragment
            await asyncio.sleep(3600)
        finally:
            self.closed += 1


@pytest.fixture
def wall(office):
    office.groups = Groups(office)
    office.build(live=office.groups)
    office.add_camera()
    office.add_camera("che", masked=True)
    yield office
    office.run(office.app.state.context.hls.close())


def names(playlist):
    return [line.split("?")[0] for line in playlist.splitlines() if line and not line.startswith("#")]


def test_segments_are_cut_at_key_pictures_and_few_are_kept():
    feed = Feed()
    feed.take(LiveInit("avc1", 640, 360, masked=False, data=b"header"))
    whole = [feed.take(f) for n in range(20) for f in group(Instant(n * 10**9), n)]
    assert whole.count(True) == 19
    assert len(feed.segments) == KEPT
    assert feed.segments[-1].data == b"18.0 18.1 18.2 18.3 "
    text = feed.playlist("stream=sub")
    assert "#EXT-X-MEDIA-SEQUENCE:13" in text
    assert text.count("#EXTINF:1.000,") == 6
    assert feed.piece("18.m4s") == b"18.0 18.1 18.2 18.3 "


def test_short_groups_are_joined_and_a_new_header_is_a_discontinuity():
    feed = Feed()
    feed.take(LiveInit("avc1", 640, 360, masked=False, data=b"one"))
    for n in range(9):
        for f in group(Instant(n * 300_000_000), n, length_s=0.3):
            feed.take(f)
    assert [round(s.length_s, 1) for s in feed.segments] == [0.9, 0.9]
    feed.take(LiveLost(None))
    feed.take(LiveInit("avc1", 320, 180, masked=False, data=b"two"))
    for n in range(2):
        for f in group(Instant(10**10 + n * 10**9), n):
            feed.take(f)
    text = feed.playlist("stream=sub")
    assert text.index("header-0") < text.index("#EXT-X-DISCONTINUITY") < text.index("header-1")
    assert (feed.piece("header-0.mp4"), feed.piece("header-1.mp4")) == (b"one", b"two")


def test_a_playlist_and_its_pieces_and_one_feed_for_two_viewers(wall):
    officer, colleague = wall.as_role_again("officer"), wall.as_role_again("supervisor")
    answer = officer.get("/api/cameras/cong-cho/live.m3u8")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["cache-control"] == "private, no-store"
    until = [officer.get("/api/cameras/cong-cho/live.m3u8").text for _ in range(3)][-1]
    pieces = names(until)
    assert len(pieces) == 6
    assert officer.get(f"/api/cameras/cong-cho/{pieces[-1]}").content.endswith(b".3 ")
    assert officer.get("/api/cameras/cong-cho/live/header-0.mp4").content == b"header"
    assert colleague.get("/api/cameras/cong-cho/live.m3u8").status_code == 200
    assert wall.groups.asked == [("cong-cho", StreamRole.SUB, False)]
    rows = [(a, t, d["by"]) for a, t, d in wall.trail() if a.startswith("view_live")]
    assert rows == [("view_live", "camera:cong-cho", "hls")] * 2
    for wrong in ("9999.m4s", "header-9.mp4", "..%2fx", "x", "-1.m4s"):
        assert officer.get(f"/api/cameras/cong-cho/live/{wrong}").status_code == 404, wrong


def test_private_areas_are_covered_or_nothing_is_shown(wall):
    officer = wall.as_role_again("officer")
    officer.get("/api/cameras/che/live.m3u8?stream=main")
    assert wall.groups.asked == [("che", StreamRole.SUB, True)]
    wall.as_role_again("supervisor").get("/api/cameras/che/live.m3u8?stream=main")
    assert wall.groups.asked[-1] == ("che", StreamRole.MAIN, False)


def test_an_uncovered_picture_never_leaves_where_a_covered_one_is_due(wall, monkeypatch):
    monkeypatch.setattr("matpho.web.hls.FIRST_WAIT_S", 0.3)
    wall.groups.covers = False
    officer = wall.as_role_again("officer")
    assert officer.get("/api/cameras/che/live.m3u8").status_code == 503
    assert officer.get("/api/cameras/che/live/header-0.mp4").status_code == 503


def test_a_viewer_who_has_gone_ends_the_feed_and_its_length_is_told(wall):
    officer = wall.as_role_again("officer")
    officer.get("/api/cameras/cong-cho/live.m3u8")
    wall.clock.go(5)
    officer.get("/api/cameras/cong-cho/live.m3u8")
    wall.clock.go(60)

    async def wait():
        async with asyncio.timeout(5):
            while not wall.groups.closed:  # noqa: ASYNC110 - looks at what it must not touch
                await asyncio.sleep(0.05)

    wall.run(wait())
    action, _, detail = wall.trail()[-1]
    assert (action, detail["seconds"]) == ("view_live_end", 5.0)


def test_those_who_may_not_watch_get_nothing(wall):
    assert wall.as_role_again("observer").get("/api/cameras/cong-cho/live.m3u8").status_code == 403
    assert wall.as_role_again("observer").get("/api/cameras/cong-cho/live/0.m4s").status_code == 403
    assert wall.browser().get("/api/cameras/cong-cho/live.m3u8").status_code == 401
    assert wall.groups.asked == []
