"""A hit: what a rule saw, in plain data that crosses processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Light
from matpho.domain.time import Instant
from matpho.domain.words import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHit:
    """One thing that one rule saw; told again, with the same ``id``, while it lasts and once when it ends.

    ``start`` is when the thing began (back-dated: a bag's is when it was set down), ``at`` when the rule spoke.
    ``thing`` names what was seen within the camera (``static:17``, ``track:5``, ``picture``), so that hits of
    one thing by several rules can be merged. ``box`` is None for the whole picture. ``figures`` hold the numbers of
    ``why`` by name with their unit in the name (``dwell_s``, ``area_share``). ``light`` is the picture's when the
    rule spoke, None where there was none.
    """

    id: str
    kind: str
    camera_id: CameraId
    zone_id: ZoneId | None
    thing: str
    start: Instant
    at: Instant
    end: Instant | None
    box: Box | None
    score: float
    advisory: bool
    why: Said
    figures: Mapping[str, float] = field(default_factory=dict)
    track_ids: tuple[int, ...] = ()
    staged: bool = False
    light: Light | None = None
