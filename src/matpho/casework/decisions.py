"""What one person can do with one incident right now: the buttons of its page."""

from matpho.casework.permitted import can_be_allowed
from matpho.domain.incident import MOVES, Incident, IncidentState, Move
from matpho.domain.people import Action, Actor, may

_ORDER = (Move.START_REVIEW, Move.CONFIRM, Move.REJECT, Move.GIVE_BACK, Move.REOPEN)


def permitted(actor: Actor, incident: Incident) -> tuple[str, ...]:
    """Moves that the table has from here and the person may make, ``note`` and ``allow``.

    Confirming and rejecting are open on a suspected incident too, because they take it up for review on the way.
    """
    found: list[str] = []
    for move in _ORDER:
        action = Action.REOPEN if move is Move.REOPEN else Action.REVIEW
        possible = (incident.state, move) in MOVES or (
            incident.state is IncidentState.SUSPECTED
            and (IncidentState.IN_REVIEW, move) in MOVES
            and move is not Move.GIVE_BACK
        )
        if possible and may(actor, action, incident):
            found.append(move.value)
    if may(actor, Action.CHANGE, incident):
        found.append("note")
    if can_be_allowed(incident) and may(actor, Action.PERMIT, incident):
        found.append("allow")
    return tuple(found)
