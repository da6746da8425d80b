from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from matpho.casework.merge import AGAIN_S, Known, are_one, find, joined, lead, same_place, specificity
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.incident import IncidentState
from matpho.domain.words import Said
from matpho.testing.builders import at, hit, incident

pytestmark = pytest.mark.unit

BAG = hit()
ELSEWHERE = Box(0.8, 0.1, 0.1, 0.1)


def _again(**changes):
    return hit(**({"id": "run1-nga-ba-cho-goc-pho-illegal_dumping-2", "start": at(100), "at": at(120)} | changes))


@pytest.mark.parametrize(
    ("other", "one"),
    [
        (_again(kind="unattended_object", zone_id=None), True),  # another rule about the same thing
        (_again(thing="static:99"), True),  # the same rule lost it and found it again at its place
        (_again(thing="static:99", kind="unattended_object"), False),  # another thing for another rule
        (_again(thing="static:99", zone_id=ZoneId("khac")), False),
        (_again(thing="static:99", box=ELSEWHERE), False),
        (_again(box=ELSEWHERE), False),  # a number used again: still things do not move
        (_again(camera_id=CameraId("khac")), False),
        (_again(id="run2-nga-ba-cho-goc-pho-illegal_dumping-1", kind="unattended_object"), False),  # another run's 17
    ],
)
def test_one_thing_or_two(other, one):
    assert are_one(other, replace(BAG, end=at(60))) is one


def test_ten_minutes_later_it_is_another_one():
    ended = replace(BAG, end=at(60))
    assert are_one(_again(start=at(60 + AGAIN_S)), ended)
    assert not are_one(_again(start=at(61 + AGAIN_S)), ended)
    assert are_one(_again(start=at(5000), at=at(5020)), BAG)  # it still lasts


def test_moving_things_are_told_by_their_track():
    walker = hit(kind="intrusion", thing="track:5", end=at(30))
    further = _again(kind="intrusion", thing="track:5", box=ELSEWHERE)
    assert are_one(further, walker)
    assert not are_one(replace(further, thing="track:6"), walker)
    later = replace(further, id="run2-nga-ba-cho-goc-pho-intrusion-1")
    assert not are_one(later, walker)


def _stay(number, start, end, **changes):
    box = (Box(0.1, 0.2, 0.1, 0.3), ELSEWHERE, Box(0.4, 0.6, 0.1, 0.3))[number % 3]
    said = Said(f"Có người từ {start}.", f"A person since {start}.")
    values = {"id": f"run1-nga-ba-cho-goc-pho-intrusion-{number}", "kind": "intrusion", "thing": f"track:{number}"}
    values |= {"start": at(start), "at": at(start + 3), "end": at(end), "box": box, "why": said, "score": number / 10}
    return hit(**(values | changes))


FIRST = _stay(1, 0, 20)


@pytest.mark.parametrize(
    ("later", "changes", "one"),
    [
        (_stay(2, 80, 90), {}, True),  # out and in again, elsewhere in the zone
        (_stay(2, 10, 30), {}, True),  # two people at once
        (_stay(2, 141, 150), {}, False),  # more than two minutes after the last was seen
        (_stay(2, 80, 90, zone_id=ZoneId("khac")), {}, False),
        (_stay(2, 80, 90, kind="illegal_dumping"), {}, False),  # what was left there is another thing
        (_stay(2, 80, 90), {"state": IncidentState.IN_REVIEW}, False),  # somebody is looking already: this is news
        (_stay(2, 80, 90), {"trial": "t1"}, False),  # a test counts each scene
        (_stay(2, 80, 90), {"start": at(-AGAIN_S)}, False),  # it has taken in enough
    ],
)
def test_comings_and_goings_of_a_closed_place_are_one_visit(later, changes, one):
    known = Known(incident(**({"kind": "intrusion", "start": at(0), "at": at(3)} | changes)), (FIRST,))
    assert (find(later, [known]) is known) is one
    assert not are_one(later, FIRST), "the analysis of a file tells each stay by itself"


