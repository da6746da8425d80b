"""A decision of the ward that allows advisory kinds for a time: who entered it, who confirmed it (law 10)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matpho.domain.ids import CameraId, PersonId, ZoneId
from matpho.domain.permit import DECIDED_KINDS, Permit
from matpho.domain.time import Instant, seconds
from matpho.errors import BadInput

LONGEST_DAYS = 180
"""A decision ends after half a year at the latest: whoever wants more decides anew."""
LONGEST_TEXT = 200
LONGEST_REASON = 1000
LEAST_REASON = 10


class DecisionState(StrEnum):
    """Where it stands at a moment."""

    WAITING = "waiting"  # for a second person
    COMING = "coming"
    IN_FORCE = "in_force"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Cover:
    """A camera, or one of its zones, that the decision names."""

    camera: CameraId
    zone: ZoneId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WardDecision:
    """``number`` and ``dated`` are the document's. ``covers`` empty: every camera. In force in [start, end).

    ``confirmed_by`` is never who entered it.
    """

    id: str
    number: str
    dated: date
    issuer: str
    kinds: tuple[str, ...]
    covers: tuple[Cover, ...] = ()
    start: Instant
    end: Instant
    reason: str
    entered: Instant
    entered_by: PersonId | None
    confirmed: Instant | None = None
    confirmed_by: PersonId | None = None
    revoked: Instant | None = None
    revoked_by: PersonId | None = None
    revoked_why: str = ""

    def state(self, now: Instant) -> DecisionState:
        """Where it stands."""
        if self.revoked is not None:
            return DecisionState.REVOKED
        if now >= self.end:
            return DecisionState.ENDED
        if self.confirmed is None:
            return DecisionState.WAITING
        return DecisionState.IN_FORCE if now >= self.start else DecisionState.COMING

    def permit_for(self, camera: CameraId) -> Permit | None:
        """What it allows on a camera; None where it is not confirmed, was revoked, or does not name the camera."""
        if self.confirmed is None or self.revoked is not None:
            return None
        here = [c for c in self.covers if c.camera == camera]
        if self.covers and not here:
            return None
        zones = () if any(c.zone is None for c in here) else tuple(c.zone for c in here if c.zone is not None)
        return Permit(decision=self.id, kinds=self.kinds, zones=zones, start=self.start, end=self.end)


def checked(decision: WardDecision) -> WardDecision:
    """The decision if it may be entered. Raises BadInput that says what is missing or not allowed."""
    if not decision.kinds or any(kind not in DECIDED_KINDS for kind in decision.kinds):
        known = ", ".join(DECIDED_KINDS)
        raise BadInput(f"choose at least one of {known}", f"hãy chọn ít nhất một loại trong: {known}")
    for text in (decision.number, decision.issuer):
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise BadInput("the number and who issued it are needed", "cần ghi số văn bản và nơi ban hành")
    if not LEAST_REASON <= len(decision.reason.strip()) <= LONGEST_REASON:
        raise BadInput("say in a sentence what it is for", "hãy ghi rõ mục đích bằng một câu")
    if decision.end <= decision.start or decision.end <= decision.entered:
        raise BadInput("the end date must come after the start and after now", "ngày hết hạn phải sau ngày bắt đầu")
    if seconds(Instant(decision.end - decision.start)) > LONGEST_DAYS * 86_400.0 + 1:
        raise BadInput(
            f"a decision holds for at most {LONGEST_DAYS} days; decide anew after that",
            f"quyết định có hiệu lực tối đa {LONGEST_DAYS} ngày; sau đó cần ra quyết định mới",
        )
    return decision
