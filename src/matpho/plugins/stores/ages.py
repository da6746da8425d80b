"""How old rows get in tables that only grow: one line per table, dropped by the desk's housekeeping, oldest first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Age:
    """Rows of ``table`` go when ``column`` (nanoseconds) is ``days`` old."""

    table: str
    column: str
    days: float


AGES = (
    Age("tracks", "end_ns", 90.0),  # no longer than the footage they were seen on may be kept
    Age("gaps", "end_ns", 800.0),
    Age("removals", "end_ns", 800.0),
)
"""The monthly minutes of removal stay: they are the record of what was deleted."""