def test_what_happened_several_times_is_told_as_the_first_and_how_often():
    whole = joined(incident(kind="intrusion"), (FIRST, _stay(9, 80, 90)), at(100), newcomer=True)
    assert whole.why == Said("Có người từ 0. Tổng cộng 2 lần.", "A person since 0. 2 times in all.")
    assert whole.start == at(0)
    assert joined(incident(kind="intrusion"), (FIRST,), at(100), newcomer=False).why == FIRST.why


def test_a_covered_lens_and_a_cut_stream_are_two_incidents():
    covered = hit(kind="camera_tampering", thing="picture", box=None, zone_id=None)
    cut = _again(kind="camera_outage", thing="stream", box=None, zone_id=None)
    assert not are_one(cut, covered)
    assert are_one(replace(cut, id="other-nga-ba-cho-camera-camera_outage-1"), cut)


def test_same_place():
    assert same_place(Box(0, 0, 0.1, 0.1), Box(0.02, 0.02, 0.1, 0.1))
    assert same_place(Box(0, 0, 0.5, 0.5), Box(0.1, 0.1, 0.1, 0.1))  # inside
    assert not same_place(Box(0, 0, 0.1, 0.1), Box(0.09, 0.09, 0.1, 0.1))
    assert same_place(None, None)
    assert not same_place(None, Box(0, 0, 1, 1))


def test_the_most_specific_kind_names_the_incident():
    assert specificity("illegal_dumping") > specificity("obstruction") > specificity("unattended_object")
    vague = hit(id="v", kind="unattended_object", score=0.99, at=at(10))
    assert lead([vague, BAG]) is BAG
    told = joined(incident(kind="unattended_object"), [vague, BAG], at(21), newcomer=True)
    assert (told.kind, told.version) == ("illegal_dumping", 2)
    assert [entry.action for entry in told.history] == ["opened", "joined", "kind_changed"]


HEAP = hit(
    id="run1-nga-ba-cho-goc-pho-rubbish_heap-1",
    kind="rubbish_heap",
    thing="static:40",
    start=at(0),
    at=at(180),
    box=BAG.box.grown(0.1, 0.1),
    figures={"pieces": 3.0},
)


def test_a_heap_is_one_incident_with_the_bags_it_is_made_of():
    assert are_one(HEAP, BAG)
    assert are_one(BAG, HEAP)
    assert lead([BAG, HEAP]) is HEAP
    assert not are_one(replace(HEAP, box=ELSEWHERE), BAG)
    assert not are_one(replace(HEAP, camera_id=CameraId("khac")), BAG)


def test_two_bags_that_somebody_was_seen_to_leave_are_that_act_and_three_pieces_a_heap():
    seen = replace(BAG, figures={"owner_left_s": 12.0})
    two = replace(HEAP, figures={"pieces": 2.0})
    assert are_one(two, seen)
    assert lead([seen, two]) is seen
    assert lead([BAG, two]) is two
    assert lead([seen, HEAP]) is HEAP
    assert are_one(replace(seen, start=at(400), at=at(420)), HEAP), "not one incident per bag"


def test_goods_of_several_things_say_more_than_one_of_them_and_one_thing_is_what_it_was_called():
    stall = _again(kind="sidewalk_encroachment", figures={"objects": 4.0})
    assert are_one(stall, BAG), "the same largest thing"
    assert lead([BAG, stall]) is stall
    assert lead([BAG, replace(stall, figures={"objects": 1.0})]) is BAG
    in_the_way = _again(kind="obstruction", thing="static:3", box=Box(0.4, 0.6, 0.05, 0.1))
    around = replace(stall, thing="static:4", box=Box(0.35, 0.55, 0.3, 0.2))
    assert are_one(in_the_way, around)
    assert not are_one(replace(in_the_way, kind="illegal_dumping"), around), "a bag beside a stall is its own matter"


def test_bags_set_down_side_by_side_within_a_minute_are_one_act():
    assert BAG.box is not None
    next_to_it = replace(BAG.box, x=BAG.box.x + BAG.box.w)
    second = _again(thing="static:18", box=next_to_it, start=at(30), at=at(50))
    assert are_one(second, BAG)
    assert not are_one(replace(second, start=at(90), at=at(110)), BAG), "an hour later it may be somebody else"
    assert not are_one(replace(second, box=ELSEWHERE), BAG)
    assert not are_one(replace(second, kind="unattended_object"), BAG)


