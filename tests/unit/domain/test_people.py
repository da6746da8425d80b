import pytest

from matpho.domain.evidence import Evidence, EvidenceKind
from matpho.domain.export import Export, ExportCamera
from matpho.domain.ids import CameraId, EvidenceId, IncidentId, PersonId
from matpho.domain.people import PROGRAM, Action, Actor, Part, Role, actor_of, may, require
from matpho.domain.time import Span
from matpho.errors import NotAllowed
from matpho.testing.builders import at, camera, incident, masked_camera, person

pytestmark = pytest.mark.unit


def _evidence(masks=()):
    return Evidence(
        id=EvidenceId("e"),
        incident_id=IncidentId("i"),
        camera_id=CameraId("c"),
        slot="clip",
        kind=EvidenceKind.CLIP,
        role=None,
        wanted=Span(at(0), at(1)),
        masks=masks,
    )


def _export(who="me", *, covered=True):
    of = (ExportCamera(CameraId("c"), masked_camera().masks, covered=covered),)
    return Export(id="x", who=PersonId(who), asked=at(0), cameras=of, span=Span(at(0), at(1)), reason="hồ sơ")


THINGS = {
    "camera": camera(),
    "masked camera": masked_camera(),
    "free incident": incident(),
    "another's incident": incident(reviewer=PersonId("somebody")),
    "evidence": _evidence(),
    "masked evidence": _evidence(masked_camera().masks),
    "own export": _export(),
    "open export": _export(covered=False),
    "another's export": _export("somebody"),
    "another person": person(id=PersonId("somebody")),
    **{part.value: part for part in Part},
}

