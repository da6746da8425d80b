"""The conformance suite of the store port: each promise is one function over a way to open the (same) store.

The store a promise is given is new and empty; opening it again shows what is durable.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace

from matpho.casework.ports import Store
from matpho.casework.records import IncidentFilter, Segment, Session
from matpho.domain.audit import GENESIS, AuditRow, first_break
from matpho.domain.camera import Camera, RecordMode, StreamRole
from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceRole, EvidenceState
from matpho.domain.geometry import Point, polygon
from matpho.domain.ids import CameraId, EvidenceId, IncidentId, PersonId
from matpho.domain.incident import IncidentState, Move, RejectReason
from matpho.domain.messages import GapCause, GapSeen, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import Span
from matpho.domain.words import Said
from matpho.errors import Conflict, MatphoError
from matpho.testing.builders import NO_ROUTE, at, camera, hit, incident, masked_camera, permitted, person
from matpho.testing.clock import NOON
from matpho.testing.contracts.decisions import decisions_come_back_as_they_were
from matpho.testing.contracts.register import the_register_holds_what_was_said

Open = Callable[[], Store]
CAMERA = CameraId("nga-ba-cho")


def _refused(act: Callable[[], object], kind: type[Exception]) -> bool:
    try:
        act()
    except kind:
        return True
    return False


def a_commit_is_durable_and_a_failure_leaves_nothing(opened: Open) -> None:
    """What a block stored is there for the next opener; what a failing block stored is not."""

    def fail(store: Store) -> None:
        with store.write() as unit:
            unit.notes.put("half", "done")
            unit.notes.set_offset("j", 99)
            raise LookupError

    with closing(opened()) as store:
        with store.write() as unit:
            unit.notes.put("whole", "done")
        assert _refused(lambda: fail(store), LookupError)
    with closing(opened()) as store, store.read() as unit:
        assert unit.notes.get("whole") == "done"
        assert unit.notes.get("half") is None
        assert unit.notes.offset("j") == 0


def reading_cannot_write(opened: Open) -> None:
    """Writing through a reader is an error, and changes nothing."""

    def write(store: Store) -> None:
        with store.read() as unit:
            unit.notes.put("sneaked", "in")

    with closing(opened()) as store:
        assert _refused(lambda: write(store), MatphoError)
        with store.read() as unit:
            assert unit.notes.get("sneaked") is None


def readers_go_on_beside_a_writer(opened: Open) -> None:
    """A reader neither waits for an unfinished transaction nor sees it, and keeps its own view to its end."""
    with closing(opened()) as store:
        with store.write() as unit:
            unit.notes.put("n", "old")
        with store.read() as reader:
            assert reader.notes.get("n") == "old"
            with store.write() as unit:
                unit.notes.put("n", "new")
                with store.read() as other:
                    assert other.notes.get("n") == "old"
            assert reader.notes.get("n") == "old"
        with store.read() as later:
            assert later.notes.get("n") == "new"


def writers_take_turns(opened: Open) -> None:
    """Counting up from many threads loses nothing."""
    with closing(opened()) as store:

        def count() -> None:
            for _ in range(10):
                with store.write() as unit:
                    unit.notes.put("n", str(int(unit.notes.get("n") or 0) + 1))

        threads = [threading.Thread(target=count) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.read() as unit:
            assert unit.notes.get("n") == "80"


def incidents_come_back_as_they_were(opened: Open) -> None:
    """Every field and the whole history; history that is stored is not written again."""
    first = incident()
    officer = PersonId("person-officer")
    with closing(opened()) as store:
        with store.write() as unit:
            unit.incidents.add(first)
        moved = first.moved(Move.START_REVIEW, at=at(30), who=officer)
        moved = moved.moved(Move.REJECT, at=at(31), who=officer, reason=RejectReason.PERMITTED, note="đúng giờ")
        with store.write() as unit:
            unit.incidents.save(moved)
    with closing(opened()) as store, store.read() as unit:
        assert unit.incidents.get(first.id) == moved
        assert unit.incidents.get(IncidentId("nobody")) is None


def incidents_are_listed_in_pages(opened: Open) -> None:
    """Newest noticed first, in pages without holes or repeats, and counted by state under the same filters."""
    many = [incident(id=IncidentId(f"i{n:02}"), at=at(n // 2), kind="intrusion") for n in range(9)]
    odd = incident(id=IncidentId("other"), at=at(100), camera_id=CameraId("khac"), state=IncidentState.REJECTED)
    with closing(opened()) as store:
        with store.write() as unit:
            for one in (*many, odd):
                unit.incidents.add(one)
        with store.read() as unit:
            which = IncidentFilter(camera_id=CAMERA)
            seen, before = [], None
            while page := unit.incidents.page(which, before, 2):
                seen += [one.id for one in page]
                before = page[-1].at, page[-1].id
            assert seen == [one.id for one in sorted(many, key=lambda i: (i.at, i.id), reverse=True)]
            assert unit.incidents.counts(IncidentFilter()) == {
                IncidentState.SUSPECTED: 9,
                IncidentState.REJECTED: 1,
            }
            some = IncidentFilter(kinds=frozenset({"intrusion"}), start=at(1), end=at(2))
            assert [one.id for one in unit.incidents.page(some, None, 9)] == ["i03", "i02"]
            rejected = IncidentFilter(states=frozenset({IncidentState.REJECTED}))
            assert unit.incidents.page(rejected, None, 9) == (odd,)
            assert unit.incidents.open_by_camera() == {CAMERA: 9}


def open_incidents_are_found_for_joining(opened: Open) -> None:
    """Open for review on that camera, and heard of lately or lasting; those that expire are the long silent ones."""
    lately = incident(id=IncidentId("lately"), last_seen=at(100), end=at(100))
    old = incident(id=IncidentId("old"), last_seen=at(10), end=at(10))
    lasting = incident(id=IncidentId("lasting"), last_seen=at(5), end=None)
    decided = incident(id=IncidentId("decided"), last_seen=at(100), state=IncidentState.CONFIRMED)
    with closing(opened()) as store:
        with store.write() as unit:
            for one in (lately, old, lasting, decided):
                unit.incidents.add(one)
        with store.read() as unit:
            assert {one.id for one in unit.incidents.open_of(CAMERA, at(50))} == {"lately", "lasting"}
            assert unit.incidents.open_of(CameraId("khac"), NOON) == ()
            assert [one.id for one in unit.incidents.expiring(at(50), 9)] == ["lasting", "old"]


def hits_belong_to_incidents(opened: Open) -> None:
    """The newest telling of each hit, by the incident it belongs to."""
    told = hit()
    with closing(opened()) as store:
        with store.write() as unit:
            unit.incidents.add(incident())
            unit.hits.put(incident().id, told)
            unit.hits.put(incident().id, replace(told, end=at(60)))
            unit.hits.put(incident().id, hit(id="second", start=at(-5), zone_id=None, box=None))
        with store.read() as unit:
            assert unit.hits.incident_of(told.id) == incident().id
            assert unit.hits.incident_of("unknown") is None
            kept = unit.hits.of([incident().id])[incident().id]
            assert [h.id for h in kept] == ["second", told.id]
            assert kept[1] == replace(told, end=at(60))
            assert unit.hits.of([]) == {}


def _evidence(**changes: object) -> Evidence:
    values: dict[str, object] = {
        "id": EvidenceId("e1"),
        "incident_id": incident().id,
        "camera_id": CAMERA,
        "slot": "clip",
        "kind": EvidenceKind.CLIP,
        "role": None,
        "wanted": Span(at(-10), at(30)),
        "masks": (polygon([(0, 0), (0.5, 0), (0.5, 0.5)]),),
        "next_try": at(32),
    }
    return Evidence(**(values | changes))  # type: ignore[arg-type]


def evidence_waits_its_turn(opened: Open) -> None:
    """Rows come back whole, in the order they were asked for, and come due one after the other."""
    clip = _evidence()
    still = _evidence(
        id=EvidenceId("e0"), slot="still_during", kind=EvidenceKind.STILL, role=EvidenceRole.DURING, next_try=at(31)
    )
    ready = replace(
        clip,
        state=EvidenceState.READY,
        span=Span(at(-11), at(31)),
        in_s=1.0,
        out_s=41.0,
        path="i/clip.mp4",
        sha256="ab" * 32,
        size_bytes=7_000_000_000,
        detail=Said("thiếu 2 giây", "2 s missing"),
        segments=("a/b.mp4",),
    )
    with closing(opened()) as store:
        with store.write() as unit:
            unit.incidents.add(incident())
            unit.evidence.put(clip)
            unit.evidence.put(still)
        with store.read() as unit:
            assert unit.evidence.due(at(30), 9) == ()
            assert unit.evidence.due(at(33), 9) == (still, clip)
            assert unit.evidence.due(at(33), 1) == (still,)
            assert unit.evidence.next_try() == at(31)
        with store.write() as unit:
            unit.evidence.put(ready)
        with store.read() as unit:
            assert unit.evidence.of([incident().id]) == {incident().id: (ready, still)}
            assert unit.evidence.get(ready.id) == ready
            assert list(unit.evidence.sealed()) == [ready]
            assert unit.evidence.due(at(33), 9) == (still,)


def cameras_keep_every_version_of_their_zones(opened: Open) -> None:
    """Zones change as versions; a removed camera is gone but its id and name stay known."""
    first = camera(main=None, sub=None, zones=())
    corners = (Point(0.1, 0.9), Point(0.9, 0.9), Point(0.7, 0.3), Point(0.3, 0.3))
    changes = {"ground": corners, "ground_size_m": (7.0, 20.0), "staged": True, "record": RecordMode.SUB}
    zones = (replace(camera().zones[0], permitted=(permitted(),)),)
    second = camera(id=CameraId("cong-cho"), name="Cổng chợ", zones=zones, **changes)
    plain = Camera(id=CameraId("x"), name="x")
    kept = [f.name for f in fields(Camera) if f.name != "permits"]  # permits come from the ward's decisions
    told = [name for name in kept if getattr(second, name) != getattr(plain, name)]
    assert told == kept, "the example leaves a field at its default: nothing would prove it is kept"
    with closing(opened()) as store:
        with store.write() as unit:
            unit.cameras.put(first, at(0))
            unit.cameras.put(second, at(1))
            unit.cameras.put(replace(first, name="Tên mới"), at(2))
            unit.cameras.put(masked_camera(), at(10))
        with store.read() as unit:
            assert unit.cameras.all() == (masked_camera(), second)
            assert unit.cameras.get(second.id) == second
            assert unit.cameras.zone_version(CAMERA, at(-1)) is None
            assert unit.cameras.zone_version(CAMERA, at(5)) == 1
            assert unit.cameras.zone_version(CAMERA, at(15)) == 2
        with store.write() as unit:
            unit.cameras.remove(second.id, at(20))
        with store.read() as unit:
            assert unit.cameras.get(second.id) is None
            gone = unit.cameras.ever(second.id)
            assert gone is not None
            assert (gone.name, gone.zones, gone.main, gone.sub) == (second.name, second.zones, None, None)
            assert unit.cameras.ever(CameraId("khong-co")) is None
            assert unit.cameras.known(second.id)
            assert not unit.cameras.known(CameraId("chua-tung-co"))
            assert unit.cameras.names() == {CAMERA: "Ngã ba chợ", second.id: "Cổng chợ"}


def recordings_are_found_by_time(opened: Open) -> None:
    """Files, gaps and tracks that share time with a span; a growing file and an open gap count as lasting."""
    files = [
        Segment(
            camera_id=CAMERA,
            role=StreamRole.MAIN,
            path=f"{n}.mp4",
            start=at(60 * n),
            end=at(60 * n + 60) if n < 2 else None,
            codec="h264",
            width=1280,
            height=720,
            size_bytes=5_000_000_000,
            frames=900,
        )
        for n in range(3)
    ]
    gap = GapSeen(CAMERA, StreamRole.MAIN, at(200), None, GapCause.NETWORK, NO_ROUTE)
    track = TrackEnded(CAMERA, 5, Group.PERSON, at(10), at(20), ((at(10), camera().zones[0].polygon.bounds),))  # type: ignore[union-attr]
    with closing(opened()) as store:
        with store.write() as unit:
            for one in files:
                unit.recordings.put_segment(one)
            unit.recordings.put_gap(gap)
            unit.recordings.put_track(track)
            unit.recordings.put_track(track)
        with store.read() as unit:
            found = unit.recordings.segments(CAMERA, StreamRole.MAIN, Span(at(50), at(70)))
            assert [one.path for one in found] == ["0.mp4", "1.mp4"]
            late = unit.recordings.segments(CAMERA, StreamRole.MAIN, Span(at(5000), at(5001)))
            assert [one.path for one in late] == ["2.mp4"]
            assert unit.recordings.segments(CAMERA, StreamRole.SUB, Span(at(0), at(99))) == ()
            assert unit.recordings.segment("1.mp4") == files[1]
            assert unit.recordings.gaps(CAMERA, StreamRole.MAIN, Span(at(300), at(301))) == (gap,)
            assert unit.recordings.tracks(CAMERA, Span(at(15), at(16))) == (track,)
            assert unit.recordings.tracks(CAMERA, Span(at(20), at(30))) == ()
            totals = unit.recordings.totals()
            assert (totals.bytes, totals.segments) == (15_000_000_000, 3)
            assert (totals.oldest, totals.newest) == (at(0), at(120))
        with store.write() as unit:
            unit.recordings.drop_segment("0.mp4")
            unit.recordings.put_gap(replace(gap, end=at(210)))
        with store.read() as unit:
            assert [one.path for one in unit.recordings.all_segments()] == ["1.mp4", "2.mp4"]
            assert unit.recordings.gaps(CAMERA, StreamRole.MAIN, Span(at(300), at(301))) == ()


def people_and_sessions(opened: Open) -> None:
    """Logins are one person's whatever their case; sessions end one by one, by person, and by age."""
    one, other = person(), person(id=PersonId("p2"), login="other")

    def take_login(store: Store) -> None:
        with store.write() as unit:
            unit.people.put(replace(other, login="OFFICER"))

    with closing(opened()) as store:
        with store.write() as unit:
            unit.people.put(one)
            unit.people.put(other)
            for n, owner in enumerate((one, one, other)):
                unit.people.add_session(
                    Session(token_hash=f"t{n}", person_id=owner.id, csrf="c", created=at(n), expires=at(100 + n))
                )
        assert _refused(lambda: take_login(store), Conflict)
        with store.read() as unit:
            assert unit.people.by_login(" Officer ") == one
            assert unit.people.get(other.id) == other
            assert unit.people.all() == (one, other)
            session = unit.people.session("t1")
            assert session is not None
            assert (session.person_id, session.expires) == (one.id, at(101))
        with store.write() as unit:
            unit.people.drop_sessions(expired_at=at(100))
            assert unit.people.session("t0") is None
            unit.people.drop_sessions(person_id=one.id)
            assert unit.people.session("t1") is None
            assert unit.people.session("t2") is not None
            unit.people.drop_session("t2")
            assert unit.people.session("t2") is None


