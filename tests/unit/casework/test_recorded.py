"""Which stream was recorded when: switches of the record mode, and footage that came in later."""

from collections.abc import Sequence

import pytest

from matpho.casework.recorded import recorded
from matpho.casework.records import Segment
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.messages import GapCause, GapSeen
from matpho.domain.time import Instant, Span
from matpho.domain.words import NOTHING_SAID

pytestmark = pytest.mark.unit

CAMERA = CameraId("cho")
MAIN, SUB = StreamRole.MAIN, StreamRole.SUB


def segment(role: StreamRole, start: int, end: int | None) -> Segment:
    return Segment(
        camera_id=CAMERA,
        role=role,
        path=f"cho/{role}/{start}.mp4",
        start=Instant(start),
        end=None if end is None else Instant(end),
        codec="h264",
        width=2,
        height=2,
    )


def gap(role: StreamRole, start: int, end: int | None) -> GapSeen:
    return GapSeen(CAMERA, role, Instant(start), None if end is None else Instant(end), GapCause.NETWORK, NOTHING_SAID)


class Rows:
    """The two questions that are asked of the index."""

    def __init__(self, segments: Sequence[Segment], gaps: Sequence[GapSeen] = ()) -> None:
        self._segments, self._gaps = segments, gaps

    def segments(self, camera_id: CameraId, role: StreamRole, span: Span) -> tuple[Segment, ...]:
        return tuple(s for s in self._segments if (s.camera_id, s.role) == (camera_id, role) and s.start <= span.end)

    def gaps(self, camera_id: CameraId, role: StreamRole, span: Span) -> tuple[GapSeen, ...]:
        return tuple(g for g in self._gaps if (g.camera_id, g.role) == (camera_id, role) and g.start <= span.end)


def seen(rows: Rows):
    return recorded(rows, CAMERA, Span(Instant(0), Instant(100)))  # type: ignore[arg-type]


def test_a_switch_of_the_mode_gives_both_streams_in_order():
    found = seen(Rows([segment(SUB, 50, None), segment(MAIN, 0, 40)], [gap(MAIN, 40, 50)]))
    assert [s.role for s in found.segments] == [MAIN, SUB]
    assert found.gaps == (gap(MAIN, 40, 50),)
    assert [found.role_at(Instant(t)) for t in (0, 39, 45, 50, 99)] == [MAIN, MAIN, None, SUB, SUB]


def test_the_sub_stream_is_left_out_where_the_main_stream_has_all_of_it():
    rows = Rows([segment(MAIN, 0, 20), segment(MAIN, 20, 40), segment(SUB, 10, 30), segment(SUB, 30, 50)])
    assert [(s.role, s.start) for s in seen(rows).segments] == [(MAIN, 0), (MAIN, 20), (SUB, 30)]


def test_footage_brought_in_later_fills_a_gap():
    found = seen(Rows([segment(MAIN, 0, 10), segment(MAIN, 15, 30)], [gap(MAIN, 10, 40), gap(MAIN, 60, None)]))
    assert [(g.start, g.end) for g in found.gaps] == [(10, 15), (30, 40), (60, None)]


def test_a_file_of_the_sub_stream_is_used_until_sharper_footage_takes_over():
    rows = Rows([segment(SUB, 0, 20), segment(SUB, 20, 40), segment(MAIN, 10, 30)])
    assert [(s.role, s.start, s.end) for s in seen(rows).segments] == [(SUB, 0, 10), (MAIN, 10, 30), (SUB, 20, 40)]
    inside = Rows([segment(SUB, 0, 40), segment(MAIN, 10, 30)])
    assert [(s.role, s.start, s.end) for s in seen(inside).segments] == [(SUB, 0, 40), (MAIN, 10, 30)]
