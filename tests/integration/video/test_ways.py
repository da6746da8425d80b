"""Which way a camera is read: its packets taken apart, or FFmpeg where that does not suit it."""

import socket
from dataclasses import replace

import pytest
from tests.integration.video.taking import some

from matpho.domain.address import parse
from matpho.domain.network import policy
from matpho.errors import BadAddress, SourceLost, SourceRefused
from matpho.plugins.sources import ways as ways_module
from matpho.plugins.sources.prompt import PromptSource, Unfit
from matpho.plugins.sources.rtsp import RtspSource
from matpho.plugins.sources.ways import Ways

pytestmark = pytest.mark.integration


def test_pictures_that_are_sent_in_another_order_are_ffmpeg_s(camera, caplog):
    caplog.set_level("INFO")
    server = camera(film="reordered")
    server.manners = replace(server.manners, orders=())
    ways = Ways(policy("loopback"))
    for _ in range(2):
        source = ways.open(parse(server.url("u:hunter2")))
        assert isinstance(source, RtspSource)
        assert len(some(source, 10)) == 10
    assert server.methods.count("PLAY") == 3, "the second time it is not tried again"
    assert caplog.text.count("by FFmpeg") == 1
    assert "hunter2" not in caplog.text


def test_an_order_that_shows_late_ends_the_connection_and_ffmpeg_takes_over(camera):
    server = camera(orders=(*range(10), 13, 11, 12, 16, 14, 15, 19, 17, 18), ends_after=19)
    ways = Ways()
    with pytest.raises(Unfit):
        some(ways.open(parse(server.url())), 40)
    assert isinstance(ways.open(parse(server.url())), RtspSource)


def test_a_camera_that_twice_hung_up_soon_is_ffmpeg_s_the_next_time(camera):
    server = camera(ends_after=30)
    ways, address = Ways(), parse(server.url())
    for _ in range(2):
        source = ways.open(address)
        assert isinstance(source, PromptSource)
        with pytest.raises(SourceLost, match="closed"):
            some(source, 99)
    server.manners.ends_after = 10**6
    source = ways.open(address)
    assert isinstance(source, RtspSource)
    source.close()


def test_one_that_played_for_long_is_not(camera, monkeypatch):
    monkeypatch.setattr(ways_module, "SOON_S", 0.2)
    server = camera(ends_after=30)
    ways = Ways()
    for _ in range(4):
        source = ways.open(parse(server.url()))
        assert isinstance(source, PromptSource)
        with pytest.raises(SourceLost):
            some(source, 99)


def test_where_ffmpeg_fails_too_the_quick_way_was_not_to_blame(camera):
    server = camera(statuses={"DESCRIBE": "404 Not Found"})
    ways, address = Ways(), parse(server.url())
    for _ in range(2):
        with pytest.raises(SourceLost, match="no stream"):
            ways.open(address)
    server.manners.statuses.clear()
    source = ways.open(address)
    assert isinstance(source, PromptSource)
    source.close()


def test_a_camera_that_is_away_for_long_is_read_the_quick_way_again(camera):
    server = camera()
    ways, address = Ways(), parse(server.url())
    with socket.create_server(("127.0.0.1", 0)) as gone:
        away = parse(f"rtsp://127.0.0.1:{gone.getsockname()[1]}/live/1")
    for _ in range(5):
        with pytest.raises(SourceLost, match="nothing answers"):
            ways.open(away)
    assert not ways._by_ffmpeg(away)
    source = ways.open(address)
    assert isinstance(source, PromptSource)
    source.close()


def test_a_wrong_password_is_tried_by_ffmpeg_the_third_time(camera):
    """Cameras are odd about logins, too; but no more than one try each time, for they lock accounts."""
    server = camera(user="u", password="p", challenge="MD5")
    ways, address = Ways(), parse(server.url("u:wrong"))
    tries = []
    for _ in range(4):
        before = len(server.asked)
        with pytest.raises(SourceRefused):
            ways.open(address)
        tries.append(server.asked[before][2]["user-agent"])
    assert ["matpho" in agent for agent in tries] == [True, True, False, True]


def test_a_redirect_is_followed_by_neither(camera):
    other, server = camera(), camera(statuses={"DESCRIBE": "302 Found"})
    server.manners.statuses["DESCRIBE"] += f"\r\nLocation: {other.url()}"
    with pytest.raises(BadAddress):
        Ways(policy("loopback")).open(parse(server.url()))
    assert other.connections == 0


def test_a_place_outside_the_networks_is_never_connected_to(camera):
    server = camera()
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        with pytest.raises(BadAddress):
            Ways(policy("private")).open(parse(f"rtsp://{host}:{server.port}/1"))
    assert server.connections == 0
