"""Letters over a real store: stored with what they are about, delivered in order, at least once, never for ever."""

import pytest

from matpho.casework.commands import Decide, TakeFacts
from matpho.casework.outgoing import letters as letters_module
from matpho.casework.outgoing.commands import ResendLetter, TidyOutbox, TryTarget
from matpho.casework.outgoing.letters import Letters, Target
from matpho.casework.outgoing.post import DeliveryFailed, Post
from matpho.domain.geometry import Box
from matpho.domain.incident import Move
from matpho.domain.messages import HitSeen
from matpho.domain.people import PROGRAM
from matpho.errors import Conflict, NotAllowed
from matpho.settings import load
from matpho.testing.builders import at, hit

pytestmark = pytest.mark.unit


class Place:
    """A target that can be down, and remembers what it took."""

    def __init__(self):
        self.taken, self.fails = [], None

    def __call__(self, letter):
        if self.fails is not None:
            raise self.fails
        self.taken.append(letter)


class Mill:
    def __init__(self, office):
        self.office, self.place = office, Place()
        self.letters = Letters([Target("hook", ("incident", "health"))], "https://pho.example.vn/")
        office.desk.post_with(self.letters)
        self.post = self.new_post()
        self.number = 0

    def new_post(self):
        o = self.office
        return Post("hook", self.place, o.desk, o.store, o.clock, give_up_s=3600, jitter=lambda: 0.5)

    def box(self):
        return Box(0.04 * self.number, 0.04, 0.03, 0.03)

    def incident(self):
        self.number += 1
        left = {"start": at(120 * self.number), "at": at(120 * self.number + 20)}  # within a minute would be one act
        bag = hit(id=f"run1-{self.number}", thing=f"static:{self.number}", box=self.box(), **left)
        start, self.end = getattr(self, "end", 0), getattr(self, "end", 0) + 10
        facts = TakeFacts(journal="a/vision", start=start, end=self.end, facts=(HitSeen(bag),))
        return self.office.desk.handle(facts, PROGRAM)[0].incident_id

    def run(self, seconds=0):
        for _ in range(int(seconds) + 1):
            while self.post.step() == 0.0:
                pass
            self.office.clock.go(1)

    def counts(self):
        with self.office.store.read() as unit:
            return {c.target: (c.waiting, c.dead) for c in unit.outbox.counts()}


@pytest.fixture
def mill(office):
    return Mill(office)


def test_an_incident_is_told_once_and_its_decision_again_but_not_that_it_was_seen_again(mill):
    first = mill.incident()
    again = TakeFacts(
        journal="a/vision",
        start=10,
        end=20,
        facts=(HitSeen(hit(id="run1-1", thing="static:1", box=mill.box(), score=0.9)),),
    )
    mill.office.desk.handle(again, PROGRAM)
    with mill.office.store.read() as unit:
        version = unit.incidents.get(first).version
    mill.office.clock.go(60)
    decision = Decide(incident_id=first, version=version, move=Move.CONFIRM, note="Đã gọi bà Lan")
    mill.office.desk.handle(decision, mill.office.actor("officer"))
    mill.run()
    assert [x.kind for x in mill.place.taken] == ["incident.opened", "incident.changed"]
    body = mill.place.taken[1].body
    assert body["incident"]["state"] == "confirmed"
    assert body["incident"]["link"] == f"https://pho.example.vn/#/incidents/{first}"
    assert "nghi vấn" in body["notice"]["vi"]
    assert "bà Lan" not in str(body)
    assert "bi-mat" not in str(body)


def test_what_is_undone_is_not_told(mill):
    with pytest.raises(NotAllowed):
        mill.office.desk.handle(TryTarget(target="hook"), mill.office.actor("officer"))
    mill.run()
    assert mill.place.taken == []


def test_an_outage_and_a_restart_lose_nothing_and_keep_the_order(mill):
    mill.place.fails = DeliveryFailed("connection refused")
    wanted = [mill.incident() for _ in range(5)]
    mill.run(100)
    assert mill.place.taken == []
    mill.post = mill.new_post()  # the desk was restarted
    mill.place.fails = None
    mill.run(200)
    assert [x.body["incident"]["id"] for x in mill.place.taken] == wanted
    assert mill.counts() == {"hook": (0, 0)}


