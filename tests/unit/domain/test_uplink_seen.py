"""What may be said of a path from what WireGuard said at some time, and from its pictures."""

import json

import pytest

from matpho.domain.codec import from_plain, to_plain
from matpho.domain.time import SECOND, Instant, after
from matpho.domain.uplink import Forward, Hub, Peer, read_dump
from matpho.domain.uplink_seen import Seen, Standing, standing, without_places

pytestmark = pytest.mark.unit

NOW = Instant(1_795_500_000 * SECOND)
SECRET = "s" * 43 + "="


def peer(name, key):
    return Peer(name=name, address="10.66.0.2", public_key=key, preshared_key=SECRET, forwards=(Forward(554, "a", 1),))


UP, LATE, NEVER, NEW = (peer(name, f"{name}=") for name in ("up", "late", "never", "new"))
DUMP = f"""{SECRET}\tH=\t51820\toff
up=\t{SECRET}\t203.0.113.9:4711\t10.66.0.2/32\t{NOW // SECOND - 20}\t5000000\t700\t25
late=\t{SECRET}\t203.0.113.8:4711\t10.66.0.3/32\t{NOW // SECOND - 4000}\t5\t7\t25
never=\t{SECRET}\t(none)\t10.66.0.4/32\t0\t0\t0\t25
"""


def seen():
    return Seen(at=NOW, paths=without_places(read_dump(DUMP, NOW)))


def test_what_is_kept_holds_no_secret_and_no_household_s_address():
    text = json.dumps(to_plain(seen()))
    assert SECRET not in text
    assert "203.0.113" not in text
    assert from_plain(Seen, json.loads(text)) == seen()


@pytest.mark.parametrize(
    ("one", "expected"),
    [(UP, Standing.UP), (LATE, Standing.LATE), (NEVER, Standing.NEVER), (NEW, Standing.UNKNOWN)],
)
def test_what_was_said_lately_counts_and_later_it_does_not(one, expected):
    assert standing(one, seen(), after(NOW, 100)) is expected
    assert standing(one, seen(), after(NOW, 600)) is Standing.UNSURE
    assert standing(one, None, NOW) is Standing.UNSURE
    assert standing(one, seen(), after(NOW, 600), live=True) is Standing.UP, "a dead path brings no picture"


def test_the_handshake_is_a_time_that_stays_right_however_old_the_word_is():
    assert seen().handshake_at(UP) == after(NOW, -20)
    assert seen().handshake_at(NEVER) is None
    assert seen().handshake_at(NEW) is None


def test_a_removed_household_that_still_opens_is_counted():
    hub = Hub(endpoint="h:1", network="10.66.0.0/24", private_key="", public_key="", peers=(UP, NEVER, NEW))
    assert seen().strangers(hub) == 1
