"""What a tracker knows of one track, beside where its filter thinks it is."""

from collections import deque
from dataclasses import dataclass, field

from matpho.domain.observation import Group, Track, TrackPoint
from matpho.domain.time import Instant
from matpho.vision.sightings import GROUPS, PERSON, TWO_WHEELER

MEMORY = 256  # points kept of a path
MACHINE_SHARE = 0.3  # of what was seen of a track: from here on a person with a machine is a two-wheeler


@dataclass(slots=True)
class Tracked:
    """What a track is beside its filter. ``person`` and ``machine`` are the scores it was seen with as either."""

    id: int
    group: Group
    label: str
    score: float
    started: Instant
    seen_at: Instant
    person: float = 0.0
    machine: float = 0.0
    hits: int = 1
    missed_s: float = 0.0
    misses: int = 0
    parts: int = 0
    cut: tuple[int, int] = (0, 0)  # by the edge of the picture at the newest look: −1 left or above, 1 right or below
    twin: int = 0
    twin_looks: int = 0
    seated: bool = False  # at the newest look
    alone: bool = False  # a person without a machine, at the newest look
    path: deque[TrackPoint] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def as_track(self) -> Track:
        """It as the rules see it."""
        return Track(self.id, self.group, self.label, self.score, self.started, tuple(self.path), self.misses)

    def see(self, code: int, score: float, label: str, *, ridden: bool, seated: bool) -> None:
        """Take in what one picture says it is."""
        self.seated, self.alone = seated, code == PERSON
        if code == PERSON or ridden:
            self.person += score
        if code == TWO_WHEELER:
            self.machine += score
        group = self.group
        if group in (Group.PERSON, Group.TWO_WHEELER):
            rides = self.machine >= MACHINE_SHARE * max(self.person, self.machine)
            group = Group.TWO_WHEELER if rides else Group.PERSON
        if group is GROUPS[code] and (score > self.score or group is not self.group):
            self.label = label
        self.group = group
        self.score += 0.2 * (score - self.score)
