"""Chooses, from a seed, what is set down where and by whom, so that a scene of a family is data and always the same."""

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matpho.domain.camera import Camera, Purpose
from matpho.domain.geometry import Point, Polygon, polygon
from matpho.sim.places.catalogue import Place
from matpho.sim.scenes import camera, zone
from matpho.sim.script import Act, Action, Script
from matpho.sim.suite_scene import SuiteScene

ZONE = "vung"
DWELL_S = 10.0
FOUND = "abandoned_object"
FPS = 5.0
_KINDS = {Purpose.NO_DUMPING: "illegal_dumping", Purpose.WATCH: "unattended_object"}
_ACROSS_M = {"rubbish_bag": 0.56, "cardboard_box": 0.60, "suitcase": 0.62}  # root of the area it covers, about
_SMALLEST = 0.4  # times its usual size: a small bag
_LARGEST = {"rubbish_bag": 1.4, "cardboard_box": 1.4, "suitcase": 1.1}  # more than that nobody carries
_TRIES = 80
SIZES_PX = (12.0, 20.0, 30.0, 42.0, 60.0)
"""What the things' sizes are spread around: root of the covered area, of a picture 640 wide."""


class Stagehand:
    """Makes one scene of a family: ``number`` is its seed, and which place of ``places`` it gets."""

    def __init__(self, family: str, number: int, places: Sequence[Place]) -> None:
        self.family, self.number = family, number
        self.place = places[number % len(places)]
        self.rng = np.random.default_rng(zlib.crc32(f"{family} {number}".encode()))
        self.floor: Polygon = polygon(self.place.floor)
        self.name = f"{family}-{number:03d}-{self.place.name}"

    def between(self, low: float, high: float) -> float:
        """A number from ``low`` to ``high``, to a hundredth."""
        return round(float(self.rng.uniform(low, high)), 2)

    def px_per_m(self, y: float) -> float:
        """Pixels of a metre that stands at row ``y``, 0..1."""
        return self.place.ground.look(y * self.place.view.height).px_per_m

    def spot(self, thing: str, size_px: float) -> tuple[Point, float]:
        """Where a thing of about this size fits on the floor, and how many times its usual size it is there."""
        bounds, best = self.floor.bounds, None
        for _ in range(_TRIES):
            x, y = self.between(bounds.x + 0.03, bounds.right - 0.03), self.between(bounds.y, bounds.bottom)
            half = 0.5 * size_px / self.place.view.width
            inside = all(self.floor.contains(Point(x + dx, y + dy)) for dx in (-half, half) for dy in (0.0, -half))
            if not inside or not 0.08 < x < 0.92:
                continue
            wanted = size_px / (_ACROSS_M[thing] * self.px_per_m(y))
            size = min(_LARGEST[thing], max(_SMALLEST, wanted))
            short = abs(np.log(wanted / size))
            if best is None or short < best[0] - 1e-9:
                best = (short, Point(x, y), round(size, 2))
            if short == 0:
                break
        assert best is not None, f"{self.place.name} has no floor"
        return best[1], best[2]

    def way(self, at: Point) -> tuple[Point, Point]:
        """Whence somebody comes who sets a thing down at ``at``, and where they go: across, or back again."""
        bounds = self.floor.bounds
        left, right = -0.06, 1.06
        near, far = (left, right) if at.x < 0.5 else (right, left)
        rows = [min(max(at.y + self.between(-0.06, 0.06), bounds.y + 0.01), 0.98) for _ in range(2)]
        return (Point(near, rows[0]), Point(far if self.number % 3 else near, rows[1]))

    def thing(self, *, dark: bool = False) -> tuple[str, int]:
        """A thing, by its number, and its seed: its colour."""
        if dark:
            return (("rubbish_bag", 0), ("rubbish_bag", 1), ("suitcase", 2))[self.number % 3]
        name = ("rubbish_bag", "cardboard_box", "suitcase", "rubbish_bag")[int(self.rng.integers(0, 4))]
        return name, int(self.rng.integers(0, 6))

    def size_px(self) -> float:
        """A size, by the number of the scene."""
        return SIZES_PX[(self.number // 2) % len(SIZES_PX)] * self.between(0.9, 1.12)

    def left(
        self, *, at_s: float, end_s: float, event: bool = True, taken: bool = False, size_px: float | None = None,
        dark: bool = False,
    ) -> Action:  # fmt: skip
        """Somebody brings a thing, sets it down and goes."""
        thing, seed = self.thing(dark=dark)
        at, size = self.spot(thing, size_px or self.size_px())
        return Action(
            do=Act.LEAVE, start_s=at_s, end_s=end_s, thing=thing, at=at, seed=seed, size=size, path=self.way(at),
            turn_deg=self.between(-40, 40), taken=taken, event=FOUND if event else "", zone=ZONE if event else "",
        )  # fmt: skip

    def passes(self, at_s: float, seed: int) -> Action:
        """Somebody walks through."""
        bounds = self.floor.bounds
        rows = [self.between(bounds.y + 0.04, min(0.95, bounds.bottom)) for _ in range(2)]
        ends = (Point(-0.06, rows[0]), Point(1.06, rows[1]))
        return Action(do=Act.WALK, start_s=at_s, end_s=at_s, path=ends if seed % 2 else ends[::-1], seed=seed)

    def scene(
        self, *actions: Action, length_s: float, alter: str = "", coded: bool = False, closes: bool = False,
        infrared_noise: float = 3.0,
    ) -> SuiteScene:  # fmt: skip
        """The scene of these actions, at a moment of the background that the seed chose."""
        done = actions
        if self.place.infrared:
            done = (*actions, Action(do=Act.INFRARED, start_s=0.0, end_s=length_s, amount=infrared_noise))
        view = replace(self.place.view, shift_s=self.between(0, 4 if self.place.clip else 40))
        script = Script(
            name=self.name, duration_s=length_s, camera=self._camera(actions), view=view, actions=done, fps=FPS
        )
        return SuiteScene(
            script=script, family=self.family, place=self.place.name, alter=alter, coded=coded, closes=closes
        )

    def _camera(self, actions: Sequence[Action]) -> Camera:
        """A suitcase is a case for a watched zone, rubbish for one where dumping is forbidden."""
        watched = any(a.thing == "suitcase" for a in actions)
        purpose = Purpose.WATCH if watched else Purpose.NO_DUMPING
        made = camera(self.name, self.name, zone(ZONE, purpose, *self.place.floor))
        rules = {_KINDS[purpose]: {"min_duration_s": DWELL_S}}
        return replace(made, zones=(replace(made.zones[0], rules=rules),))
