from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.casework.merge import AGAIN_S, Known, are_one, find, joined, lead, same_place, specificity
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.incident import IncidentState
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
