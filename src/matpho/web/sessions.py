"""Sessions: who a cookie belongs to, until when, and how one starts and ends."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from matpho.casework import commands as c
from matpho.casework.desk import Desk
from matpho.casework.ports import Store
from matpho.domain.people import PROGRAM, Actor, Person, actor_of
from matpho.domain.time import Clock, after
from matpho.web.auth import Passwords, csrf_for, new_token, token_hash

_LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, as loaded for this request."""

    person: Person
    actor: Actor
    session: str  # the hash of their cookie


class Idle:
    """When each session was last used, in memory: a restart gives everybody a fresh idle span, no more."""

    def __init__(self, clock: Clock, idle_s: float, room: int = 10_000) -> None:
        self._clock = clock
        self._idle_s = idle_s
        self._room = room
        self._used: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def alive(self, session: str, *, touch: bool) -> bool:
        """Whether the session was used lately; ``touch`` counts as use."""
        now = self._clock.monotonic_s()
        with self._lock:
            last = self._used.get(session, now)
            if now - last > self._idle_s:
                return False
            if touch or session not in self._used:
                self._used[session] = now
                self._used.move_to_end(session)
            while len(self._used) > self._room:
                self._used.popitem(last=False)
            return True


class Sessions:
    """Over casework's accounts: this class adds tokens, passwords and the idle limit, and keeps nothing else."""

    def __init__(
        self, desk: Desk, store: Store, clock: Clock, passwords: Passwords, *, session_s: float, idle_s: float
    ) -> None:
        self._desk = desk
        self._store = store
        self._clock = clock
        self._session_s = session_s
        self._idle = Idle(clock, idle_s)
        self.passwords = passwords

    def find(self, token: str | None, *, touch: bool = True) -> Visitor | None:
        """Who the cookie belongs to; None for no, unknown, expired or idle sessions and closed accounts."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        return self.find_hash(token_hash(token), touch=touch)

    def find_hash(self, hashed: str, *, touch: bool = False) -> Visitor | None:
        """The same for a session that was found before."""
        with self._store.read() as unit:
            session = unit.people.session(hashed)
            person = unit.people.get(session.person_id) if session else None
        if session is None or person is None or not person.active or self._clock.now() >= session.expires:
            return None
        if not self._idle.alive(hashed, touch=touch):
            self._desk.handle(c.SignOut(token_hash=hashed), actor_of(person))
            return None
        return Visitor(person, actor_of(person), hashed)

    def check(self, login: str, password: str) -> Person | None:
        """The person whose name and password these are; the time taken does not say which of the two was wrong."""
        with self._store.read() as unit:
            person = unit.people.by_login(login.strip())
        known = person if person is not None and person.active else None
        if not self.passwords.verify(known.password_hash if known else None, password):
            self._desk.handle(c.NoteRefusedSignIn(login_hash=token_hash(login.strip().lower())), PROGRAM)
            return None
        return known

    def start(self, person: Person, old_token: str | None = None) -> str:
        """A new session; one that this browser had before ends. The token for its cookie."""
        self.end(old_token)
        token = new_token()
        expires = after(self._clock.now(), self._session_s)
        self._desk.handle(
            c.SignIn(token_hash=token_hash(token), csrf=csrf_for(token), expires=expires), actor_of(person)
        )
        return token

    def end(self, token: str | None) -> None:
        """Sign out, whoever's session it is; nothing happens when it is none."""
        visitor = self.find(token, touch=False)
        if visitor is not None:
            self._desk.handle(c.SignOut(token_hash=visitor.session), visitor.actor)
