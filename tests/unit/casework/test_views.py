from dataclasses import replace

import pytest

from matpho.casework import commands as c
from matpho.casework.overlay import overlay
from matpho.casework.records import IncidentFilter
from matpho.casework.states import States
from matpho.casework.views import Views
from matpho.domain.evidence import EvidenceState
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, EvidenceId, IncidentId
from matpho.domain.incident import IncidentState, Move, RejectReason
from matpho.domain.messages import HitSeen, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.people import PROGRAM, Actor
from matpho.domain.time import Span
from matpho.errors import BadInput, NotAllowed, NotFound
from matpho.testing.builders import at, camera, hit, masked_camera, segment

pytestmark = pytest.mark.unit


@pytest.fixture
def views(office):
    return Views(office.store, States(office.clock))


def _tell(office, *facts):
    with office.store.read() as unit:
        start = unit.notes.offset("j")
    office.desk.handle(c.TakeFacts(journal="j", start=start, end=start + 1, facts=facts), PROGRAM)


def _three(office):
    for n, x in enumerate((0.1, 0.4, 0.7)):
        box = Box(x, 0.5, 0.1, 0.1)
        _tell(office, HitSeen(hit(id=f"r-nga-ba-cho-z-{n}", thing=f"static:{n}", at=at(20 + n), box=box)))


def test_the_list_goes_on_where_it_ended(office, views):
    _three(office)
    observer = office.actor("observer")
    first = views.incidents(IncidentFilter(), observer, limit=2)
    rest = views.incidents(IncidentFilter(), observer, limit=2, cursor=first.next)
    assert [b.incident.at for b in (*first.items, *rest.items)] == [at(22), at(21), at(20)]
    assert rest.next is None
    assert first.counts == dict.fromkeys(IncidentState, 0) | {IncidentState.SUSPECTED: 3}
    assert (first.items[0].camera_name, first.items[0].kind.name.vi) == ("Ngã ba chợ", "Đổ trộm rác")


def test_counts_do_not_follow_the_state_that_is_filtered(office, views):
    _three(office)
    page = views.incidents(IncidentFilter(states=frozenset({IncidentState.CONFIRMED})), office.actor("officer"))
    assert (page.items, page.counts[IncidentState.SUSPECTED]) == ((), 3)


@pytest.mark.parametrize("cursor", ["x", "12", ".a", "12.", "1e5.a"])
def test_a_cursor_that_is_none_is_refused(office, views, cursor):
    with pytest.raises(BadInput):
        views.incidents(IncidentFilter(), office.actor("officer"), cursor=cursor)


def test_nobody_sees_without_an_account(office, views):
    _three(office)
    nobody = Actor(None, None)
    with pytest.raises(NotAllowed):
        views.incidents(IncidentFilter(), nobody)
    with pytest.raises(NotAllowed):
        views.cameras(nobody)
    with pytest.raises(NotAllowed):
        views.incident(office.incidents()[0].id, nobody)


def test_the_history_names_people_until_they_are_erased(office, views):
    _tell(office, HitSeen(hit()))
    officer = office.actor("officer")
    one = office.incidents()[0]
    decision = c.Decide(incident_id=one.id, version=1, move=Move.REJECT, reason=RejectReason.PERMITTED)
    office.desk.handle(decision, officer)
    lines = views.incident(one.id, officer).history
    assert [(line.action, line.name, line.reason) for line in lines] == [
        ("opened", None, None),
        ("start_review", "Người officer", None),
        ("reject", "Người officer", "permitted"),
    ]


def test_cameras_show_no_secret(office, views):
    (one,) = views.cameras(office.actor("admin"))
    assert one.main.address == "rtsp://***@10.0.0.7:554/main"
    assert "bi-mat" not in repr(one)
    assert views.camera_view(one.camera.id, office.actor("observer")) == one
    assert views.camera(one.camera.id) == camera()
    with pytest.raises(NotFound):
        views.camera(CameraId("khong-co"))


def test_open_incidents_are_counted_by_camera(office, views):
    _three(office)
    assert views.cameras(office.actor("officer"))[0].open_incidents == 3


def test_evidence_is_masked_by_the_masks_of_its_day_and_of_today(office, views):
    _tell(office, HitSeen(hit()))
    one = office.incidents()[0]
    with office.store.read() as unit:
        row = unit.evidence.of([one.id])[one.id][0]
    with pytest.raises(NotFound):
        views.evidence(one.id, row.id)  # not made yet
    with office.store.write() as unit:
        unit.evidence.put(replace(row, state=EvidenceState.READY, path="x/y.mp4"))
    assert views.evidence(one.id, row.id).masks == ()
    masked = masked_camera()
    office.desk.handle(c.SetZones(camera_id=masked.id, zones=masked.zones), office.actor("supervisor"))
    assert views.evidence(one.id, row.id).masks == masked.masks
    for wrong in ((IncidentId("other"), row.id), (one.id, EvidenceId("other"))):
        with pytest.raises(NotFound):
            views.evidence(*wrong)


def test_the_timeline_and_the_figures(office, views):
    _tell(office, *segment(0), *segment(1))
    found = views.recordings(camera().id, Span(at(-70), at(-50)), office.actor("officer"))
    assert [one.start for one in found.segments] == [at(-120), at(-60)]
    assert views.system().recordings.bytes == 2_000_000


def test_the_trail_goes_on_where_it_ended_and_holds(office, views):
    seen, cursor = [], None
    while True:
        page = views.audit(cursor=cursor, limit=3)
        seen += [line.row.number for line in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True) == list(range(len(seen), 0, -1))
    assert views.audit(limit=1).items[0].name == "Quản trị"
    about = {line.row.thing.partition(":")[0]: line.about for line in views.audit(limit=100).items}
    assert about["person"] == "Quản trị"
    assert about.get("camera") is None
    assert views.audit_break() is None
    with pytest.raises(BadInput):
        views.audit(cursor="-1")


def test_sessions_hold_until_they_expire_or_the_person_leaves(office, views):
    officer = office.actor("officer")
    office.desk.handle(c.SignIn(token_hash="t", csrf="c", expires=at(500)), officer)
    session, person = views.session("t", at(499))
    assert (session.csrf, person.login) == ("c", "officer")
    assert views.session("t", at(500)) is None
    assert views.session("other", at(0)) is None


def test_overlay_draws_moving_things_by_their_track():
    span = Span(at(0), at(10))
    path = ((at(-1), Box(0, 0, 0.1, 0.1)), (at(2), Box(0.2, 0, 0.1, 0.1)), (at(12), Box(0.5, 0, 0.1, 0.1)))
    track = TrackEnded(camera().id, 5, Group.PERSON, at(-1), at(12), path)
    walker = hit(id="w", kind="intrusion", thing="track:5")
    boxes = overlay(span, [walker, hit(start=at(8), end=at(9))], [track])
    assert [(b.t_s, b.group) for b in boxes] == [(2.0, "person"), (8.0, "hit"), (8.5, "hit"), (9.0, "hit")]
    assert overlay(span, [walker], [])[0].group == "hit"
    assert overlay(span, [hit(box=None), hit(start=at(20))], []) == ()
