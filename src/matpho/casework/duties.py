"""What the desk does unasked: reads the journals, and lets incidents that nobody looked at end.

Each duty is one step that a thread of the desk's process repeats; none keeps anything in memory that is not in the
database, so a killed desk goes on where its last transaction ended.
"""

import logging
from itertools import islice

from matpho.casework.commands import ExpireIncidents, TakeFacts
from matpho.casework.desk import Desk
from matpho.casework.ports import Inbox, Store
from matpho.domain.messages import Fact
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock, after
from matpho.errors import StorageProblem

_log = logging.getLogger(__name__)

BATCH = 200
"""Facts in one transaction: a durable commit costs about as much as storing this many."""
EXPIRE_S = 72 * 3600.0
"""A suspected incident that was neither looked at nor seen again for three days ends as not reviewed."""


class Clerk:
    """Brings what the journals say into the database."""

    def __init__(self, desk: Desk, store: Store, inbox: Inbox) -> None:
        self._desk = desk
        self._store = store
        self._inbox = inbox
        self._offsets: dict[str, int] = {}  # so that a quiet journal costs no query

    def step(self) -> int:
        """Take everything that is new; the number of facts taken.

        Raises StorageProblem when the database cannot be written or a journal not be read, once all others were: the
        journals keep the facts until they can.
        """
        taken, trouble = 0, None
        for journal in self._inbox.journals():
            try:
                taken += self._drain(journal)
            except StorageProblem as e:
                trouble = trouble or e
        if trouble is not None:
            raise trouble
        return taken

    def _drain(self, journal: str) -> int:
        taken = 0
        while True:
            start = self._offset(journal)
            batch = list(islice(self._inbox.read(journal, start), BATCH))
            if not batch:
                return taken
            del self._offsets[journal]
            self._take(journal, start, batch)
            taken += len(batch)
            if len(batch) < BATCH:
                return taken

    def _offset(self, journal: str) -> int:
        """How far the journal is in the database; asked again after every batch, stored or not."""
        if journal not in self._offsets:
            with self._store.read() as unit:
                self._offsets[journal] = unit.notes.offset(journal)
        return self._offsets[journal]

    def _take(self, journal: str, start: int, batch: list[tuple[Fact, int]]) -> None:
        """Store a batch at once; where a fact of it cannot be stored, one by one, and that one is passed over."""
        facts = tuple(fact for fact, _ in batch)
        try:
            self._desk.handle(TakeFacts(journal=journal, start=start, end=batch[-1][1], facts=facts), PROGRAM)
        except StorageProblem:
            raise
        except Exception:  # noqa: BLE001 - this worker's edge: one bad fact must not stop all that follow
            _log.exception("a batch of %s could not be stored; trying its facts one by one", journal)
        else:
            return
        for fact, end in batch:
            self._take_one(journal, start, end, fact)
            start = end

    def _take_one(self, journal: str, start: int, end: int, fact: Fact) -> None:
        try:
            self._desk.handle(TakeFacts(journal=journal, start=start, end=end, facts=(fact,)), PROGRAM)
        except StorageProblem:
            raise
        except Exception:  # noqa: BLE001 - as above; the passing over is audited
            _log.exception("passing over bytes %d to %d of %s", start, end, journal)
            self._desk.handle(TakeFacts(journal=journal, start=start, end=end, facts=(), skipped=True), PROGRAM)


def expire(desk: Desk, clock: Clock, after_s: float = EXPIRE_S) -> int:
    """Let what nobody looked at end as not reviewed; how many did."""
    return len(desk.handle(ExpireIncidents(before=after(clock.now(), -after_s)), PROGRAM))
