"""Which troubles a camera and the machine show at this moment: pure functions over the newest states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from matpho.domain.messages import Link, PictureSeen, StreamState
from matpho.domain.register import RegisterEntry
from matpho.domain.time import Instant, seconds

SILENT_S = 15.0
"""A live stream whose last packet is older than this sends nothing."""
CLOCK_OFF_S = 2.0
FROZEN_S = 30.0
BLACK_BRIGHTNESS = 24.0  # video black is 16
BLACK_CONTRAST = 6.0
FEW_FPS = 0.45
"""Of the rate that the stream usually has; many cameras give half of it by night."""
LEFT_OUT = 0.05
"""Of the pictures that were due for analysis: an analysis that leaves out so many does not keep up."""
WORDS_S = 60.0
"""Over so long that is counted: a moment's stall is made up for, or passes."""
STALE_S = 30.0
"""A look at the picture older than this says nothing about now."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Whether a trouble shows now. ``holds`` None: it cannot be told now, so whatever held goes on holding."""

    holds: bool | None
    figures: Mapping[str, float | str] = field(default_factory=dict)


Signs = dict[str, Sign]
"""By the trouble's code."""


def stream_signs(state: StreamState | None, now: Instant, usual_fps: float) -> Signs:
    """What the recorded stream's newest state shows. None: nobody has told of it yet."""
    unknown = Sign(None)
    if state is None or state.link is Link.OFF:
        holds = False if state is not None else None  # a person switched it off: nothing is wrong
        return {code: Sign(holds) for code in ("offline", "refused", "clock", "low_fps")}
    silent_s = seconds(now - state.last_packet) if state.last_packet is not None else None
    flowing = state.link is Link.LIVE and silent_s is not None and silent_s < SILENT_S
    refused = state.link is Link.REFUSED
    away: dict[str, float | str] = {"link": state.link.value}
    if silent_s is not None:
        away["silent_s"] = round(max(0.0, silent_s), 1)
    signs = {"offline": Sign(not flowing and not refused, away), "refused": Sign(refused)}
    if not flowing:
        return signs | {"clock": unknown, "low_fps": unknown}
    offset_s = None if state.clock_offset_ms is None else state.clock_offset_ms / 1000
    figures = {} if offset_s is None else {"offset_s": round(offset_s, 2)}
    signs["clock"] = Sign(offset_s is not None and abs(offset_s) > CLOCK_OFF_S, figures)
    slow = usual_fps > 0 and state.fps < FEW_FPS * usual_fps
    signs["low_fps"] = Sign(slow, {"fps": round(state.fps, 1), "usual_fps": round(usual_fps, 1)})
    return signs


def register_signs(entry: RegisterEntry, today: date) -> Signs:
    """What the register shows on a day: what had to be said by then is not, or the certificate has run out."""
    ends = {"register": entry.complete_by if entry.missing else None, "certificate": entry.certificate_until}
    over = {code: 0 if day is None else (today - day).days for code, day in ends.items()}
    return {code: Sign(days > 0, {"overdue_days": days} if days > 0 else {}) for code, days in over.items()}


def picture_signs(seen: PictureSeen | None, now: Instant) -> Signs:
    """What the newest look at the picture shows."""
    codes = ("frozen", "black", "covered", "blurred", "turned")
    if seen is None or abs(seconds(now - seen.at)) > STALE_S:
        return {code: Sign(None) for code in codes}
    light: dict[str, float | str] = {"brightness": seen.brightness}
    black = seen.brightness < BLACK_BRIGHTNESS and seen.contrast < BLACK_CONTRAST
    return {
        "frozen": Sign(seen.frozen_s >= FROZEN_S and not black, {"frozen_s": seen.frozen_s}),
        "black": Sign(black, light),
        "covered": Sign(seen.fault == "covered" and not black),
        "blurred": Sign(seen.fault == "defocused", {"sharpness": seen.sharpness}),
        "turned": Sign(seen.fault == "turned"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFacts:
    """The disk of the recordings in bytes; ``per_day`` is what recording adds, ``kept_days`` what is there now.

    ``failing`` is the disk's own word on its health (SMART), None where it cannot be asked; ``there`` and ``writable``
    say whether it is the one that was recorded to, and not mounted read-only.
    """

    total: int
    free: int
    reserve: int
    per_day: float
    kept_days: float
    wanted_days: float
    failing: bool | None = None
    there: bool = True
    writable: bool = True

    @property
    def days_left(self) -> float | None:
        """Days until only the reserve is left, as it is filling now; None while nothing is recorded."""
        return max(0.0, self.free - self.reserve) / self.per_day if self.per_day > 0 else None


def disk_signs(disk: DiskFacts) -> Signs:
    """What the disk shows. A disk that fills before the oldest day goes is too small for the days to be kept."""
    left = disk.days_left
    figures: dict[str, float | str] = {"free_gb": round(disk.free / 1e9, 1)}
    if left is not None:
        figures |= {"days_left": round(left, 1), "days_kept": round(disk.kept_days + left, 1)}
    short = left is not None and left < 7 and disk.kept_days + left < disk.wanted_days
    return {
        "disk_gone": Sign(not disk.there),
        "disk_read_only": Sign(disk.there and not disk.writable),
        "disk_full": Sign(disk.there and disk.free <= disk.reserve, figures),
        "disk_forecast": Sign(
            disk.there and short and disk.free > disk.reserve, figures | {"days_wanted": disk.wanted_days}
        ),
        "disk_health": Sign(disk.failing),
    }


def process_signs(state: str, restarts: Sequence[Instant], now: Instant) -> Signs:
    """What a process shows: ``state`` running, late, waiting or stopped, and when it was started again lately."""
    lately = sum(1 for at in restarts if 0 <= seconds(now - at) < 1800)
    return {"process": Sign(state != "running", {"state": state}), "restarts": Sign(lately >= 3, {"restarts": lately})}


def analysis_signs(words: Sequence[tuple[Instant, float, float]]) -> Signs:
    """Whether pictures are left out. ``words`` of one process: when, and how many were due and left out so far.

    A process that begins anew counts from nothing: its words from before are of no use.
    """
    begun = max((n for n, (before, now) in enumerate(pairwise(words), 1) if now[1] < before[1]), default=0)
    known = list(words)[begun:]
    if len(known) < 2 or seconds(known[-1][0] - known[0][0]) < 0.5 * WORDS_S:
        return {"analysis_late": Sign(None)}
    due, left_out = (known[-1][i] - known[0][i] for i in (1, 2))
    share = left_out / due if due > 0 else 0.0
    return {"analysis_late": Sign(share >= LEFT_OUT, {"left_out": round(100 * share)})}
