"""Accounts."""

from matpho.domain.people import Person, Role
from matpho.web.schemas.base import Form, Shape, Time
from matpho.web.schemas.session import Language, Login, Name, Secret


class PersonBody(Shape):
    """One account."""

    id: str
    login: str
    name: str
    role: Role
    language: Language
    active: bool
    created: Time


class NewPerson(Form):
    """An account to open."""

    login: Login
    name: Name
    role: Role
    password: Secret


class PersonChange(Form):
    """What of an account changes; what is absent stays. A new password or role, or closing, ends the sessions."""

    name: Name | None = None
    role: Role | None = None
    password: Secret | None = None
    active: bool | None = None


def person_body(person: Person) -> PersonBody:
    """An account as administrators see it."""
    return PersonBody(
        id=person.id,
        login=person.login,
        name=person.name,
        role=person.role,
        language="en" if person.language == "en" else "vi",
        active=person.active,
        created=person.created,
    )
