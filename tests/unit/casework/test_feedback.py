"""What people decided, used: proposals that only people accept, and how often each kind is right."""

from dataclasses import replace

import pytest

from matpho.casework.commands import Decide, SetZones, TakeFacts
from matpho.casework.feedback.commands import AnswerProposal, MakeProposals, RevertProposal
from matpho.casework.feedback.examples import Example
from matpho.casework.feedback.precision import LEAST_DECIDED, precision, wilson
from matpho.casework.feedback.suggest import suggestions
from matpho.casework.feedback.views import precision_view, proposals_view
from matpho.domain.camera import Purpose
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.incident import IncidentState, Move, RejectReason, Source
from matpho.domain.messages import HitSeen
from matpho.domain.observation import Light
from matpho.domain.people import PROGRAM
from matpho.domain.proposal import ProposalState
from matpho.errors import BadInput, Conflict, NotAllowed
from matpho.testing.builders import at, camera, hit, incident, zone

pytestmark = pytest.mark.unit

DAY_S = 86_400.0
REJECT, CONFIRM = Move.REJECT, Move.CONFIRM


class Street:
    """An office whose incidents last so long and are decided so."""

    def __init__(self, office):
        self.office, self.count = office, 0

    def happened(self, length_s, *, decided, reason=RejectReason.NOTHING_THERE, light=Light.NIGHT, box=None):
        """One incident, an hour after the one before; each at a place of its own unless ``box`` says where."""
        self.count += 1
        start, n = self.count * 3600.0, self.count
        place = box or Box(0.1 + 0.03 * (n % 20), 0.1 + 0.04 * (n % 17), 0.02, 0.02)
        told = hit(
            id=f"run1-nga-ba-cho-goc-pho-illegal_dumping-{n}",
            thing=f"static:{n}",
            start=at(start),
            at=at(start + 20),
            end=at(start + length_s),
            box=place,
            light=light,
        )
        self.office.clock.at = at(start + length_s)
        with self.office.store.read() as unit:
            begin = unit.notes.offset("vision")
        facts = TakeFacts(journal="vision", start=begin, end=begin + 1, facts=(HitSeen(told),))
        self.office.desk.handle(facts, PROGRAM)
        (newest, *_) = self.office.incidents()
        move = Decide(
            incident_id=newest.id, version=newest.version, move=decided, reason=reason if decided is REJECT else None
        )
        self.office.desk.handle(move, self.office.actor("officer"))
        return newest.id

    def propose(self):
        self.office.desk.handle(MakeProposals(), PROGRAM)
        return [v.proposal for v in proposals_view(self.office.store, self.office.actor("supervisor"))]

    def answer(self, proposal, *, accept, reason="", who="supervisor"):
        command = AnswerProposal(proposal_id=proposal.id, accept=accept, reason=reason)
        self.office.desk.handle(command, self.office.actor(who))

    def zones(self):
        with self.office.store.read() as unit:
            return unit.cameras.get(CameraId("nga-ba-cho")).zones


@pytest.fixture
def street(office):
    return Street(office)


def seven_short_ones(street):
    for i in range(7):
        street.happened(24 + i, decided=REJECT)
    for i in range(2):
        street.happened(300 + i, decided=REJECT)
    for i in range(12):
        street.happened(60 + 10 * i, decided=CONFIRM)


def test_short_ones_that_were_rejected_speak_for_a_longer_wait(street):
    seven_short_ones(street)
    (made,) = street.propose()
    assert (made.zone_id, made.kind, made.setting, made.old, made.new) == (
        "goc-pho",
        "illegal_dumping",
        "min_duration_s",
        None,
        35.0,
    )
    weighed = made.weighed
    assert (weighed.spared, weighed.rejected, weighed.lost, weighed.confirmed) == (7, 9, 0, 12)
    assert len(weighed.examples) == 7
    assert weighed.light is Light.NIGHT
    assert street.zones() == camera().zones  # nothing has changed by itself
    assert [r.action for r in street.office.trail()][-1] == "propose"


