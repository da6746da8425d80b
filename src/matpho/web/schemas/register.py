"""A camera's entry in the register."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from matpho.domain.register import LONGEST_DAYS, LONGEST_TEXT, RegisterEntry
from matpho.web.schemas.base import Form, Shape

Line = Annotated[str, Field(max_length=LONGEST_TEXT)]


class RegisterBody(Form):
    """A camera's entry in the register; texts are empty, days and numbers null where nobody has said."""

    maker: Line = ""
    model: Line = ""
    serial: Line = ""
    firmware: Line = ""
    certificate: Line = ""
    certificate_until: date | None = None
    sign_at: date | None = None
    purpose: Line = ""
    place: Line = ""
    installed_on: date | None = None
    owner: Line = ""
    warranty_until: date | None = None
    retention_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None


class RegisterLineBody(Shape):
    """One camera's line of the register. ``missing`` is what keeps its entry from being complete."""

    camera_id: str
    name: str
    staged: bool
    active: bool
    missing: list[str]
    entry: RegisterBody


def register_body(entry: RegisterEntry) -> RegisterBody:
    """An entry as the API gives it."""
    return RegisterBody.model_validate({name: getattr(entry, name) for name in RegisterBody.model_fields})


def register_entry(form: RegisterBody) -> RegisterEntry:
    """The entry that a form says."""
    values: dict[str, Any] = {name: getattr(form, name) for name in RegisterBody.model_fields}
    values |= {name: text.strip() for name, text in values.items() if isinstance(text, str)}
    return RegisterEntry(**values)
