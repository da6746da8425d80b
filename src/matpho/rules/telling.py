"""Turning what a rule found into hits with stable ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from matpho.domain.geometry import Box
from matpho.domain.hit import RuleHit
from matpho.domain.kinds import KINDS
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.rules.rule import Place

RETELL_S = 30.0
"""How often a hit that lasts is told again, in seconds."""


@dataclass(slots=True)
class Teller:
    """Makes the hits of one kind at one place."""

    place: Place
    kind: str
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def new_id(self) -> str:
        """An id that no other hit of this camera has, also after a restart."""
        zone = self.place.zone.id if self.place.zone else "camera"
        return f"{self.place.run}-{self.place.camera.id}-{zone}-{self.kind}-{next(self._numbers)}"

    def hit(
        self,
        hit_id: str,
        *,
        thing: str,
        span: tuple[Instant, Instant, Instant | None],
        box: Box | None,
        score: float,
        why: Said,
        figures: Mapping[str, float],
        tracks: tuple[int, ...] = (),
    ) -> RuleHit:
        """One hit; ``span`` is (start, when the rule speaks, end or None)."""
        camera, zone = self.place.camera, self.place.zone
        return RuleHit(
            id=hit_id,
            kind=self.kind,
            camera_id=camera.id,
            zone_id=zone.id if zone else None,
            thing=thing,
            start=span[0],
            at=span[1],
            end=span[2],
            box=box,
            score=max(0.0, min(1.0, score)),
            advisory=KINDS[self.kind].advisory,
            why=why,
            figures={name: round(value, 3) for name, value in figures.items()},
            track_ids=tracks,
            staged=camera.staged,
        )
