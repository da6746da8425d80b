"""What may stand in a zone although a rule would count it: a shop's plant pot, the bins of an alley."""

from dataclasses import dataclass
from datetime import date

from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import PersonId
from matpho.domain.time import Instant

MOST_PERMITTED = 50  # of one zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A place on the picture where something is allowed to stand, and who allowed it, when, why and until when.

    ``id`` names it within its zone. ``until`` is the last day (the ward's) on which it holds; None: until somebody
    takes it back. ``by`` and ``since`` are None where a file says nothing of them.
    """

    id: str
    outline: Polygon
    note: str = ""
    until: date | None = None
    by: PersonId | None = None
    since: Instant | None = None


def outline_of(box: Box) -> Polygon:
    """A box as the outline of what is permitted; raises ValueError for one outside the frame."""
    right, bottom = min(1.0, box.right), min(1.0, box.bottom)
    return Polygon((Point(box.x, box.y), Point(right, box.y), Point(right, bottom), Point(box.x, bottom)))
