"""Hours of the day as rules need them: is it time, and how long has it not been?"""

from collections.abc import Sequence
from datetime import time as TimeOfDay  # noqa: N812
from datetime import tzinfo

from matpho.domain.camera import Hours
from matpho.domain.time import Instant
from matpho.rules import figures

_DAY_S = 86_400


def since_hours(hours: Sequence[Hours], at: Instant, local: tzinfo | None) -> float | None:
    """For how many seconds none of the hours has held; None while one does, and where there are none."""
    now = figures.time_of_day(at, local)
    if not hours or any(h.holds(now) for h in hours):
        return None
    return float(min((_seconds(now) - _seconds(h.end)) % _DAY_S for h in hours))


def _seconds(at: TimeOfDay) -> int:
    return 3600 * at.hour + 60 * at.minute + at.second
