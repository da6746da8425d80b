"""The questions that a thing at rest must pass before anybody is told of it."""

from collections.abc import Sequence

from matpho.domain.geometry import Box
from matpho.domain.observation import Group, Observation
from matpho.vision.bystanders import Bystander
from matpho.vision.owners import LINGER_S, Witnesses
from matpho.vision.static_settings import StaticSettings
from matpho.vision.static_thing import Thing

_LISTEN = 0.2  # the least score of an observation that gives a thing its name


def is_scenery(thing: Thing, settings: StaticSettings) -> bool:
    """The ground in another light, a swayed pole, or the ghost of what stood there before: to be learned, not told.

    A wide patch with the structure of the ground is light, whoever walks before it or at its edge.
    """
    wide = thing.imprint.area_px > settings.wide * settings.working_px
    if wide and thing.evidence.structure > settings.same_structure and not thing.looks.is_person:
        return True
    if (
        thing.imprint.clear < settings.clear_at_least
        or thing.looks.is_person
        or thing.restless > settings.restless_at_most
    ):
        return False
    verdict = thing.evidence
    if verdict.moved > settings.same_moved:
        return True
    if verdict.structure > settings.same_structure + 0.5 * max(0.0, verdict.came - 0.3):
        return True  # the plainer the outline, the more of the ground's structure may show (a pole beside the thing)
    return verdict.came < settings.went_at_most


def is_real(thing: Thing, settings: StaticSettings) -> bool:
    """In plain sight, come rather than gone, no person, not a reflection on a parked car, and lifeless."""
    if thing.hidden_since_s is not None or thing.cleared_since_s is not None:
        return False
    if thing.looks.is_person or thing.looks.is_part_of_vehicle:
        return False
    verdict = thing.evidence
    tiny = thing.imprint.area_px < settings.tiny * settings.working_px
    least = settings.tiny_came_at_least if tiny else settings.came_at_least
    if thing.imprint.clear < settings.clear_at_least or verdict.came < least:
        return False
    known = thing.looks.word is not None  # the detector knows it: a car may shimmer
    calm = thing.restless <= settings.restless_at_most * (2.0 if known else 1.0)
    return calm and thing.watched_s >= settings.watch_s


def is_mistaken(thing: Thing, settings: StaticSettings) -> bool:
    """Told, but by what has been seen since it lives: a person with its outline, or never at rest."""
    return thing.looks.shaped > 1.5 + thing.looks.slips or thing.restless > 4.0 * settings.restless_at_most


def hear(thing: Thing, observations: Sequence[Observation], people: Sequence[Bystander]) -> None:
    """What the detector said about the thing's place in one look; ``people`` are the persons among it, measured."""
    thing.looks.seen += 1
    thing.looks.total += 1
    for person in people:
        if person.box.overlap(thing.box) > 0:
            thing.meet(person)
    words = [o for o in observations if o.group is not Group.PERSON and o.score >= _LISTEN and thing.is_named(o)]
    for seen in words:
        thing.vote(seen)
    thing.looks.bagged += any(seen.group is Group.BAG for seen in words)
    if thing.vehicle_before > 0.5 and any(
        seen.group is Group.VEHICLE and _lies_on(thing.box, seen.box) for seen in observations
    ):
        thing.looks.on_vehicle += 1


def ask_who_left_it(thing: Thing, witnesses: Witnesses, shape: tuple[int, int], *, unseen: bool) -> None:
    """Once, soon after the set-down; ``unseen`` when nobody looked then: whoever is there now may have come since."""
    thing.owner_asked = True
    if not unseen:
        thing.owner = witnesses.owner(thing.imprint, thing.box, thing.appeared_s, shape)
    thing.attended_s = witnesses.last_near(thing.imprint, thing.box, thing.appeared_s)


def is_attended(
    thing: Thing, close: Sequence[Bystander], witnesses: Witnesses, at_s: float, shape: tuple[int, int]
) -> bool:
    """Somebody is at it: anybody while its owner may be, else only who stays, not who walks past.

    ``close`` are those within reach of it now; ``shape`` is that of the working picture.
    """
    people = [who for who in close if who.group is Group.PERSON]
    hidden_s = None if thing.hidden_since_s is None else at_s - thing.hidden_since_s
    if thing.owner is None or not thing.owner.away:
        return hidden_s is not None or bool(people)  # whoever stands before it is at it, named or not
    covered = hidden_s is not None and hidden_s >= LINGER_S
    return covered or any(witnesses.lingers(who, at_s, shape) for who in people)


def _lies_on(box: Box, vehicle: Box) -> bool:
    """Inside the vehicle's box, small against it, and not at its foot, where a bag would stand."""
    inside = vehicle.overlap(box) > 0.8 * box.area
    return inside and vehicle.iou(box) <= 0.35 and box.bottom < vehicle.bottom - 0.1 * vehicle.h