def one_setup_token_at_a_time(opened: Open) -> None:
    """A new one replaces the old; one holds until it expires or is used."""
    with closing(opened()) as store, store.write() as unit:
        unit.people.offer_setup("first", at(10))
        unit.people.offer_setup("second", at(10))
        assert not unit.people.setup_open("first", at(5))
        assert unit.people.setup_open("second", at(5))
        assert not unit.people.setup_open("second", at(10))
        unit.people.close_setup()
        assert not unit.people.setup_open("second", at(5))


def the_trail_is_chained(opened: Open) -> None:
    """Rows are numbered and hashed as they come; the chain holds after opening again."""
    with closing(opened()) as store:
        for n in range(3):
            with store.write() as unit:
                row = AuditRow(
                    number=0, at=at(n), who=PersonId("p"), action="view_live", thing=f"camera:{n}", detail={"s": 1.5}
                )
                stored = unit.audit.append(row)
                assert stored.number == n + 1
    with closing(opened()) as store, store.read() as unit:
        rows = list(unit.audit.rows())
        assert rows[0].previous == GENESIS
        assert first_break(rows) is None
        assert [row.number for row in unit.audit.page(None, 2)] == [3, 2]
        assert [row.number for row in unit.audit.page(2, 9)] == [1]


PROMISES: tuple[Callable[[Open], None], ...] = (
    a_commit_is_durable_and_a_failure_leaves_nothing,
    reading_cannot_write,
    readers_go_on_beside_a_writer,
    writers_take_turns,
    incidents_come_back_as_they_were,
    incidents_are_listed_in_pages,
    open_incidents_are_found_for_joining,
    hits_belong_to_incidents,
    evidence_waits_its_turn,
    cameras_keep_every_version_of_their_zones,
    the_register_holds_what_was_said,
    decisions_come_back_as_they_were,
    recordings_are_found_by_time,
    people_and_sessions,
    one_setup_token_at_a_time,
    the_trail_is_chained,
)
