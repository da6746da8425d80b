"""The permitted baseline at the desk: who may say it, what it changes, and that nobody signs for another."""

from dataclasses import replace
from datetime import date

import pytest

from matpho.casework import commands as c
from matpho.domain.camera import Purpose, Zone
from matpho.domain.events import CamerasChanged, IncidentChanged
from matpho.domain.geometry import Box, polygon
from matpho.domain.ids import CameraId, PersonId, ZoneId
from matpho.domain.incident import IncidentState, Move, RejectReason
from matpho.domain.messages import HitSeen
from matpho.domain.people import PROGRAM
from matpho.domain.permitted import MOST_PERMITTED, Permitted, outline_of
from matpho.errors import BadInput, Conflict, NotAllowed, NotFound
from matpho.testing.builders import at, camera, hit, masked_camera

pytestmark = pytest.mark.unit

CAMERA, CORNER = camera().id, ZoneId("goc-pho")
POT = outline_of(Box(0.3, 0.3, 0.1, 0.1))


def _allow(office, login="supervisor", **changes):
    command = c.AllowPlace(**({"camera_id": CAMERA, "zone_id": CORNER, "outline": POT, "note": "chậu cây"} | changes))
    return office.desk.handle(command, office.actor(login))


def _permitted(office):
    with office.store.read() as unit:
        return next(z for z in unit.cameras.get(CAMERA).zones if z.id == CORNER).permitted


def _incident(office, **changes):
    hits = changes.pop("hits", None) or (hit(**changes),)
    facts = tuple(HitSeen(one) for one in hits)
    with office.store.read() as unit:
        start = unit.notes.offset("j")
    office.desk.handle(c.TakeFacts(journal="j", start=start, end=start + 1, facts=facts), PROGRAM)
    return office.incidents()[0]


def test_a_place_is_allowed_with_who_when_why_and_until_and_the_workers_hear_of_it(office):
    events = _allow(office, until=date(2027, 1, 31))
    assert CamerasChanged(CAMERA) in events
    told = next(z for z in office.list.written[-1][0].zones if z.id == CORNER).permitted[-1]
    who = office.actor("supervisor").id
    assert (told.outline, told.note, told.until, told.by, told.since) == (
        POT, "chậu cây", date(2027, 1, 31), who, office.clock.now(),
    )  # fmt: skip
    row = office.trail()[-1]
    assert (row.action, row.thing, row.who) == ("allow_place", f"camera:{CAMERA}", who)
    assert row.detail == {"zone": CORNER, "permitted": told.id, "until": "2027-01-31"}


def test_it_is_taken_back_and_the_trail_says_so(office):
    _allow(office)
    newest = _permitted(office)[-1]
    command = c.TakeBackPermit(camera_id=CAMERA, zone_id=CORNER, permitted_id=newest.id)
    with pytest.raises(NotAllowed):
        office.desk.handle(command, office.actor("officer"))
    office.desk.handle(command, office.actor("supervisor"))
    assert newest not in _permitted(office)
    assert (office.trail()[-1].action, office.trail()[-1].detail["permitted"]) == ("take_back_permit", newest.id)
    with pytest.raises(NotFound):
        office.desk.handle(command, office.actor("supervisor"))


@pytest.mark.parametrize("login", ["observer", "officer"])
def test_who_may_not_draw_zones_may_not_allow_either(office, login):
    one = _incident(office)
    before = _permitted(office)
    with pytest.raises(NotAllowed):
        _allow(office, login)
    with pytest.raises(NotAllowed):
        office.desk.handle(c.AllowIncident(incident_id=one.id, version=one.version, note="x"), office.actor(login))
    assert _permitted(office) == before
    assert office.incidents()[0].state is IncidentState.SUSPECTED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"note": "   "}, BadInput),
        ({"note": "x" * 501}, BadInput),
        ({"until": date(2020, 1, 1)}, BadInput),
        ({"zone_id": ZoneId("khong-co")}, NotFound),
        ({"zone_id": ZoneId("cua-so")}, BadInput),  # a privacy mask counts nothing
        ({"camera_id": CameraId("khac")}, NotFound),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(office, changes, error):
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=masked_camera().zones), office.actor("supervisor"))
    before = _permitted(office)
    with pytest.raises(error):
        _allow(office, **changes)
    assert _permitted(office) == before