def test_nothing_is_proposed_of_few_or_where_confirmed_ones_would_be_lost(street):
    for i in range(4):
        street.happened(24 + i, decided=REJECT)
    assert street.propose() == []
    for i in range(6):
        street.happened(24 + i, decided=REJECT)
    street.happened(21, decided=CONFIRM)
    assert street.propose() == []


@pytest.mark.parametrize("reason", [RejectReason.DUPLICATE, RejectReason.TEST, RejectReason.PERMITTED])
def test_other_reasons_blame_no_threshold(street, reason):
    for i in range(8):
        street.happened(24 + i, decided=REJECT, reason=reason)
    assert street.propose() == []


def test_accepting_changes_the_zone_as_the_editor_does_and_one_click_takes_it_back(street):
    seven_short_ones(street)
    (made,) = street.propose()
    for who in ("observer", "officer"):
        with pytest.raises(NotAllowed):
            street.answer(made, accept=True, who=who)
    street.answer(made, accept=True)
    assert street.zones()[0].rules == {"illegal_dumping": {"min_duration_s": 35.0}}
    assert [r.action for r in street.office.trail()][-2:] == ["set_zones", "accept_proposal"]
    with pytest.raises(Conflict):
        street.answer(made, accept=False, reason="muộn")
    back = RevertProposal(proposal_id=made.id)
    with pytest.raises(NotAllowed):
        street.office.desk.handle(back, street.office.actor("officer"))
    street.office.desk.handle(back, street.office.actor("supervisor"))
    assert street.zones() == camera().zones
    (view,) = proposals_view(street.office.store, street.office.actor("supervisor"))
    assert view.proposal.state is ProposalState.REVERTED
    assert [s.state for s in view.proposal.steps] == [ProposalState.ACCEPTED, ProposalState.REVERTED]
    assert view.decided_by == "Người supervisor"


def test_what_somebody_changed_meanwhile_is_never_overwritten(street):
    seven_short_ones(street)
    (made,) = street.propose()
    zone = replace(street.zones()[0], rules={"illegal_dumping": {"min_duration_s": 28.0}})
    edit = SetZones(camera_id=CameraId("nga-ba-cho"), zones=(zone,))
    street.office.desk.handle(edit, street.office.actor("supervisor"))
    with pytest.raises(Conflict):
        street.answer(made, accept=True)
    (renewed,) = street.propose()
    assert (renewed.id, renewed.old, renewed.new) == (made.id, 28.0, 35.0)
    street.answer(renewed, accept=True)
    gone = SetZones(camera_id=CameraId("nga-ba-cho"), zones=())
    street.office.desk.handle(gone, street.office.actor("supervisor"))
    with pytest.raises(Conflict):
        street.office.desk.handle(RevertProposal(proposal_id=made.id), street.office.actor("supervisor"))
    assert street.zones() == ()


def test_declining_needs_a_reason_and_holds_until_much_more_speaks_for_it(street):
    seven_short_ones(street)
    (made,) = street.propose()
    with pytest.raises(BadInput):
        street.answer(made, accept=False, reason="  ")
    street.answer(made, accept=False, reason="Ban đêm cần báo sớm")
    assert [p.state for p in street.propose()] == [ProposalState.DECLINED]
    for i in range(7):
        street.happened(24 + i, decided=REJECT)
    again = street.propose()
    assert [p.state for p in again] == [ProposalState.OPEN, ProposalState.DECLINED]
    assert again[0].weighed.spared == 14


def told(kind, n, length_s, figures, *, confirmed=False):
    """Decided incidents of one rule at one zone, with the figures that their hits told."""
    state = IncidentState.CONFIRMED if confirmed else IncidentState.REJECTED
    found = []
    for i in range(n):
        one = replace(decided(i, state), kind=kind, box=None)
        reason = None if confirmed else RejectReason.NOTHING_THERE
        found.append(Example(one, reason, figures, length_s))
    return found


def proposed(kind, *parts, rules=None):
    watched = camera(zones=(zone(name="goc-pho", rules={kind: rules or {}}),))
    return [(s.setting, s.new, s.weighed.spared) for s in suggestions(watched, [e for p in parts for e in p])]


