"""Accounts, for administrators."""

from fastapi import APIRouter

from matpho.casework import commands as c
from matpho.domain.ids import PersonId
from matpho.domain.people import Action, Part, Person, Role, require
from matpho.errors import NotFound
from matpho.web.auth import check_password
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.people import NewPerson, PersonBody, PersonChange, person_body

router = APIRouter(prefix="/api/people", tags=["people"])


def _person(here: Context, person_id: str) -> Person:
    with here.parts.store.read() as unit:
        person = unit.people.get(PersonId(person_id))
    if person is None:
        raise NotFound("There is no such account.", "Không có tài khoản này.")
    return person


@router.get("", operation_id="list_people", openapi_extra=least(Role.ADMIN), responses=errors(401, 403))
def list_people(here: Here, caller: Caller) -> list[PersonBody]:
    """All accounts, closed ones too."""
    require(caller.actor, Action.SEE, Part.PEOPLE)
    return [person_body(person) for person in here.parts.views.people()]


@router.post(
    "",
    operation_id="add_person",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 409, 422),
    status_code=201,
)
def add_person(here: Here, form: NewPerson, caller: Caller) -> PersonBody:
    """Open an account. The person should change the password at once."""
    require(caller.actor, Action.SEE, Part.PEOPLE)
    check_password(form.password, form.login)
    kept = here.sessions.passwords.hash(form.password)
    here.parts.desk.handle(
        c.AddPerson(login=form.login, name=form.name, role=form.role, password_hash=kept), caller.actor
    )
    person = here.parts.views.person_by_login(form.login)
    assert person is not None
    return person_body(person)


@router.patch(
    "/{person_id}",
    operation_id="change_person",
    openapi_extra=least(Role.ADMIN),
    responses=errors(401, 403, 404, 409, 422),
)
def change_person(here: Here, person_id: str, form: PersonChange, caller: Caller) -> PersonBody:
    """Change an account. A new role or password, and closing, end its sessions and open streams at once."""
    require(caller.actor, Action.SEE, Part.PEOPLE)
    person = _person(here, person_id)
    require(caller.actor, Action.CHANGE, person)
    kept = None
    if form.password is not None:
        check_password(form.password, person.login)
        kept = here.sessions.passwords.hash(form.password)
    command = c.ChangePerson(
        person_id=person.id, name=form.name, role=form.role, password_hash=kept, active=form.active
    )
    here.parts.desk.handle(command, caller.actor)
    here.look_again()
    return person_body(_person(here, person_id))
