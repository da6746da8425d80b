"""What is left of a gap once footage from elsewhere (a camera's card) lies in it."""

from collections.abc import Sequence
from dataclasses import replace

from matpho.domain.messages import GapSeen
from matpho.domain.time import Instant, Span

_IMPORTED = "-import.mp4"


def import_path(camera_id: str, day: str, start: Instant, import_id: str) -> str:
    """The name of a recording file that was brought in: ``<camera>/<day>/<start ns>-<import>-import.mp4``.

    It is never used again, also where the import is taken back and another one fills the same stretch.
    """
    return f"{camera_id}/{day}/{start}-{import_id}{_IMPORTED}"


def import_of(path: str) -> str:
    """The id of the import that brought a recording file in; "" where that was before imports had one."""
    return path.rpartition("/")[2].removesuffix(_IMPORTED).partition("-")[2]


def is_import(path: str) -> bool:
    """Whether a recording file was brought in later, rather than recorded by this machine."""
    return path.endswith(_IMPORTED)


def without(gap: GapSeen, filled: Sequence[Span]) -> tuple[GapSeen, ...]:
    """The parts of a gap that ``filled`` leaves, in order; an open gap's last part stays open.

    The first part begins where the gap did and each further one where filled time ends, even when nothing of the gap
    is left there: told again, a part replaces the one that was told before under the same start.
    """
    parts: list[GapSeen] = []
    start = gap.start
    for span in sorted(filled, key=lambda s: s.start):
        if span.end <= gap.start or (gap.end is not None and span.start >= gap.end):
            continue
        parts.append(replace(gap, start=start, end=max(start, span.start)))
        start = max(start, span.end)
    end = gap.end if gap.end is None else max(start, gap.end)
    return (*parts, replace(gap, start=start, end=end))
