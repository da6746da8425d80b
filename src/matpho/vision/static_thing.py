"""One thing that has come to rest: what is known about it from the first second on, and how that grows."""

from dataclasses import dataclass, field

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.bystanders import Bystander
from matpho.vision.ghosts import Evidence, evidence
from matpho.vision.imprint import Imprint
from matpho.vision.owners import Owner

_LOOKS_MEMORY_S = 8.0
_UNREST_MEMORY_S = 8.0
_PERSON_COVER = 0.3
_ON_VEHICLE = 0.2  # of all looks
_SLIPS = 0.1  # of the looks: a small detector takes a bag for a person now and then
_AGAINST = 0.5  # a look that names a bag outweighs half a look of a person's outline
_KNOWN = {Group.BAG: 0.15, Group.FURNITURE: 0.15, Group.TWO_WHEELER: 0.15, Group.VEHICLE: 0.25}
"""Mean score over all looks from which the detector's word is taken.

More for cars: a word too many there hides a bag. A parked motorbike is named only in one look of three, and what is too
low for one is not heard anyway. Animals are not listed: what has lain without a stir for seconds is none, and dark
sacks are called dogs look after look.
"""
_SAME_IOU = 0.4


@dataclass(slots=True)
class Looks:
    """What the detector said about a thing's place, look by look, fading over some seconds.

    ``seen`` counts looks, ``covered`` those where a person's box lay over it, ``shaped`` those where a person's box had
    its outline, ``bagged`` those where a bag's had; ``votes`` are scores by group and label, kept for good.
    """

    seen: float = 0.0
    covered: float = 0.0
    shaped: float = 0.0
    bagged: float = 0.0
    votes: dict[tuple[Group, str], float] = field(default_factory=dict)
    best: dict[tuple[Group, str], float] = field(default_factory=dict)
    total: int = 0
    on_vehicle: int = 0
    """Looks in which it lay on a vehicle that had stood there before."""

    def fade(self, step_s: float) -> None:
        """Time passes."""
        keep = max(0.0, 1 - step_s / _LOOKS_MEMORY_S)
        self.seen *= keep
        self.covered *= keep
        keep_longer = max(0.0, 1 - step_s / (2 * _LOOKS_MEMORY_S))
        self.shaped *= keep_longer
        self.bagged *= keep_longer

    @property
    def slips(self) -> float:
        """How many looks of a person's outline are the detector's slips: one in ten, and more where it names a bag.

        Who stands there is a person in look after look, and no bag has their outline.
        """
        return _SLIPS * self.seen + _AGAINST * self.bagged

    @property
    def is_person(self) -> bool:
        """Somebody stands or sits there."""
        return self.seen > 0 and (self.covered / self.seen > _PERSON_COVER or self.shaped > 0.5 + self.slips)

    @property
    def is_part_of_vehicle(self) -> bool:
        """A reflection on a car, or its open door; the detector need not see the car each time."""
        return self.on_vehicle > _ON_VEHICLE * self.total

    @property
    def word(self) -> tuple[Group, str, float] | None:
        """The detector's word for the thing: group, label, best score; None when it has none."""
        groups: dict[Group, float] = {}
        for (group, _), value in self.votes.items():
            if group in _KNOWN:
                groups[group] = groups.get(group, 0.0) + value
        known = {group: value for group, value in groups.items() if value >= _KNOWN[group] * self.total}
        if not known or not self.total:
            return None
        group = max(known, key=lambda g: known[g])
        label = max((key for key in self.votes if key[0] is group), key=lambda key: self.votes[key])
        return group, label[1], self.best[label]


@dataclass(slots=True, eq=False)
class Thing:
    """Something at rest that may become, or is, a static object. Times are seconds of the model's clock."""

    id: int
    imprint: Imprint
    box: Box
    appeared_s: float
    seen_s: float
    """When it was last recognised."""

    looks: Looks = field(default_factory=Looks)
    owner: Owner | None = None
    owner_asked: bool = False
    reported: bool = False
    hidden_since_s: float | None = None
    cleared_since_s: float | None = None
    covered: bool = False
    """Something else has come to rest before it."""
    recalled: bool = False
    """It was hidden for long and is in sight again: its pixels have been still since later than it has stood."""
    attended_s: float | None = None
    accompanied: bool = False
    """Somebody was at it at the detector's latest look."""
    unrest: float = 0.0
    watched_s: float = 0.0
    verdict: Evidence | None = None
    crowded_s: float = -1e9
    """When somebody was last in front of it, or right behind."""
    crowded_for_s: float = 0.0

    vehicle_before: float = 0.0
    stood_by_itself: bool = True
    """What stood there before may have gone by itself, or nobody knows."""
    belonged_s: float = 0.0
    """How long its place had looked as it did when the thing came, or went."""
    word_before: Group | None = None

    asked_s: float = -1e9
    asked_times: int = 0

    def watch(self, unrest: float, step_s: float) -> None:
        """It stands in plain sight, and this share of it has changed since the last picture."""
        keep = max(0.0, 1 - step_s / _UNREST_MEMORY_S)
        self.unrest = self.unrest * keep + unrest * step_s
        self.watched_s = self.watched_s * keep + step_s

    def accompany(self, attended: bool, at_s: float, *, looked: bool) -> None:  # noqa: FBT001
        """Is somebody at it? Where the detector has not ``looked``, all are where they were at its latest look."""
        if attended or (self.accompanied and not looked):
            self.attended_s = at_s
        if looked:
            self.accompanied = attended

    @property
    def restless(self) -> float:
        """Share of its pixels that change from picture to picture, lately, in plain sight; 1 when not watched yet."""
        return self.unrest / self.watched_s if self.watched_s > 0 else 1.0

    @property
    def evidence(self) -> Evidence:
        """What its outline says; weighed when first asked for, most things at rest are people and never are."""
        if self.verdict is None:
            self.verdict = evidence(self.imprint)
        return self.verdict

    def renew(self, imprint: Imprint, box: Box, appeared_s: float) -> None:
        """Its outline has changed."""
        self.imprint, self.box, self.appeared_s, self.verdict = imprint, box, appeared_s, None

    @property
    def score(self) -> float:
        """How sure it is a thing, 0..1: the outline's word, and the detector's where it has one."""
        ours = 0.5 + 0.5 * min(1.0, max(0.0, 2.0 * self.evidence.came))
        word = self.looks.word
        return ours if word is None else max(ours, word[2])

    def meet(self, person: Bystander) -> None:
        """The detector saw a person over the thing's place."""
        if person.box.iou(self.box) > 0.5 and not person.shows_beyond(self.imprint):
            self.looks.shaped += 1  # somebody who walks past shows beyond it: they are not the thing
        inside = person.box.overlap(self.box) / max(self.box.area, 1e-9)
        if inside > 0.5 and (person.is_besides(self.imprint) or self.imprint.area_px > 0.4 * person.box_px):
            self.looks.covered += 1

    def is_named(self, seen: Observation) -> bool:
        """Whether an observation has the thing's outline."""
        return seen.box.iou(self.box) >= _SAME_IOU

    def vote(self, seen: Observation) -> None:
        """An observation of its outline that is no person."""
        key = (seen.group, seen.label)
        self.looks.votes[key] = self.looks.votes.get(key, 0.0) + seen.score
        self.looks.best[key] = max(self.looks.best.get(key, 0.0), seen.score)
