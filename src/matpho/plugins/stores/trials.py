"""Commissioning tests: one row each."""

from typing import Any

import sqlalchemy as sa

from matpho.domain.time import Instant, after
from matpho.domain.trial import LONGEST_S, Trial, TrialId, TrialState
from matpho.plugins.stores.rows import as_json, of_json, put
from matpho.plugins.stores.schema import trials


def _trial(row: Any) -> Trial:
    found: Trial = of_json(Trial, row.body)
    return found


class SqlTrials:
    """The table ``trials``; see ``matpho.casework.records.Trials``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, trial: Trial) -> None:
        """Store a new or changed one."""
        values = {
            "id": trial.id,
            "state": trial.state.value,
            "started_ns": trial.started,
            "ended_ns": trial.ended,
            "sealed": bool(trial.path),
            "body": as_json(trial),
        }
        put(self._db, trials, values)

    def get(self, trial_id: TrialId) -> Trial | None:
        """Load one."""
        row = self._db.execute(sa.select(trials.c.body).where(trials.c.id == trial_id)).first()
        return _trial(row) if row is not None else None

    def newest(self, limit: int) -> tuple[Trial, ...]:
        """The newest first."""
        c = trials.c
        query = sa.select(c.body).order_by(c.started_ns.desc(), c.id.desc()).limit(limit)
        return tuple(_trial(row) for row in self._db.execute(query))

    def around(self, at: Instant) -> tuple[Trial, ...]:
        """Those that lasted at an instant, or may have; the newest first."""
        c = trials.c
        query = sa.select(c.body).where(
            c.started_ns <= at,
            c.started_ns >= after(at, -LONGEST_S),
            sa.or_(c.ended_ns.is_(None), c.ended_ns >= at),
        )
        return tuple(_trial(row) for row in self._db.execute(query.order_by(c.started_ns.desc(), c.id.desc())))

    def unsealed(self) -> Trial | None:
        """The oldest signed one whose record is not sealed yet."""
        c = trials.c
        query = sa.select(c.body).where(c.state == TrialState.SIGNED.value, c.sealed.is_(False))
        row = self._db.execute(query.order_by(c.started_ns).limit(1)).first()
        return _trial(row) if row is not None else None

    def sealed(self) -> tuple[Trial, ...]:
        """All whose record lies in the vault (for the comparison of vault and rows)."""
        c = trials.c
        query = sa.select(c.body).where(c.sealed.is_(True)).order_by(c.started_ns)
        return tuple(_trial(row) for row in self._db.execute(query))
