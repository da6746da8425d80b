import ipaddress

import pytest

from matpho.domain.network import allows, pinned, policy
from matpho.errors import BadAddress, BadInput

pytestmark = pytest.mark.unit

PRIVATE = policy("private", own=[("192.168.1.5", 8480)])


def ip(text):
    return ipaddress.ip_address(text)


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.31.0.9", "192.168.1.64", "100.64.3.4", "fd12::7", "::ffff:10.0.0.1"]
)
def test_private_networks_are_where_cameras_live(address):
    assert allows(PRIVATE, ip(address), 554)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1", "224.0.0.1", "ff02::c",
        "255.255.255.255", "8.8.8.8", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "100.100.100.200", "fd00:ec2::254", "172.32.0.1",
    ],
)  # fmt: skip
def test_everything_else_is_refused_however_it_is_written(address):
    assert not allows(PRIVATE, ip(address), 554)


def test_public_does_not_open_what_is_special():
    anywhere = policy("private, public")
    assert allows(anywhere, ip("203.0.113.9"), 554)
    for special in ("127.0.0.1", "169.254.169.254", "::1", "fe80::1", "224.0.0.1", "100.100.100.200"):
        assert not allows(anywhere, ip(special), 554)


def test_what_is_special_opens_only_by_its_own_name():
    assert allows(policy("loopback"), ip("127.0.0.1"), 554)
    assert allows(policy("loopback"), ip("::ffff:127.0.0.1"), 554)
    assert allows(policy("169.254.10.0/24"), ip("169.254.10.7"), 554)
    assert not allows(policy("169.254.10.0/24"), ip("169.254.169.254"), 554)
    assert not allows(policy("224.0.0.0/4"), ip("239.255.255.250"), 3702)


def test_our_own_ports_are_never_a_camera():
    rules = policy("private, loopback", own=[("192.168.1.5", 8480)])
    assert not allows(rules, ip("192.168.1.5"), 8480)
    assert not allows(rules, ip("127.0.0.1"), 8480)
    assert not allows(rules, ip("::ffff:127.0.0.1"), 8480)
    assert allows(rules, ip("192.168.1.5"), 554)
    assert allows(rules, ip("192.168.1.6"), 8480)
    assert not allows(policy("loopback", own=[("0.0.0.0", 8480)]), ip("127.0.0.3"), 8480)


def test_a_name_is_judged_by_every_address_it_has_and_pinned_to_one():
    names = {"cam": ["10.0.0.8"], "two": ["10.0.0.8", "127.0.0.1"], "odd": ["fe80::1%eth0"]}
    assert pinned(PRIVATE, "cam", 554, names.__getitem__) == "10.0.0.8"
    for name in ("two", "odd"):
        with pytest.raises(BadAddress):
            pinned(PRIVATE, name, 554, names.__getitem__)
    with pytest.raises(BadAddress):
        pinned(PRIVATE, "none", 554, lambda _: [])


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_judged():
    answers = iter([["10.0.0.8"], ["127.0.0.1"]])
    assert pinned(PRIVATE, "rebind.test", 554, lambda _: next(answers)) == "10.0.0.8"
    with pytest.raises(BadAddress):
        pinned(PRIVATE, "rebind.test", 554, lambda _: next(answers))


@pytest.mark.parametrize("text", ["lan", "10.0.0.0/33", "private; loopback", "::/200"])
def test_a_setting_that_is_no_network_is_named(text):
    with pytest.raises(BadInput):
        policy(text)
