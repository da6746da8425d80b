"""The store over SQLAlchemy 2: one writer at a time, readers beside it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from matpho.domain.time import Clock
from matpho.plugins.stores.cameras import SqlCameras
from matpho.plugins.stores.decisions import SqlDecisions
from matpho.plugins.stores.engine import address_of, engine_for, in_our_words
from matpho.plugins.stores.evidence import SqlEvidence
from matpho.plugins.stores.exports import SqlExports
from matpho.plugins.stores.health import SqlHealth
from matpho.plugins.stores.incidents import SqlHits, SqlIncidents
from matpho.plugins.stores.keeping import SqlKeeping
from matpho.plugins.stores.migrate import bring_up
from matpho.plugins.stores.outbox import SqlOutbox
from matpho.plugins.stores.people import SqlPeople
from matpho.plugins.stores.proposals import SqlProposals
from matpho.plugins.stores.recordings import SqlRecordings
from matpho.plugins.stores.register import SqlRegister
from matpho.plugins.stores.timeline import SqlTimelines
from matpho.plugins.stores.trail import SqlAudit, SqlNotes
from matpho.plugins.stores.trials import SqlTrials


class SqlUnit:
    """One transaction and its tables (see ``matpho.casework.ports.Unit``)."""

    def __init__(self, connection: sa.Connection) -> None:
        self.incidents = SqlIncidents(connection)
        self.hits = SqlHits(connection)
        self.evidence = SqlEvidence(connection)
        self.cameras = SqlCameras(connection)
        self.register = SqlRegister(connection)
        self.decisions = SqlDecisions(connection)
        self.recordings = SqlRecordings(connection)
        self.keeping = SqlKeeping(connection)
        self.timelines = SqlTimelines(connection)
        self.exports = SqlExports(connection)
        self.proposals = SqlProposals(connection)
        self.trials = SqlTrials(connection)
        self.people = SqlPeople(connection)
        self.audit = SqlAudit(connection)
        self.notes = SqlNotes(connection)
        self.health = SqlHealth(connection)
        self.outbox = SqlOutbox(connection)


class SqlStore:
    """See ``matpho.casework.ports.Store``. Opening makes or migrates the database.

    Raises BadInput for an address that cannot be used, Corrupt for a damaged file, StorageProblem otherwise.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        address = address_of(url)
        bring_up(address, clock)
        self._writer = engine_for(address, write=True)
        self._reader = engine_for(address, write=False)
        self._one_writer = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[SqlUnit]:
        """A durable transaction, undone when the block raises."""
        with self._one_writer, in_our_words(), self._writer.begin() as connection:
            yield SqlUnit(connection)

    @contextmanager
    def read(self) -> Iterator[SqlUnit]:
        """A consistent view beside any writer."""
        with in_our_words(), self._reader.connect() as connection:
            yield SqlUnit(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._reader.dispose()
        self._writer.dispose()