@pytest.mark.parametrize("kind", ["red_light", "jump_start"])
def test_a_crossing_is_weighed_by_how_long_the_lamp_was_red_not_by_how_long_it_took(kind):
    assert proposed(kind, told(kind, 8, 1.5, {"red_s": 30.0})) == [], "no wait forgives running a red light"
    assert proposed(kind, told(kind, 8, 1.5, {})) == [], "nobody knows for how long it was red"
    early = told(kind, 8, 1.5, {"red_s": 0.7})
    assert proposed(kind, early, told(kind, 9, 1.5, {"red_s": 9.0}, confirmed=True)) == [("min_duration_s", 1.0, 8)]
    assert proposed(kind, early, told(kind, 1, 1.5, {"red_s": 0.6}, confirmed=True)) == []


def test_what_may_have_grown_since_it_was_told_spares_nobody_and_may_lose_somebody():
    alone = told("illegal_dumping", 6, 200.0, {"unattended_s": 4.0})
    seen = told("illegal_dumping", 3, 90.0, {"unattended_s": 60.0}, confirmed=True)
    assert proposed("illegal_dumping", alone, seen) == [], "they lay there for 200 s, perhaps alone all the while"
    queued = told("illegal_parking", 6, 130.0, {"stopped_s": 125.0})
    parked = told("illegal_parking", 1, 900.0, {"stopped_s": 128.0}, confirmed=True)
    assert [s for s, *_ in proposed("illegal_parking", queued)] == ["min_duration_s"]
    assert proposed("illegal_parking", queued, parked) == [], "it may have counted for 128 s only"


def test_of_two_thresholds_that_spare_as_many_the_longer_wait_is_proposed():
    found = told("illegal_dumping", 6, 24.0, {"unattended_s": 5.0})
    assert proposed("illegal_dumping", found) == [("min_duration_s", 25.0, 6)]


def test_things_are_counted_whole_and_a_share_has_an_end():
    heaps = told("rubbish_heap", 6, 900.0, {"pieces": 2.0, "area_share": 0.9999})
    kept = told("rubbish_heap", 1, 200.0, {"pieces": 4.0, "area_share": 0.9999}, confirmed=True)
    assert proposed("rubbish_heap", heaps, kept) == [("min_pieces", 3.0, 6)]


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("fight", {"turmoil": 0.09, "persons": 2.0}),
        ("crowd", {"persons": 13.0}),
        ("wrong_way", {"advance_units": 1.2}),
        ("obstruction", {"free_width_m": 1.0, "free_m": 1.0}),
    ],
)
def test_what_a_hit_says_of_its_first_moment_proposes_nothing(kind, figures):
    found = told(kind, 8, 40.0, figures)
    assert proposed(kind, found, told(kind, 1, 5.0, {}, confirmed=True)) == []


def test_what_newer_decisions_no_longer_bear_out_is_withdrawn(street):
    seven_short_ones(street)
    street.propose()
    street.happened(22, decided=CONFIRM)
    (gone,) = street.propose()
    assert gone.state is ProposalState.WITHDRAWN
    assert [r.action for r in street.office.trail()][-1] == "withdraw_proposal"


def test_a_spot_where_only_false_ones_lie_is_proposed_to_be_left_out(street):
    for i in range(6):
        street.happened(40, decided=REJECT, box=Box(0.70 + 0.004 * i, 0.60, 0.06, 0.05))
    for i in range(5):
        street.happened(30 + i, decided=CONFIRM, box=Box(0.2, 0.3, 0.06, 0.05))
    (made,) = street.propose()
    assert made.setting == ""
    assert made.spot.contains(Box(0.70, 0.60, 0.06, 0.05).centre)
    assert not made.spot.contains(Box(0.2, 0.3, 0.06, 0.05).centre)
    assert (made.weighed.spared, made.weighed.lost) == (6, 0)
    street.answer(made, accept=True)
    added = street.zones()[-1]
    assert (added.id, added.purpose, added.polygon) == ("bo-qua-1", Purpose.IGNORE, made.spot)
    street.office.desk.handle(RevertProposal(proposal_id=made.id), street.office.actor("supervisor"))
    assert street.zones() == camera().zones


