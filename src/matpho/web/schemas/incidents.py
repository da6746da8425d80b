"""Incidents, their evidence, their history, and decisions about them."""

from typing import Annotated, Literal

from pydantic import Field

from matpho.domain.evidence import EvidenceKind, EvidenceRole, EvidenceState
from matpho.domain.incident import IncidentState, Move, RejectReason, Source
from matpho.domain.kinds import KindGroup
from matpho.domain.rule_setting import Unit
from matpho.web.schemas.base import BoxBody, Form, SaidBody, Shape, Time

Note = Annotated[str, Field(max_length=2000)]
Decision = Literal["start_review", "give_back", "confirm", "reject", "reopen"]
Permitted = Literal["start_review", "give_back", "confirm", "reject", "reopen", "note", "allow"]


class RuleSettingBody(Shape):
    """A number that a zone may set for a kind's rule; without it the rule goes by ``default``."""

    name: str
    unit: Unit
    default: float
    least: float
    most: float


class KindBody(Shape):
    """A row of the incident catalogue; ``settings`` of those kinds that a rule finds at a zone."""

    kind: str
    vi: str
    en: str
    group: KindGroup
    group_vi: str
    group_en: str
    advisory: bool
    found_by_rule: bool
    settings: list[RuleSettingBody]


class ReasonBody(Shape):
    """Why an incident can be rejected."""

    code: RejectReason
    vi: str
    en: str


class IncidentBrief(Shape):
    """One row of the list. ``thumb_url`` is null where there is no still yet or the person may not see footage."""

    id: str
    kind: str
    kind_vi: str
    kind_en: str
    camera_id: str
    camera_name: str
    zone_id: str | None
    trial: str | None
    state: IncidentState
    source: Source
    start: Time
    end: Time | None
    at: Time
    score: float
    advisory: bool
    staged: bool
    box: BoxBody | None
    why: SaidBody
    thumb_url: str | None
    has_clip: bool
    version: int


class IncidentPage(Shape):
    """A page of the list, newest first. ``counts`` are of all that fit the other filters, by state."""

    items: list[IncidentBrief]
    next: str | None
    counts: dict[IncidentState, int]


class HitBody(Shape):
    """What one rule saw. ``figures`` are the numbers of ``why``, with their unit in the name."""

    kind: str
    zone_id: str | None
    at: Time
    start: Time
    end: Time | None
    box: BoxBody | None
    score: float
    why: SaidBody
    figures: dict[str, float]


class ClipBox(Shape):
    """A box to draw over the clip at ``t_s`` seconds from its first frame.

    ``group`` says what it is, ``hit`` the thing the incident is about; boxes of one ``id`` are one thing over time.
    """

    t_s: float
    box: BoxBody
    group: str
    id: str


class EvidenceBody(Shape):
    """A file. ``url`` is null until it is ready and for those who may not see it.

    ``in_s`` and ``out_s`` are where what was asked for begins and ends in a clip; ``masked``: private areas are
    covered in what this person gets.
    """

    id: str
    kind: EvidenceKind
    role: EvidenceRole | None
    at: Time
    start: Time | None
    end: Time | None
    in_s: float | None
    out_s: float | None
    url: str | None
    media_type: str
    sha256: str
    size_bytes: int
    state: EvidenceState
    detail: SaidBody
    masked: bool
    boxes: list[ClipBox]


class HistoryBody(Shape):
    """One thing that happened to the incident. ``who`` is null where the program did it."""

    at: Time
    who: str | None
    action: str
    reason: RejectReason | None
    note: str


class IncidentDetail(IncidentBrief):
    """One incident in full. ``permitted`` is what this person may do with it now."""

    hits: list[HitBody]
    evidence: list[EvidenceBody]
    history: list[HistoryBody]
    permitted: list[Permitted]


class NewIncident(Form):
    """An incident entered by a person who saw it."""

    camera_id: str
    kind: str
    at: Time
    note: Note
    box: BoxBody | None = None


class DecisionForm(Form):
    """A decision. ``version`` is the one the person read; a rejection needs a reason."""

    decision: Decision
    reason: RejectReason | None = None
    note: Note = ""
    version: int


class NoteForm(Form):
    """A note for the incident's history."""

    note: Annotated[str, Field(min_length=1, max_length=2000)]


MOVE_OF: dict[str, Move] = {
    "start_review": Move.START_REVIEW,
    "give_back": Move.GIVE_BACK,
    "confirm": Move.CONFIRM,
    "reject": Move.REJECT,
    "reopen": Move.REOPEN,
}
"""The moves that people make; expiry is the program's own."""
