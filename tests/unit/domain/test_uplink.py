import configparser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matpho.domain.camera import RecordMode
from matpho.domain.time import SECOND, Instant
from matpho.domain.uplink import (
    Forward,
    Hub,
    PathState,
    Peer,
    advise,
    checked_endpoint,
    checked_file,
    checked_key,
    explained,
    forwards,
    free_address,
    hub_config,
    peer_config,
    read_dump,
)
from matpho.errors import BadInput

pytestmark = pytest.mark.unit
NOW = Instant(1_795_500_000 * SECOND)


def peer(name="nha-ba-tu", address="10.66.0.2", key="P" * 42 + "A="):
    found = (Forward(554, "192.168.1.64", 554), Forward(555, "192.168.1.65", 8554))
    return Peer(name=name, address=address, public_key=key, preshared_key="S=", forwards=found)


def hub(*peers):
    return Hub(endpoint="pho.example.vn:51820", network="10.66.0.0/24", private_key="K=", public_key="H=", peers=peers)


def dump(key, handshake):
    return f"K=\tH=\t51820\toff\n{key}\t(none)\t203.0.113.9:4711\t10.66.0.2/32\t{handshake}\t5000000\t700\toff\n"


def test_both_ends_name_each_other_and_keep_the_way_open():
    there = peer_config(hub(peer()), peer(), "X=")
    assert "PersistentKeepalive = 25" in there
    assert "Endpoint = pho.example.vn:51820" in there
    assert "AllowedIPs = 10.66.0.1/32" in there
    assert "MTU = 1280" in there
    here = hub_config(hub(peer(), peer("nha-2", "10.66.0.3")))
    assert here.count("[Peer]") == 2
    assert "AllowedIPs = 10.66.0.3/32" in here
    assert "ListenPort = 51820" in here
    assert "X=" not in here, "a household's private key stays in the household"


def test_only_the_named_cameras_can_be_reached():
    rules = [line for line in peer_config(hub(peer()), peer(), "X=").splitlines() if line.startswith("PostUp")]
    accepted = [r for r in rules if "-j ACCEPT" in r and "conntrack" not in r]
    assert len(accepted) == 2
    assert all("-i %i -d 192.168.1." in r and "--dport" in r for r in accepted)
    assert all(" -I " in r for r in rules[1:]), "before whatever rules the box has"
    assert rules.index("PostUp = iptables -I FORWARD -i %i -j DROP") < rules.index(accepted[0]), (
        "put in last: seen first"
    )
    assert "PostUp = iptables -I INPUT -i %i ! -p icmp -j DROP" in rules, "the box itself stays shut"
    downs = [r for r in peer_config(hub(peer()), peer(), "X=").splitlines() if r.startswith("PostDown")]
    assert [d.replace("PostDown", "PostUp").replace(" -D ", " -I ") for d in downs] == rules[1:]


def test_nobody_comes_in_at_the_ward_s_end():
    text = hub_config(hub(peer()))
    for step, act in (("PostUp", "I"), ("PostDown", "D")):
        assert (
            f"{step} = iptables -{act} INPUT -i %i -m conntrack ! --ctstate ESTABLISHED,RELATED ! -p icmp -j DROP"
            in text
        )
        assert f"{step} = iptables -{act} FORWARD -i %i -j DROP" in text


@pytest.mark.parametrize("name", ["nha.conf", "nha-ba-tu-to-12.conf", "a_b=1.conf"])
def test_a_file_that_wg_quick_takes(name):
    assert checked_file(name) == name


@pytest.mark.parametrize("name", ["nha.txt", "nha-ba-nguyen-thi-tu.conf", "nhà.conf", ".conf", "a b.conf"])
def test_a_file_that_wg_quick_would_refuse(name):
    with pytest.raises(BadInput, match=r"\.conf"):
        checked_file(name)


def test_addresses_are_given_once_until_there_are_none():
    small = Hub(endpoint="h:1", network="10.66.0.0/30", private_key="", public_key="")
    assert free_address(small) == "10.66.0.2"
    full = Hub(endpoint="h:1", network="10.66.0.0/30", private_key="", public_key="", peers=(peer(),))
    with pytest.raises(BadInput):
        free_address(full)


@pytest.mark.parametrize("text", ["8.8.8.8", "cam.local", "192.168.1.64:0", "192.168.1.64; reboot", "192.168.1.64:x"])
def test_what_is_no_camera_in_a_household_is_refused(text):
    with pytest.raises(BadInput):
        forwards([text])


@pytest.mark.parametrize("text", ["pho.example.vn", "pho.example.vn:0", ":51820", "a b:1", "x:70000", "h\nPostUp=x:1"])
def test_what_is_no_endpoint_is_refused(text):
    with pytest.raises(BadInput):
        checked_endpoint(text)


def test_a_wrong_key_is_not_repeated():
    with pytest.raises(BadInput) as refused:
        checked_key("mật khẩu")
    assert "mật khẩu" not in refused.value.en + refused.value.vi


@pytest.mark.parametrize(
    ("ago_s", "state"), [(20, PathState.UP), (179, PathState.UP), (200, PathState.LATE), (None, PathState.NEVER)]
)
def test_what_wg_says_is_explained(ago_s, state):
    one = peer()
    stamp = 0 if ago_s is None else NOW // SECOND - ago_s
    path = read_dump(dump(one.public_key, stamp), NOW)[one.public_key]
    assert path.state is state
    assert (path.received, path.sent, path.endpoint) == (5_000_000, 700, "203.0.113.9:4711")
    said = explained(one, path)
    assert said.vi.startswith("nha-ba-tu")
    assert said.en.startswith("nha-ba-tu")


def test_a_household_that_the_interface_does_not_know():
    assert "has not loaded" in explained(peer(), None).en


@pytest.mark.parametrize("text", ["", "interface: wg0\n", "a\tb\tc\td\nx\ty\n", dump("K=", "soon")])
def test_what_is_no_dump_is_refused(text):
    with pytest.raises(BadInput):
        read_dump(text, NOW)


@pytest.mark.parametrize(
    ("uplink", "main", "sub", "record", "main_set", "fits"),
    [
        (10_000, 4000, 400, RecordMode.MAIN, 4000, True),
        (3000, 4000, 300, RecordMode.MAIN, 1792, False),
        (1000, 2000, 300, RecordMode.SUB, None, False),
        (1000, 4000, 300, RecordMode.SUB, None, False),
        (300, 2000, 512, RecordMode.SUB, None, False),
    ],
)
def test_advice(uplink, main, sub, record, main_set, fits):
    found = advise(uplink, main, sub)
    assert (found.record, found.main_kbit, found.fits) == (record, main_set, fits)
    assert str(round(uplink * 0.7)) in found.said.vi


@given(*[st.floats(1, 1e6)] * 3)
@example(1.0, 3.0, 96.0)  # a main stream thinner than what a sub stream needs at least
def test_what_is_advised_fits(uplink, main, sub):
    found = advise(uplink, main, sub)
    total = found.sub_kbit + (found.main_kbit or 0)
    assert total <= max(96, 0.7 * uplink) + 2
    assert (found.main_kbit or 0) <= main + 1


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf")])
def test_rates_are_rates(bad):
    with pytest.raises(BadInput):
        advise(bad, 1000, 300)


def test_configurations_are_of_the_form_that_wg_quick_reads():
    text = hub_config(hub(peer()))
    found = configparser.ConfigParser(strict=False)
    found.read_string(text)
    assert found["Interface"]["Address"] == "10.66.0.1/24"
