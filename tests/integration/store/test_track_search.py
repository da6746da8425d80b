"""The search over tracks on both databases: nothing is missed, in order, page by page; and the upgrade of old rows."""

import random
from contextlib import closing
from datetime import UTC

import pytest
import sqlalchemy as sa
from alembic import command

from matpho.casework.records import TrackQuery
from matpho.casework.search import SearchForm, TrackSearch, visit_of
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import SECOND, Instant, Span
from matpho.plugins.stores.engine import address_of, engine_for
from matpho.plugins.stores.migrate import config
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.clock import NOON, HandClock

pytestmark = pytest.mark.integration

CAMERAS = (CameraId("cong-cho"), CameraId("nga-ba"))
HOUR = 3600 * SECOND


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db' / 'matpho.sqlite'}"
    return request.getfixturevalue("postgres").database()


def tracks(rng, count=600):
    for n in range(count):
        length = rng.choice((3, 20, 300, 4000)) * SECOND
        start = NOON + rng.randrange(0, 24 * HOUR) // SECOND * SECOND
        x, y = rng.random(), rng.random()
        boxes = []
        for k in range(9):
            boxes.append((Instant(start + length * k // 8), Box(x, y, 0.05, 0.08)))
            x, y = x + rng.gauss(0, 0.06), y + rng.gauss(0, 0.04)
        group = rng.choice((Group.PERSON, Group.TWO_WHEELER, Group.VEHICLE))
        yield TrackEnded(rng.choice(CAMERAS), n % 40, group, Instant(start), Instant(start + length), tuple(boxes))


def test_nothing_is_missed_and_pages_join(url):
    rng = random.Random(11)
    all_tracks = {(t.camera_id, t.start, t.track_id): t for t in tracks(rng)}
    with closing(SqlStore(url, HandClock())) as store:
        with store.write() as unit:
            for track in all_tracks.values():
                unit.recordings.put_track(track)
            stored = {k: unit.recordings.track(*k) for k in all_tracks}
        for region, span, groups in (
            (Box(0.3, 0.3, 0.1, 0.1), Span(NOON, Instant(NOON + 24 * HOUR)), frozenset()),
            (Box(0.7, 0.1, 0.1, 0.3), Span(Instant(NOON + 9 * HOUR), Instant(NOON + 14 * HOUR)), frozenset()),
            (Box(0, 0, 1, 1), Span(Instant(NOON + 5 * HOUR), Instant(NOON + 6 * HOUR)), frozenset({Group.PERSON})),
        ):
            expected = sorted(
                (
                    (t.start, t.camera_id, t.track_id)
                    for t in stored.values()
                    if (not groups or t.group in groups) and visit_of(t, region, (span,))
                ),
                reverse=True,
            )
            assert expected
            form = SearchForm(cameras=CAMERAS, span=span, region=region, groups=groups)
            search, cursor, found = TrackSearch(store, UTC), None, []
            while True:
                page = search.page(form, cursor=cursor, limit=7)
                found += [(v.track_start, v.camera_id, v.track_id) for v in page.items]
                cursor = page.next
                if cursor is None:
                    break
            assert found == expected


def test_a_thing_that_stood_for_days_is_found_in_the_middle(url):
    parked = TrackEnded(
        CAMERAS[0],
        1,
        Group.VEHICLE,
        NOON,
        Instant(NOON + 60 * HOUR),
        ((NOON, Box(0.5, 0.5, 0.1, 0.1)), (Instant(NOON + 60 * HOUR), Box(0.5, 0.5, 0.1, 0.1))),
    )
    with closing(SqlStore(url, HandClock())) as store:
        with store.write() as unit:
            unit.recordings.put_track(parked)
        with store.read() as unit:
            asked = TrackQuery(
                cameras=CAMERAS,
                spans=(Span(Instant(NOON + 30 * HOUR), Instant(NOON + 31 * HOUR)),),
                region=Box(0.55, 0.55, 0.01, 0.01),
            )
            assert list(unit.recordings.tracks_touching(asked)) == [parked]
            assert unit.recordings.tracks(CAMERAS[0], asked.spans[0]) == (parked,)


def test_rows_of_the_first_version_become_searchable_and_go_back(url, tmp_path):
    (tmp_path / "db").mkdir()
    old = '[[%d, {"x": 0.2, "y": 0.3, "w": 0.1, "h": 0.2}], [%d, {"x": 0.6, "y": 0.3, "w": 0.1, "h": 0.2}]]'
    engine = engine_for(address_of(url), write=True)
    with engine.begin() as db:
        command.upgrade(config(db), "0001")
        for n in range(2500):
            row = {
                "c": f"c{n % 3}",
                "s": NOON + n,
                "t": n,
                "e": NOON + n + SECOND,
                "b": old % (NOON + n, NOON + n + SECOND),
            }
            db.execute(sa.text("INSERT INTO tracks VALUES (:c, :s, :t, :e, 'person', :b)"), row)
    engine.dispose()
    with closing(SqlStore(url, HandClock())) as store, store.read() as unit:
        asked = TrackQuery(
            cameras=(CameraId("c0"), CameraId("c1"), CameraId("c2")),
            spans=(Span(NOON, Instant(NOON + HOUR)),),
            region=Box(0.45, 0.4, 0.01, 0.01),
        )
        found = list(unit.recordings.tracks_touching(asked))
        assert len(found) == 2500
        assert [box for _, box in found[0].boxes] == [Box(0.2, 0.3, 0.1, 0.2), Box(0.6, 0.3, 0.1, 0.2)]
    engine = engine_for(address_of(url), write=True)
    with engine.begin() as db:
        command.downgrade(config(db), "0001")
        (back,) = db.execute(sa.text("SELECT boxes FROM tracks WHERE track_id = 0")).one()
        assert back.replace(" ", "") == (old % (NOON, NOON + SECOND)).replace(" ", "")
    engine.dispose()