def test_a_week_without_internet_loses_no_letter(mill, tmp_path):
    """With the give-up that a ward has unless it says otherwise, one incident a day, and a desk restarted each day."""
    give_up_s = load(tmp_path, {}).notify.give_up_hours * 3600
    office = mill.office
    mill.place.fails = DeliveryFailed("no route to host")
    wanted = []
    for _ in range(7):
        wanted.append(mill.incident())
        post = Post("hook", mill.place, office.desk, office.store, office.clock, give_up_s=give_up_s)
        for _ in range(48):
            post.step()
            office.clock.go(1800)
    mill.place.fails = None
    for _ in range(20):
        post.step()
        office.clock.go(600)
    assert [x.body["incident"]["id"] for x in mill.place.taken] == wanted
    assert mill.counts() == {"hook": (0, 0)}


def test_the_pauses_grow(mill):
    mill.place.fails = DeliveryFailed("down")
    mill.incident()
    begun, tries = mill.office.clock.now(), []
    for _ in range(200):
        if mill.post.step() == 0.0:
            tries.append(round((mill.office.clock.now() - begun) / 1e9))
        mill.office.clock.go(1)
    assert tries == [0, 2, 6, 14, 30, 62, 126]


def test_a_desk_that_dies_before_it_notes_the_success_sends_again_with_the_same_id(mill):
    mill.incident()
    with mill.office.store.read() as unit:
        mill.place(unit.outbox.head("hook"))  # delivered; the desk died here
    mill.run()
    assert [x.id for x in mill.place.taken] == [mill.place.taken[0].id] * 2


def test_what_the_target_never_takes_is_laid_aside_and_can_be_sent_again(mill):
    mill.place.fails = DeliveryFailed("answered 400", permanent=True)
    mill.incident()
    mill.run()
    mill.place.fails = None
    mill.incident()
    mill.run()
    assert len(mill.place.taken) == 1
    with mill.office.store.read() as unit:
        (dead,) = unit.outbox.dead(10)
    assert dead.error == "answered 400"
    with pytest.raises(NotAllowed):
        mill.office.desk.handle(ResendLetter(letter_id=dead.id), mill.office.actor("supervisor"))
    mill.office.desk.handle(ResendLetter(letter_id=dead.id), mill.office.actor("admin"))
    mill.run()
    assert mill.place.taken[1].body == dead.body
    with pytest.raises(Conflict):
        mill.office.desk.handle(ResendLetter(letter_id=dead.id), mill.office.actor("admin"))


def test_a_target_that_is_gone_is_given_up_in_the_end(mill):
    mill.place.fails = DeliveryFailed("down")
    mill.incident()
    for _ in range(20):
        mill.post.step()
        mill.office.clock.go(1000)
    assert mill.counts() == {"hook": (0, 1)}


def test_the_outbox_is_bounded(mill, monkeypatch):
    monkeypatch.setattr(letters_module, "MOST_WAITING", 3)
    mill.place.fails = DeliveryFailed("down")
    wanted = [mill.incident() for _ in range(5)]
    assert mill.counts() == {"hook": (3, 2)}
    mill.place.fails = None
    mill.run()
    assert [x.body["incident"]["id"] for x in mill.place.taken] == wanted[2:]
    mill.office.clock.go(8 * 86400)
    mill.office.desk.handle(TidyOutbox(), PROGRAM)
    assert mill.counts() == {"hook": (0, 2)}


def test_a_clock_set_back_does_not_silence_a_target(mill):
    mill.place.fails = DeliveryFailed("down")
    mill.incident()
    mill.run()
    mill.place.fails = None
    mill.office.clock.step(-30 * 86400)
    mill.run()
    assert len(mill.place.taken) == 1


@pytest.mark.errors_expected
def test_trouble_in_a_plug_in_is_trouble_of_that_target_alone(mill):
    mill.place.fails = ZeroDivisionError("a bug")
    mill.incident()
    assert mill.post.step() == 0.0
    with mill.office.store.read() as unit:
        assert unit.outbox.head("hook").error == "ZeroDivisionError"
