"""Who is signed in, signing in, and the first account."""

from typing import Annotated, Literal

from pydantic import Field

from matpho.domain.people import Person, Role
from matpho.web.schemas.base import Form, Shape

Language = Literal["vi", "en"]
Login = Annotated[str, Field(min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Secret = Annotated[str, Field(min_length=1, max_length=400, json_schema_extra={"format": "password"})]


class Me(Shape):
    """The person who is signed in."""

    id: str
    login: str
    name: str
    role: Role
    language: Language


class SessionBody(Shape):
    """What the page needs first. ``csrf`` goes into ``X-CSRF-Token`` of every unsafe request.

    ``time_zone`` is the ward's, an IANA name.
    """

    needs_setup: bool
    person: Me | None
    csrf: str
    ward_name: str
    version: str
    demo: bool
    time_zone: str


class SignIn(Form):
    """A sign-in."""

    login: Annotated[str, Field(max_length=200)]
    password: Secret


class SetupForm(Form):
    """The first account: an administrator, and the ward's name. ``token`` is from the printed link."""

    token: Annotated[str, Field(max_length=200)]
    ward_name: Name
    name: Name
    login: Login
    password: Secret


class SessionChange(Form):
    """One's own language or password. A new password needs the old one."""

    language: Language | None = None
    password: Secret | None = None
    old_password: Secret | None = None


def me(person: Person) -> Me:
    """A person as they see themselves."""
    return Me(
        id=person.id,
        login=person.login,
        name=person.name,
        role=person.role,
        language="en" if person.language == "en" else "vi",
    )
