import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from matpho.domain.ids import PersonId
from matpho.domain.incident import MOVES, REASONS, STATE_NAMES, IncidentState, Move, RejectReason
from matpho.errors import BadInput, Conflict
from matpho.testing.builders import at, incident

pytestmark = pytest.mark.unit

OFFICER = PersonId("officer")


def test_every_state_and_reason_has_its_words():
    assert set(STATE_NAMES) == set(IncidentState)
    assert set(REASONS) == set(RejectReason)


def test_nothing_leads_from_unseen_to_confirmed():
    assert (IncidentState.SUSPECTED, Move.CONFIRM) not in MOVES
    assert (IncidentState.NOT_REVIEWED, Move.CONFIRM) not in MOVES
    assert {MOVES[key] for key in MOVES if key[1] is Move.EXPIRE} == {IncidentState.NOT_REVIEWED}


def test_giving_back_frees_it_for_others():
    taken = incident().moved(Move.START_REVIEW, at=at(1), who=OFFICER)
    assert taken.reviewer == OFFICER
    assert taken.moved(Move.GIVE_BACK, at=at(2), who=OFFICER).reviewer is None


def test_a_rejection_needs_a_reason_and_a_decision_a_person():
    taken = incident().moved(Move.START_REVIEW, at=at(1), who=OFFICER)
    with pytest.raises(BadInput, match="reason"):
        taken.moved(Move.REJECT, at=at(2), who=OFFICER)
    with pytest.raises(BadInput, match="people"):
        taken.moved(Move.CONFIRM, at=at(2), who=None)


class Incidents(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the table is kept and history only grows."""

    def __init__(self):
        super().__init__()
        self.incident = incident()
        self.seen = [self.incident]
        self.time = 100

    @rule(
        move=st.sampled_from(Move),
        who=st.sampled_from([None, PersonId("a"), PersonId("b")]),
        reason=st.sampled_from([None, *RejectReason]),
    )
    def try_to_move(self, move, who, reason):
        self.time += 1
        before = self.incident
        allowed = (before.state, move) in MOVES
        try:
            self.incident = before.moved(move, at=at(self.time), who=who, reason=reason)
        except Conflict:
            assert not allowed
        except BadInput:
            assert (move is Move.REJECT and reason is None) or (move is not Move.EXPIRE and who is None)
        else:
            assert allowed
            assert self.incident.state is MOVES[before.state, move]
            assert self.incident.version == before.version + 1
            self.seen.append(self.incident)

    @invariant()
    def history_only_grows(self):
        for older, newer in zip(self.seen, self.seen[1:], strict=False):
            assert newer.history[:-1] == older.history

    @invariant()
    def nobody_confirmed_what_nobody_reviewed(self):
        if self.incident.state in (IncidentState.CONFIRMED, IncidentState.REJECTED):
            acts = [entry.action for entry in self.incident.history if entry.who is not None]
            assert acts[-2] in ("start_review", "reopen")

    @invariant()
    def in_review_means_somebody_reviews(self):
        if self.incident.state is IncidentState.IN_REVIEW:
            assert self.incident.reviewer is not None


TestIncidents = Incidents.TestCase
TestIncidents.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestIncidents.pytestmark = pytest.mark.unit
