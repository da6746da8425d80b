"""Accounts, sessions, and the one set-up token."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from matpho.casework.records import Session
from matpho.domain.ids import PersonId
from matpho.domain.people import Person, Role
from matpho.domain.time import Instant
from matpho.errors import Conflict
from matpho.plugins.stores.rows import put
from matpho.plugins.stores.schema import people, sessions, setup_tokens


def _person(row: Any) -> Person:
    return Person(
        id=PersonId(row.id),
        login=row.login,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        language=row.language,
        active=row.active,
        created=Instant(row.created_ns),
    )


class SqlPeople:
    """The tables ``people``, ``sessions`` and ``setup_tokens``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, person: Person) -> None:
        """Store a new or changed person; raises Conflict when the login belongs to somebody else."""
        values = {
            "id": person.id,
            "login": person.login.lower(),
            "name": person.name,
            "role": person.role.value,
            "password_hash": person.password_hash,
            "language": person.language,
            "active": person.active,
            "created_ns": person.created,
        }
        try:
            with self._db.begin_nested():
                put(self._db, people, values)
        except IntegrityError as e:
            raise Conflict(
                f"the user name {person.login} is taken", f"tên đăng nhập {person.login} đã có người dùng"
            ) from e

    def get(self, person_id: PersonId) -> Person | None:
        """Load one."""
        row = self._db.execute(sa.select(people).where(people.c.id == person_id)).first()
        return _person(row) if row is not None else None

    def by_login(self, login: str) -> Person | None:
        """Load one by login, letter case aside."""
        row = self._db.execute(sa.select(people).where(people.c.login == login.strip().lower())).first()
        return _person(row) if row is not None else None

    def all(self) -> tuple[Person, ...]:
        """All, by login."""
        return tuple(_person(row) for row in self._db.execute(sa.select(people).order_by(people.c.login)))

    def add_session(self, session: Session) -> None:
        """Store a session."""
        self._db.execute(
            sa.insert(sessions).values(
                token_hash=session.token_hash,
                person_id=session.person_id,
                csrf=session.csrf,
                created_ns=session.created,
                expires_ns=session.expires,
            )
        )

    def session(self, token_hash: str) -> Session | None:
        """Load one, expired or not."""
        row = self._db.execute(sa.select(sessions).where(sessions.c.token_hash == token_hash)).first()
        if row is None:
            return None
        return Session(
            token_hash=row.token_hash,
            person_id=PersonId(row.person_id),
            csrf=row.csrf,
            created=Instant(row.created_ns),
            expires=Instant(row.expires_ns),
        )

    def drop_session(self, token_hash: str) -> None:
        """End one."""
        self._db.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))

    def drop_sessions(self, *, person_id: PersonId | None = None, expired_at: Instant | None = None) -> None:
        """End all of a person, or all that expired at or before an instant; both given: those that are both."""
        conditions = []
        if person_id is not None:
            conditions.append(sessions.c.person_id == person_id)
        if expired_at is not None:
            conditions.append(sessions.c.expires_ns <= expired_at)
        if conditions:
            self._db.execute(sa.delete(sessions).where(*conditions))

    def offer_setup(self, token_hash: str, expires: Instant) -> None:
        """Make this the only set-up token."""
        self.close_setup()
        self._db.execute(sa.insert(setup_tokens).values(token_hash=token_hash, expires_ns=expires))

    def setup_open(self, token_hash: str, now: Instant) -> bool:
        """Whether this is the set-up token and still holds."""
        c = setup_tokens.c
        query = sa.select(c.token_hash).where(c.token_hash == token_hash, c.expires_ns > now)
        return self._db.scalar(query) is not None

    def close_setup(self) -> None:
        """Forget the set-up token."""
        self._db.execute(sa.delete(setup_tokens))
