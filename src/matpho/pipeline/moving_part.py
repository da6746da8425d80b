"""The part of a picture that a live camera's detector looks at between two looks at the whole: around what moves.

Where no pixel has changed since the whole was looked at, the detector would see what it saw then. A part at the scale
of the whole is fewer pixels and the same answer, and pixels are what a look costs. A track that the look before missed
belongs to the part: nobody may be there any more. While something is at rest there are no parts: whether it is a bag,
or somebody who stands, and who is with it, is decided by how many looks see what.
"""

from collections.abc import Sequence

from matpho.domain.geometry import Box
from matpho.domain.observation import Observation
from matpho.pipeline.focus import cut_by

AROUND = (0.05, 0.07)  # of the frame, to the sides and up and down: the rest of what moves in part, and what it passes
MOVES = 0.15  # of a track's box that lies in a moving place: then all of it is looked at
LARGEST = 0.8  # of the frame: above it the whole picture costs hardly more
COLUMNS, ROWS = 20, 12  # the part ends on this grid: 32 by 30 pixels of 640 by 360
SURE = 0.4  # the score of what the edge must not cut twice


def moving_part(motion: Sequence[Box], tracked: Sequence[Box], more: Sequence[Box] = ()) -> Box | None:
    """The part around what moves, the tracks there, and ``more``; None where that is most of the picture."""
    moving = [box for box in tracked if any(box.overlap(place) > MOVES * box.area for place in motion)]
    part: Box | None = None
    for box in (*motion, *moving, *more):
        part = box if part is None else part.join(box)
    if part is None:
        return None
    part = _on_grid(part.grown(*AROUND))
    return part if part.area <= LARGEST else None


def _on_grid(box: Box) -> Box:
    left, top = int(box.x * COLUMNS), int(box.y * ROWS)
    right, bottom = min(COLUMNS, -int(-box.right * COLUMNS // 1)), min(ROWS, -int(-box.bottom * ROWS // 1))
    return Box(left / COLUMNS, top / ROWS, (right - left) / COLUMNS, (bottom - top) / ROWS)


def cuts(part: Box, seen: Sequence[Observation], motion: Sequence[Box]) -> bool:
    """Whether the edge of the part goes through something that moves: then the next look should take in the whole."""
    return any(
        o.score >= SURE and cut_by(part, o.box) and any(o.box.overlap(place) > MOVES * o.box.area for place in motion)
        for o in seen
    )
