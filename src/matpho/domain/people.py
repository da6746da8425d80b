"""People, their roles, and the one function that says who may do what to which object."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.camera import Camera
from matpho.domain.evidence import Evidence
from matpho.domain.export import Export
from matpho.domain.ids import PersonId
from matpho.domain.incident import Incident
from matpho.domain.time import EPOCH, Instant
from matpho.domain.trial import Trial
from matpho.errors import NotAllowed


class Role(StrEnum):
    """From least to most. An observer sees figures and states, never footage."""

    OBSERVER = "observer"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One user. ``password_hash`` is the whole Argon2id string; ``active`` is false for one who has left."""

    id: PersonId
    login: str
    name: str
    role: Role
    password_hash: str
    language: str = "vi"
    active: bool = True
    created: Instant = EPOCH


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``role`` is None for the program itself, which may keep house but never decide."""

    id: PersonId | None
    role: Role | None

    def at_least(self, role: Role) -> bool:
        """Whether a person of at least this role asks."""
        return self.role is not None and _RANK[self.role] >= _RANK[role]


PROGRAM = Actor(None, None)


def actor_of(person: Person) -> Actor:
    """The person as somebody who asks; one who has left is refused everything.

    Raises NotAllowed for one who has left.
    """
    if not person.active:
        raise NotAllowed("this account is closed", "tài khoản này đã bị khóa")
    return Actor(person.id, person.role)


class Action(StrEnum):
    """What can be done to an object."""

    SEE = "see"  # its data, no footage
    WATCH = "watch"  # its footage, with private areas covered where it has any
    WATCH_UNMASKED = "watch_unmasked"  # its footage as the camera gave it
    REVIEW = "review"  # take up, give back, confirm, reject
    REOPEN = "reopen"  # go back on a decision
    REPORT = "report"  # enter an incident seen on a camera
    CHANGE = "change"
    CHANGE_ZONES = "change_zones"
    PERMIT = "permit"  # let a thing stand in a zone, and take that back
    ADD = "add"
    REMOVE = "remove"
    ANSWER = "answer"  # take note of a problem, assign a technician
    HOLD = "hold"  # keep its footage from being removed, and let it go again
    SIGN = "sign"  # as the second person
    KEEP_HOUSE = "keep_house"  # ingest, expire, make evidence


class Part(StrEnum):
    """Parts of the program that are one object each."""

    INCIDENTS = "incidents"
    CAMERAS = "cameras"
    PEOPLE = "people"
    AUDIT = "audit"
    SYSTEM = "system"
    RETENTION = "retention"
    HEALTH = "health"
    TRIALS = "trials"  # commissioning tests
    DECISIONS = "decisions"  # of the ward: which advisory kinds may be watched
    TARGETS = "targets"  # where messages go: webhooks, e-mail, MQTT
    UPLINKS = "uplinks"  # paths to cameras behind household routers


Thing = Camera | Incident | Evidence | Export | Trial | Person | Part


_CAMERA = {
    Action.SEE: Role.OBSERVER,
    Action.WATCH: Role.OFFICER,
    Action.REPORT: Role.OFFICER,
    Action.CHANGE_ZONES: Role.SUPERVISOR,
    Action.PERMIT: Role.SUPERVISOR,
    Action.HOLD: Role.SUPERVISOR,
    Action.CHANGE: Role.ADMIN,
    Action.ADD: Role.ADMIN,
    Action.REMOVE: Role.ADMIN,
}


def _camera(actor: Actor, action: Action, camera: Camera) -> bool:
    """The program itself puts staged cameras in service, those of a demonstration, and no others."""
    if actor == PROGRAM:
        return action is Action.ADD and camera.staged
    if action is Action.WATCH_UNMASKED:
        return actor.at_least(Role.SUPERVISOR if camera.masks else Role.OFFICER)
    return action in _CAMERA and actor.at_least(_CAMERA[action])


def _incident(actor: Actor, action: Action, incident: Incident) -> bool:
    match action:
        case Action.SEE:
            return actor.at_least(Role.OBSERVER)
        case Action.WATCH | Action.CHANGE:
            return actor.at_least(Role.OFFICER)
        case Action.REVIEW:
            own = incident.reviewer is None or incident.reviewer == actor.id
            return actor.at_least(Role.OFFICER if own else Role.SUPERVISOR)
        case Action.REOPEN | Action.PERMIT:
            return actor.at_least(Role.SUPERVISOR)
        case _:
            return False


def _evidence(actor: Actor, action: Action, evidence: Evidence) -> bool:
    match action:
        case Action.SEE:
            return actor.at_least(Role.OBSERVER)
        case Action.WATCH:
            return actor.at_least(Role.OFFICER)
        case Action.WATCH_UNMASKED:
            return actor.at_least(Role.SUPERVISOR if evidence.masks else Role.OFFICER)
        case _:
            return False


def _export(actor: Actor, action: Action, export: Export) -> bool:
    """Officers have their own exports; what shows private areas needs a supervisor."""
    least = Role.SUPERVISOR if export.who != actor.id or export.shows_private_areas else Role.OFFICER
    match action:
        case Action.SEE | Action.WATCH | Action.WATCH_UNMASKED | Action.REMOVE:
            return actor.at_least(least)
        case Action.KEEP_HOUSE:
            return actor == PROGRAM
        case _:
            return False


def _trial(actor: Actor, action: Action, trial: Trial) -> bool:
    """Supervisors run tests; any officer may sign second, but not who signed first."""
    match action:
        case Action.SEE:
            return actor.at_least(Role.OFFICER)
        case Action.CHANGE:
            return actor.at_least(Role.SUPERVISOR)
        case Action.SIGN:
            first = trial.first.person_id if trial.first else None
            return actor.at_least(Role.OFFICER) and actor.id != first
        case _:
            return False


def _person(actor: Actor, action: Action, person: Person) -> bool:
    match action:
        case Action.SEE:
            return actor.at_least(Role.ADMIN) or (actor.role is not None and actor.id == person.id)
        case Action.ADD | Action.CHANGE:
            return actor.at_least(Role.ADMIN)
        case _:
            return False


_PART = {
    (Part.HEALTH, Action.ANSWER): Role.OFFICER,
    (Part.HEALTH, Action.CHANGE): Role.ADMIN,  # the quiet hours
    (Part.TARGETS, Action.CHANGE): Role.ADMIN,
    (Part.UPLINKS, Action.ADD): Role.ADMIN,
    (Part.UPLINKS, Action.CHANGE): Role.ADMIN,
    (Part.UPLINKS, Action.REMOVE): Role.ADMIN,
    (Part.RETENTION, Action.HOLD): Role.SUPERVISOR,
    (Part.RETENTION, Action.REMOVE): Role.ADMIN,  # an import, taken back
    (Part.TRIALS, Action.ADD): Role.SUPERVISOR,
    (Part.DECISIONS, Action.ADD): Role.SUPERVISOR,
    (Part.DECISIONS, Action.CHANGE): Role.SUPERVISOR,
    (Part.DECISIONS, Action.REMOVE): Role.SUPERVISOR,
}
"""Who may do to a part what is more than seeing it."""


def _part(actor: Actor, action: Action, part: Part) -> bool:
    if action is Action.KEEP_HOUSE:
        return actor == PROGRAM
    if action is not Action.SEE:
        other = _PART.get((part, action))
        return other is not None and actor.at_least(other)
    least = {
        Part.AUDIT: Role.SUPERVISOR,
        Part.PEOPLE: Role.ADMIN,
        Part.RETENTION: Role.OFFICER,
        Part.TARGETS: Role.ADMIN,
        Part.TRIALS: Role.OFFICER,
        Part.UPLINKS: Role.ADMIN,
    }.get(part, Role.OBSERVER)
    return actor.at_least(least)


_CHECKS: tuple[tuple[type, Callable[..., bool]], ...] = (
    (Camera, _camera),
    (Incident, _incident),
    (Evidence, _evidence),
    (Export, _export),
    (Trial, _trial),
    (Person, _person),
    (Part, _part),
)


def may(actor: Actor, action: Action, thing: Thing) -> bool:
    """Whether the actor may do this to this object, as loaded. What is not named is not allowed."""
    return next((check(actor, action, thing) for kind, check in _CHECKS if isinstance(thing, kind)), False)


def require(actor: Actor, action: Action, thing: Thing) -> None:
    """Raise NotAllowed unless :func:`may`."""
    if not may(actor, action, thing):
        raise NotAllowed("you are not allowed to do this", "bạn không có quyền làm việc này")
