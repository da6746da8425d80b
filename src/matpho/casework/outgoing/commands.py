"""What can be asked of the desk about letters."""

from dataclasses import dataclass

from matpho.casework.outgoing.records import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleLetter:
    """Store how one attempt to deliver a letter went. ``before`` is the row that the attempt started from."""

    before: Letter
    after: Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendLetter:
    """Try a letter again that was given up; it goes behind those that wait."""

    letter_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryTarget:
    """Send a target a message that says it is a test."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyOutbox:
    """Forget what was delivered long ago."""


OutgoingCommand = SettleLetter | ResendLetter | TryTarget | TidyOutbox
