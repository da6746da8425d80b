"""From what happened to letters, in the same transaction: what is stored is told, and what is undone is not.

A letter holds ids, kinds, states, names of places and links back to the page. It never holds footage or a person's
name, and of an incident it says that it is suspected: nothing that leaves by itself is a sanction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import TROUBLES
from matpho.casework.health.words import sentence, whose
from matpho.casework.outgoing.reasons import GIVEN_UP
from matpho.casework.outgoing.records import LetterState
from matpho.casework.work import Work
from matpho.domain.events import AlarmTold, IncidentChanged, IncidentOpened
from matpho.domain.kinds import described
from matpho.domain.time import to_iso
from matpho.domain.words import Said

MOST_WAITING = 5000
"""Letters that wait for one target; of more the oldest are given up."""
NOTICE = Said(
    "Đây là nghi vấn do phần mềm đưa ra; chỉ con người mới kết luận. Hãy mở liên kết để xem xét.",
    "This is a suspicion raised by software; only people decide. Open the link to review it.",
)
_NO_MOVE = {"opened", "reported", "joined", "note"}


@dataclass(frozen=True, slots=True)
class Target:
    """Who is told of which kinds, by their beginnings: ``incident``, ``health.raised`` …"""

    name: str
    kinds: tuple[str, ...]

    def wants(self, kind: str) -> bool:
        """Whether this kind is for it."""
        return any(kind == k or kind.startswith(f"{k}.") for k in self.kinds)


def _said(words: Said) -> dict[str, str]:
    return {"vi": words.vi, "en": words.en}


class Letters:
    """Writes the letters of each command's events. ``address`` is what people type to reach the page."""

    def __init__(self, targets: Sequence[Target], address: str) -> None:
        self._targets, self._address = tuple(targets), address.rstrip("/")

    def __call__(self, work: Work) -> None:
        """Store the letters; the desk calls this before it commits."""
        if not self._targets:
            return
        for kind, body in self._bodies(work):
            for target in self._targets:
                if target.wants(kind):
                    self._add(work, target.name, kind, body)

    def _add(self, work: Work, target: str, kind: str, body: Mapping[str, Any]) -> None:
        outbox = work.unit.outbox
        outbox.add(target, kind, body, work.at)
        if outbox.waiting(target) > MOST_WAITING and (oldest := outbox.head(target)) is not None:
            outbox.save(replace(oldest, state=LetterState.DEAD, done=work.at, error=GIVEN_UP))

    def _bodies(self, work: Work) -> Iterator[tuple[str, dict[str, Any]]]:
        for event in work.events:
            match event:
                case IncidentOpened() | IncidentChanged() if work.incident(event.incident_id).trial is not None:
                    continue  # acted out: nobody outside is to come running
                case IncidentOpened():
                    yield "incident.opened", self._incident(work, event)
                case IncidentChanged():
                    if self._moved(work, event):
                        yield "incident.changed", self._incident(work, event)
                case AlarmTold():
                    found = [work.unit.health.problem(i) for i in event.problem_ids]
                    problems = [p for p in found if p is not None]
                    if problems:
                        yield f"health.{event.why}", self._health(work, event.why, problems)

    @staticmethod
    def _moved(work: Work, event: IncidentChanged) -> bool:
        """Whether somebody moved it just now; that a rule saw it again is no news to the outside."""
        history = work.incident(event.incident_id).history
        return bool(history) and history[-1].at == work.at and history[-1].action not in _NO_MOVE

    def _incident(self, work: Work, event: IncidentOpened | IncidentChanged) -> dict[str, Any]:
        incident = work.incident(event.incident_id)
        kind = described(incident.kind)
        camera = work.unit.cameras.get(incident.camera_id)
        return {
            "incident": {
                "id": incident.id,
                "kind": incident.kind,
                "kind_name": _said(kind.name),
                "state": event.state.value,
                "camera_id": incident.camera_id,
                "camera_name": camera.name if camera else "",
                "at": to_iso(incident.at),
                "advisory": incident.advisory,
                "staged": incident.staged,
                "version": event.version,
                "link": f"{self._address}/#/incidents/{incident.id}",
            },
            "notice": _said(NOTICE),
        }

    def _health(self, work: Work, why: str, problems: Sequence[Problem]) -> dict[str, Any]:
        names = {str(k): v for k, v in work.unit.cameras.names().items()}
        return {
            "why": why,
            "problems": [
                {
                    "id": p.id,
                    "trouble": p.trouble,
                    "severity": p.severity.value,
                    "subject": p.subject,
                    "camera_id": p.camera_id,
                    "about": _said(whose(p, names)),
                    "text": _said(sentence(p)),
                    "advice": _said(TROUBLES[p.trouble].advice),
                    "since": to_iso(p.since),
                    "until": to_iso(p.until) if p.until is not None else None,
                }
                for p in problems
            ],
            "link": f"{self._address}/#/health",
        }
