"""An incident: *suspected* until people say otherwise, and the table of moves it can make."""

from dataclasses import dataclass, replace
from enum import StrEnum

from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.observation import Light
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.errors import BadInput, Conflict


class IncidentState(StrEnum):
    """Where people are with it. An alert nobody looked at ends as ``not_reviewed``, never as ``confirmed``."""

    SUSPECTED = "suspected"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NOT_REVIEWED = "not_reviewed"


class Move(StrEnum):
    """What can be done to an incident's state."""

    START_REVIEW = "start_review"
    GIVE_BACK = "give_back"
    CONFIRM = "confirm"
    REJECT = "reject"
    REOPEN = "reopen"
    EXPIRE = "expire"


_S = IncidentState
MOVES: dict[tuple[IncidentState, Move], IncidentState] = {
    (_S.SUSPECTED, Move.START_REVIEW): _S.IN_REVIEW,
    (_S.SUSPECTED, Move.EXPIRE): _S.NOT_REVIEWED,
    (_S.IN_REVIEW, Move.GIVE_BACK): _S.SUSPECTED,
    (_S.IN_REVIEW, Move.CONFIRM): _S.CONFIRMED,
    (_S.IN_REVIEW, Move.REJECT): _S.REJECTED,
    (_S.CONFIRMED, Move.REOPEN): _S.IN_REVIEW,
    (_S.REJECTED, Move.REOPEN): _S.IN_REVIEW,
    (_S.NOT_REVIEWED, Move.REOPEN): _S.IN_REVIEW,
}
"""From where each move leads; what is not in the table cannot happen."""

OPEN_STATES = frozenset({_S.SUSPECTED, _S.IN_REVIEW})
"""Still waiting for a decision: further hits of the same thing join it."""

STATE_NAMES: dict[IncidentState, Said] = {
    _S.SUSPECTED: Said("nghi vấn", "suspected"),
    _S.IN_REVIEW: Said("đang xem xét", "in review"),
    _S.CONFIRMED: Said("đã xác nhận", "confirmed"),
    _S.REJECTED: Said("đã loại", "rejected"),
    _S.NOT_REVIEWED: Said("chưa được xem", "not reviewed"),
}


class Source(StrEnum):
    """Who noticed first."""

    RULE = "rule"
    PERSON = "person"


class RejectReason(StrEnum):
    """Why a person says it is none; counted, because it is how false alarms are understood."""

    NOTHING_THERE = "nothing_there"
    WRONG_KIND = "wrong_kind"
    NOT_A_VIOLATION = "not_a_violation"
    PERMITTED = "permitted"
    RESIDENT_OWN_PROPERTY = "resident_own_property"
    DUPLICATE = "duplicate"
    BAD_PICTURE = "bad_picture"
    TEST = "test"


REASONS: dict[RejectReason, Said] = {
    RejectReason.NOTHING_THERE: Said("Không có gì xảy ra", "Nothing was there"),
    RejectReason.WRONG_KIND: Said("Có sự việc nhưng sai loại", "Something else than was said"),
    RejectReason.NOT_A_VIOLATION: Said("Có sự việc nhưng không vi phạm", "It happened, but is no violation"),
    RejectReason.PERMITTED: Said("Đã được cấp phép hoặc đúng giờ cho phép", "Permitted, or within permitted hours"),
    RejectReason.RESIDENT_OWN_PROPERTY: Said("Đồ đạc trước nhà của cư dân", "A resident's own things at their door"),
    RejectReason.DUPLICATE: Said("Trùng với vụ việc khác", "Same as another incident"),
    RejectReason.BAD_PICTURE: Said("Hình ảnh không đủ rõ", "The picture is not clear enough"),
    RejectReason.TEST: Said("Thử nghiệm hoặc diễn tập", "A test or an exercise"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an incident. ``who`` is None where the program did it (opened, joined, expired)."""

    at: Instant
    who: PersonId | None
    action: str
    reason: RejectReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Several hits of one thing, or what a person reported.

    ``start`` is when the thing began (back-dated), ``at`` when it was first noticed, ``end`` when it ended (None while
    it lasts), ``last_seen`` the newest word of any hit. ``version`` grows with every move and every change of kind,
    so that nobody decides on something else than they read; a hit that only lasts longer does not change it.
    ``trial`` is the commissioning test during which it was reported: it counts in no figure then, and alarms nobody.
    ``light`` is the picture's when a rule first spoke, None where nobody wrote it down.
    """

    id: IncidentId
    kind: str
    camera_id: CameraId
    zone_id: ZoneId | None
    state: IncidentState = IncidentState.SUSPECTED
    source: Source
    start: Instant
    at: Instant
    end: Instant | None
    last_seen: Instant
    score: float
    advisory: bool
    staged: bool
    box: Box | None
    why: Said
    reviewer: PersonId | None = None
    history: tuple[HistoryEntry, ...] = ()
    version: int = 1
    trial: str | None = None
    light: Light | None = None

    @property
    def open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state in OPEN_STATES

    def moved(
        self,
        move: Move,
        *,
        at: Instant,
        who: PersonId | None,
        reason: RejectReason | None = None,
        note: str = "",
    ) -> "Incident":
        """The incident after a move, with its history one entry longer.

        Raises Conflict when the table has no such move from here, BadInput when a rejection gives no reason or a
        decision has nobody behind it.
        """
        target = MOVES.get((self.state, move))
        if target is None:
            now = STATE_NAMES[self.state]
            raise Conflict(f"the incident is {now.en} now", f"vụ việc hiện {now.vi}")
        if move is Move.REJECT and reason is None:
            raise BadInput("a rejection needs a reason", "khi loại vụ việc phải nêu lý do")
        if move is not Move.EXPIRE and who is None:
            raise BadInput("only people decide", "chỉ con người mới được quyết định")
        entry = HistoryEntry(at=at, who=who, action=move.value, reason=reason, note=note)
        reviewer = who if target is IncidentState.IN_REVIEW else self.reviewer
        if target is IncidentState.SUSPECTED:
            reviewer = None
        return replace(self, state=target, reviewer=reviewer, history=(*self.history, entry), version=self.version + 1)

    def noted(self, entry: HistoryEntry) -> "Incident":
        """The incident with one more entry of its history and nothing else changed."""
        return replace(self, history=(*self.history, entry))
