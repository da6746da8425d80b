"""The audit trail: append-only rows, each hashed over the one before it, so that a change or a hole shows.

Rows hold ids and hashes only; names live in the people rows and can be erased without breaking the chain. The chain is
the one of Schneier and Kelsey, "Secure audit logs to support computer forensics" (1999), without its per-row keys: who
can rewrite the whole database can rewrite the chain, so its newest hash belongs on paper now and then.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from matpho.domain.ids import PersonId
from matpho.domain.time import Instant

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act. ``thing`` is ``camera:<id>``, ``incident:<id>`` …; ``detail`` has ids, hashes and figures, no names."""

    number: int
    at: Instant
    who: PersonId | None
    action: str
    thing: str
    detail: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    previous: str = GENESIS
    hash: str = ""


def digest(row: AuditRow) -> str:
    """SHA-256 (hex) over the row's content and the hash of the row before it, as canonical JSON."""
    content = [row.previous, row.number, row.at, row.who, row.action, row.thing, dict(row.detail)]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chained(row: AuditRow, last: AuditRow | None) -> AuditRow:
    """The row as it follows ``last``: numbered and hashed."""
    linked = replace(row, number=last.number + 1 if last else 1, previous=last.hash if last else GENESIS)
    return replace(linked, hash=digest(linked))


def first_break(rows: Iterable[AuditRow]) -> int | None:
    """The number of the first row that is altered, missing or out of place; None where the chain holds.

    ``rows`` are all rows in order of their numbers. Cutting off the newest rows cannot be seen from the chain alone.
    """
    number, previous = 1, GENESIS
    for row in rows:
        if row.number != number or row.previous != previous or row.hash != digest(row):
            return number
        number, previous = number + 1, row.hash
    return None
