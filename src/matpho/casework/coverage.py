"""Whether a stretch of the recording is there yet, will still come, or never was: pure functions over rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from matpho.casework.plan import SETTLE_S
from matpho.casework.records import Segment
from matpho.domain.keeping import WHYS, Removal
from matpho.domain.messages import GapCause, GapSeen
from matpho.domain.time import Instant, Span, after
from matpho.domain.words import Said

PATIENCE_S = 30.0
"""How long a recording may come late: a recorder that was killed is recording again within ten seconds."""

CAUSES: dict[GapCause, Said] = {
    GapCause.CAMERA: Said("camera không gửi hình", "the camera sent nothing"),
    GapCause.NETWORK: Said("mất kết nối tới camera", "the camera could not be reached"),
    GapCause.DISK: Said("không ghi được ra đĩa", "the disk could not be written"),
    GapCause.RESTART: Said("phần mềm ghi hình khởi động lại", "the recorder was restarting"),
    GapCause.POWER: Said("máy mất điện hoặc khởi động lại", "the machine was down"),
    GapCause.OFF: Said("việc ghi hình đã được tắt", "recording was switched off"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of one camera's recording around a wanted span."""

    segments: Sequence[Segment]
    gaps: Sequence[GapSeen]
    now: Instant
    removed: Sequence[Removal] = ()

    def complete(self, wanted: Span) -> bool:
        """Whether nothing more will come for the span: it is recorded to its end, known to be missing, or overdue."""
        if self.overdue(wanted):
            return True
        settled = after(wanted.end, SETTLE_S) <= self.now
        recorded = any(s.end >= wanted.end if s.end is not None else settled for s in self.segments)
        return recorded or self.gap_at(wanted.end) is not None

    def overdue(self, wanted: Span) -> bool:
        """Whether waiting longer makes no sense."""
        return self.now > after(wanted.end, PATIENCE_S)

    def gap_at(self, at: Instant) -> GapSeen | None:
        """The gap that an instant falls into; one whose end was never told ended when recording went on."""
        for gap in self.gaps:
            resumed = (s.start for s in self.segments if s.start > gap.start)
            end = gap.end if gap.end is not None else min(resumed, default=None)
            if gap.start <= at and (end is None or at < end):
                return gap
        return None

    def why_missing(self, wanted: Span) -> Said:
        """One sentence on why (a part of) the span was not recorded."""
        touched = [g for g in self.gaps if g.start < wanted.end and (g.end is None or g.end > wanted.start)]
        gap = touched[0] if touched else self.gap_at(wanted.start)
        if gap is None and (
            gone := [r for r in self.removed if r.span.start <= wanted.end and wanted.start < r.span.end]
        ):
            why = WHYS[gone[0].why]
            return Said(f"Bản ghi của thời điểm này đã xoá: {why.vi}.", f"The footage was deleted: {why.en}.")
        if gap is None:
            return Said("Không có bản ghi cho thời điểm này.", "There is no recording of this moment.")
        cause = CAUSES[gap.cause]
        return Said(f"Bản ghi bị gián đoạn: {cause.vi}.", f"The recording has a gap: {cause.en}.")
