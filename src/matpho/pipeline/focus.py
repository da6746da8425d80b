"""Where a junction camera needs many looks a second: around its traffic zones, and nowhere else.

Who crosses a stop line is there for a second; the rest of the picture moves all day and tells no rule anything that one
look a second does not. So while something moves there, only that part of the picture is looked at in between.
"""

from collections.abc import Sequence

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box
from matpho.domain.observation import Observation

PURPOSES = frozenset({Purpose.STOP_LINE, Purpose.ROADWAY, Purpose.CROSSWALK})
AROUND = 0.14  # of the frame: a road user before and beyond a line, and the upper half of one at a zone's edge
LARGEST = 0.7  # of the frame: above it the whole picture costs hardly more
CUT = 0.006  # of the part: what ends so near to its edge may go on outside


def focus(camera: Camera, unused: Sequence[str] = ()) -> Box | None:
    """The part around the traffic zones; None without any, or where it would be most of the picture.

    ``unused`` are purposes that no rule watches.
    """
    around: Box | None = None
    for zone in camera.zones:
        place = _place(zone) if zone.purpose in PURPOSES and zone.purpose.value not in unused else None
        if place is not None:
            around = place if around is None else around.join(place)
    if around is None:
        return None
    part = around.grown(AROUND, AROUND)
    return part if part.area <= LARGEST else None


def _place(zone: Zone) -> Box | None:
    if zone.polygon is not None:
        return zone.polygon.bounds
    if zone.line is None:
        return None
    (ax, ay), (bx, by) = zone.line
    return Box(min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay))


def whole_ones(seen: Sequence[Observation], part: Box) -> list[Observation]:
    """Of what was seen in the part those that its edge does not cut; the edge of the picture is none."""
    return [o for o in seen if not cut_by(part, o.box)]


def cut_by(part: Box, box: Box) -> bool:
    """Whether what was seen in the part may go on outside; the edge of the picture cuts nothing off."""
    across, upright = CUT * part.w, CUT * part.h
    return (
        (part.x > 0 and box.x <= part.x + across)
        or (part.y > 0 and box.y <= part.y + upright)
        or (part.right < 1 and box.right >= part.right - across)
        or (part.bottom < 1 and box.bottom >= part.bottom - upright)
    )