def test_a_zone_holds_so_many_and_no_more(office):
    many = tuple(Permitted(id=f"p{i}", outline=POT) for i in range(MOST_PERMITTED))
    zone = replace(camera().zones[0], permitted=many)
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=(zone,)), office.actor("supervisor"))
    with pytest.raises(BadInput, match="draw it anew"):
        _allow(office)


def test_an_incident_is_allowed_by_one_click_in_every_zone_that_told_of_it_and_closed_as_permitted(office):
    pavement = Zone(id=ZoneId("via-he"), purpose=Purpose.SIDEWALK, polygon=polygon([(0, 0.2), (1, 0.2), (1, 1)]))
    zones = (*camera().zones, pavement)
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=zones), office.actor("supervisor"))
    other = hit(id="run1-nga-ba-cho-via-he-obstruction-1", kind="obstruction", zone_id=pavement.id)
    one = _incident(office, hits=(hit(), other))
    command = c.AllowIncident(incident_id=one.id, version=one.version, note=" Chậu cây được phép ")
    events = office.desk.handle(command, office.actor("supervisor"))
    assert {type(e) for e in events} >= {CamerasChanged, IncidentChanged}
    with office.store.read() as unit:
        new = {z.id: z.permitted[-1] for z in unit.cameras.get(CAMERA).zones if z.permitted}
    assert set(new) == {CORNER, pavement.id}
    assert new[pavement.id].note == "Chậu cây được phép"
    bounds = new[CORNER].outline.bounds
    assert bounds.overlap(one.box) == pytest.approx(one.box.area), "with some room around it"
    assert bounds.w < 1.5 * one.box.w
    closed = office.incidents()[0]
    assert closed.state is IncidentState.REJECTED
    assert [(h.action, h.reason) for h in closed.history[-3:]] == [
        ("allowed", None), ("start_review", None), ("reject", RejectReason.PERMITTED),
    ]  # fmt: skip
    assert [row.action for row in office.trail()[-3:]] == ["allow_place", "allow_place", "allow_incident"]


def test_an_incident_that_moved_on_or_that_stays_nowhere_is_not_allowed(office):
    one = _incident(office)
    with pytest.raises(Conflict):
        office.desk.handle(
            c.AllowIncident(incident_id=one.id, version=one.version + 1, note="x"), office.actor("supervisor")
        )
    gone = replace(camera().zones[0], id=ZoneId("ten-khac"), permitted=())
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=(gone,)), office.actor("supervisor"))
    with pytest.raises(BadInput, match="nothing that stays"):
        office.desk.handle(
            c.AllowIncident(incident_id=one.id, version=one.version, note="x"), office.actor("supervisor")
        )


def test_nobody_signs_for_another_and_what_was_signed_stays_signed(office):
    _allow(office, "admin")
    _allow(office, "admin", note="bồn hoa")
    kept = _permitted(office)
    forged = Permitted(id="gia-mao", outline=POT, note="x", by=PersonId("nguoi-khac"), since=at(-9999))
    moved = replace(kept[-1], note="lý do khác")
    zone = replace(camera().zones[0], permitted=(replace(kept[0], by=PersonId("ai-do")), moved, forged))
    office.desk.handle(c.SetZones(camera_id=CAMERA, zones=(zone,)), office.actor("supervisor"))
    who = office.actor("supervisor").id
    admin = office.actor("admin").id
    assert [p.by for p in _permitted(office)] == [admin, who, who]
    assert _permitted(office)[2].since == office.clock.now()
    office.desk.handle(c.ChangeCamera(camera=camera(name="Tên mới", zones=(zone,))), office.actor("admin"))
    assert [p.by for p in _permitted(office)] == [admin, who, who], "what has not changed was not signed anew"


def test_what_was_decided_and_still_lies_there_is_not_told_anew_when_the_zones_change(office):
    one = _incident(office)
    decide = c.Decide(incident_id=one.id, version=one.version, move=Move.CONFIRM)
    office.desk.handle(decide, office.actor("officer"))
    again = hit(id="run2-nga-ba-cho-goc-pho-illegal_dumping-1", start=at(0.4), at=at(90), thing="static:17")
    _incident(office, hits=(again,))
    assert [i.id for i in office.incidents()] == [one.id]
    assert office.incidents()[0].state is IncidentState.CONFIRMED
    another = replace(again, id="run2-nga-ba-cho-goc-pho-illegal_dumping-2", thing="static:18", start=at(60))
    _incident(office, hits=(another,))
    assert len(office.incidents()) == 2, "another bag at the same place is another matter"
