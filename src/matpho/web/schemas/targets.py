"""Where the program tells things by itself, and how that goes."""

from matpho.web.schemas.base import SaidBody, Shape, Time


class TargetBody(Shape):
    """One target. ``wrong`` says why it cannot be used as it is set up; null: it can."""

    name: str
    sort: str
    place: str
    kinds: list[str]
    wrong: SaidBody | None
    waiting: int
    dead: int
    oldest_waiting: Time | None
    last_sent: Time | None
    last_error: SaidBody | None
    last_error_at: Time | None


class DeadLetterBody(Shape):
    """A message that was given up."""

    id: str
    target: str
    kind: str
    created: Time
    tries: int
    error: SaidBody


class TargetsBody(Shape):
    """All targets that are set up, and the newest messages that were given up."""

    targets: list[TargetBody]
    dead: list[DeadLetterBody]