def test_pots_set_side_by_side_in_the_way_are_one_act():
    assert BAG.box is not None
    pot = replace(BAG, kind="obstruction")
    next_to_it = replace(BAG.box, x=BAG.box.x + BAG.box.w)
    second = _again(kind="obstruction", thing="static:18", box=next_to_it, start=at(30), at=at(90))
    assert are_one(second, pot)
    assert not are_one(replace(second, start=at(200), at=at(260)), pot)
    assert not are_one(replace(second, zone_id=ZoneId("khac")), pot)


def test_what_blocks_the_road_is_one_incident_by_whichever_name():
    heap = replace(BAG, kind="obstruction", thing="static:17")
    for kind in ("stopped_vehicle", "illegal_parking"):
        as_vehicle = _again(kind=kind, thing="track:5", zone_id=ZoneId("khac"))
        assert are_one(as_vehicle, heap)
        assert lead([heap, as_vehicle]) is as_vehicle
        assert not are_one(replace(as_vehicle, box=ELSEWHERE), heap)


def test_a_decided_incident_keeps_its_kind():
    decided = incident(kind="unattended_object", state=IncidentState.CONFIRMED)
    told = joined(decided, [BAG], at(21), newcomer=False)
    assert (told.kind, told.version, told.history) == ("unattended_object", 1, decided.history)


def test_telling_again_does_not_disturb_a_reviewer():
    longer = joined(incident(), [replace(BAG, at=at(50))], at(50), newcomer=False)
    assert (longer.version, longer.at, longer.last_seen, longer.end) == (1, at(20), at(50), None)


def test_a_hit_whose_run_died_ends_when_it_was_last_told():
    dead, alive = replace(BAG, at=at(50)), _again(at=at(600), end=at(600))
    assert joined(incident(), [dead, alive], at(600), newcomer=True).end == at(600)
    assert joined(incident(), [dead, replace(alive, at=at(90), end=at(90))], at(90), newcomer=True).end is None


def test_only_open_incidents_are_joined_and_the_same_thing_first():
    by_place = Known(incident(id="place", at=at(50)), (_again(thing="static:3", start=at(0), at=at(50)),))
    by_thing = Known(incident(id="thing"), (BAG,))
    assert find(_again(), [by_place, by_thing]) is by_thing
    closed = replace(by_thing, incident=incident(id="thing", state=IncidentState.REJECTED))
    assert find(_again(), [by_place, closed]) is by_place
    assert find(_again(), []) is None


boxes = st.builds(Box, *([st.floats(0, 0.5)] * 2), *([st.floats(0.01, 0.5)] * 2))
hits = st.builds(
    lambda n, start, length, box, kind, thing, lasts: hit(
        id=f"run1-nga-ba-cho-z-{kind}-{n}",
        start=at(start),
        at=at(start + length),
        end=None if lasts else at(start + length + 1),
        box=box,
        kind=kind,
        thing=f"static:{thing}",
    ),
    st.integers(0, 10**6),
    st.integers(0, 3000),
    st.integers(0, 300),
    boxes,
    st.sampled_from(["illegal_dumping", "unattended_object", "sidewalk_encroachment"]),
    st.integers(1, 3),
    st.booleans(),
)


@given(st.lists(hits, min_size=1, max_size=6, unique_by=lambda h: h.id))
def test_an_incident_covers_all_its_hits_in_any_order(told):
    forwards = joined(incident(kind=told[0].kind), told, at(9999), newcomer=False)
    backwards = joined(incident(kind=told[0].kind), told[::-1], at(9999), newcomer=False)
    assert forwards == backwards
    assert forwards.start == min(h.start for h in told)
    assert specificity(forwards.kind) == max(specificity(h.kind) for h in told)
    assert forwards.end is None or forwards.end >= max(h.at for h in told)


