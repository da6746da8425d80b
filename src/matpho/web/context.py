"""What routes are given: the parts, who asks, and objects that were loaded and checked."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from matpho.domain.camera import Camera
from matpho.domain.evidence import Evidence
from matpho.domain.ids import CameraId, EvidenceId, IncidentId
from matpho.domain.people import Action, require
from matpho.web.answers import NotSignedIn
from matpho.web.doors import Doors
from matpho.web.events import Hub
from matpho.web.hls import HlsFeeds
from matpho.web.parts import MaskedRenditions, WebParts
from matpho.web.security import SESSION_COOKIE
from matpho.web.sessions import Sessions, Visitor
from matpho.web.throttle import SignInThrottle
from matpho.web.thumbs import Thumbs
from matpho.web.track_thumbs import TrackThumbs
from matpho.web.viewings import Viewings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The parts and what the web layer itself keeps while it runs."""

    parts: WebParts
    sessions: Sessions
    throttle: SignInThrottle
    viewings: Viewings
    covered: MaskedRenditions | None
    hls: HlsFeeds
    thumbs: Thumbs = field(default_factory=Thumbs)
    track_thumbs: TrackThumbs = field(default_factory=TrackThumbs)
    watching: Counter[str] = field(default_factory=Counter)
    hub: Hub = field(default_factory=Hub)
    doors: Doors = field(default_factory=Doors)

    def look_again(self) -> None:
        """Somebody may have lost a right: every open stream checks at once."""
        self.doors.knock()
        self.hub.look_again()


def context_of(connection: HTTPConnection) -> Context:
    """The application's context."""
    return cast("Context", connection.app.state.context)


def signed_in(connection: HTTPConnection) -> Visitor:
    """Who asks; raises NotSignedIn."""
    visitor = context_of(connection).sessions.find(connection.cookies.get(SESSION_COOKIE))
    if visitor is None:
        raise NotSignedIn
    return visitor


Here = Annotated[Context, Depends(context_of)]
Caller = Annotated[Visitor, Depends(signed_in)]


def load_camera(here: Context, visitor: Visitor, camera_id: str, action: Action) -> Camera:
    """A camera in service on which this action is allowed; raises NotFound or NotAllowed."""
    camera = here.parts.views.camera(CameraId(camera_id))
    require(visitor.actor, action, camera)
    return camera


def load_recorded(here: Context, visitor: Visitor, camera_id: str, action: Action) -> Camera:
    """A camera that is or was in service, for what it has recorded; raises NotFound or NotAllowed."""
    camera = here.parts.views.camera_ever(CameraId(camera_id))
    require(visitor.actor, action, camera)
    return camera


def load_evidence(here: Context, visitor: Visitor, incident_id: str, evidence_id: str, action: Action) -> Evidence:
    """A file that is ready and on which this action is allowed; raises NotFound or NotAllowed."""
    evidence = here.parts.views.evidence(IncidentId(incident_id), EvidenceId(evidence_id))
    require(visitor.actor, action, evidence)
    return evidence
