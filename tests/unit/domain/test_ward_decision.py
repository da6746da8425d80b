"""A decision of the ward: what it must say, when it holds, and where."""

from dataclasses import replace
from datetime import date

import pytest

from matpho.domain.ids import CameraId, PersonId, ZoneId
from matpho.domain.permit import allows
from matpho.domain.time import after
from matpho.domain.ward_decision import LONGEST_DAYS, Cover, DecisionState, WardDecision, checked
from matpho.errors import BadInput
from matpho.testing.builders import at

pytestmark = pytest.mark.unit

CAMERA, ZONE = CameraId("cho"), ZoneId("san")
DECISION = WardDecision(
    id="d",
    number="12/QĐ-UBND",
    dated=date(2026, 11, 20),
    issuer="UBND phường",
    kinds=("crowd",),
    start=at(0),
    end=at(1000),
    reason="Trực chợ đêm dịp lễ",
    entered=at(-10),
    entered_by=PersonId("p1"),
)
CONFIRMED = replace(DECISION, confirmed=at(-5), confirmed_by=PersonId("p2"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": ()},
        {"kinds": ("intrusion",)},
        {"number": " "},
        {"issuer": ""},
        {"issuer": "x" * 201},
        {"reason": "ngắn"},
        {"end": at(0)},
        {"end": at(-11), "start": at(-100)},
        {"end": after(at(0), (LONGEST_DAYS + 1) * 86_400)},
    ],
)
def test_what_does_not_say_enough_or_holds_too_long_is_refused(wrong):
    with pytest.raises(BadInput) as caught:
        checked(replace(DECISION, **wrong))
    assert caught.value.vi
    assert checked(DECISION) == DECISION


def test_it_waits_comes_holds_and_ends():
    assert DECISION.state(at(5)) is DecisionState.WAITING
    assert CONFIRMED.state(at(-1)) is DecisionState.COMING
    assert CONFIRMED.state(at(0)) is DecisionState.IN_FORCE
    assert CONFIRMED.state(at(1000)) is DecisionState.ENDED
    assert replace(CONFIRMED, revoked=at(3)).state(at(5)) is DecisionState.REVOKED


def test_it_allows_its_kinds_in_its_places_in_its_time_and_nothing_else():
    everywhere = [CONFIRMED.permit_for(CAMERA)]
    assert allows(everywhere, "crowd", ZONE, at(5))
    assert not allows(everywhere, "fight", ZONE, at(5))
    assert not allows(everywhere, "crowd", ZONE, at(-1))
    assert not allows(everywhere, "crowd", ZONE, at(1000))
    one_zone = [replace(CONFIRMED, covers=(Cover(CAMERA, ZONE),)).permit_for(CAMERA)]
    assert allows(one_zone, "crowd", ZONE, at(5))
    assert not allows(one_zone, "crowd", ZoneId("khac"), at(5))
    assert replace(CONFIRMED, covers=(Cover(CameraId("khac")),)).permit_for(CAMERA) is None


def test_unconfirmed_and_revoked_ones_allow_nothing():
    assert DECISION.permit_for(CAMERA) is None
    assert replace(CONFIRMED, revoked=at(3)).permit_for(CAMERA) is None
