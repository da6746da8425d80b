"""Every operation × every role: what is public is on a short list, everything else refuses whoever may not."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import date

import pytest
from starlette.routing import WebSocketRoute
from tests.unit.web.operations import BODIES, FILE, QUERIES, SHEET, operations

from matpho.casework.health.records import Problem
from matpho.casework.health.trouble import Severity
from matpho.casework.outgoing.records import LetterState
from matpho.casework.outgoing.ways import Way
from matpho.casework.records import Segment
from matpho.casework.trial_acts import scenes_for
from matpho.domain.camera import StreamRole
from matpho.domain.evidence import EvidenceKind
from matpho.domain.export import Export, ExportCamera, ExportFile, ExportState
from matpho.domain.geometry import polygon
from matpho.domain.keeping import Hold
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.permitted import Permitted
from matpho.domain.probe import DeviceFacts
from matpho.domain.proposal import Proposal, ProposalId, ProposalState, Weighed
from matpho.domain.time import Instant, Span, after, from_iso
from matpho.domain.trial import Setting, Signature, Trial, TrialId, TrialState
from matpho.domain.ward_decision import WardDecision
from matpho.errors import BadInput, SourceLost
from matpho.settings import load
from matpho.video.live_parts import LiveFragment, LiveInit
from matpho.vision.lamp_finder import LampSearch
from matpho.web.app import ROUTES
from matpho.wiring.uplink import add_peer
from matpho.wiring.uplink_desk import Uplinks

pytestmark = pytest.mark.unit

PUBLIC = {"get_health", "get_metrics", "get_session", "sign_in", "set_up"}
ROLES = ("observer", "officer", "supervisor", "admin")


MQTT = Way(name="mqtt", sort="mqtt", place="", kinds=())


class Eyes:
    """Looks at cameras that are not there."""

    def check(self, text):
        assert "10.0.0." in text

    def look(self, addresses):
        return {role: SourceLost("away", "vắng") for role in addresses}

    def interfaces(self):
        return {"eth0": "10.0.0.1"}

    def discover(self, interface):
        assert interface == "eth0"
        return ()

    def ask(self, login):
        assert login.service == "192.168.1.64"
        return DeviceFacts()

    def set_clock(self, login, ntp):
        assert (login.service, ntp) == ("192.168.1.64", "")


class Pictures:
    async def now(self, camera, role, *, masked):
        assert camera.id
        assert role.value == "sub"
        assert masked is False
        return b"\xff\xd8\xff\xd9"

    def of(self, camera, track, at, *, masked, whole):  # noqa: ARG002 - a picture like any other
        assert (camera.id, track.track_id, masked, whole) == ("cong-cho", 1, False, False)
        return b"\xff\xd8\xff\xd9"


class Sights:
    def gop_s(self, camera_id):
        assert camera_id == "cong-cho"
        return 2.0

    def lamps(self, camera_id, length_s):
        assert (camera_id, length_s) == ("cong-cho", 300.0)
        return LampSearch(0, 0.0, ())


class Recorded:
    def files(self, _found):
        return []

    def pieces(self, _files, asked):
        assert asked.masks == ()
        return iter(())

    def preview(self, _files, at, masks):
        assert masks == ()
        return at, b"jpeg"

    frame = preview


async def live(camera, role, *, masked, h264=False):
    """Two groups of pictures, a second long each, and no more."""
    assert (camera.id, role.value, masked, h264) == ("cong-cho", "sub", False, False)
    yield LiveInit("avc1", 64, 48, masked=False, data=b"header")
    for n in range(3):
        yield LiveFragment(key=True, captured=Instant(n * 10**9), data=b"picture")
    await asyncio.sleep(60)


@pytest.fixture
def ward(office):
    office.build(
        live=live,
        onboarding=Eyes(),
        stills=Pictures(),
        recorded=Recorded(),
        sights=Sights(),
        exports=office.tmp / "exports",
        track_pictures=Pictures(),
        ways=(MQTT,),
        uplinks=Uplinks(load(office.tmp / "home", {}), office.clock),
    )
    office.camera = office.add_camera()
    pot = Permitted(id="chau", outline=polygon([(0, 0.9), (0.1, 0.9), (0.1, 1)]))
    zone = replace(office.camera.zones[0], permitted=(pot,))
    with office.store.write() as unit:
        unit.cameras.put(replace(office.camera, zones=(zone,)), office.clock.now())
    office.incident = office.add_incident(office.camera)
    office.file = office.add_file(office.incident, office.camera, kind=EvidenceKind.STILL, content=b"jpeg")
    with office.store.write() as unit:
        minute = Span(from_iso("2026-11-23T03:59:00Z"), from_iso("2026-11-23T04:00:00Z"))
        unit.recordings.put_segment(
            Segment(
                camera_id=office.camera.id,
                role=StreamRole.MAIN,
                path="cong-cho/2026-11-23/1.mp4",
                start=minute.start,
                end=minute.end,
                codec="h264",
                width=640,
                height=480,
                size_bytes=1000,
            )
        )
        unit.recordings.put_track(TrackEnded(office.camera.id, 1, Group.PERSON, Instant(1), Instant(2), ()))
        letter = unit.outbox.add("mqtt", "test", {}, office.clock.now())
        unit.outbox.save(replace(letter, state=LetterState.DEAD))
        office.letter = letter.id
        since = office.clock.now()
        known = {"trouble": "offline", "subject": "camera:cong-cho", "severity": Severity.URGENT}
        unit.health.put_problem(Problem(id="p", since=since, raised=since, **known))
        span = Span(Instant(1), Instant(2))
        unit.keeping.put_hold(
            Hold(id="h", camera_id=office.camera.id, span=span, reason="x", placed_by=None, placed=since)
        )
    office.decision = "d"
    _waiting_decision(office)
    office.set_up_admin = office.admin
    admin = office.browser()
    admin.sign_in("admin", "mật khẩu của admin")
    office.admin = admin
    yield office
    office.run(office.app.state.context.hls.close())


def _waiting_decision(office):
    """One that somebody else entered and nobody has confirmed."""
    with office.store.write() as unit:
        unit.decisions.put(
            WardDecision(
                id="d",
                number="1",
                dated=date(2026, 11, 1),
                issuer="UBND",
                kinds=("crowd",),
                start=office.clock.now(),
                end=after(office.clock.now(), 86_400),
                reason="Trực chợ đêm dịp lễ",
                entered=office.clock.now(),
                entered_by=None,
            )
        )


def own_export(ward, browser):
    """A finished export that the person of this browser asked for."""
    person = browser.get("/api/session").json()["person"]
    who = person["id"] if person else "nobody"
    export_id = f"x-{who}"[:40]
    name = "cong-cho/a.mp4"
    folder = ward.parts.exports / export_id
    (folder / "cong-cho").mkdir(parents=True, exist_ok=True)
    for file in ("manifest.json", name):
        (folder / file).write_bytes(b"{}")
    span = Span(Instant(1), Instant(2))
    one = ExportFile(camera_id="cong-cho", name=name, span=span, in_s=0, out_s=1, sha256="0", size_bytes=2)
    with ward.store.write() as unit:
        unit.exports.put(
            Export(
                id=export_id,
                who=who,
                asked=Instant(1),
                cameras=(ExportCamera("cong-cho"),),
                span=span,
                reason="thử quyền",
                state=ExportState.READY,
                files=(one,),
            )
        )
    return export_id


def own_trial(ward, name):
    """A commissioning test in the state in which an operation makes sense, and an incident of it."""
    camera = ward.add_camera("thu")
    now = ward.clock.now()
    trial_id = TrialId(f"t-{name}")
    setting = Setting(camera_id=camera.id, name=camera.name, sha256="0", zone_version=1)
    scene = replace(scenes_for(camera)[0], id="s1", acted=now)
    trial = Trial(id=trial_id, started=now, started_by="nobody", settings=(setting,), scenes=(scene,))
    if name in ("sign_trial", "get_trial_record"):
        first = Signature(person_id="nobody", name="Ai đó", role="supervisor", at=now)
        trial = replace(trial, state=TrialState.ENDED, ended=now, first=first)
    with ward.store.write() as unit:
        unit.trials.put(trial)
        if name == "take_from_trial":
            unit.incidents.save(replace(unit.incidents.get(ward.incident), trial=trial_id))
    return trial_id


def own_proposal(ward, name):
    """A proposal in the state in which an operation makes sense, for a camera whose zone it fits."""
    camera = ward.add_camera("de-xuat")
    zone = camera.zones[0]
    state = ProposalState.ACCEPTED if name == "revert_proposal" else ProposalState.OPEN
    now, weighed = ward.clock.now(), Weighed(spared=7, rejected=9, lost=0, confirmed=12)
    changed = replace(zone, rules={"illegal_dumping": {"min_duration_s": 60.0}})
    with ward.store.write() as unit:
        unit.cameras.put(replace(camera, zones=(changed if state is ProposalState.ACCEPTED else zone,)), now)
        unit.proposals.put(
            Proposal(
                id=ProposalId("p1"),
                camera_id=camera.id,
                zone_id=zone.id,
                kind="illegal_dumping",
                setting="min_duration_s",
                new=60.0,
                weighed=weighed,
                since=now,
                made=now,
                state=state,
            )
        )
    return "p1"


def own_uplink(ward):
    """The path of a household, there whatever was removed before."""
    settings = load(ward.tmp / "home", {})
    with contextlib.suppress(BadInput):
        add_peer(settings, "nha", ["192.168.1.64"], "pho.example.vn:51820")
    return "nha"


def call(ward, browser, method, path, name, person_id="nobody"):
    ids = {
        "camera_id": "cong-cho",
        "incident_id": ward.incident,
        "evidence_id": ward.file.id,
        "track": "1-1",
        "piece": "header-0.mp4",
        "problem_id": "p",
        "name": "mqtt",
        "letter_id": ward.letter,
        "hold_id": "h",
        "zone_id": "via-he",
        "permitted_id": "chau",
        "decision_id": ward.decision,
    }
    ids |= {"trial_id": own_trial(ward, name) if "trial" in path else "", "scene_id": "s1"}
    ids["proposal_id"] = own_proposal(ward, name) if "{proposal_id}" in path else ""
    ids["household"] = own_uplink(ward) if "{household}" in path else ""
    ids["export_id"] = own_export(ward, browser) if name == "get_export" else ""
    path = path.format(person_id=person_id, **ids)
    if name == "listen":  # an endless answer: its rights are tried on the refusing side here, the rest over a socket
        return None
    path += f"?{QUERIES[name]}" if name in QUERIES else ""
    files = {"import_camera": FILE, "import_camera_csv": SHEET}
    more = {"content": files[name]} if name in files else {"json": BODIES[name]} if name in BODIES else {}
    if name == "allow_incident":
        with ward.store.read() as unit:
            more["json"] = BODIES[name] | {"version": unit.incidents.get(ward.incident).version}
    return browser.ask(method, path, **more)


def test_the_public_operations_are_exactly_these():
    assert {name for _, _, name, least in operations() if least == "public"} == PUBLIC


def test_every_route_is_described_and_every_description_says_who_may(ward):
    assert all(least in ("public", *ROLES) for *_, least in operations())
    names = [name for _, _, name, _ in operations()]
    assert len(names) == len(set(names))
    described = {(method, path) for method, path, _, _ in operations()}
    served = {
        (method, route.path)
        for router in ROUTES
        for route in router.routes
        if not isinstance(route, WebSocketRoute)
        for method in route.methods
    }
    assert served == described
    sockets = [route.path for router in ROUTES for route in router.routes if isinstance(route, WebSocketRoute)]
    assert sockets == ["/api/cameras/{camera_id}/live"]


def test_nobody_gets_past_the_door_without_signing_in(ward):
    stranger = ward.browser()
    stranger.open()
    for method, path, name, least in operations():
        if least == "public":
            continue
        answer = stranger.get(path) if name == "listen" else call(ward, stranger, method, path, name)
        assert answer.status_code == 401, (name, answer.status_code)
        assert answer.json()["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_it_may_and_nothing_else(ward, role):
    browser = ward.as_role(role)
    colleague = next(p["id"] for p in ward.admin.get("/api/people").json() if p["login"] == "admin")
    rank = ROLES.index(role)
    last = {"allow_incident": 1, "set_zones": 2, "remove_camera": 3, "sign_out": 4}
    for method, path, name, least in sorted(operations(), key=lambda o: last.get(o[2], 0)):
        if least == "public" or name == "listen":
            continue
        answer = call(ward, browser, method, path, name, colleague)
        if rank < ROLES.index(least):
            assert answer.status_code == 403, (role, name, answer.status_code, answer.text)
            assert answer.json()["error"]["code"] == "not_allowed"
        else:
            assert answer.status_code in (200, 201, 204), (role, name, answer.status_code, answer.text)


def test_ids_of_other_incidents_open_nothing(ward):
    other = ward.add_incident(ward.add_camera("khac"), 2)
    browser = ward.as_role("officer")
    assert browser.get(f"/api/incidents/{other}/evidence/{ward.file.id}").status_code == 404
    assert browser.get(f"/api/incidents/{ward.incident}/evidence/{ward.file.id}").status_code == 200
    for strange in ("..%2f..%2fetc%2fpasswd", "%00", "a" * 3000, "'--"):
        assert browser.get(f"/api/incidents/{ward.incident}/evidence/{strange}").status_code == 404
        assert browser.get(f"/api/cameras/{strange}/still").status_code == 404


def test_a_lower_role_holds_at_once(ward):
    browser = ward.as_role("supervisor")
    assert browser.get("/api/audit").status_code == 200
    person = next(p for p in ward.admin.get("/api/people").json() if p["login"] == "supervisor")
    answer = ward.admin.ask("PATCH", f"/api/people/{person['id']}", json={"role": "officer"})
    assert answer.status_code == 200
    assert browser.get("/api/audit").status_code == 401
    again = ward.as_role("supervisor")
    assert again.get("/api/audit").status_code == 403
    assert ward.admin.ask("PATCH", f"/api/people/{person['id']}", json={"active": False}).status_code == 200
    assert again.get("/api/incidents").status_code == 401
    assert ward.browser().sign_in("supervisor", "mật khẩu của supervisor").status_code == 401


def test_an_observer_sees_what_happened_but_no_footage(ward):
    browser = ward.as_role("observer")
    detail = browser.get(f"/api/incidents/{ward.incident}").json()
    assert detail["thumb_url"] is None
    assert [file["url"] for file in detail["evidence"]] == [None] * len(detail["evidence"])
    assert detail["permitted"] == []
    assert detail["why"]["vi"] == "Túi rác nằm lại 30 s."
    officer = ward.as_role("officer").get(f"/api/incidents/{ward.incident}").json()
    assert officer["thumb_url"] == f"/api/incidents/{ward.incident}/evidence/{ward.file.id}?size=small"
    assert "start_review" in officer["permitted"]
