"""What every store promises about keeping: holds, the order of going, removals that count once, gaps that come back."""

from collections.abc import Callable
from contextlib import closing

from matpho.casework.records import Segment
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.keeping import Hold, HoldId
from matpho.domain.messages import GapCause, GapSeen, RemovalWhy, SegmentRemoved
from matpho.domain.time import Span, after
from matpho.testing.builders import NO_ROUTE, at
from matpho.testing.contracts.store import Open

CAMERA = CameraId("nga-ba-cho")
DAY_S = 86_400.0


def _file(n: int) -> Segment:
    return Segment(
        camera_id=CAMERA,
        role=StreamRole.MAIN,
        path=f"{n}.mp4",
        start=at(60 * n),
        end=at(60 * n + 60),
        codec="h264",
        width=2,
        height=2,
        size_bytes=3_000_000_000,
        frames=9,
        clock_ms=-1.5,
    )


def removals_count_once_and_files_go_oldest_first(opened: Open) -> None:
    """Pages of old files follow each other; what is removed joins one stretch and one line of the minutes."""
    with closing(opened()) as store:
        with store.write() as unit:
            for n in range(5):
                unit.recordings.put_segment(_file(n))
        with store.read() as unit:
            first = unit.keeping.ended(at(241), 3)
            assert first == (_file(0), _file(1), _file(2))
            rest = unit.keeping.ended(at(241), 3, after=(at(180), "2.mp4"), camera_id=CAMERA)
            assert rest == (_file(3),)
            stock = unit.keeping.stock()[CAMERA]
            assert (stock.files, stock.size_bytes, stock.recorded_s) == (5, 15_000_000_000, 300.0)
            assert sum(stock.day_bytes.values()) == stock.size_bytes
        with store.write() as unit:
            for s in (*first, first[0]):
                end = s.end or s.start
                fact = SegmentRemoved(CAMERA, s.role, s.path, s.start, end, s.size_bytes, at(9000), RemovalWhy.SPACE)
                unit.keeping.note_removed(fact)
        with store.read() as unit:
            (gone,) = unit.keeping.removals(CAMERA, Span(at(0), at(300)))
            assert (gone.span, gone.files, gone.size_bytes) == (Span(at(0), at(180)), 3, 9_000_000_000)
            (line,) = unit.keeping.minutes()
            assert (line.files, line.size_bytes, line.length_s, line.footage) == (3, 9_000_000_000, 180.0, gone.span)
            assert unit.keeping.minutes("1999-01") == ()
            assert unit.keeping.stock()[CAMERA].files == 2
        with store.write() as unit:
            assert unit.keeping.forget_old(after(at(0), 1000 * DAY_S), {}) == {"removals": 1}


def holds_last_until_they_are_released(opened: Open) -> None:
    """A hold is found while it holds."""
    placed = Hold(
        id=HoldId("h1"), camera_id=CAMERA, span=Span(at(0), at(60)), reason="giữ", placed_by=None, placed=at(5)
    )
    with closing(opened()) as store:
        with store.write() as unit:
            unit.keeping.put_hold(placed)
        with store.read() as unit:
            assert unit.keeping.holds() == (placed,)
            assert unit.keeping.hold(placed.id) == placed
            assert unit.keeping.extracts(at(0)) == ()
            assert unit.keeping.incident_spans(CAMERA, Span(at(0), at(60))) == ()


def gaps_are_found_by_their_beginning(opened: Open) -> None:
    """The last that begins by then, over or of no length as it may be; and those that begin in a span go."""
    told = [GapSeen(CAMERA, StreamRole.MAIN, at(s), at(e), GapCause.CAMERA, NO_ROUTE) for s, e in ((10, 20), (30, 30))]
    other = GapSeen(CAMERA, StreamRole.SUB, at(30), None, GapCause.CAMERA, NO_ROUTE)
    with closing(opened()) as store:
        with store.write() as unit:
            for one in (*told, other):
                unit.recordings.put_gap(one)
        with store.read() as unit:
            found = [unit.recordings.gap_at(CAMERA, StreamRole.MAIN, at(s)) for s in (9, 10, 29, 30, 999)]
            assert found == [None, told[0], told[0], told[1], told[1]]
        with store.write() as unit:
            unit.recordings.drop_gaps(CAMERA, StreamRole.MAIN, Span(at(11), at(30)))
        with store.read() as unit:
            assert unit.recordings.gap_at(CAMERA, StreamRole.MAIN, at(999)) == told[0]
            assert unit.recordings.gap_at(CAMERA, StreamRole.SUB, at(30)) == other


KEEPING_PROMISES: tuple[Callable[[Open], None], ...] = (
    removals_count_once_and_files_go_oldest_first,
    holds_last_until_they_are_released,
    gaps_are_found_by_their_beginning,
)