# The least role for each thing and action; what is absent is for nobody.
LEAST = {
    ("camera", Action.SEE): Role.OBSERVER,
    ("camera", Action.WATCH): Role.OFFICER,
    ("camera", Action.WATCH_UNMASKED): Role.OFFICER,
    ("camera", Action.REPORT): Role.OFFICER,
    ("camera", Action.CHANGE_ZONES): Role.SUPERVISOR,
    ("camera", Action.PERMIT): Role.SUPERVISOR,
    ("masked camera", Action.PERMIT): Role.SUPERVISOR,
    ("free incident", Action.PERMIT): Role.SUPERVISOR,
    ("another's incident", Action.PERMIT): Role.SUPERVISOR,
    ("camera", Action.CHANGE): Role.ADMIN,
    ("camera", Action.ADD): Role.ADMIN,
    ("camera", Action.REMOVE): Role.ADMIN,
    ("camera", Action.HOLD): Role.SUPERVISOR,
    ("masked camera", Action.HOLD): Role.SUPERVISOR,
    ("masked camera", Action.SEE): Role.OBSERVER,
    ("masked camera", Action.WATCH): Role.OFFICER,
    ("masked camera", Action.WATCH_UNMASKED): Role.SUPERVISOR,
    ("masked camera", Action.REPORT): Role.OFFICER,
    ("masked camera", Action.CHANGE_ZONES): Role.SUPERVISOR,
    ("masked camera", Action.CHANGE): Role.ADMIN,
    ("masked camera", Action.ADD): Role.ADMIN,
    ("masked camera", Action.REMOVE): Role.ADMIN,
    ("free incident", Action.SEE): Role.OBSERVER,
    ("free incident", Action.WATCH): Role.OFFICER,
    ("free incident", Action.CHANGE): Role.OFFICER,
    ("free incident", Action.REVIEW): Role.OFFICER,
    ("free incident", Action.REOPEN): Role.SUPERVISOR,
    ("another's incident", Action.SEE): Role.OBSERVER,
    ("another's incident", Action.WATCH): Role.OFFICER,
    ("another's incident", Action.CHANGE): Role.OFFICER,
    ("another's incident", Action.REVIEW): Role.SUPERVISOR,
    ("another's incident", Action.REOPEN): Role.SUPERVISOR,
    ("evidence", Action.SEE): Role.OBSERVER,
    ("evidence", Action.WATCH): Role.OFFICER,
    ("evidence", Action.WATCH_UNMASKED): Role.OFFICER,
    ("masked evidence", Action.SEE): Role.OBSERVER,
    ("masked evidence", Action.WATCH): Role.OFFICER,
    ("masked evidence", Action.WATCH_UNMASKED): Role.SUPERVISOR,
    ("another person", Action.SEE): Role.ADMIN,
    ("another person", Action.ADD): Role.ADMIN,
    ("another person", Action.CHANGE): Role.ADMIN,
    ("incidents", Action.SEE): Role.OBSERVER,
    ("cameras", Action.SEE): Role.OBSERVER,
    ("people", Action.SEE): Role.ADMIN,
    ("audit", Action.SEE): Role.SUPERVISOR,
    ("system", Action.SEE): Role.OBSERVER,
    ("retention", Action.SEE): Role.OFFICER,
    ("retention", Action.HOLD): Role.SUPERVISOR,
    ("retention", Action.REMOVE): Role.ADMIN,
    ("health", Action.SEE): Role.OBSERVER,
    ("health", Action.ANSWER): Role.OFFICER,
    ("health", Action.CHANGE): Role.ADMIN,
    ("targets", Action.SEE): Role.ADMIN,
    ("targets", Action.CHANGE): Role.ADMIN,
    **{("uplinks", action): Role.ADMIN for action in (Action.SEE, Action.ADD, Action.CHANGE, Action.REMOVE)},
    ("trials", Action.SEE): Role.OFFICER,
    ("trials", Action.ADD): Role.SUPERVISOR,
    ("decisions", Action.SEE): Role.OBSERVER,
    ("decisions", Action.ADD): Role.SUPERVISOR,
    ("decisions", Action.CHANGE): Role.SUPERVISOR,
    ("decisions", Action.REMOVE): Role.SUPERVISOR,
    **{
        (name, action): least
        for name, least in (
            ("own export", Role.OFFICER),
            ("open export", Role.SUPERVISOR),
            ("another's export", Role.SUPERVISOR),
        )
        for action in (Action.SEE, Action.WATCH, Action.WATCH_UNMASKED, Action.REMOVE)
    },
}
ORDER = list(Role)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(role, name, action):
    least = LEAST.get((name, action))
    expected = least is not None and ORDER.index(role) >= ORDER.index(least)
    assert may(Actor(PersonId("me"), role), action, THINGS[name]) is expected


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("name", THINGS)
def test_the_program_keeps_house_and_nothing_else(name, action):
    house = action is Action.KEEP_HOUSE and isinstance(THINGS[name], (Part, Export))
    assert may(PROGRAM, action, THINGS[name]) is house


def test_the_program_puts_staged_cameras_in_service_and_takes_none_out():
    assert may(PROGRAM, Action.ADD, camera(staged=True))
    assert not may(PROGRAM, Action.REMOVE, camera(staged=True))


def test_an_observer_sees_no_footage_of_anything():
    observer = Actor(PersonId("o"), Role.OBSERVER)
    footage = (Action.WATCH, Action.WATCH_UNMASKED)
    assert not any(may(observer, action, thing) for action in footage for thing in THINGS.values())


def test_the_reviewer_goes_on_with_what_is_theirs():
    mine = incident(reviewer=PersonId("me"))
    assert may(Actor(PersonId("me"), Role.OFFICER), Action.REVIEW, mine)


def test_one_sees_oneself():
    assert may(Actor(PersonId("somebody"), Role.OBSERVER), Action.SEE, person(id=PersonId("somebody")))


def test_what_is_not_allowed_is_said():
    with pytest.raises(NotAllowed) as refused:
        require(Actor(PersonId("o"), Role.OBSERVER), Action.WATCH, camera())
    assert refused.value.vi == "bạn không có quyền làm việc này"


def test_who_has_left_is_nobody():
    assert actor_of(person()) == Actor(PersonId("person-officer"), Role.OFFICER)
    with pytest.raises(NotAllowed):
        actor_of(person(active=False))
