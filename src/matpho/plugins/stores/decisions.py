"""The ward's decisions in the database."""

from typing import Any

import sqlalchemy as sa

from matpho.domain.ward_decision import WardDecision
from matpho.plugins.stores.rows import as_json, of_json, put
from matpho.plugins.stores.schema import ward_decisions


class SqlDecisions:
    """The table ``ward_decisions``; the whole decision is its body."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, decision: WardDecision) -> None:
        """Store a new or changed one."""
        values = {"id": decision.id, "entered_ns": decision.entered, "end_ns": decision.end}
        put(self._db, ward_decisions, values | {"body": as_json(decision)})

    def get(self, decision_id: str) -> WardDecision | None:
        """Load one."""
        row = self._db.execute(sa.select(ward_decisions).where(ward_decisions.c.id == decision_id)).first()
        return None if row is None else _decision(row)

    def all(self) -> tuple[WardDecision, ...]:
        """Every one that was ever entered, the newest first."""
        newest = ward_decisions.c.entered_ns.desc(), ward_decisions.c.id.desc()
        return tuple(map(_decision, self._db.execute(sa.select(ward_decisions).order_by(*newest))))


def _decision(row: Any) -> WardDecision:
    found: WardDecision = of_json(WardDecision, row.body)
    return found
