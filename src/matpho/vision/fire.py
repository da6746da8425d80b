"""Fire and smoke of one camera: both watches over what is watched of the picture; silent while it is faulty."""

from collections.abc import Sequence

import numpy as np

from matpho.domain.geometry import Polygon
from matpho.domain.observation import Burning
from matpho.vision.flames import FlameWatch
from matpho.vision.frame import SMALL, Frame
from matpho.vision.opencv import cv
from matpho.vision.smoke import Mask, SmokeWatch


class FireWatch:
    """``unwatched`` are the zones that nobody looks at: what burns there (an altar, a kitchen) is not seen."""

    def __init__(self, unwatched: Sequence[Polygon] = ()) -> None:
        self._watched = _outside(unwatched)
        self.flames, self.smoke = FlameWatch(self._watched), SmokeWatch(self._watched)
        self.size = (0, 0)

    def take_over(self, before: "FireWatch") -> None:
        """Go on with what another watch of the same picture has learned, over what this one watches."""
        self.size, self.flames, self.smoke = before.size, before.flames, before.smoke
        self.flames.watch_only(self._watched)
        self.smoke.watch_only(self._watched)

    def update(self, frame: Frame, *, sound: bool) -> tuple[Burning, ...]:
        """What seems to burn now, flames first. ``sound`` is False while the picture is covered, blurred or turned."""
        if not sound or frame.size != self.size:
            self.size = frame.size if sound else (0, 0)
            self.flames, self.smoke = FlameWatch(self._watched), SmokeWatch(self._watched)
        return self.flames.update(frame) + self.smoke.update(frame) if sound else ()


def _outside(polygons: Sequence[Polygon]) -> Mask | None:
    if not polygons:
        return None
    mask = np.ones((SMALL[1], SMALL[0]), np.uint8)
    for polygon in polygons:
        corners = [(round(p.x * SMALL[0]), round(p.y * SMALL[1])) for p in polygon.points]
        cv.fillPoly(mask, [np.array(corners, np.int32)], 0)
    return mask
