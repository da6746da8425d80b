"""Accounts and sessions. Passwords and tokens arrive hashed; what is stored can sign nobody in."""

from dataclasses import replace

from matpho.casework.commands import (
    AddPerson,
    ChangePerson,
    ChangeSelf,
    NoteRefusedSignIn,
    OfferSetup,
    SetUp,
    SignIn,
    SignOut,
)
from matpho.casework.records import Session
from matpho.casework.work import Work, name_of
from matpho.domain.events import PeopleChanged
from matpho.domain.ids import PersonId, new_id
from matpho.domain.people import Action, Part, Person, Role, require
from matpho.errors import BadInput, Conflict, NotAllowed, NotFound

WARD_NAME = "ward_name"
LANGUAGES = ("vi", "en")


def _new(work: Work, login: str, name: str, role: Role, password_hash: str) -> Person:
    login, name = login.strip().lower(), name.strip()
    if not (2 <= len(login) <= 64) or not all(c.isalnum() or c in "._-@" for c in login):
        raise BadInput(
            "a user name has 2 to 64 letters, digits or . _ - @",
            "tên đăng nhập gồm 2 đến 64 chữ cái, chữ số hoặc . _ - @",
        )
    if not (1 <= len(name) <= 120):
        raise BadInput("the name is missing or too long", "họ tên còn trống hoặc quá dài")
    if work.unit.people.by_login(login) is not None:
        raise Conflict(f"the user name {login} is taken", f"tên đăng nhập {login} đã có người dùng")
    person = Person(
        id=PersonId(new_id(work.at)), login=login, name=name, role=role, password_hash=password_hash, created=work.at
    )
    work.unit.people.put(person)
    work.tell(PeopleChanged(person.id))
    return person


def offer_setup(work: Work, command: OfferSetup) -> None:
    """Make a set-up link hold, as long as nobody has an account."""
    require(work.actor, Action.KEEP_HOUSE, Part.PEOPLE)
    if work.unit.people.all():
        raise Conflict("the system is set up already", "hệ thống đã được thiết lập")
    work.unit.people.offer_setup(command.token_hash, command.expires)


def set_up(work: Work, command: SetUp) -> None:
    """Open the first account with the set-up link, which then holds no longer."""
    if work.unit.people.all() or not work.unit.people.setup_open(command.token_hash, work.at):
        raise NotAllowed(
            "this set-up link does not hold (any more)", "liên kết thiết lập không đúng hoặc đã hết hiệu lực"
        )
    ward = command.ward_name.strip()
    if not (1 <= len(ward) <= 120):
        raise BadInput("the ward's name is missing or too long", "tên phường còn trống hoặc quá dài")
    person = _new(work, command.login, command.name, Role.ADMIN, command.password_hash)
    work.unit.notes.put(WARD_NAME, ward)
    work.unit.people.close_setup()
    work.audit("set_up", name_of(person))


def add(work: Work, command: AddPerson) -> None:
    """Open an account."""
    require(work.actor, Action.SEE, Part.PEOPLE)
    person = _new(work, command.login, command.name, command.role, command.password_hash)
    require(work.actor, Action.ADD, person)
    work.audit("add_person", name_of(person), {"role": person.role.value})


def _person(work: Work, person_id: PersonId | None) -> Person:
    person = work.unit.people.get(person_id) if person_id is not None else None
    if person is None:
        raise NotFound("there is no such person", "không có người này")
    return person


def change(work: Work, command: ChangePerson) -> None:
    """Change an account. The last administrator can be neither closed nor demoted."""
    old = _person(work, command.person_id)
    require(work.actor, Action.CHANGE, old)
    new = replace(
        old,
        name=old.name if command.name is None else command.name.strip() or old.name,
        role=old.role if command.role is None else command.role,
        password_hash=old.password_hash if command.password_hash is None else command.password_hash,
        active=old.active if command.active is None else command.active,
    )
    admins = [p for p in work.unit.people.all() if p.active and p.role is Role.ADMIN and p.id != old.id]
    if not admins and not (new.active and new.role is Role.ADMIN):
        raise Conflict("somebody has to remain administrator", "phải còn ít nhất một quản trị viên")
    work.unit.people.put(new)
    fresh_start = (new.role, new.password_hash, new.active) != (old.role, old.password_hash, old.active)
    if fresh_start:
        work.unit.people.drop_sessions(person_id=new.id)
    detail = {"role": new.role.value, "active": new.active, "password": new.password_hash != old.password_hash}
    work.audit("change_person", name_of(new), detail)
    work.tell(PeopleChanged(new.id))


def change_self(work: Work, command: ChangeSelf) -> None:
    """Change one's own language or password; a new password ends one's other sessions."""
    old = _person(work, work.actor.id)
    if command.language is not None and command.language not in LANGUAGES:
        raise BadInput(f"no such language: {command.language}", f"không có ngôn ngữ {command.language}")
    new = replace(old, language=command.language or old.language)
    if command.password_hash is not None:
        new = replace(new, password_hash=command.password_hash)
        kept = work.unit.people.session(command.keep_session)
        work.unit.people.drop_sessions(person_id=new.id)
        if kept is not None and kept.person_id == new.id:
            work.unit.people.add_session(kept)
        work.audit("change_password", name_of(new))
    work.unit.people.put(new)
    work.tell(PeopleChanged(new.id))


def sign_in(work: Work, command: SignIn) -> None:
    """Start a session; sessions that have expired are swept on the way."""
    person = _person(work, work.actor.id)
    work.unit.people.drop_sessions(expired_at=work.at)
    work.unit.people.add_session(
        Session(
            token_hash=command.token_hash,
            person_id=person.id,
            csrf=command.csrf,
            created=work.at,
            expires=command.expires,
        )
    )
    work.audit("sign_in", name_of(person))


def refused_sign_in(work: Work, command: NoteRefusedSignIn) -> None:
    """Audit that somebody tried and failed."""
    work.audit("sign_in_refused", "part:people", {"login_sha256": command.login_hash})


def sign_out(work: Work, command: SignOut) -> None:
    """End a session; one's own only."""
    session = work.unit.people.session(command.token_hash)
    if session is None or session.person_id != work.actor.id:
        return
    work.unit.people.drop_session(command.token_hash)
    work.audit("sign_out", name_of(_person(work, session.person_id)))
