"""Where scenes can be staged: views of the sample clip, drawn places, and measurement clips where they are there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from matpho.domain.geometry import WHOLE, Box
from matpho.errors import SetupProblem
from matpho.sim import street
from matpho.sim.background import Background, ClipSource, Source, View
from matpho.sim.ground import Ground
from matpho.sim.places import alley, forecourt, market
from matpho.sim.places.drawn import DrawnPlace, Scenery

SIZE = (640, 480)
SAMPLE = "sample clip"
_CLIP_S = 45.0  # of a measurement clip: longer ones take long to decode
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Footage:
    """What this machine has: the sample clip, and the folder of measurement clips (None: neither)."""

    sample: Path | None = None
    clips: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A background seen through a view.

    ``floor`` is where things stand (0..1 of the picture) and the zone; ``ground`` the scale in pixels of the view.
    ``background`` is what it is made from: the places of one background are counted once.
    """

    name: str
    background: str
    view: View
    floor: Outline
    ground: Ground
    infrared: bool = False
    clip: str = ""  # of the measurement clips


_WIDTH, _HEIGHT = SIZE


def _view(*, crop: Box | None = None, mirror: bool = False, height: int = _HEIGHT) -> View:
    return View(crop=crop or WHOLE, mirror=mirror, width=_WIDTH, height=height)


_PLAZA = Box(0.22, 0.10, 0.78, 0.78)
_PLAZA_FLOOR: Outline = ((1.0, 0.40), (0.87, 0.37), (0.0, 0.37), (0.0, 0.45), (0.4, 0.62), (0.7, 0.84), (1.0, 0.97))
_PLAZA_GROUND = Ground(0.253, -137.0, 902.0)


def _mirrored(outline: Outline) -> Outline:
    return tuple((1 - x, y) for x, y in outline)


PLACES: tuple[Place, ...] = (
    Place(name="plaza", background=SAMPLE, view=_view(crop=_PLAZA), floor=_PLAZA_FLOOR, ground=_PLAZA_GROUND),
    Place(name="street", background="drawn street", view=_view(), ground=street.GROUND.scaled(_HEIGHT / street.HEIGHT),
          floor=((0.0, 0.33), (1.0, 0.33), (1.0, 0.65), (0.0, 0.59))),
    Place(name="alley", background="wet alley at night", view=_view(), ground=alley.GROUND,
          floor=((0.0, 0.38), (1.0, 0.38), (1.0, 0.76), (0.0, 0.76))),
    Place(name="market", background="market street", view=_view(), ground=market.GROUND,
          floor=((0.0, 0.40), (1.0, 0.40), (1.0, 0.84), (0.0, 0.84))),
    Place(name="forecourt", background="forecourt by infrared", view=_view(), infrared=True,
          ground=forecourt.GROUND.scaled(_HEIGHT / forecourt.HEIGHT),
          floor=((0.0, 0.36), (0.8, 0.36), (1.0, 0.50), (1.0, 0.92), (0.0, 0.92))),
    Place(name="plaza-mirrored", background=SAMPLE, view=_view(crop=_PLAZA, mirror=True),
          floor=_mirrored(_PLAZA_FLOOR), ground=_PLAZA_GROUND),
    Place(name="path", background=SAMPLE, view=_view(crop=Box(0.0, 0.15, 0.62, 0.62)),
          ground=Ground(0.292, -143.0, 1135.0),
          floor=((0.0, 0.30), (1.0, 0.36), (1.0, 0.80), (0.62, 0.60), (0.30, 0.49), (0.0, 0.43))),
)  # fmt: skip
"""Those that every machine has."""

CLIP_PLACES: tuple[Place, ...] = (
    Place(name="residential", background="residential_street_normal.mp4", clip="residential_street_normal.mp4",
          view=_view(height=360), ground=Ground(0.52, 40.0, 704.0),
          floor=((0.42, 0.60), (0.60, 0.55), (0.85, 0.78), (0.78, 0.95), (0.66, 0.95), (0.45, 0.72))),
    Place(name="garden-by-night", background="night_ir_empty.mp4", clip="night_ir_empty.mp4",
          view=_view(crop=Box(0.0, 0.30, 1.0, 0.66)), infrared=True, ground=Ground(0.30, -60.0, 704.0),
          floor=((0.36, 0.40), (0.60, 0.32), (0.88, 0.80), (0.72, 0.95), (0.40, 0.95))),
)  # fmt: skip
"""On measurement clips in which nothing happens: only where a machine has them, and never copied."""

_DRAWN: Mapping[str, Callable[[], Scenery]] = MappingProxyType(
    {
        "street": street.scenery,
        "alley": alley.scenery,
        "market": market.scenery,
        "forecourt": forecourt.scenery,
    }
)


def place(name: str) -> Place:
    """The place of a name. Raises KeyError."""
    return next(p for p in (*PLACES, *CLIP_PLACES) if p.name == name)


def there(footage: Footage) -> tuple[Place, ...]:
    """The measurement clips' places that this machine can stage."""
    if footage.clips is None:
        return ()
    return tuple(p for p in CLIP_PLACES if (footage.clips / p.clip).is_file())


def source_of(one: Place, footage: Footage) -> Source:
    """Open what a place is made from.

    Raises SetupProblem when this machine does not have it, BadVideo for a damaged file.
    """
    if one.name in _DRAWN:
        return DrawnPlace(_DRAWN[one.name]())
    file = footage.clips / one.clip if one.clip and footage.clips else footage.sample
    if file is None:
        raise SetupProblem(f"{one.name} needs a clip.", f"{one.name} cần một đoạn video.")
    return ClipSource(file, _CLIP_S) if one.clip else ClipSource(file)


def background_of(one: Place, footage: Footage, view: View) -> Background:
    """A place seen through its own view, or the same at another moment (``view.shift_s``). Raises as source_of."""
    return Background(source_of(one, footage), view, one.ground)
