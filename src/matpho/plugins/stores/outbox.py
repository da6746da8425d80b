"""The outbox: letters to other systems, in order."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from matpho.casework.outgoing.records import Letter, LetterState, TargetCount
from matpho.domain.ids import new_id
from matpho.domain.time import Instant
from matpho.errors import Corrupt
from matpho.plugins.stores.rows import as_json, insert, update
from matpho.plugins.stores.schema_health import outbox


def _letter(row: Any) -> Letter:
    try:
        body = json.loads(row.body)
    except ValueError as e:
        raise Corrupt(f"letter {row.id} is damaged", f"thư {row.id} bị hỏng") from e
    return Letter(
        number=row.number,
        id=row.id,
        target=row.target,
        kind=row.kind,
        body=body,
        created=Instant(row.created_ns),
        state=LetterState(row.state),
        tries=row.tries,
        next_try=Instant(row.next_try_ns),
        done=Instant(row.done_ns) if row.done_ns is not None else None,
        error=row.error,
    )


def _values(letter: Letter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "id": letter.id,
        "target": letter.target,
        "kind": letter.kind,
        "body": as_json(dict(letter.body)),
        "created_ns": letter.created,
        "state": letter.state.value,
        "tries": letter.tries,
        "next_try_ns": letter.next_try,
        "done_ns": letter.done,
        "error": letter.error,
    }


class SqlOutbox:
    """The table ``outbox``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, target: str, kind: str, body: Mapping[str, Any], at: Instant) -> Letter:
        """Store a new letter behind all others."""
        number = (self._db.scalar(sa.select(sa.func.max(outbox.c.number))) or 0) + 1
        letter = Letter(number=number, id=new_id(at), target=target, kind=kind, body=body, created=at, next_try=at)
        insert(self._db, outbox, _values(letter))
        return letter

    def save(self, letter: Letter) -> None:
        """Store a changed letter."""
        update(self._db, outbox, _values(letter))

    def get(self, letter_id: str) -> Letter | None:
        """Load one by its id."""
        row = self._db.execute(sa.select(outbox).where(outbox.c.id == letter_id)).first()
        return _letter(row) if row is not None else None

    def head(self, target: str) -> Letter | None:
        """The letter of a target that is to be delivered next."""
        c = outbox.c
        query = sa.select(outbox).where(c.target == target, c.state == LetterState.WAITING.value)
        row = self._db.execute(query.order_by(c.number).limit(1)).first()
        return _letter(row) if row is not None else None

    def waiting(self, target: str) -> int:
        """How many letters wait for a target."""
        c = outbox.c
        query = sa.select(sa.func.count()).where(c.target == target, c.state == LetterState.WAITING.value)
        return self._db.scalar(query) or 0

    def counts(self) -> tuple[TargetCount, ...]:
        """Every target that ever had a letter that is still kept, by name."""
        names = self._db.execute(sa.select(outbox.c.target).distinct().order_by(outbox.c.target)).scalars()
        return tuple(self._count(name) for name in list(names))

    def _count(self, target: str) -> TargetCount:
        c = outbox.c
        of = dict(
            tuple(row)
            for row in self._db.execute(sa.select(c.state, sa.func.count()).where(c.target == target).group_by(c.state))
        )
        waiting = self._db.scalar(
            sa.select(sa.func.min(c.created_ns)).where(c.target == target, c.state == LetterState.WAITING.value)
        )
        sent = self._db.scalar(
            sa.select(sa.func.max(c.done_ns)).where(c.target == target, c.state == LetterState.SENT.value)
        )
        failed = self._db.execute(
            sa.select(c.error, c.done_ns).where(c.target == target, c.error != "").order_by(c.number.desc()).limit(1)
        ).first()
        return TargetCount(
            target=target,
            waiting=of.get(LetterState.WAITING.value, 0),
            dead=of.get(LetterState.DEAD.value, 0),
            oldest_waiting=Instant(waiting) if waiting is not None else None,
            last_sent=Instant(sent) if sent is not None else None,
            last_error=failed.error if failed is not None else "",
            last_error_at=Instant(failed.done_ns) if failed is not None and failed.done_ns is not None else None,
        )

    def dead(self, limit: int) -> tuple[Letter, ...]:
        """Letters that were given up, newest first."""
        c = outbox.c
        query = sa.select(outbox).where(c.state == LetterState.DEAD.value).order_by(c.number.desc()).limit(limit)
        return tuple(_letter(row) for row in self._db.execute(query))

    def prune(self, sent_before: Instant, most_dead: int) -> None:
        """Forget letters sent before an instant, and the oldest of too many dead ones."""
        c = outbox.c
        self._db.execute(sa.delete(outbox).where(c.state == LetterState.SENT.value, c.done_ns < sent_before))
        dead = sa.select(c.number).where(c.state == LetterState.DEAD.value).order_by(c.number.desc())
        last = self._db.scalar(dead.offset(most_dead).limit(1))
        if last is not None:
            self._db.execute(sa.delete(outbox).where(c.state == LetterState.DEAD.value, c.number <= last))
