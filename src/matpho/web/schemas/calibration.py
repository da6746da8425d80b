"""Setting a camera up on its picture: metres on the ground, what a zone can support, suggestions from what was seen."""

from typing import Annotated, Literal

from pydantic import Field

from matpho.casework.density import Density, Dori, dori
from matpho.casework.lanes import Traffic
from matpho.domain.camera import StreamRole
from matpho.vision.lamp_finder import FEWEST, LampSearch
from matpho.web.schemas.base import BoxBody, Form, PointBody, Shape, box_body
from matpho.web.schemas.cameras import ZoneAdviceBody, ZoneBody

Points = Annotated[list[PointBody], Field(min_length=3, max_length=200)]


class DensityBody(Shape):
    """Pixels per metre of a zone on one stream, least and most, and the level of EN 62676-4 that each reaches.

    ``basis``: the drawn ground rectangle, or the height of ``n`` people who walked there.
    """

    zone_id: str
    role: StreamRole
    least: float
    most: float
    least_level: Dori
    most_level: Dori
    basis: Literal["ground", "people"]
    n: int


class ZoneCheckForm(Form):
    """Zones and ground as they are drawn now, stored or not."""

    zones: list[ZoneBody]
    ground: list[PointBody] | None = None
    ground_size_m: tuple[float, float] | None = None


class ZoneCheck(Shape):
    """What the drawing can support."""

    advice: list[ZoneAdviceBody]
    density: list[DensityBody]


class GroundForm(Form):
    """The ground rectangle (near left, near right, far right, far left) and its width and depth; null takes it away."""

    ground: list[PointBody] | None
    ground_size_m: tuple[float, float] | None


class AreaForm(Form):
    """An outline on the picture."""

    polygon: Points


class WayBody(Shape):
    """One way that vehicles took: direction and middle on the picture, how many, share of all, mean turn in degrees."""

    direction: tuple[float, float]
    middle: PointBody
    n: int
    share: float
    spread_deg: float


class TrafficBody(Shape):
    """Ways through an area; none while ``passages`` are fewer than ``needed``."""

    passages: int
    needed: int
    days: int
    ways: list[WayBody]


class LampBody(Shape):
    """A place that behaves like a signal."""

    box: BoxBody
    agree: float
    switches: int
    red: float
    green: float


class LampsBody(Shape):
    """What was found in how many pictures over how long; with fewer than ``needed`` nothing can be said."""

    pictures: int
    needed: int
    length_s: float
    found: list[LampBody]


def density_body(one: Density) -> DensityBody:
    """Pixels per metre with their levels."""
    return DensityBody(
        zone_id=one.zone_id,
        role=one.role,
        least=round(one.least, 1),
        most=round(one.most, 1),
        least_level=dori(one.least),
        most_level=dori(one.most),
        basis="ground" if one.basis == "ground" else "people",
        n=one.n,
    )


def traffic_body(traffic: Traffic, needed: int, days: int) -> TrafficBody:
    """Ways of traffic."""
    return TrafficBody(
        passages=traffic.passages,
        needed=needed,
        days=days,
        ways=[
            WayBody(
                direction=(round(w.direction[0], 3), round(w.direction[1], 3)),
                middle=(round(w.middle.x, 4), round(w.middle.y, 4)),
                n=w.n,
                share=round(w.share, 3),
                spread_deg=round(w.spread_deg, 1),
            )
            for w in traffic.ways
        ],
    )


def lamps_body(search: LampSearch) -> LampsBody:
    """Signals found."""
    return LampsBody(
        pictures=search.pictures,
        needed=FEWEST,
        length_s=round(search.length_s, 1),
        found=[
            LampBody(
                box=box_body(one.box),
                agree=round(one.agree, 3),
                switches=one.switches,
                red=round(one.red, 3),
                green=round(one.green, 3),
            )
            for one in search.found
        ],
    )
