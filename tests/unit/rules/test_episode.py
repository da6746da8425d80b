"""An episode tells its worst moment: what is said of it is never less than what its score says."""

import pytest
from tests.unit.rules.scenes import place

from matpho.domain.geometry import Box
from matpho.domain.time import Instant, after
from matpho.domain.words import Said
from matpho.rules.episode import Episode, Patience, Showing
from matpho.rules.telling import RETELL_S, Teller

pytestmark = pytest.mark.unit

BOX = Box(0.4, 0.4, 0.1, 0.1)


def showing(turmoil: float) -> Showing:
    words = f"{turmoil:.1f}"
    return Showing(BOX, turmoil / 10, Said(words, words), {"turmoil": turmoil})


def episode() -> Episode:
    return Episode(Teller(place(), "fight"), "turmoil", Patience(raise_s=0.0, gap_s=1.0, calm_s=5.0))


def test_what_grows_worse_between_two_tellings_is_in_the_next_and_in_the_last():
    one = episode()
    (first,) = one.shows(Instant(0), showing(3.0))
    assert one.shows(after(Instant(0), 0.2), showing(8.0)) == []
    assert one.shows(after(Instant(0), 0.4), showing(4.0)) == []
    (again,) = one.shows(after(Instant(0), RETELL_S + 1), showing(5.0))
    (last,) = one.finish(after(Instant(0), RETELL_S + 2))
    assert first.figures == {"turmoil": 3.0}
    for hit in (again, last):
        assert (hit.id, hit.score, hit.figures, hit.why.en) == (first.id, 0.8, {"turmoil": 8.0}, "8.0")


def test_the_next_episode_begins_with_its_own():
    one = episode()
    one.shows(Instant(0), showing(8.0))
    one.finish(after(Instant(0), 1.0))
    (hit,) = one.shows(after(Instant(0), 60.0), showing(2.0))
    assert hit.figures == {"turmoil": 2.0}
