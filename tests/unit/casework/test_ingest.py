"""Facts become rows once, whatever is told twice and whenever the desk dies."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matpho.casework.commands import TakeFacts
from matpho.casework.desk import Desk
from matpho.casework.duties import Clerk, expire
from matpho.casework.records import IncidentFilter
from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box
from matpho.domain.incident import IncidentState
from matpho.domain.messages import GapCause, GapSeen, HitSeen, SegmentClosed, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.people import PROGRAM
from matpho.domain.time import Span
from matpho.domain.words import NOTHING_SAID
from matpho.errors import NotAllowed, StorageProblem
from matpho.testing.builders import NO_ROUTE, at, camera, hit, segment

pytestmark = pytest.mark.unit

CAMERA = camera().id
ALWAYS = Span(at(-10_000), at(10_000))


class Journals:
    """Journals in memory: a fact per byte."""

    def __init__(self, **journals):
        self.kept = {name: list(facts) for name, facts in journals.items()}

    def journals(self):
        return list(self.kept)

    def read(self, journal, offset):
        for number, fact in enumerate(self.kept[journal][offset:], start=offset + 1):
            yield fact, number


class Dying:
    """A store whose process dies at the n-th commit: before it (nothing is stored), or right after it."""

    def __init__(self, store, commit, *, after):
        self.store, self.commit, self.after = store, commit, after

    def read(self):
        return self.store.read()

    @contextmanager
    def write(self):
        self.commit -= 1
        with self.store.write() as unit:
            yield unit
            if self.commit == 0 and not self.after:
                raise SystemExit
        if self.commit == 0:
            raise SystemExit

    def close(self):
        self.store.close()


BAG = hit()
STORY = [
    *segment(0),
    HitSeen(BAG),
    segment(1)[0],
    HitSeen(replace(BAG, at=at(50))),
    HitSeen(hit(id="run1-nga-ba-cho-goc-pho-unattended_object-1", kind="unattended_object", at=at(60))),
    HitSeen(
        hit(id="run1-nga-ba-cho-goc-pho-illegal_dumping-2", thing="static:4", at=at(40), box=Box(0.7, 0.2, 0.1, 0.1))
    ),
    segment(1)[1],
    GapSeen(CAMERA, StreamRole.MAIN, at(0), None, GapCause.NETWORK, NO_ROUTE),
    HitSeen(replace(BAG, at=at(80), end=at(80))),
    GapSeen(CAMERA, StreamRole.MAIN, at(0), at(9), GapCause.NETWORK, NO_ROUTE),
    TrackEnded(CAMERA, 5, Group.PERSON, at(-5), at(3), ((at(-5), Box(0, 0, 1, 1)),)),
    HitSeen(hit(id="run1-nga-ba-cho-goc-pho-illegal_dumping-3", thing="static:30", start=at(300), at=at(320))),
]


def _state(store):
    """Everything the story leaves, apart from ids drawn by chance."""
    with store.read() as unit:
        incidents = unit.incidents.page(IncidentFilter(), None, 99)
        hits = unit.hits.of([one.id for one in incidents])
        files = unit.evidence.of([one.id for one in incidents])
        return (
            [replace(one, id="", history=tuple(h.action for h in one.history)) for one in incidents],
            [hits[one.id] for one in incidents],
            [[(row.slot, row.wanted, row.state) for row in files[one.id]] for one in incidents],
            unit.recordings.segments(CAMERA, StreamRole.MAIN, ALWAYS),
            unit.recordings.gaps(CAMERA, StreamRole.MAIN, ALWAYS),
            unit.recordings.tracks(CAMERA, ALWAYS),
            unit.notes.offset("recorder"),
        )


def test_a_story_becomes_two_incidents(office):
    assert Clerk(office.desk, office.store, Journals(recorder=STORY)).step() == len(STORY)
    incidents, hits, _, segments, gaps, tracks, _ = _state(office.store)
    assert [(one.kind, one.start, one.end) for one in incidents] == [
        ("illegal_dumping", at(0), None),
        ("illegal_dumping", at(0), None),
    ]
    assert sorted(len(some) for some in hits) == [1, 3]
    assert [one.end for one in segments] == [at(-60), at(0)]
    assert [one.end for one in gaps] == [at(9)]
    assert len(tracks) == 1


@pytest.mark.errors_expected
def test_a_journal_that_cannot_be_read_keeps_no_other_from_being_read(office):
    class Torn(Journals):
        def read(self, journal, offset):
            if journal == "aside":
                raise StorageProblem("aside cannot be read", "không đọc được aside")
            return super().read(journal, offset)

    with pytest.raises(StorageProblem, match="aside"):
        Clerk(office.desk, office.store, Torn(aside=STORY, recorder=STORY)).step()
    assert len(_state(office.store)[0]) == 2, "the other journal's story is told all the same"


def test_telling_it_all_again_changes_nothing(office):
    journals = Journals(recorder=STORY)
    clerk = Clerk(office.desk, office.store, journals)
    clerk.step()
    before = _state(office.store)
    assert clerk.step() == 0
    office.desk.handle(TakeFacts(journal="recorder", start=0, end=len(STORY), facts=tuple(STORY)), PROGRAM)
    assert _state(office.store) == before
    journals.kept["copy"] = STORY  # the same facts from another journal
    clerk.step()
    incidents, hits, *rest = _state(office.store)
    assert (len(incidents), hits, *rest[1:]) == (len(before[0]), before[1], *before[3:])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=4))
def test_a_desk_that_dies_anywhere_goes_on_where_it_was(tmp_path_factory, office_in, deaths):
    with office_in(tmp_path_factory.mktemp("whole")) as whole:
        _small_steps(whole.desk, whole.store)
        expected = _state(whole.store)
    with office_in(tmp_path_factory.mktemp("killed")) as killed:
        for commit, after in deaths:
            dying = Dying(killed.store, commit, after=after)
            try:
                _small_steps(Desk(dying, killed.clock, killed.list), dying)
            except SystemExit:
                continue
        _small_steps(killed.desk, killed.store)
        assert _state(killed.store) == expected


def _small_steps(desk, store):
    """Take the story three facts at a time, as a journal that grows."""
    journals = Journals(recorder=[])
    clerk = Clerk(desk, store, journals)
    for end in range(0, len(STORY) + 3, 3):
        journals.kept["recorder"] = STORY[:end]
        clerk.step()


@pytest.mark.errors_expected
def test_a_fact_that_cannot_be_stored_is_passed_over_and_told(office):
    broken = replace(BAG, id="broken", zone_id=object())
    gap = GapSeen(CAMERA, StreamRole.MAIN, at(0), at(1), GapCause.DISK, NOTHING_SAID)
    journals = Journals(vision=[HitSeen(BAG), HitSeen(broken), gap])
    Clerk(office.desk, office.store, journals).step()
    assert len(office.incidents()) == 1
    row = office.trail()[-1]
    assert (row.action, row.thing, row.detail) == ("skip_facts", "journal:vision", {"start": 1, "end": 2})
    with office.store.read() as unit:
        assert unit.notes.offset("vision") == 3
        assert unit.recordings.gaps(CAMERA, StreamRole.MAIN, ALWAYS)


def test_a_full_disk_loses_nothing(office):
    class Full:
        def read(self):
            return office.store.read()

        def write(self):
            raise StorageProblem("disk full", "đĩa đầy")

    journals = Journals(recorder=STORY)
    with pytest.raises(StorageProblem):
        Clerk(Desk(Full(), office.clock, office.list), Full(), journals).step()
    assert Clerk(office.desk, office.store, journals).step() == len(STORY)


def test_a_closing_without_its_opening_is_still_a_recording(office):
    closed = segment(0)[1]
    Clerk(office.desk, office.store, Journals(recorder=[closed])).step()
    with office.store.read() as unit:
        (one,) = unit.recordings.segments(CAMERA, StreamRole.MAIN, ALWAYS)
    assert (one.path, one.end, one.size_bytes) == (closed.path, closed.end, closed.size_bytes)
    assert isinstance(closed, SegmentClosed)


def test_an_opening_told_late_does_not_open_again(office):
    opened, closed = segment(0)
    Clerk(office.desk, office.store, Journals(recorder=[opened, closed, opened])).step()
    with office.store.read() as unit:
        assert unit.recordings.segment(opened.path).end == closed.end


def test_people_cannot_tell_facts(office):
    with pytest.raises(NotAllowed):
        office.desk.handle(TakeFacts(journal="j", start=0, end=1, facts=()), office.actor("admin"))


def test_three_days_unseen_is_not_reviewed(office):
    Clerk(office.desk, office.store, Journals(vision=[HitSeen(BAG)])).step()
    assert expire(office.desk, office.clock) == 0
    office.clock.go(73 * 3600)
    assert expire(office.desk, office.clock) == 1
    assert office.incidents()[0].state is IncidentState.NOT_REVIEWED