def test_no_spot_is_left_out_where_a_longer_wait_does_it(street):
    for i in range(6):
        street.happened(22 + i, decided=REJECT, box=Box(0.70 + 0.004 * i, 0.60, 0.06, 0.05))
    (made,) = street.propose()
    assert (made.setting, made.weighed.confirmed) == ("min_duration_s", 0)


def test_a_spot_with_something_confirmed_or_half_the_picture_is_not(street):
    for _ in range(6):
        street.happened(40, decided=REJECT, box=Box(0.70, 0.60, 0.06, 0.05))
    street.happened(40, decided=CONFIRM, box=Box(0.71, 0.60, 0.06, 0.05))
    for _ in range(6):
        street.happened(40, decided=REJECT, box=Box(0.1, 0.1, 0.6, 0.5))
    assert street.propose() == []


def test_the_interval_is_wilsons():
    low, high = wilson(8, 10)  # the textbook's example
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == pytest.approx(1.0)


def decided(n: int, state: IncidentState, **changes):
    moves = {IncidentState.REJECTED: REJECT, IncidentState.CONFIRMED: CONFIRM}
    one = incident(id=f"i{n}", at=at(n * DAY_S), light=Light.DAY, **changes)
    if state not in moves:
        return replace(one, state=state)
    one = replace(one, state=IncidentState.IN_REVIEW, reviewer="p")
    return one.moved(
        moves[state], at=at(n * DAY_S + 60), who="p", reason=changes.pop("reason", RejectReason.NOTHING_THERE)
    )


def test_precision_counts_what_people_decided_and_says_when_that_is_too_little():
    many = [decided(i, IncidentState.CONFIRMED) for i in range(9)]
    assert precision(many).kinds[0][1].share is None
    many += [decided(20 + i, IncidentState.REJECTED) for i in range(3)]
    many += [decided(40, IncidentState.NOT_REVIEWED), decided(41, IncidentState.SUSPECTED)]
    many += [replace(decided(50, IncidentState.CONFIRMED), source=Source.PERSON)]
    ((kind, tally),) = precision(many).kinds
    assert kind == "illegal_dumping"
    assert (tally.confirmed, tally.rejected, tally.not_reviewed, tally.waiting) == (9, 3, 1, 1)
    assert tally.share == 0.75
    assert tally.interval == wilson(9, 12)
    assert tally.decided >= LEAST_DECIDED


def test_duplicates_and_tests_are_set_aside():
    twice = replace(decided(1, IncidentState.CONFIRMED), state=IncidentState.IN_REVIEW)
    twin = twice.moved(REJECT, at=at(99), who="p", reason=RejectReason.DUPLICATE)
    ((_, tally),) = precision([twin]).kinds
    assert (tally.confirmed, tally.rejected, tally.set_aside) == (0, 0, 1)


def test_rows_are_by_camera_and_light_and_weeks_begin_on_monday():
    told = [decided(i, IncidentState.CONFIRMED) for i in range(8)]  # from a Thursday on
    told.append(replace(decided(8, IncidentState.CONFIRMED), light=Light.NIGHT))
    told.append(replace(decided(9, IncidentState.CONFIRMED), camera_id=CameraId("khac"), light=None))
    figures = precision(told)
    assert [(r.camera_id, r.light, r.tally.confirmed) for r in figures.rows] == [
        ("khac", None, 1),
        ("nga-ba-cho", Light.DAY, 8),
        ("nga-ba-cho", Light.NIGHT, 1),
    ]
    assert [w.tally.confirmed for w in figures.weeks] == [4, 6]


def test_the_view_holds_the_light_that_the_hit_was_seen_in(street):
    street.happened(30, decided=CONFIRM, light=Light.INFRARED)
    view = precision_view(street.office.store, at(0), street.office.actor("observer"))
    assert [(r.kind, r.light) for r in view.figures.rows] == [("illegal_dumping", Light.INFRARED)]
    assert not view.cut_off
