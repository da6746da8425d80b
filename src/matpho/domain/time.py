"""Time: nanoseconds since 1970 UTC, spans of it, and the clock that everything takes as an argument."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""Nanoseconds since 1970-01-01T00:00:00Z. In the analysis of a file: since its first frame."""

SECOND = 1_000_000_000
EPOCH = Instant(0)


def seconds(duration_ns: int) -> float:
    """Nanoseconds as seconds."""
    return duration_ns / SECOND


def after(at: Instant, s: float) -> Instant:
    """The instant ``s`` seconds after ``at`` (before it when negative)."""
    return Instant(at + round(s * SECOND))


def to_iso(at: Instant) -> str:
    """``2026-11-23T05:06:07.089Z``: UTC with milliseconds."""
    whole, rest = divmod(at, SECOND)
    stamp = datetime.fromtimestamp(whole, UTC)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"


def from_iso(text: str) -> Instant:
    """Parse an ISO 8601 time with an offset or ``Z``.

    Raises ValueError when the text is no time or has no offset.
    """
    stamp = datetime.fromisoformat(text)
    if stamp.tzinfo is None:
        raise ValueError(f"time without offset: {text}")
    whole = int(stamp.replace(microsecond=0).timestamp())
    return Instant(whole * SECOND + stamp.microsecond * 1000)


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open stretch of time [start, end)."""

    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"span ends before it starts: {self.start}..{self.end}")

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return seconds(self.end - self.start)

    def touches(self, other: "Span") -> bool:
        """Whether the two share an instant or meet end to start."""
        return self.start <= other.end and other.start <= self.end

    def join(self, other: "Span") -> "Span":
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class Clock(Protocol):
    """Where the time comes from; injected so that tests own it."""

    def now(self) -> Instant:
        """The wall clock."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never step; only differences mean something."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """The wall clock, UTC."""
        return Instant(time.time_ns())

    def monotonic_s(self) -> float:
        """Seconds that never step."""
        return time.monotonic()