@given(hits, boxes)
def test_place_is_symmetric(one, box):
    assert same_place(one.box, box) is same_place(box, one.box)
    assert same_place(box, box)


class Merging(RuleBasedStateMachine):
    """Hits come, are told again, and end, while people decide: each hit stays with one incident, and no wrong one."""

    def __init__(self):
        super().__init__()
        self.time = 0
        self.known = []
        self.number = 0

    def _replace(self, old, new):
        self.known[self.known.index(old)] = new

    @rule(
        passed=st.integers(0, 900),
        thing=st.integers(1, 3),
        kind=st.sampled_from(["illegal_dumping", "unattended_object", "sidewalk_encroachment"]),
        place=st.integers(0, 2),
        run=st.integers(1, 2),
    )
    def a_rule_speaks(self, passed, thing, kind, place, run):
        self.time += passed
        self.number += 1
        new = hit(
            id=f"run{run}-nga-ba-cho-z-{kind}-{self.number}",
            thing=f"static:{thing}",
            kind=kind,
            start=at(self.time - 20),
            at=at(self.time),
            box=Box(0.3 * place, 0.5, 0.1, 0.1),
        )
        chosen = find(new, self.known)
        fitting = [k for k in self.known if k.incident.open and any(are_one(new, other) for other in k.hits)]
        assert (chosen is None) is (not fitting)
        if chosen is None:
            first = incident(id=f"i{self.number}", kind=kind, start=new.start, at=new.at, last_seen=new.at)
            self.known.append(Known(first, (new,)))
            return
        assert chosen in fitting
        hits = (*chosen.hits, new)
        grown = joined(chosen.incident, hits, new.at, newcomer=True)
        assert grown.version >= chosen.incident.version
        assert len(grown.history) > len(chosen.incident.history)
        self._replace(chosen, Known(grown, hits))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), passed=st.integers(0, 60), ends=st.booleans())
    def a_hit_is_told_again(self, data, passed, ends):
        self.time += passed
        old = data.draw(st.sampled_from(self.known))
        one = data.draw(st.sampled_from(old.hits))
        if one.end is not None:
            return
        again = replace(one, at=at(self.time), end=at(self.time) if ends else None)
        hits = tuple(again if h.id == one.id else h for h in old.hits)
        grown = joined(old.incident, hits, again.at, newcomer=False)
        assert grown.state is old.incident.state
        self._replace(old, Known(grown, hits))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), state=st.sampled_from(IncidentState))
    def people_decide(self, data, state):
        old = data.draw(st.sampled_from(self.known))
        self._replace(old, Known(replace(old.incident, state=state), old.hits))

    @invariant()
    def every_hit_is_with_one_incident(self):
        ids = [h.id for k in self.known for h in k.hits]
        assert len(ids) == len(set(ids)) == self.number

    @invariant()
    def every_incident_spans_its_hits(self):
        for k in self.known:
            assert k.incident.start <= min(h.start for h in k.hits)
            assert k.incident.last_seen >= max(h.at for h in k.hits)
            assert k.incident.kind in {h.kind for h in k.hits}


TestMerging = Merging.TestCase
TestMerging.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestMerging.pytestmark = pytest.mark.unit


def test_what_moves_keeps_the_box_of_the_moment_it_was_noticed_and_what_stays_grows():
    for thing, moved in (("track:3", False), ("static:3", True)):
        first = hit(thing=thing, box=Box(0.1, 0.1, 0.1, 0.2))
        later = replace(first, at=at(60), box=Box(0.6, 0.1, 0.1, 0.2))
        noticed = replace(incident(), box=first.box)
        grown = joined(noticed, (later,), later.at, newcomer=False)
        assert (grown.box == later.box) is moved


def test_who_breaks_a_rule_in_passing_is_one_incident_for_each_and_each_rule():
    first = hit(kind="red_light", thing="track:4", end=at(3))
    assert not are_one(hit(kind="red_light", thing="track:5", start=at(6)), first)
    assert not are_one(hit(kind="wrong_way", thing="track:4"), first)
    assert are_one(hit(kind="red_light", thing="track:4", start=at(1)), first)
