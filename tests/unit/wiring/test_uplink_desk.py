"""The paths as the page has them: on files, in turn, and never more secrets than the one time."""

import json
import os
import shlex
import threading

import pytest

from matpho.domain.time import SystemClock
from matpho.errors import BadInput, NotAllowed, NotFound
from matpho.settings import load
from matpho.wiring.uplink import add_peer, keep_seen, kept_seen, load_hub
from matpho.wiring.uplink_desk import Uplinks

pytestmark = pytest.mark.unit

ENDPOINT = "pho.example.vn:51820"


@pytest.fixture
def settings(tmp_path):
    return load(tmp_path / "home", {})


@pytest.fixture
def uplinks(settings):
    return Uplinks(settings, SystemClock())


def refuse(peer):
    raise NotAllowed(f"not {peer.name}", "không")


def test_before_the_first_path_there_is_nothing_to_see(uplinks, settings):
    sight = uplinks.look()
    assert (sight.hub, sight.up, sight.seen, sight.load) == (None, False, None, ())
    assert not settings.home.exists(), "looking makes nothing"
    with pytest.raises(NotFound):
        uplinks.check("nha", refuse)
    with pytest.raises(NotFound):
        uplinks.remove("nha", refuse)


def test_a_path_is_noted_before_it_is_made_and_not_made_when_it_cannot_be(uplinks, settings):
    with pytest.raises(NotAllowed):
        uplinks.add("nha", ["192.168.1.64"], ENDPOINT, refuse)
    with pytest.raises(NotFound):
        load_hub(settings)
    noted = []
    made = uplinks.add("nha", ["192.168.1.64"], ENDPOINT, lambda peer: noted.append(peer.name))
    assert noted == ["nha"]
    assert (made.file, made.peer.address) == ("nha.conf", "10.66.0.2")
    private = next(line.split(" = ")[1] for line in made.text.splitlines() if line.startswith("PrivateKey"))
    assert private not in repr(made), "nor does it get into a log by being printed"
    assert all(private not in p.read_text() for p in (settings.home / "uplink").iterdir())
    with pytest.raises(NotAllowed):
        uplinks.remove("nha", refuse)
    assert [p.name for p in load_hub(settings).peers] == ["nha"]


def test_a_name_that_wg_quick_would_refuse_makes_nothing(uplinks):
    with pytest.raises(BadInput, match="15"):
        uplinks.add("nha-ba-nguyen-thi-tu", ["192.168.1.64"], ENDPOINT, refuse)


def test_two_that_add_at_once_lose_no_household(settings):
    add_peer(settings, "nha-0", ["192.168.1.64"], ENDPOINT)
    names = [f"nha-{n}" for n in range(1, 9)]
    one_inside = threading.Lock()
    crowded = []

    def slowly(_peer):
        if not one_inside.acquire(blocking=False):
            crowded.append(_peer.name)
            return
        threading.Event().wait(0.01)
        one_inside.release()

    adding = [threading.Thread(target=add_peer, args=(settings, n, ["192.168.1.64"], None, slowly)) for n in names]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()
    hub = load_hub(settings)
    assert sorted(p.name for p in hub.peers) == ["nha-0", *names]
    assert len({p.address for p in hub.peers}) == 9
    assert crowded == []


def test_while_the_interface_is_away_it_says_what_to_type(uplinks, settings):
    uplinks.add("nha", ["192.168.1.64"], ENDPOINT, lambda _: None)
    sight = uplinks.look()
    assert (sight.up, sight.asked, sight.ask) == (False, False, "")
    assert "chưa được bật" in sight.why.vi
    assert str(settings.home / "uplink" / "wg-matpho.conf") in sight.load[0]
    found = uplinks.check("nha", lambda _: None)
    assert not found.well
    assert found.reload


def test_where_wireguard_may_not_be_asked_the_line_that_tells_is_given(uplinks, settings):
    """``lo`` is up and no WireGuard interface: it cannot be asked, by root neither."""
    uplinks.add("nha", ["192.168.1.64"], ENDPOINT, lambda _: None)
    file = settings.home / "uplink" / "hub.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"interface": "lo"}))
    sight = uplinks.look()
    assert (sight.up, sight.asked) == (True, False)
    assert sight.why is not None
    ask, tell = sight.ask.split(" | ")
    assert ask == "sudo wg show lo dump"
    assert shlex.split(tell)[-4:] == ["--dump", "-", "--home", str(settings.home.absolute())]
    key = load_hub(settings).peers[0].public_key
    assert keep_seen(settings, {}, SystemClock().now())
    assert uplinks.look().seen.paths == ()
    assert key not in (settings.home / "uplink" / "seen.json").read_text()


def test_a_damaged_word_is_no_word_and_foreign_folders_are_left_alone(settings, monkeypatch):
    assert kept_seen(settings) is None
    assert not keep_seen(settings, {}, SystemClock().now()), "there is no folder yet"
    add_peer(settings, "nha", ["192.168.1.64"], ENDPOINT)
    (settings.home / "uplink" / "seen.json").write_text("{")
    assert kept_seen(settings) is None
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert not keep_seen(settings, {}, SystemClock().now())
