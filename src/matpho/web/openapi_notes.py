"""What every operation says of itself in the API description: who may call it, and how it fails."""

from typing import Any

from matpho.domain.people import Role
from matpho.web.schemas.base import ErrorBody

LEAST_ROLE = "x-least-role"
PUBLIC = "public"
"""Operations that need nobody to be signed in."""

_ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "Nobody is signed in"},
    403: {"model": ErrorBody, "description": "This person may not do this, or the CSRF value is missing"},
    404: {"model": ErrorBody, "description": "There is no such object"},
    409: {"model": ErrorBody, "description": "The object has moved on"},
    422: {"model": ErrorBody, "description": "A field does not fit"},
    429: {"model": ErrorBody, "description": "Too many failed attempts"},
    503: {"model": ErrorBody, "description": "A part of the program or of the machine is not there now"},
}


def least(role: Role | None) -> dict[str, Any]:
    """The least role for which an operation can succeed (objects may ask for more); None: public."""
    return {LEAST_ROLE: PUBLIC if role is None else role.value}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The failures of an operation, for its description."""
    return {status: _ERRORS[status] for status in statuses}
